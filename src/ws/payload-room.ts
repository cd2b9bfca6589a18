/** Up to this size an array of its own lives in the heap, and costs next to nothing. */
const heapBytes = 64;
/** Up to this size copies share a block. */
const sharedBytes = 2048;
const blockBytes = 8192;

/** Gives room for the payloads of messages: those of up to 2 KiB share blocks of 8 KiB, as Node's small buffers do. */
class PayloadRoom {
  #block: ArrayBuffer | null = null;
  #used = 0;

  /** Returns room for `n` bytes. */
  take(n: number): Uint8Array<ArrayBuffer> {
    return n <= heapBytes || n > sharedBytes ? new Uint8Array(n) : this.#share(n);
  }

  #share(n: number): Uint8Array<ArrayBuffer> {
    if (this.#block === null || this.#used + n > blockBytes) {
      this.#block = new ArrayBuffer(blockBytes);
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#block, this.#used, n);
    this.#used += (n + 7) & ~7;
    return copy;
  }
}

/** One for all conns, so that an idle one holds no block. */
export const payloadRoom = new PayloadRoom();
