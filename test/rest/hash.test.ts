import fc from "fast-check";
import { expect, test } from "vitest";
import { formatETag } from "../../src/rest/etag.js";
import { hash } from "../../src/rest/hash.js";

test("a hash is an entity tag, the same for the same, and another for anything else", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(formatETag(hash(one))).toBe(hash(one));
      expect(hash(one) === hash(other)).toBe(one === other);
    }),
  );
});

test("twenty thousand versions that are almost the same have as many tags", () => {
  const tags = new Set<string>();
  for (let i = 0; i < 20_000; i++) tags.add(hash(`{"id":1,"version":${String(i).padStart(6, "0")}}`));
  expect(tags.size).toBe(20_000);
});

test("bytes that differ in one bit have another tag", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (bytes, at) => {
      const other = bytes.slice();
      const i = at % bytes.length;
      other[i] = (other[i] ?? 0) ^ (1 << (at % 8));
      expect(hash(other)).not.toBe(hash(bytes));
    }),
  );
});
