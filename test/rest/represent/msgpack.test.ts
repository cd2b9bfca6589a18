import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { msgpack } from "../../../src/rest/represent/msgpack.js";
import { checkMsgpack } from "../../../src/rest/represent/msgpack-check.js";

const encode = (value: unknown) => msgpack.encode(value, {}) as Uint8Array;
const decode = (bytes: Uint8Array, maxDepth = 64) => msgpack.decode?.(bytes, { maxDepth });
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 300 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)),
    fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2500-01-01") }),
    fc.array(tie("any"), { maxLength: 20 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("any"),
      { maxKeys: 20, noNullPrototype: true },
    ),
  ),
})).any;

describe("MessagePack", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(value, (one) => {
        const bytes = encode(one);
        expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
        const plain = (v: unknown): unknown => (v instanceof Uint8Array ? new Uint8Array(v) : v);
        expect(plain(decode(bytes))).toEqual(one);
      }),
    );
  });

  test("that is cut, or goes on, is refused", () => {
    fc.assert(
      fc.property(value, fc.nat(), (one, at) => {
        const bytes = encode(one);
        expect(() => checkMsgpack(bytes.subarray(0, at % bytes.length), 64)).toThrow(SyntaxError);
        expect(() => checkMsgpack(new Uint8Array([...bytes, 0]), 64)).toThrow(SyntaxError);
      }),
    );
  });

  test("of any bytes there is a value or a SyntaxError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("has no extensions but timestamps", () => {
    for (const bytes of [
      [0xd4, 0x72, 0],
      [0xc7, 1, 0x70, 0xff],
      [0xd5, 1, 0, 0],
      [0xc8, 0, 1, 1, 0],
    ]) {
      expect(() => decode(new Uint8Array(bytes))).toThrow(/^MessagePack: /);
    }
    expect(decode(new Uint8Array([0xd6, 0xff, 0, 0, 0, 1]))).toEqual(new Date(1000));
  });

  test("nests no deeper than it may", () => {
    expect(decode(encode([[[1]]]), 3)).toEqual([[[1]]]);
    expect(() => decode(encode([[[1]]]), 2)).toThrow("MessagePack: Nested deeper than 2");
  });
});
