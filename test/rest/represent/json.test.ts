import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json } from "../../../src/rest/represent/json.js";
import { exceedsDepth } from "../../../src/rest/represent/json-depth.js";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("JSON", () => {
  test("its depth is known before it is parsed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(8), fc.constantFrom(undefined, 2), (value, limit, space) => {
        expect(exceedsDepth(JSON.stringify(value, null, space), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });

  test("brackets in strings are no depth, escaped quotes and all", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("[", "{", '"', "\\", "]", "a"), { maxLength: 30 }), (pieces) => {
        expect(exceedsDepth(JSON.stringify([pieces.join("")]), 1)).toBe(false);
      }),
    );
  });

  test("of any text the depth is told, without an end or with too many", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("[", "{", '"', "\\", "]", "}") }),
        (text) => void exceedsDepth(text, 2),
      ),
    );
    expect(exceedsDepth("[".repeat(1_000_000), 64)).toBe(true);
  });

  test("says no to what it cannot write", () => {
    for (const value of [() => 1, Symbol("s"), 1n]) expect(() => json.encode(value, {})).toThrow(TypeError);
  });
});
