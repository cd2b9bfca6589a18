import { expect, test } from "vitest";
import { mask, maskInto, maskInWords, nextMaskKey, rotateKey } from "../../src/ws/mask.js";

const key = 0x3d21fa37; // 37 fa 21 3d on the wire
const keyBytes = [0x37, 0xfa, 0x21, 0x3d];

function slowly(bytes: Uint8Array, phase: number): Uint8Array {
  return bytes.map((byte, i) => byte ^ (keyBytes[(i + phase) & 3] as number));
}

test("words mask as bytes do: all sizes, alignments and key positions", () => {
  const block = new Uint8Array(2048);
  for (const n of [0, 1, 2, 3, 4, 5, 63, 64, 65, 66, 67, 68, 95, 96, 100, 127, 128, 129, 1000, 1024]) {
    for (let align = 0; align < 8; align++) {
      for (let phase = 0; phase < 4; phase++) {
        for (let i = 0; i < block.length; i++) block[i] = i * 31;
        const want = block.slice();
        want.set(slowly(block.subarray(align, align + n), phase), align);
        const inWords = block.slice();
        maskInWords(inWords, align, align + n, rotateKey(key, phase));
        expect(Buffer.compare(inWords, want), `${n} bytes at ${align}, phase ${phase}, in words`).toBe(0);
        mask(block, align, align + n, rotateKey(key, phase));
        expect(Buffer.compare(block, want), `${n} bytes at ${align}, phase ${phase}`).toBe(0);
      }
    }
  }
});

test("a view that begins anywhere in its memory is masked there", () => {
  for (let offset = 0; offset < 4; offset++) {
    const memory = new Uint8Array(203);
    const view = new Uint8Array(memory.buffer, offset, 199);
    mask(view, 1, 198, key);
    expect(view[0]).toBe(0);
    expect(view[198]).toBe(0);
    expect(view.subarray(1, 198)).toEqual(slowly(new Uint8Array(197), 0));
  }
});

test("masking twice changes nothing", () => {
  const bytes = Uint8Array.from({ length: 500 }, (_, i) => i);
  const copy = bytes.slice();
  mask(copy, 0, 500, -1_234_567);
  expect(copy).not.toEqual(bytes);
  mask(copy, 0, 500, -1_234_567);
  expect(copy).toEqual(bytes);
});

test("keys do not repeat", () => {
  const drawn = new Set(Array.from({ length: 3000 }, () => nextMaskKey()));
  expect(drawn.size).toBeGreaterThan(2990);
});

test("a copy is masked as bytes are: sizes around all limits, alignments and key positions", () => {
  const block = Uint8Array.from({ length: 70_000 }, (_, i) => i * 31);
  const sizes = [...Array(130).keys(), 255, 256, 257, 511, 1024, 32_767, 32_768, 32_769, 65_537];
  for (const n of sizes) {
    for (const [from, at, phase] of [
      [0, 0, 0],
      [1, 3, 1],
      [14, 2, 2],
      [7, 7, 3],
    ] as const) {
      const into = new Uint8Array(n + 10).fill(0xee);
      maskInto(block, from, n, rotateKey(key, phase), into, at);
      const want = new Uint8Array(n + 10).fill(0xee);
      want.set(slowly(block.subarray(from, from + n), phase), at);
      expect(Buffer.compare(into, want), `${n} bytes from ${from} to ${at}, phase ${phase}`).toBe(0);
    }
  }
  expect(block[1]).toBe(31);
});
