import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Utf8Validator } from "../../src/ws/utf8.js";
import { hex } from "./frames.js";

/** Says at which byte the validator gave up, the length if it did not. */
function firstFault(bytes: Uint8Array): number {
  const utf8 = new Utf8Validator();
  for (let i = 0; i < bytes.byteLength; i++) if (!utf8.push(bytes, i, i + 1)) return i;
  return bytes.byteLength;
}

function isValid(bytes: Uint8Array): boolean {
  const utf8 = new Utf8Validator();
  return utf8.push(bytes, 0, bytes.byteLength) && utf8.complete;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("a Utf8Validator", () => {
  test("agrees with TextDecoder on whatever bytes", () => {
    const likely = fc.constantFrom(
      0x00,
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xe1,
      0xed,
      0xef,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(likely, { maxLength: 24 }), (list) => {
        const bytes = new Uint8Array(list);
        expect(isValid(bytes)).toBe(decodes(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  test("accepts text, cut anywhere", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (text, chunk) => {
        const bytes = new TextEncoder().encode(text);
        const utf8 = new Utf8Validator();
        for (let at = 0; at < bytes.byteLength; at += chunk) {
          expect(utf8.push(bytes, at, Math.min(at + chunk, bytes.byteLength))).toBe(true);
        }
        expect(utf8.complete).toBe(true);
      }),
    );
  });

  test.each([
    ["an overlong slash", "c0 af", 0],
    ["an overlong form of three bytes", "e0 80 af", 1],
    ["an overlong form of four bytes", "f0 80 80 af", 1],
    ["a surrogate", "ed a0 80", 1],
    ["beyond U+10FFFF", "f4 90 80 80", 1],
    ["a continuation that continues nothing", "41 80", 1],
    ["a character that breaks off", "ce ba e1 bd 41", 4],
    ["a byte that is never used", "41 ff", 1],
  ])("fails at the first wrong byte: %s", (_, bytes, at) => {
    expect(firstFault(hex(bytes))).toBe(at);
  });

  test("is not complete within a character", () => {
    const utf8 = new Utf8Validator();
    expect(utf8.push(hex("f0 9f 98"), 0, 3)).toBe(true);
    expect(utf8.complete).toBe(false);
    utf8.reset();
    expect(utf8.complete).toBe(true);
  });
});
