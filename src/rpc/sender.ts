import { type HandsOver, handOver } from "../internal/hand-over.js";
import type { Writer } from "../net/conn.js";
import { LimitError } from "../net/errors.js";
import { writeAll } from "../net/io.js";

/** How much may wait before those who write are asked to. */
const highWaterBytes = 1_048_576;
const defaultMaxWaitingBytes = 67_108_864;
/** So many messages of a tick leave ahead of the others. */
const headStartMessages = 32;
/** Runs what comes next as a microtask: Node's own `queueMicrotask` costs several times as much. */
const soon: Promise<void> = Promise.resolve();

/** Holds what is to be sent. */
export interface Store {
  /** How many bytes wait. */
  readonly pending: number;
  /** Hands over some of them, the first. */
  take(): Uint8Array<ArrayBuffer>;
  /** Takes back what it handed over, once it is sent: nobody refers to it any more. */
  recycle(bytes: Uint8Array<ArrayBuffer>): void;
  /** Drops what waits. */
  clear(): void;
}

/** Bounds what waits to be sent. */
export interface SenderOptions {
  /**
   * The most bytes that may wait while a write is under way, which the peer does not take. One message by itself may be
   * larger. @default 67_108_864
   */
  maxWaitingBytes?: number | undefined;
}

/**
 * Sends what a tick has encoded with one write, or two if it is many messages, or piece by piece if it is much, from where
 * it was encoded; what comes while a write is under way leaves with the next one. A failed write is final: `onError` is told once, and nothing more is sent.
 */
export class Sender {
  readonly #conn: Writer;
  readonly #store: Store;
  readonly #onError: (err: unknown) => void;
  readonly #maxWaitingBytes: number;
  #isScheduled = false;
  /** What is under way. */
  #sending: Uint8Array<ArrayBuffer> | null = null;
  /** How much waited before the last message. */
  #waiting = 0;
  #isDead = false;
  /** How many messages the batch has that waits for the end of the tick. */
  #gathered = 0;
  #waiters: (() => void)[] = [];
  readonly #flushNow = () => this.#flush();
  readonly #onTaken = (n: number) => this.#taken(n);
  readonly #onSent = () => this.#sent();
  /** Later than the end of the stream, if that is there: it tells more than a write that the peer did not take. */
  readonly #onFailure = (err: unknown) => void soon.then(() => this.#fail(err));

  constructor(conn: Writer, store: Store, onError: (err: unknown) => void, options: SenderOptions = {}) {
    this.#conn = conn;
    this.#store = store;
    this.#onError = onError;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? defaultMaxWaitingBytes;
  }

  /** Tells that there is a whole message more: it leaves at the end of the tick. */
  commit(): void {
    if (this.#isDead) return this.#store.clear();
    if (this.#sending !== null) return this.#wait();
    if (this.#isScheduled) {
      if (++this.#gathered === headStartMessages) this.#handOver();
      return;
    }
    this.#gathered = 1;
    this.#isScheduled = true;
    void soon.then(this.#flushNow);
  }

  /** Sends before the tick ends, so that both ends work at the same time, where they would take turns (bench/rpc-echo). */
  #handOver(): void {
    const conn = this.#conn as Partial<HandsOver>;
    if (conn[handOver] === undefined) return;
    this.#flush();
    conn[handOver]();
  }

  #wait(): void {
    const { pending } = this.#store;
    if (pending > this.#maxWaitingBytes && this.#waiting > 0) this.#fail(this.#tooMuch());
    else this.#waiting = pending;
  }

  #tooMuch(): LimitError {
    return new LimitError(`peer does not read: more than ${this.#maxWaitingBytes} bytes wait (option maxWaitingBytes)`);
  }

  /** Tells whether so much waits that writers should wait for {@link Sender.drained}. */
  get isFull(): boolean {
    return this.#store.pending >= highWaterBytes;
  }

  /** Resolves when nothing waits and nothing is under way, or never will be again. */
  drained(): Promise<void> {
    if (this.#isDead || (this.#store.pending === 0 && this.#sending === null)) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what waits; what is under way is the conn's. */
  close(): void {
    this.#isDead = true;
    this.#store.clear();
    this.#release();
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isDead || this.#sending !== null || this.#store.pending === 0) return;
    this.#sending = this.#store.take();
    this.#waiting = this.#store.pending;
    try {
      this.#conn.write(this.#sending).then(this.#onTaken, this.#onFailure);
    } catch (err) {
      this.#fail(err);
    }
  }

  /** The conn has taken so many bytes: all of them, unless it is a strange one. */
  #taken(n: number): void {
    const bytes = this.#sending;
    if (bytes === null || n === bytes.length) this.#sent();
    else writeAll(this.#conn, bytes.subarray(n)).then(this.#onSent, this.#onFailure);
  }

  #sent(): void {
    const bytes = this.#sending;
    this.#sending = null;
    if (this.#isDead) return;
    if (bytes !== null) this.#store.recycle(bytes);
    if (this.#store.pending > 0) this.#flush();
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
