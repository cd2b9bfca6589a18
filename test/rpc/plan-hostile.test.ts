import fc from "fast-check";
import * as gob from "toolkit/gob";
import { DecodeError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Cursor, planOf, unread } from "../../src/rpc/msgpack/plan.js";
import { Scanner } from "../../src/rpc/msgpack/scanner.js";
import { decodeValue } from "../../src/rpc/msgpack/values.js";
import { Base, Node, read, readHex, token, write } from "./plan-wire.js";

const Args = gob.struct("Args", { A: gob.int, B: gob.int });
const Everything = gob.struct("Everything", {
  Any: gob.any,
  At: gob.time,
  Array: gob.array(2, gob.int8),
  Base: gob.embedded(Base),
  Big: gob.bigInt,
  Bytes: gob.bytes,
  Complex: gob.complex64,
  Flag: gob.bool,
  Float: gob.float64,
  Huge: gob.uint64,
  List: gob.slice(Args),
  Node: gob.optional(Node),
  Table: gob.map(gob.string, gob.int64),
  Text: gob.string,
  Token: token,
});
const everything = {
  Any: { a: [1, "x", null] },
  At: new gob.GoTime(5, 6),
  Array: [1, -2],
  Base: { Id: 1, Name: "base" },
  Big: -300n,
  Bytes: new Uint8Array([1, 2, 3]),
  Complex: { real: 1, imag: 2 },
  Flag: true,
  Float: 1.5,
  Huge: 2n ** 64n - 1n,
  List: [
    { A: 1, B: 2 },
    { A: 300, B: -70_000 },
  ],
  Node: { Value: 1, Next: { Value: 2, Next: null, Kids: [] }, Kids: [] },
  Table: new Map<string, number | bigint>([["k", 2n ** 60n]]),
  Text: "a text of some length, ü and all",
  Token: "token",
};
const limits = { maxMessageBytes: 10_000, maxItems: 1000 };
const whole = write(Everything, everything);
const schemas: readonly gob.Schema[] = [
  Everything,
  ...Object.values(Everything.fields),
  gob.slice(gob.any),
  gob.map(gob.any, gob.any),
];

/** Reads whatever the bytes are: the quick way, and the slow one where that does not read. */
function readAll(schema: gob.Schema, bytes: Uint8Array): void {
  const value = readFirst(schema, bytes, limits);
  const generic = value === unread ? decoded(bytes) : undefined;
  if (generic !== undefined) expectFit(schema, () => planOf(schema).slow(generic.value));
  if (value !== unread) expectFit(schema, () => value);
}

function expectFit(schema: gob.Schema, get: () => unknown): void {
  try {
    expect(schema.firstIssue(get())).toBeUndefined();
  } catch (err) {
    if (!(err instanceof DecodeError)) throw err;
  }
}

/** Decodes without a schema, if that can be done. */
function decoded(bytes: Uint8Array): { readonly value: unknown } | undefined {
  const scanner = new Scanner(limits);
  try {
    const n = scanner.scan(bytes, 0, bytes.length);
    return n === 0 || scanner.foreign >= 0 ? undefined : { value: decodeValue(bytes, 0, n) };
  } catch {
    return undefined; // not what is tested here
  }
}

/** Reads the value that the bytes begin with. */
function readFirst(schema: gob.Schema, bytes: Uint8Array, limits: object): unknown {
  const cursor = new Cursor(limits);
  cursor.set(bytes, 0, bytes.length);
  const value = planOf(schema).read(cursor);
  expect(cursor.at).toBeLessThanOrEqual(bytes.length);
  if (value === unread) expect(cursor.at).toBe(0);
  return value;
}

describe("hostile bytes", () => {
  test("cut at every length are not read", () => {
    expect(read(Everything, whole)).toEqual(everything);
    for (let end = 0; end < whole.length; end++)
      expect(read(Everything, whole.subarray(0, end)), `${end}`).toBe(unread);
  });

  test("with any one byte changed are read as a value of the type, or not at all", () => {
    for (let at = 0; at < whole.length; at++) {
      for (const byte of [0x00, 0x7f, 0x80, 0x90, 0xa0, 0xc0, 0xc1, 0xc7, 0xcb, 0xcf, 0xd3, 0xd9, 0xdc, 0xdf, 0xff]) {
        const bytes = whole.slice();
        bytes[at] = byte;
        readAll(Everything, bytes);
      }
    }
  });

  test("of any kind are read as a value of the type, or not at all", () => {
    const head = fc.constantFrom(
      0x80,
      0x81,
      0x82,
      0x91,
      0x92,
      0xa1,
      0xc0,
      0xc4,
      0xc7,
      0xca,
      0xcb,
      0xcf,
      0xd6,
      0xda,
      0xdc,
      0xde,
    );
    const bytes = fc.array(fc.oneof(head, fc.nat(255)), { maxLength: 60 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.constantFrom(...schemas), bytes, (schema, p) => readAll(schema, p)),
      { numRuns: 2000 },
    );
  });

  test("that claim much allocate nothing", () => {
    const claims = ["dbffffffff", "c6ffffffff", "ddffffffff", "dfffffffff", "ddffffffff00", "dc7fff00", "de7fff00"];
    for (const schema of [...schemas, gob.slice(gob.int), gob.bytes, gob.array(3, gob.uint8)]) {
      for (const hex of claims) expect(readHex(schema, hex), `${schema.toString()} ${hex}`).toBe(unread);
    }
  });

  test("of an extension that nobody knows are not read", () => {
    for (const hex of ["d47240", "c70362010203", "d6690000000190", "91d47240", "c1"]) {
      expect(readHex(gob.any, hex), hex).toBe(unread);
      expect(readHex(Args, `83a158${hex}a14101a14202`), hex).toBe(unread);
    }
    expect(readHex(Args, "83a158d6ff00000000a14101a14202")).toEqual({ A: 1, B: 2 });
  });

  test("that name what all objects have set no prototype", () => {
    const odd = gob.infer(JSON.parse('{"__proto__":1,"constructor":2}'));
    const value = JSON.parse('{"__proto__":7,"constructor":8}') as object;
    const back = read(odd, write(odd, value)) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.entries(back)).toEqual(Object.entries(value));
    expect(readHex(Args, "82a95f5f70726f746f5f5f81a14105a14208")).toEqual({ A: 0, B: 8 });
    const table = readHex(gob.map(gob.string, gob.int), "81a95f5f70726f746f5f5f01");
    expect(table).toEqual(new Map([["__proto__", 1]]));
  });

  test("that break off within bytes are not taken for the list that these look like", () => {
    // bin 8 of two bytes, 0x90 and 0, of which the last is missing: 0x90 alone would be an empty list
    expect(readHex(gob.bytes, "c40290")).toBe(unread);
    expect(readHex(gob.bytes, "c4029000")).toEqual(Uint8Array.of(0x90, 0));
  });
});
