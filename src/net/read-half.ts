import { ByteQueue, copyBytes } from "../internal/byte-queue.js";
import { PendingList } from "../internal/pending.js";
import type { Bytes } from "./conn.js";
import { Deadline } from "./deadline.js";
import { ClosedError, TimeoutError } from "./errors.js";

/** Takes a chunk that is lent for the duration of the call. */
export type Taker = (chunk: Bytes) => void;

/** How a {@link ReadHalf} speaks to its owner. */
export interface ReadHalfOptions {
  /** Dresses a cause for the reader, as an OpError with the conn's addresses. */
  wrap(cause: Error): Error;
  /** Asks the source to go on, after {@link ReadHalf.push} had said that it should stop. */
  resume?(): void;
  /** How many bytes may wait before the source is asked to stop. @default 131072 */
  highWaterBytes?: number;
}

const defaultHighWaterBytes = 128 * 1024;

/**
 * Turns what a source pushes into reads that pull: the receiving half of every stream conn, with no socket in it.
 *
 * Bytes go straight into the buffer of whoever waits, and are copied into a queue otherwise; a full queue stops the
 * source. Reads are served in order. Everything pushed before the end, or before a failure, is read first.
 */
export class ReadHalf {
  readonly deadline = new Deadline(() => this.#rejectWaiting(() => new TimeoutError()));
  readonly #waiting = new PendingList<number | null, Bytes | Taker>(() => this.deadline.unwatch());
  readonly #queue = new ByteQueue();
  readonly #wrap: (cause: Error) => Error;
  readonly #resume: (() => void) | undefined;
  readonly #highWater: number;
  #stopped = false;
  #ended = false;
  #discarding = false;
  #failure: Error | null = null;
  #closed = false;

  constructor(options: ReadHalfOptions) {
    this.#wrap = options.wrap;
    this.#resume = options.resume;
    this.#highWater = options.highWaterBytes ?? defaultHighWaterBytes;
  }

  /** How many bytes wait to be read. */
  get buffered(): number {
    return this.#queue.length;
  }

  /** Serves a read: at once if bytes wait, when the source pushes otherwise. */
  read(p: Bytes, signal?: AbortSignal): Promise<number | null> {
    return this.#serve(p, signal);
  }

  /** Reads as {@link read} does, but lends what there is instead of copying it; resolves to its length. */
  lend(taker: Taker): Promise<number | null> {
    return this.#serve(taker);
  }

  #serve(p: Bytes | Taker, signal?: AbortSignal): Promise<number | null> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(this.#wrap(new ClosedError()));
    if (this.deadline.expired) return Promise.reject(this.#wrap(new TimeoutError()));
    if (typeof p !== "function" && p.byteLength === 0) return Promise.resolve(0);
    if (this.#waiting.length === 0) {
      if (this.#queue.length > 0) return Promise.resolve(this.#take(p));
      if (this.#failure !== null) return Promise.reject(this.#wrap(this.#failure));
      if (this.#ended) return Promise.resolve(null);
    }
    this.deadline.watch();
    return this.#waiting.add(p, signal);
  }

  /**
   * Takes what the source received; keeps no reference to `chunk`. Returns `false` when the source should stop until
   * `resume` is called.
   */
  push(chunk: Bytes): boolean {
    if (this.#discarding) return true;
    let at = 0;
    while (at < chunk.byteLength) {
      const reader = this.#waiting.shift();
      if (reader === undefined) break;
      const n = give(chunk, at, reader.context);
      at += n;
      reader.resolve(n);
    }
    if (at < chunk.byteLength) this.#queue.push(chunk, at);
    this.#stopped = this.#queue.length >= this.#highWater;
    return !this.#stopped;
  }

  /** Ends the stream for readers here and now; what still arrives is dropped, so that the end can be seen. */
  discard(): void {
    this.#discarding = true;
    this.#queue.clear();
    if (this.#stopped) this.#resume?.();
    this.end();
  }

  /** Notes the end of the stream. */
  end(): void {
    this.#ended = true;
    for (let reader = this.#waiting.shift(); reader !== undefined; reader = this.#waiting.shift()) reader.resolve(null);
  }

  /** Notes that the stream broke; readers get it after what arrived before. */
  fail(cause: Error): void {
    if (this.#ended) return;
    this.#failure ??= cause;
    this.#rejectWaiting(() => cause);
  }

  /** Closes from our side: drops what waits, and rejects everybody. */
  close(): void {
    this.#closed = true;
    this.#discarding = true;
    this.#queue.clear();
    this.deadline.stop();
    this.#rejectWaiting(() => new ClosedError());
  }

  #take(p: Bytes | Taker): number {
    const n = typeof p === "function" ? give(this.#queue.peek(this.#queue.length), 0, p) : this.#queue.read(p);
    if (typeof p === "function") this.#queue.skip(n);
    if (this.#stopped && this.#queue.length <= this.#highWater >> 1) {
      this.#stopped = false;
      this.#resume?.();
    }
    return n;
  }

  #rejectWaiting(cause: () => Error): void {
    this.#waiting.rejectAll(() => this.#wrap(cause()));
  }
}

/** Copies bytes of a chunk to a reader, or lends it all that is left; returns how many it got. */
function give(chunk: Bytes, at: number, p: Bytes | Taker): number {
  if (typeof p === "function") {
    p(at === 0 ? chunk : chunk.subarray(at));
    return chunk.byteLength - at;
  }
  const n = Math.min(p.byteLength, chunk.byteLength - at);
  copyBytes(chunk, at, p, 0, n);
  return n;
}
