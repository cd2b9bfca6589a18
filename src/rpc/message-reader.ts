import { largestIdleBytes, nextBlockBytes } from "../gob/block-bytes.js";
import type { Reader } from "../net/conn.js";
import { ClosedError, UnexpectedEOFError } from "../net/errors.js";
import type { Awaitable } from "./codec.js";

const smallestBytes = 4096;
const largestBytes = 65_536;

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
  /** How much is asked for at least: more after each read that gives as much. */
  #wantedBytes = smallestBytes;
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
        if (n >= this.#wantedBytes && this.#wantedBytes < largestBytes) this.#wantedBytes *= 2;
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

  /** Returns the free part of the block, after making some where it is too small. */
  #room(): Uint8Array {
    if (this.#start === this.#filled) this.#empty();
    if (this.#filled + this.#wantedBytes > this.#block.length) this.#makeRoom();
    return this.#block.subarray(this.#filled);
  }

  #empty(): void {
    this.#start = this.#end = this.#filled = 0;
    if (this.#block.length > largestIdleBytes) this.#block = new Uint8Array(0);
  }

  /** Moves what is left to the front of the block, or of a larger one. */
  #makeRoom(): void {
    const [old, start, filled] = [this.#block, this.#start, this.#filled];
    const rest = filled - start;
    const fits = rest <= start && rest + this.#wantedBytes <= old.length;
    if (fits) {
      old.copyWithin(0, start, filled);
    } else {
      this.#block = new Uint8Array(nextBlockBytes(rest, this.#wantedBytes));
      this.#block.set(old.subarray(start, filled));
    }
    this.#start = this.#end = 0;
    this.#filled = rest;
  }
}
