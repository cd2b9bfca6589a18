import { copyBytes } from "../internal/byte-queue.js";
import type { Writer } from "../net/conn.js";
import { LimitError } from "../net/errors.js";
import { writeAll } from "../net/io.js";

const smallestBytes = 4096;
/** What an idle block may hold on to. */
const idleBytes = 65_536;
/** How much may wait before those who write are asked to. */
const highWaterBytes = 1_048_576;
const defaultMaxWaitingBytes = 67_108_864;

/** Bounds what an {@link Outbox} holds. */
export interface OutboxOptions {
  /**
   * The most bytes that may wait while a write is under way, which the peer does not take. One message by itself may be
   * larger. @default 67_108_864
   */
  maxWaitingBytes?: number | undefined;
}

/**
 * Gathers what is written in one tick, and sends it with one write; what comes while that write is under way leaves with
 * the next one. So at most two blocks exist: one that is filled, and one that is being sent.
 *
 * Asks for `length`, not `byteLength`, which V8 makes a call of (bench/rpc-echo).
 *
 * A failed write is final: `onError` is told once, and nothing more is sent.
 */
export class Outbox {
  readonly #conn: Writer;
  readonly #onError: (err: unknown) => void;
  readonly #maxWaitingBytes: number;
  #block: Uint8Array | null = null;
  #at = 0;
  /** Where the last whole message ends. */
  #committed = 0;
  #spare: Uint8Array | null = null;
  #isScheduled = false;
  #isSending = false;
  #isDead = false;
  #waiters: (() => void)[] = [];
  readonly #flushNow = () => this.#flush();

  constructor(conn: Writer, onError: (err: unknown) => void, options: OutboxOptions = {}) {
    this.#conn = conn;
    this.#onError = onError;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? defaultMaxWaitingBytes;
  }

  /** How many bytes were added and not yet sent: where the next one goes. */
  get length(): number {
    return this.#at;
  }

  /** Drops what was added since `length` was so many. To be called in the tick in which that was. */
  truncate(length: number): void {
    if (length < this.#at) this.#at = Math.max(length, this.#committed);
  }

  /**
   * Returns a block with room for `bytes` more from {@link Outbox.length} on, for many to be put in at once: then tell
   * {@link Outbox.advance}. It is of no use once anything else was called.
   */
  room(bytes: number): Uint8Array {
    const block = this.#block;
    return block !== null && this.#at + bytes <= block.length ? block : this.#grow(bytes);
  }

  /** Takes what was put into {@link Outbox.room}: `length` is what it makes the length. */
  advance(length: number): void {
    this.#at = length;
  }

  /** Adds one byte. */
  byte(value: number): void {
    this.room(1)[this.#at++] = value;
  }

  /** Adds an unsigned integer of 4 bytes, the highest first. */
  uint32(value: number): void {
    const block = this.room(4);
    for (let shift = 24; shift >= 0; shift -= 8) block[this.#at++] = value >>> shift;
  }

  /** Adds a copy of the bytes from `start` to `end`. */
  copy(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const n = end - start;
    copyBytes(bytes, start, this.room(n), this.#at, n);
    this.#at += n;
  }

  /** Marks the end of a message: what was added leaves at the end of the tick. */
  commit(): void {
    if (this.#isDead) return this.close();
    if (this.#isSending && this.#at > this.#maxWaitingBytes && this.#committed > 0) return this.#fail(this.#tooMuch());
    this.#committed = this.#at;
    if (this.#isScheduled || this.#isSending) return;
    this.#isScheduled = true;
    queueMicrotask(this.#flushNow);
  }

  #tooMuch(): LimitError {
    return new LimitError(`peer does not read: more than ${this.#maxWaitingBytes} bytes wait (option maxWaitingBytes)`);
  }

  /** Tells whether so much waits that writers should wait for {@link Outbox.drained}. */
  get isFull(): boolean {
    return this.#at >= highWaterBytes;
  }

  /** Resolves when nothing waits and nothing is under way, or never will be again. */
  drained(): Promise<void> {
    if (this.#isDead || (this.#at === 0 && !this.#isSending)) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what waits; what is under way is the conn's. */
  close(): void {
    this.#isDead = true;
    this.#block = this.#spare = null;
    this.#at = this.#committed = 0;
    this.#release();
  }

  #grow(n: number): Uint8Array {
    const old = this.#block ?? this.#spare;
    if (this.#block === null) this.#spare = null;
    const needed = this.#at + n;
    if (old !== null && needed <= old.length) {
      this.#block = old;
      return old;
    }
    const block = new Uint8Array(Math.max(smallestBytes, 2 ** Math.ceil(Math.log2(needed))));
    if (this.#block !== null) block.set(this.#block.subarray(0, this.#at));
    this.#block = block;
    return block;
  }

  #flush(): void {
    this.#isScheduled = false;
    const block = this.#block;
    if (block === null || this.#at === 0 || this.#isDead) return;
    this.#block = this.#spare;
    this.#spare = null;
    const bytes = block.subarray(0, this.#at);
    this.#at = this.#committed = 0;
    this.#isSending = true;
    writeAll(this.#conn, bytes).then(
      () => this.#sent(block),
      (err: unknown) => this.#fail(err),
    );
  }

  #sent(block: Uint8Array): void {
    this.#isSending = false;
    if (this.#isDead) return;
    if (block.length <= idleBytes) this.#spare = block;
    if (this.#at > 0) this.#flush();
    else this.#release();
  }

  #fail(err: unknown): void {
    if (this.#isDead) return;
    this.close();
    this.#onError(err);
  }

  #release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
