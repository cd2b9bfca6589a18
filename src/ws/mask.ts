import { copyBytes } from "../internal/byte-queue.js";
import { simdMask } from "./mask-simd.js";

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Up to this many bytes a loop beats everything else (bench ws-echo). */
const loopBytes = 48;

/**
 * Masks, or unmasks, `bytes` in place, from `from` up to `to`: the XOR with a key of four bytes, of RFC 6455 section 5.3.
 * The first byte meets the lowest byte of the key.
 */
export function mask(bytes: Uint8Array, from: number, to: number, key: number): void {
  maskInto(bytes, from, to - from, key, bytes, from);
}

/** Copies `n` bytes, and masks the copy: byte by byte if they are few, else with SIMD, or word by word. */
export function maskInto(bytes: Uint8Array, from: number, n: number, key: number, into: Uint8Array, at: number): void {
  if (n <= loopBytes) {
    maskLoop(bytes, from, n, key, into, at);
    return;
  }
  const simd = simdMask();
  if (simd !== null) {
    simd(bytes, from, n, key, into, at);
  } else {
    if (bytes !== into || from !== at) copyBytes(bytes, from, into, at, n);
    maskInWords(into, at, at + n, key);
  }
}

/** What is masked where there is no SIMD. */
export function maskInWords(bytes: Uint8Array, from: number, to: number, key: number): void {
  const base = bytes.byteOffset;
  const start = Math.min(to, from + (-(base + from) & 3)); // where words are aligned
  const end = Math.max(start, to - ((base + to) & 3));
  maskLoop(bytes, from, start - from, key, bytes, from);
  const aligned = rotateKey(key, start - from);
  if (end > start) maskWords(new Int32Array(bytes.buffer, base + start, (end - start) >> 2), aligned);
  maskLoop(bytes, end, to - end, aligned, bytes, end);
}

/** Turns a key so that it goes on after `n` bytes. */
export function rotateKey(key: number, n: number): number {
  const bits = (n & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
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
function maskWords(words: Int32Array, key: number): void {
  const k = littleEndian ? key : swapBytes(key);
  const n = words.length;
  let i = 0;
  for (const whole = n - 7; i < whole; i += 8) {
    words[i] = (words[i] as number) ^ k;
    words[i + 1] = (words[i + 1] as number) ^ k;
    words[i + 2] = (words[i + 2] as number) ^ k;
    words[i + 3] = (words[i + 3] as number) ^ k;
    words[i + 4] = (words[i + 4] as number) ^ k;
    words[i + 5] = (words[i + 5] as number) ^ k;
    words[i + 6] = (words[i + 6] as number) ^ k;
    words[i + 7] = (words[i + 7] as number) ^ k;
  }
  for (; i < n; i++) words[i] = (words[i] as number) ^ k;
}

function swapBytes(n: number): number {
  return (n << 24) | ((n & 0xff00) << 8) | ((n >> 8) & 0xff00) | (n >>> 24);
}

const keysAtOnce = 1024;

/** Draws many keys at a time, for all conns: each is used once. */
class MaskKeys {
  readonly #keys = new Int32Array(keysAtOnce);
  #next = keysAtOnce;

  next(): number {
    if (this.#next === keysAtOnce) {
      crypto.getRandomValues(this.#keys);
      this.#next = 0;
    }
    return this.#keys[this.#next++] as number;
  }
}

const keys = new MaskKeys();

/** Returns a masking key that nobody can foretell. */
export function nextMaskKey(): number {
  return keys.next();
}
