import type { Bytes } from "../net/conn.js";
import { equal } from "./assert.js";

/**
 * Returns `length` bytes of an endless sequence, from `offset` on. Every aligned group of four differs from every
 * other, so that bytes which are lost, doubled or out of order show at once.
 */
export function pattern(length: number, offset = 0): Uint8Array<ArrayBuffer> {
  const p = new Uint8Array(length);
  for (let i = 0; i < length; i++) p[i] = byteAt(offset + i);
  return p;
}

/** Requires `got` to be the part of the sequence that begins at `offset`. */
export function checkPattern(got: Bytes, what: string, offset = 0): void {
  for (let i = 0; i < got.byteLength; i++) {
    const want = byteAt(offset + i);
    if (got[i] !== want) equal(got[i], want, `${what}: byte ${offset + i}`);
  }
}

// An odd factor maps different numbers to different ones, modulo 2^32.
function byteAt(i: number): number {
  return (Math.imul((i >>> 2) + 1, 0x9e3779b1) >>> ((i & 3) << 3)) & 0xff;
}
