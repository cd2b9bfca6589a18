import { copyBytes } from "../internal/byte-queue.js";
import { simdMask } from "./mask-simd.js";

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Up to this many bytes one loop that copies and masks beats a copy followed by words. */
const loopBytes = 48;
/** From this many bytes on, words are worth their set-up. */
const wordBytes = 64;
/** From this many bytes on, SIMD is worth two more copies (64 KiB: half the time of words). */
const simdBytes = 256;

/**
 * Masks, or unmasks, payloads: the XOR with a key of four bytes, of RFC 6455 section 5.3. The first byte meets the
 * lowest byte of the key.
 *
 * Goes word by word over longer payloads, through a view that is kept for as long as the memory stays the same: all
 * that a socket receives comes in one block.
 */
export class Masker {
  #buffer: ArrayBufferLike | null = null;
  #words: Int32Array = new Int32Array(0);

  /** Masks `bytes` from `from` up to `to`, in place. */
  mask(bytes: Uint8Array, from: number, to: number, key: number): void {
    if (to - from >= simdBytes && simdMask !== null) simdMask(bytes, from, to - from, key, bytes, from);
    else if (to - from < wordBytes) maskBytes(bytes, from, to, key);
    else this.#maskWords(bytes, from, to, key);
  }

  /** Copies `n` bytes, and masks the copy. */
  maskInto(bytes: Uint8Array, from: number, n: number, key: number, into: Uint8Array, at: number): void {
    if (n <= loopBytes) {
      maskLoop(bytes, from, n, key, into, at);
    } else if (n >= simdBytes && simdMask !== null) {
      simdMask(bytes, from, n, key, into, at);
    } else {
      copyBytes(bytes, from, into, at, n);
      this.mask(into, at, at + n, key);
    }
  }

  #maskWords(bytes: Uint8Array, from: number, to: number, key: number): void {
    const base = bytes.byteOffset;
    const start = from + (-(base + from) & 3); // where words are aligned
    const end = to - ((base + to) & 3);
    maskBytes(bytes, from, start, key);
    const aligned = rotateKey(key, start - from);
    maskWords(this.#wordsOf(bytes), (base + start) >> 2, (base + end) >> 2, aligned);
    maskBytes(bytes, end, to, aligned);
  }

  #wordsOf({ buffer }: Uint8Array): Int32Array {
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      this.#words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
    }
    return this.#words;
  }
}

/** Turns a key so that it goes on after `n` bytes. */
export function rotateKey(key: number, n: number): number {
  const bits = (n & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

function maskBytes(bytes: Uint8Array, from: number, to: number, key: number): void {
  maskLoop(bytes, from, to - from, key, bytes, from);
}

function maskLoop(bytes: Uint8Array, from: number, n: number, key: number, into: Uint8Array, at: number): void {
  const k0 = key & 0xff;
  const k1 = (key >> 8) & 0xff;
  const k2 = (key >> 16) & 0xff;
  const k3 = key >>> 24;
  let i = 0;
  for (const whole = n - 3; i < whole; i += 4) {
    into[at + i] = (bytes[from + i] as number) ^ k0;
    into[at + i + 1] = (bytes[from + i + 1] as number) ^ k1;
    into[at + i + 2] = (bytes[from + i + 2] as number) ^ k2;
    into[at + i + 3] = (bytes[from + i + 3] as number) ^ k3;
  }
  if (i < n) into[at + i] = (bytes[from + i] as number) ^ k0;
  if (i + 1 < n) into[at + i + 1] = (bytes[from + i + 1] as number) ^ k1;
  if (i + 2 < n) into[at + i + 2] = (bytes[from + i + 2] as number) ^ k2;
}

/** Unrolled: twice as fast at 64 KiB. */
function maskWords(words: Int32Array, from: number, to: number, key: number): void {
  const k = littleEndian ? key : swapBytes(key);
  let i = from;
  for (const whole = to - 7; i < whole; i += 8) {
    words[i] = (words[i] as number) ^ k;
    words[i + 1] = (words[i + 1] as number) ^ k;
    words[i + 2] = (words[i + 2] as number) ^ k;
    words[i + 3] = (words[i + 3] as number) ^ k;
    words[i + 4] = (words[i + 4] as number) ^ k;
    words[i + 5] = (words[i + 5] as number) ^ k;
    words[i + 6] = (words[i + 6] as number) ^ k;
    words[i + 7] = (words[i + 7] as number) ^ k;
  }
  for (; i < to; i++) words[i] = (words[i] as number) ^ k;
}

function swapBytes(n: number): number {
  return (n << 24) | ((n & 0xff00) << 8) | ((n >> 8) & 0xff00) | (n >>> 24);
}

const keysAtOnce = 1024;

/** Gives masking keys that nobody can foretell, drawn many at a time. */
export class MaskKeys {
  #keys: Int32Array<ArrayBuffer> | null = null;
  #next = keysAtOnce;

  /** Returns the next key. */
  next(): number {
    if (this.#keys === null || this.#next === keysAtOnce) {
      this.#keys = crypto.getRandomValues(this.#keys ?? new Int32Array(keysAtOnce));
      this.#next = 0;
    }
    return this.#keys[this.#next++] as number;
  }
}
