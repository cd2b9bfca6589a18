import { copyBytes } from "../internal/byte-queue.js";

const smallest = 1024;

/**
 * Holds the payload of a message that arrives in parts. It takes no more memory than twice what has arrived, whatever
 * length the peer announced, and ends in a block of the exact size where the length was known.
 */
export class Arriving {
  #block: Uint8Array<ArrayBuffer> | null = null;
  #start = 0;
  #end = 0;

  /** How many bytes wait here. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends a copy of a part. `more` says how many bytes are announced to follow it: `Infinity` if nobody knows. */
  push(bytes: Uint8Array, from: number, to: number, more: number): void {
    const n = to - from;
    if (n === 0) return;
    const block = this.#room(n, more);
    copyBytes(bytes, from, block, this.#end, n);
    this.#end += n;
  }

  /** Moves bytes into `p`, from `at` on; returns their number. */
  read(p: Uint8Array, at: number): number {
    if (this.#block === null) return 0;
    const n = Math.min(p.byteLength - at, this.length);
    copyBytes(this.#block, this.#start, p, at, n);
    this.#start += n;
    if (this.#start === this.#end) this.clear();
    return n;
  }

  /** Returns all that waits, and forgets it. */
  finish(): Uint8Array<ArrayBuffer> {
    const whole = this.#block === null ? new Uint8Array(0) : exact(this.#block, this.#start, this.#end);
    this.clear();
    return whole;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#block = null;
    this.#start = this.#end = 0;
  }

  #room(n: number, more: number): Uint8Array {
    const block = this.#block;
    if (block !== null && this.#end + n <= block.byteLength) return block;
    const need = this.length + n;
    const grown = new Uint8Array(need + Math.min(more, Math.max(need, smallest)));
    if (block !== null) grown.set(block.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#block = grown;
    return grown;
  }
}

/** Returns a part of a block: as a view where it is nearly all of it, as a copy where it would keep much too much. */
function exact(block: Uint8Array<ArrayBuffer>, start: number, end: number): Uint8Array<ArrayBuffer> {
  if (start === 0 && end === block.byteLength) return block;
  return end - start > block.byteLength >> 1 ? block.subarray(start, end) : block.slice(start, end);
}
