import { copyBytes } from "../../internal/byte-queue.js";
import type { Bytes } from "../conn.js";
import { giveSlab, slabBytes, takeSlab } from "./slab.js";

/** Somebody who waits for a write. */
interface Waiter {
  readonly n: number;
  /** Where in the segment the write begins. */
  readonly at: number;
  readonly resolve: (n: number) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Holds bytes on their way out, and those who wait for them: one large write by reference, or many small ones copied
 * together.
 */
export class Segment {
  /** Whether the bytes are copies. */
  readonly copied: boolean;
  /** How many bytes it holds. */
  length: number;
  /** How many of them are handed to the system. */
  handed = 0;
  #bytes: Bytes;
  #slab: Bytes | null = null;
  #waiters: Waiter[] = [];
  #lastSize = -1;
  #lastPromise: Promise<number> | undefined;

  private constructor(bytes: Bytes, copied: boolean) {
    this.#bytes = bytes;
    this.length = bytes.byteLength;
    this.copied = copied;
  }

  /** Holds `p` itself. */
  static refer(p: Bytes): Segment {
    return new Segment(p, false);
  }

  /** Holds a copy of `p`, to which more can be appended. */
  static copy(p: Bytes): Segment {
    const bytes = Buffer.allocUnsafe(p.byteLength); // a lone small write costs its size, not a block
    copyBytes(p, 0, bytes, 0, p.byteLength);
    return new Segment(bytes, true);
  }

  /** Holds `n` bytes that the caller fills in, to which more can be appended. */
  static room(n: number): Segment {
    return new Segment(Buffer.allocUnsafe(n), true);
  }

  /** The block that the bytes are in, from its beginning. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /** How many bytes are still to be handed over. */
  get left(): number {
    return this.length - this.handed;
  }

  /** Appends a copy of `p`; returns `false` where that cannot be. */
  append(p: Bytes): boolean {
    const at = this.extend(p.byteLength);
    if (at >= 0) copyBytes(p, 0, this.#bytes, at, p.byteLength);
    return at >= 0;
  }

  /** Makes room for `n` bytes at the end; returns where they begin, or -1 where that cannot be. */
  extend(n: number): number {
    const at = this.length;
    if (!this.copied || this.handed > 0 || at + n > slabBytes) return -1;
    if (this.#slab === null) {
      this.#slab = takeSlab();
      copyBytes(this.#bytes, 0, this.#slab, 0, at);
      this.#bytes = this.#slab;
    }
    this.length = at + n;
    return at;
  }

  /** Promises the outcome of the write of the last `n` bytes. Writes of one size share their promise: same outcome. */
  join(n: number): Promise<number> {
    if (n === this.#lastSize && this.#lastPromise !== undefined) return this.#lastPromise;
    const at = this.length - n;
    const promise = new Promise<number>((resolve, reject) => {
      this.#waiters.push({ n, at, resolve, reject });
    });
    this.#lastSize = n;
    this.#lastPromise = promise;
    return promise;
  }

  /** Takes the next bytes to hand over, `max` at most. */
  hand(max: number): Bytes {
    const start = this.handed;
    this.handed = Math.min(this.length, start + max);
    return start === 0 && this.handed === this.#bytes.byteLength
      ? this.#bytes
      : this.#bytes.subarray(start, this.handed);
  }

  /** Forgets what is not handed over yet. */
  cut(): void {
    this.length = this.handed;
  }

  /** Resolves all, and gives the memory back. */
  done(): void {
    for (const waiter of this.#waiters) waiter.resolve(waiter.n);
    this.#waiters = [];
    if (this.#slab !== null) giveSlab(this.#slab);
    this.#slab = null;
  }

  /** Rejects all who still wait; `reason` is asked with how many bytes of their write are handed over. */
  reject(reason: (bytesWritten: number) => unknown): void {
    for (const { n, at, reject } of this.#waiters) reject(reason(Math.max(0, Math.min(n, this.handed - at))));
    this.#waiters = [];
  }
}
