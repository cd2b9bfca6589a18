import { copyBytes } from "../internal/byte-queue.js";
import { largestIdleBytes, nextBlockBytes } from "./block-bytes.js";
import { corrupt, GobError, overLimit, unexpectedEOF } from "./errors.js";
import type { Limits } from "./limits.js";
import { getSmallInt, getUint, type Source } from "./source.js";
import type { StreamWires } from "./wires.js";

const smallestBlock = 512;
/** What Go refuses on every machine. */
const tooBig = 2 ** 33;

/** Is thrown where the next message is not there yet: reading goes back, and tries again. */
class Incomplete extends Error {}
const incomplete = new Incomplete("the rest of the value is still to come");

/** Tells whether reading stopped for want of more. */
export function isIncomplete(err: unknown): boolean {
  return err === incomplete;
}

/**
 * Cuts a stream into messages. Messages are no values: one that has an interface value of a type that is new ends there,
 * and the value goes on in the next.
 */
export class MessageStream {
  readonly #s: Source;
  readonly #wires: StreamWires;
  readonly #limits: Limits;
  #filled = 0;
  #hasEnded = false;
  /** Where the value that is being read begins, so that reading can go back; nothing before it is needed. */
  #valuePos = -1;
  #valueEnd = -1;
  /** Definitions have been read, so a value must follow. */
  #isMidway = false;
  /** What broke the stream: there is no next message to go on with. */
  failure: GobError | null = null;

  constructor(s: Source, wires: StreamWires, limits: Limits) {
    this.#s = s;
    this.#wires = wires;
    this.#limits = limits;
  }

  /** Tells whether the input has ended, and nothing is left of it, nor to be expected. */
  get isDone(): boolean {
    return this.#hasEnded && !this.#isMidway && this.#s.end === this.#filled;
  }

  /** Appends a copy of what has arrived. */
  push(chunk: Uint8Array): void {
    if (this.#hasEnded) throw new TypeError("Cannot push after the end");
    const n = chunk.byteLength;
    if (this.#filled + n > this.#s.b.byteLength) this.#makeRoom(n);
    copyBytes(chunk, 0, this.#s.b, this.#filled, n);
    this.#filled += n;
  }

  /** Returns where `bytes` more may be put at least; then tell {@link MessageStream.advance}. */
  room(bytes: number): Uint8Array {
    if (this.#hasEnded) throw new TypeError("Cannot push after the end");
    const s = this.#s;
    if (s.pos === this.#filled && this.#valuePos < 0) s.pos = s.end = this.#filled = 0;
    if (this.#filled + bytes > s.b.byteLength) this.#makeRoom(bytes);
    return s.b.subarray(this.#filled);
  }

  /** Takes what was put where there was {@link MessageStream.room}. */
  advance(bytes: number): void {
    this.#filled += bytes;
  }

  /** Tells that nothing more will arrive. */
  finish(): void {
    this.#hasEnded = true;
  }

  /** Remembers this place, to come back to it. */
  keep(): void {
    this.#valuePos = this.#s.pos;
    this.#valueEnd = this.#s.end;
  }

  /** Goes back to the place that was kept. */
  goBack(): void {
    this.#s.pos = this.#valuePos;
    this.#s.end = this.#valueEnd;
  }

  /** Drops what is left of the message, as Go does, and the place that was kept. */
  dropMessage(): void {
    this.#s.pos = this.#s.end;
    this.#valuePos = -1;
    this.#isMidway = false;
  }

  /** Reads definitions up to the type of the next value; -1 if that is not there yet. */
  readTopType(): number {
    const s = this.#s;
    for (;;) {
      if (s.pos === s.end && !this.#tryMessage()) {
        if (this.#hasEnded && !this.isDone) throw unexpectedEOF();
        return -1;
      }
      const id = getSmallInt(s);
      if (id >= 0) return id;
      this.#wires.define(s, -id);
      this.#isMidway = true;
      if (s.pos < s.end) throw new GobError("ERR_GOB_DATA", "extra data in buffer");
    }
  }

  /** Reads definitions up to the type of an interface value, which may go on in the next message. */
  readType(): number {
    const s = this.#s;
    for (;;) {
      if (s.pos === s.end && !this.#tryMessage()) throw this.#hasEnded ? unexpectedEOF() : incomplete;
      const id = getSmallInt(s);
      if (id >= 0) return id;
      this.#wires.define(s, -id);
      if (s.pos < s.end) getUint(s); // the length of what follows, which nobody needs
    }
  }

  /** Goes to the next message, if all of it is there. */
  #tryMessage(): boolean {
    const s = this.#s;
    const at = s.end;
    const available = this.#filled - at;
    if (available === 0) {
      if (s.b.byteLength > largestIdleBytes && this.#valuePos < 0) this.#release();
      return false;
    }
    const first = s.b[at] as number;
    const width = first < 128 ? 0 : 256 - first;
    if (width > 8) throw this.#fail(corrupt("encoded unsigned integer out of range"));
    if (available <= width) return false;
    const length = width === 0 ? first : this.#longLength(at, width);
    this.#checkLength(length, at);
    const pos = at + 1 + width;
    if (length > this.#filled - pos) return false;
    s.pos = pos;
    s.end = pos + length;
    return true;
  }

  #longLength(at: number, width: number): number {
    let length = 0;
    for (let i = at + 1; i <= at + width; i++) length = length * 256 + (this.#s.b[i] as number);
    return length;
  }

  #checkLength(length: number, at: number): void {
    if (length >= tooBig) throw this.#fail(new GobError("ERR_GOB_DATA", "invalid message length"));
    const { maxMessageBytes } = this.#limits;
    const before = this.#valuePos < 0 ? 0 : at - this.#valuePos;
    if (before + length <= maxMessageBytes) return;
    throw this.#fail(overLimit(`message of ${length} bytes is longer than ${maxMessageBytes - before}`));
  }

  #fail(err: GobError): GobError {
    this.failure = err;
    return err;
  }

  #release(): void {
    const s = this.#s;
    s.b = new Uint8Array(0);
    s.pos = s.end = this.#filled = 0;
  }

  /** Moves what is needed to the front, of this block or of a larger one. */
  #makeRoom(bytes: number): void {
    const s = this.#s;
    const start = this.#valuePos < 0 ? s.pos : this.#valuePos;
    const kept = this.#filled - start;
    const size = s.b.byteLength;
    const fits = kept + bytes <= size && kept <= start;
    const block = fits ? s.b : new Uint8Array(Math.max(smallestBlock, nextBlockBytes(kept, bytes)));
    if (fits) block.copyWithin(0, start, this.#filled);
    else block.set(s.b.subarray(start, this.#filled));
    s.b = block;
    this.#filled = kept;
    s.pos -= start;
    s.end -= start;
    if (this.#valuePos < 0) return;
    this.#valuePos -= start;
    this.#valueEnd -= start;
  }
}
