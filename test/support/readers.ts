import fc from "fast-check";
import type { Reader } from "../../src/net/conn.js";

/** Makes a reader that gives one chunk a read, or as much of it as fits, and then the end. */
export function readerOf(...chunks: readonly Uint8Array[]): Reader & { readonly left: number } {
  const waiting = chunks.filter((chunk) => chunk.byteLength > 0);
  return {
    get left() {
      return waiting.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    },
    async read(p) {
      if (p.byteLength === 0) return 0;
      const chunk = waiting.shift();
      if (chunk === undefined) return null;
      const n = Math.min(p.byteLength, chunk.byteLength);
      p.set(chunk.subarray(0, n));
      if (n < chunk.byteLength) waiting.unshift(chunk.subarray(n));
      return n;
    },
  };
}

/** Cuts bytes into chunks of the given sizes, over and over. */
export function cut(all: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < all.byteLength; i++) {
    const size = sizes[i % sizes.length] ?? all.byteLength;
    chunks.push(all.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** Makes ways to cut a stream: byte by byte, by two, and any. */
export function cuts(): fc.Arbitrary<number[]> {
  return fc.oneof(
    fc.constantFrom<number[][]>([1], [2], [1, 2]),
    fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
  );
}
