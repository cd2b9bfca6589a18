const smallest = 4096;

/** Up to this many bytes a plain loop beats the call of `set`. */
const loopBytes = 16;
/** Up to this many it also beats the calls of both `subarray` and `set`. */
const loopPartBytes = 48;

/** Copies `n` bytes between two arrays. */
export function copyBytes(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, n: number): void {
  const whole = fromAt === 0 && n === from.byteLength;
  if (n <= (whole ? loopBytes : loopPartBytes)) {
    for (let i = 0; i < n; i++) to[toAt + i] = from[fromAt + i] as number;
  } else {
    to.set(whole ? from : from.subarray(fromAt, fromAt + n), toAt);
  }
}

/**
 * Queues bytes in one block of memory: what is pushed is copied in, what is read is copied out.
 *
 * The block grows as needed, moves its content to the front before it grows, and is let go when the queue runs empty,
 * so that an idle owner holds none. The owner bounds the length.
 */
export class ByteQueue {
  #block: Uint8Array | null = null;
  #start = 0;
  #end = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends a copy of `bytes` from `from` on. */
  push(bytes: Uint8Array, from = 0): void {
    const n = bytes.byteLength - from;
    if (n === 0) return;
    const block = this.#room(n);
    copyBytes(bytes, from, block, this.#end, n);
    this.#end += n;
  }

  /** Moves as many bytes as there are, `p.byteLength` at most, into `p`; returns their number. */
  read(p: Uint8Array): number {
    const n = Math.min(p.byteLength, this.length);
    if (n === 0 || this.#block === null) return 0;
    copyBytes(this.#block, this.#start, p, 0, n);
    this.skip(n);
    return n;
  }

  /** Returns a view of the first `n` bytes, or of all if there are fewer; valid until the queue changes. */
  peek(n: number): Uint8Array {
    if (this.#block === null) return new Uint8Array(0);
    return this.#block.subarray(this.#start, Math.min(this.#start + n, this.#end));
  }

  /** Drops the first `n` bytes. */
  skip(n: number): void {
    this.#start += n;
    if (this.#start >= this.#end) this.clear();
  }

  /** Drops everything. */
  clear(): void {
    this.#start = this.#end = 0;
    this.#block = null;
  }

  /** Makes room for `n` bytes behind the last one. */
  #room(n: number): Uint8Array {
    const block = this.#block;
    if (block !== null && this.#end + n <= block.byteLength) return block;
    const length = this.length;
    if (block !== null && length + n <= block.byteLength && length <= this.#start) {
      block.copyWithin(0, this.#start, this.#end); // the two halves do not overlap: each byte is moved once in its life
      this.#start = 0;
      this.#end = length;
      return block;
    }
    const grown = new Uint8Array(Math.max(smallest, 2 ** Math.ceil(Math.log2(length + n))));
    if (block !== null) grown.set(block.subarray(this.#start, this.#end));
    this.#start = 0;
    this.#end = length;
    this.#block = grown;
    return grown;
  }
}
