import { copyBytes } from "../internal/byte-queue.js";

/** Up to this size an array of its own lives in the heap, and costs next to nothing. */
const heapBytes = 64;
/** Up to this size copies share a block. */
const sharedBytes = 2048;
const blockBytes = 8192;

/** Copies payloads out of a receive buffer. Copies of up to 2 KiB share blocks of 8 KiB, as Node's small buffers do. */
export class SmallCopies {
  #block: ArrayBuffer | null = null;
  #used = 0;

  /** Returns a copy of `bytes` from `from` up to `to`. */
  copy(bytes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
    const n = to - from;
    const copy = n <= heapBytes || n > sharedBytes ? new Uint8Array(n) : this.#take(n);
    copyBytes(bytes, from, copy, 0, n);
    return copy;
  }

  #take(n: number): Uint8Array<ArrayBuffer> {
    if (this.#block === null || this.#used + n > blockBytes) {
      this.#block = new ArrayBuffer(blockBytes);
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#block, this.#used, n);
    this.#used += (n + 7) & ~7;
    return copy;
  }
}
