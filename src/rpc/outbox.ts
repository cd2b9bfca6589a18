import { largestSpareBytes, SpareBlocks } from "../gob/spare-blocks.js";
import { copyBytes } from "../internal/byte-queue.js";
import type { Writer } from "../net/conn.js";
import { Sender, type SenderOptions, type Store } from "./sender.js";

const smallestBytes = 4096;
/** What a message may have beside its largest part, about. */
const mostAround = 128;

/** Bounds what an {@link Outbox} holds. */
export type OutboxOptions = SenderOptions;

/**
 * Gathers what is written in one tick, and sends it with one write, or in pieces of 64 KiB if it is much: see
 * {@link Sender}. A piece is made of whole messages, and only one that is larger than that makes a larger one.
 *
 * Asks for `length`, not `byteLength`, which V8 makes a call of (bench/rpc-echo).
 */
export class Outbox {
  readonly #sender: Sender;
  readonly #spares = new SpareBlocks();
  #block: Uint8Array<ArrayBuffer> | null = null;
  /** What the last block grew to. */
  #usualBytes = smallestBytes;
  #at = 0;
  /** Where the last whole message ends. */
  #committed = 0;
  /** The most room that was asked for at once since then. */
  #asked = 0;
  /** What is before the block. */
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #pieceBytes = 0;

  constructor(conn: Writer, onError: (err: unknown) => void, options: OutboxOptions = {}) {
    this.#sender = new Sender(conn, this.#store(), onError, options);
  }

  /** Where the next byte goes in what {@link Outbox.room} returns: it tells how long the message gets that is added. */
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
    if (bytes > this.#asked) this.#asked = bytes;
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
    const another = Math.max(this.#asked, this.#at - this.#committed) + mostAround;
    this.#committed = this.#at;
    this.#asked = 0;
    if (this.#at + another > largestSpareBytes) this.#finish();
    this.#sender.commit();
  }

  /** Tells whether so much waits that writers should wait for {@link Outbox.drained}. */
  get isFull(): boolean {
    return this.#sender.isFull;
  }

  /** Resolves when nothing waits and nothing is under way, or never will be again. */
  drained(): Promise<void> {
    return this.#sender.drained();
  }

  /** Drops what waits; what is under way is the conn's. */
  close(): void {
    this.#sender.close();
  }

  #store(): Store {
    const pending = () => this.#pieceBytes + this.#at;
    return {
      get pending() {
        return pending();
      },
      take: () => this.#take(),
      recycle: (bytes) => this.#spares.give(bytes),
      clear: () => this.#clear(),
    };
  }

  #take(): Uint8Array<ArrayBuffer> {
    if (this.#pieces.length === 0) this.#finish();
    const piece = this.#pieces.shift() as Uint8Array<ArrayBuffer>;
    this.#pieceBytes -= piece.length;
    return piece;
  }

  #clear(): void {
    this.#block = null;
    this.#pieces = [];
    this.#at = this.#committed = this.#pieceBytes = 0;
  }

  /** Makes a piece of what the block holds. */
  #finish(): void {
    if (this.#block === null) return;
    this.#pieces.push(this.#block.subarray(0, this.#at));
    this.#pieceBytes += this.#at;
    this.#usualBytes = Math.min(this.#block.length, largestSpareBytes);
    this.#block = null;
    this.#at = this.#committed = 0;
  }

  #grow(n: number): Uint8Array {
    const needed = this.#at + n;
    const block = this.#spares.take(needed) ?? new Uint8Array(this.#nextSize(needed));
    if (this.#block !== null) block.set(this.#block.subarray(0, this.#at));
    this.#block = block;
    return block;
  }

  #nextSize(needed: number): number {
    return Math.max(this.#block === null ? this.#usualBytes : 0, 2 ** Math.ceil(Math.log2(needed)));
  }
}
