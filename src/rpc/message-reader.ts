import type { Reader } from "../net/conn.js";
import { ClosedError, UnexpectedEOFError } from "../net/errors.js";
import type { Awaitable } from "./codec.js";

const smallestBytes = 4096;
const largestIdleBytes = 65_536;

/** Finds where messages end. */
export interface Framer {
  /** Returns the size of the message that begins at `start`, or 0 if its end is not among the bytes up to `end`. */
  scan(bytes: Uint8Array, start: number, end: number): number;
}

/**
 * Cuts what a conn gives into messages. All messages of one read are found without waiting in between.
 *
 * Memory grows with what arrives, never with what a message claims, and shrinks again when a large one is done. After an
 * error every later call fails with the same one.
 */
export class MessageReader {
  readonly #conn: Reader;
  readonly #framer: Framer;
  #block: Uint8Array = new Uint8Array(0);
  #filled = 0;
  /** Where the last message begins and ends. */
  #start = 0;
  #end = 0;
  #failure: unknown;
  #hasFailed = false;
  #rejectRead: ((reason: unknown) => void) | null = null;

  constructor(conn: Reader, framer: Framer) {
    this.#conn = conn;
    this.#framer = framer;
  }

  /** The bytes that the last message is part of; valid until the next call of {@link MessageReader.next}. */
  get bytes(): Uint8Array {
    return this.#block;
  }
  /** Where the last message begins. */
  get start(): number {
    return this.#start;
  }
  /** Where the last message ends. */
  get end(): number {
    return this.#end;
  }

  /** Goes to the next message; `false` at the end of the stream. Answers at once if the message is there. */
  next(): Awaitable<boolean> {
    if (this.#hasFailed) throw this.#failure;
    this.#start = this.#end;
    return this.#scan() || this.#fetch();
  }

  /** Fails: the pending call and all later ones get `reason`, unless another error came first. */
  fail(reason: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failure = reason;
    this.#rejectRead?.(reason);
    this.#rejectRead = null;
    this.#block = new Uint8Array(0);
  }

  /** Fails as what is closed does. */
  close(): void {
    this.fail(new ClosedError());
  }

  #scan(): boolean {
    if (this.#start === this.#filled) return false;
    try {
      const n = this.#framer.scan(this.#block, this.#start, this.#filled);
      this.#end = this.#start + n;
      return n > 0;
    } catch (err) {
      this.fail(err);
      throw err;
    }
  }

  async #fetch(): Promise<boolean> {
    try {
      do {
        const n = await this.#read(this.#room());
        if (this.#hasFailed) throw this.#failure;
        if (n === null) return this.#finish();
        this.#filled += n;
      } while (!this.#scan());
      return true;
    } catch (err) {
      this.fail(err);
      throw err;
    }
  }

  #finish(): false {
    const rest = this.#filled - this.#start;
    if (rest > 0) throw new UnexpectedEOFError(rest);
    return false;
  }

  /** Reads, but does not wait longer than until {@link MessageReader.fail}, whatever the conn does. */
  #read(p: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#rejectRead = reject;
      this.#conn.read(p).then(resolve, reject);
    });
  }

  /** Returns the free part of the block, after making some: at the front of the block, or in a larger one. */
  #room(): Uint8Array {
    const rest = this.#filled - this.#start;
    if (rest === 0 && this.#block.byteLength > largestIdleBytes) this.#block = new Uint8Array(smallestBytes);
    const wasFull = this.#filled === this.#block.byteLength;
    if (this.#start > 0) {
      this.#block.copyWithin(0, this.#start, this.#filled);
      this.#start = this.#end = 0;
      this.#filled = rest;
    }
    if (this.#filled === this.#block.byteLength || (wasFull && this.#block.byteLength < largestIdleBytes)) this.#grow();
    return this.#block.subarray(this.#filled);
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(smallestBytes, this.#block.byteLength * 2));
    grown.set(this.#block.subarray(0, this.#filled));
    this.#block = grown;
  }
}
