import { readFileSync } from "node:fs";
import * as gob from "toolkit/gob";
import { DecodeError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { planOf, unread } from "../../src/rpc/msgpack/plan.js";
import { Base, idleOutbox, Node, read, readHex, slow, token, write, writeHex } from "./plan-wire.js";
import { fromHex, toHex } from "./wire.js";

const { bool, bytes, float32, float64, int, int8, int64, optional, slice, string, struct, time, uint64, uint8 } = gob;
const Args = struct("Args", { A: int, B: int });
const file = new URL("../testdata/rpc/msgpack.json", import.meta.url);
const { exchanges } = JSON.parse(readFileSync(file, "utf8")) as { exchanges: { name: string; request: string }[] };
/** The body of a request that Go sent: what follows the 14 bytes and the method of its header. */
const bodyOf = (name: string, method: string) => {
  const { request } = exchanges.find((each) => each.name === name) as { request: string };
  const end = request.indexOf(toHex(new TextEncoder().encode(method)));
  return request.slice(end + 2 * method.length);
};

const Kinds = struct("Kinds", {
  Bool: bool,
  Small: int,
  Minus: int,
  Big: int64,
  Huge: uint64,
  Float: float64,
  Single: float32,
  Text: string,
  Long: string,
  Bytes: bytes,
  List: slice(int),
  Table: gob.map(string, int),
  Nothing: optional(int),
  Nested: struct("Quotient", { Quo: int, Rem: int }),
});
const kinds = {
  Bool: true,
  Small: 5,
  Minus: -300,
  Big: -(2n ** 62n),
  Huge: 2n ** 64n - 1n,
  Float: 1.5,
  Single: 0.25,
  Text: "text",
  Long: "long ".repeat(14),
  Bytes: new Uint8Array([1, 2, 3]),
  List: [1, 200, 70_000],
  Table: new Map([["one", 1]]),
  Nothing: null,
  Nested: { Quo: 3, Rem: 1 },
};

describe("what Go sends", () => {
  test("is read, of every kind", () => {
    expect(readHex(Kinds, bodyOf("all kinds", "Echo.Kinds"))).toEqual(kinds);
    expect(readHex(Args, bodyOf("a number", "Arith.Multiply"))).toEqual({ A: 7, B: 8 });
    expect(readHex(string, bodyOf("text", "Echo.Text"))).toBe("grüße, 世界");
    expect(readHex(bytes, bodyOf("bytes", "Echo.Bytes"))).toEqual(new Uint8Array([0, 1, 254, 255]));
    const at = readHex(time, bodyOf("a time", "Echo.Time")) as gob.GoTime;
    expect(at.toString()).toBe("2026-11-21T08:09:10.5Z");
  });

  test("is what we write, but for bytes as such and integers in their shortest form", () => {
    const hex = bodyOf("all kinds", "Echo.Kinds").replace("a3010203", "c403010203").replace("d100c8", "ccc8");
    expect(writeHex(Kinds, kinds)).toBe(hex.replace("d200011170", "ce00011170"));
    expect(writeHex(Args, { B: 8, A: 7 })).toBe(bodyOf("a number", "Arith.Multiply"));
  });
});

describe("golden bytes", () => {
  const gone = gob.named(
    "Gone",
    gob.lazy(() => int8),
  );
  const cases: [string, gob.Schema, unknown, string][] = [
    ["true", bool, true, "c3"],
    ["false", bool, false, "c2"],
    ["fixint", int, 127, "7f"],
    ["uint 8", int, 128, "cc80"],
    ["uint 16", int, 256, "cd0100"],
    ["uint 32", int, 65_536, "ce00010000"],
    ["above 31 bits", int, 2 ** 31, "ce80000000"],
    ["above 32 bits", int, 2 ** 32, "d30000000100000000"],
    ["the largest number", int, 2 ** 53 - 1, "d3001fffffffffffff"],
    ["negative fixint", int, -32, "e0"],
    ["int 8", int, -33, "d0df"],
    ["int 16", int, -129, "d1ff7f"],
    ["int 32", int, -32_769, "d2ffff7fff"],
    ["below 32 bits", int, -(2 ** 31) - 1, "d3ffffffff7fffffff"],
    ["the least number", int, 1 - 2 ** 53, "d3ffe0000000000001"],
    ["the least int64", int64, -(2n ** 63n), "d38000000000000000"],
    ["the largest int64", int64, 2n ** 63n - 1n, "d37fffffffffffffff"],
    ["the largest uint64", uint64, 2n ** 64n - 1n, "cfffffffffffffffff"],
    ["a named integer", gone, -1, "ff"],
    ["a duration", gob.duration, 1_500_000_000, "ce59682f00"],
    ["float64", float64, 1.5, "cb3ff8000000000000"],
    ["float32", float32, 0.25, "ca3e800000"],
    ["complex128", gob.complex128, { real: 1, imag: 0 }, "82a4696d6167cb0000000000000000a47265616ccb3ff0000000000000"],
    ["an empty string", string, "", "a0"],
    ["fixstr", string, "a".repeat(31), `bf${"61".repeat(31)}`],
    ["str 16, as str 8 is too new", string, "a".repeat(32), `da0020${"61".repeat(32)}`],
    ["str 16 by its bytes", string, "ü".repeat(16), `da0020${"c3bc".repeat(16)}`],
    ["fixstr by its bytes", string, "ü".repeat(15), `be${"c3bc".repeat(15)}`],
    ["bin 8", bytes, new Uint8Array([1, 2]), "c4020102"],
    ["bin 16", bytes, new Uint8Array(256), `c50100${"00".repeat(256)}`],
    ["a list", slice(int), [1, -1], "9201ff"],
    ["a list of 16", slice(int), Array.from({ length: 16 }, () => 0), `dc0010${"00".repeat(16)}`],
    ["an array", gob.array(2, uint8), [1, 255], "9201ccff"],
    ["a map", gob.map(int, bool), new Map([[1, true]]), "8101c3"],
    ["nil", optional(int), null, "c0"],
    ["a pointer", optional(int), 0, "00"],
    ["an empty struct", struct({}), {}, "80"],
    [
      "the names in the order of Go",
      struct({ B: int, A: int, Aa: int, AA: int }),
      { A: 1, AA: 2, Aa: 3, B: 4 },
      "84a14101a2414102a2416103a14204",
    ],
    [
      "an embedded struct",
      struct({ Z: int, Base: gob.embedded(Base) }),
      { Z: 3, Base: { Id: 1, Name: "n" } },
      "83a2496401a44e616d65a16ea15a03",
    ],
    ["the zero time", time, gob.GoTime.zero(), "c70cff00000000fffffff1886e0900"],
    ["a time of whole seconds", time, new gob.GoTime(1), "d6ff00000001"],
    ["a time", time, new gob.GoTime(2 ** 33, 500_000_000), "d7ff7735940200000000"],
    ["bytes of a type's own", token, "ab", "c4026162"],
    ["a big integer", gob.bigInt, -258n, "c403030102"],
    ["nothing of an interface", gob.any, null, "c0"],
    ["what an interface holds", gob.any, { a: [1, "x"] }, "81a1619201a178"],
    ["a recursive type", Node, { Value: 1, Next: null, Kids: [] }, "83a44b69647390a44e657874c0a556616c756501"],
  ];

  test.each(cases)("%s", (_, schema, value, hex) => {
    expect(writeHex(schema, value)).toBe(hex);
    expect(readHex(schema, hex)).toEqual(value);
    expect(slow(schema, fromHex(hex))).toEqual(value);
  });

  test("a struct of 16 fields, and one with long names, have longer heads", () => {
    const names = Array.from({ length: 16 }, (_, i) => `F${String.fromCharCode(97 + i)}`);
    const schema = struct(Object.fromEntries(names.map((name) => [name, int])));
    const value = Object.fromEntries(names.map((name, i) => [name, i]));
    expect(writeHex(schema, value).slice(0, 14)).toBe("de0010a2466100");
    expect(read(schema, write(schema, value))).toEqual(value);
    const long = struct({ [`L${"o".repeat(40)}ng`]: int, S: int });
    expect(writeHex(long, { [`L${"o".repeat(40)}ng`]: 1, S: 2 }).slice(0, 12)).toBe("82da002b4c6f");
    expect(read(long, write(long, { [`L${"o".repeat(40)}ng`]: 1, S: 2 }))).toEqual({
      [`L${"o".repeat(40)}ng`]: 1,
      S: 2,
    });
  });

  test("texts and bytes of all lengths come back", () => {
    for (const n of [0, 31, 32, 33, 255, 256, 4095, 65_535, 65_536, 70_000]) {
      for (const unit of ["a", "ü", "世", "😀"]) {
        const text = unit.repeat(n);
        const size = new TextEncoder().encode(text).length;
        const encoded = write(string, text);
        expect(encoded.length - size, `${unit} ${n}`).toBe(size < 32 ? 1 : size < 65_536 ? 3 : 5);
        expect(read(string, encoded) === text, `${unit} ${n}`).toBe(true);
      }
      const data = new Uint8Array(n).fill(7);
      expect(read(bytes, write(bytes, data))).toEqual(data);
    }
  });
});

describe("reading", () => {
  test("takes fields in any order, passes over unknown ones, and fills in those that are missing", () => {
    const cases: [string, unknown][] = [
      ["82a14208a14107", { A: 7, B: 8 }],
      ["83a14107a15893c0c481a178cbffffffffffffffffa14208".replace("c4", "91c0"), { A: 7, B: 8 }],
      ["81a14208", { A: 0, B: 8 }],
      ["81a14107", { A: 7, B: 0 }],
      ["80", { A: 0, B: 0 }],
      ["c0", { A: 0, B: 0 }],
      ["82a14107a142c0", { A: 7, B: 0 }],
      ["82a16107a14208", { A: 0, B: 8 }],
      ["83a14107a14208a14109", { A: 9, B: 8 }],
      ["de0002da00014107c4014208", { A: 7, B: 8 }],
      ["82a141cb401c000000000000a142cd0008", { A: 7, B: 8 }],
    ];
    for (const [hex, value] of cases) expect(readHex(Args, hex), hex).toEqual(value);
  });

  test("takes an empty struct before a nil for what it is", () => {
    expect(readHex(slice(optional(Args)), "9380c080")).toEqual([{ A: 0, B: 0 }, null, { A: 0, B: 0 }]);
  });

  test("takes what Go takes: nil for zero, 0 and 1 for bool, integers for floats, bytes in each of their forms", () => {
    const zeros: [gob.Schema, unknown][] = [
      [bool, false],
      [int, 0],
      [int64.as("bigint"), 0n],
      [float64, 0],
      [string, ""],
      [bytes, new Uint8Array(0)],
      [slice(int), []],
      [gob.array(2, int), [0, 0]],
      [gob.map(string, int), new Map()],
      [time, gob.GoTime.zero()],
      [gob.bigInt, 0n],
      [gob.complex64, { real: 0, imag: 0 }],
      [struct({ Z: int, Base: gob.embedded(Base) }), { Z: 0, Base: { Id: 0, Name: "" } }],
    ];
    for (const [schema, zero] of zeros) expect(readHex(schema, "c0"), schema.toString()).toEqual(zero);
    for (const [schema, zero] of zeros) expect(planOf(schema).slow(null), schema.toString()).toEqual(zero);
    expect(readHex(bool, "01")).toBe(true);
    expect(readHex(float64, "cfffffffffffffffff")).toBe(2 ** 64);
    expect(readHex(float32, "d0ff")).toBe(-1);
    for (const hex of ["a20102", "d9020102", "da00020102", "c4020102", "c500020102", "920102", "dc000201cc02"]) {
      expect(readHex(bytes, hex), hex).toEqual(new Uint8Array([1, 2]));
      expect(readHex(gob.array(2, uint8), hex), hex).toEqual([1, 2]);
    }
  });

  test("takes times as extensions and in strings", () => {
    const at = new gob.GoTime(1, 500);
    for (const hex of [
      "d7ff000007d000000001",
      "a8000007d000000001",
      "c70cff000001f40000000000000001",
      "c40c000001f40000000000000001",
    ]) {
      expect(readHex(time, hex), hex).toEqual(at);
    }
    for (const hex of [
      "d7ff0000",
      "a3000000",
      "d60000000001",
      "d7ffffffffff00000001",
      "c70cff000000007fffffffffffffff",
    ]) {
      expect(readHex(time, hex), hex).toBe(unread);
    }
  });

  test("keeps to the range and the mode of an integer", () => {
    expect(readHex(int, "d30020000000000000")).toBe(unread);
    expect(readHex(int64, "d30020000000000000")).toBe(2n ** 53n);
    expect(readHex(int64.as("bigint"), "07")).toBe(7n);
    expect(readHex(int64, "cf8000000000000000")).toBe(unread);
    for (const hex of ["cc80", "d18000", "cb3ff8000000000000", "c3", "a131"])
      expect(readHex(int8, hex), hex).toBe(unread);
    expect(readHex(uint8, "ff")).toBe(unread);
    expect(readHex(float32, "cb47f0000000000000")).toBe(unread);
  });

  test("leaves what is out of bounds", () => {
    const deep = (n: number) => `${"81a44e657874".repeat(n)}c0`;
    expect(readHex(Node, deep(100))).not.toBe(unread);
    expect(readHex(Node, deep(101))).toBe(unread);
    expect(readHex(slice(slice(int)), "9190", { maxDepth: 1 })).toBe(unread);
    expect(readHex(Args, "82a14107a14208", { maxItems: 2 })).toBe(unread);
    expect(readHex(Args, "82a14107a14208", { maxItems: 3 })).toEqual({ A: 7, B: 8 });
    expect(readHex(Args, "82a14107a14208", { maxMessageBytes: 6 })).toBe(unread);
    expect(readHex(Args, "82a14107a14208", { maxMessageBytes: 7 })).toEqual({ A: 7, B: 8 });
    const large = slice(struct({ Zeros: gob.array(5_000_000, int) }));
    expect(readHex(large, "9180")).toBe(unread);
  });

  test("costs no more where structs are nested in another order, at every depth", () => {
    const key = "a44e657874";
    const body = `83a44b69647390a556616c756501${key}`;
    const value = readHex(Node, `${body.repeat(99)}c0`) as Node;
    let depth = 0;
    for (let node: Node | null = value; node !== null; node = node.Next) depth++;
    expect(depth).toBe(99);
    expect(readHex(Node, `${body.repeat(99)}c1`)).toBe(unread);
  });
});

describe("writing", () => {
  test("says what does not fit, and where", () => {
    const Outer = struct("Outer", {
      List: slice(Args),
      Table: gob.map(string, int8),
      At: time,
      Base: gob.embedded(Base),
    });
    const good = { List: [{ A: 1, B: 2 }], Table: { x: 1 }, At: new Date(0), Base: { Id: 1, Name: "" } };
    expect(() => write(Outer, good)).not.toThrow();
    const cases: [gob.Schema, unknown, new (text: string) => Error, string][] = [
      [int, "7", TypeError, "want int, got string"],
      [int, 1.5, TypeError, "want int, got 1.5"],
      [int8, 128, RangeError, "128 is out of range of int8"],
      [uint64, -1n, RangeError, "-1 is out of range of uint64"],
      [int, 2 ** 53, RangeError, "no safe integer"],
      [Args, { A: "7", B: 8 }, TypeError, "A: want int, got string"],
      [Args, { A: 7 }, TypeError, "B: want int, got undefined"],
      [Args, [7, 8], TypeError, "want Args, got an array"],
      [Args, null, TypeError, "want Args, got null"],
      [float32, 1e300, RangeError, "out of range of float32"],
      [string, 5, TypeError, "want string"],
      [bytes, [1], TypeError, "want []uint8, got an array"],
      [gob.array(2, int), [1], TypeError, "want [2]int, got 1 elements"],
      [Outer, { ...good, List: [{ A: 1, B: null }] }, TypeError, "List.0.B: want int, got null"],
      [Outer, { ...good, Table: new Map([["x", 300]]) }, RangeError, "Table.x: 300 is out of range of int8"],
      [Outer, { ...good, At: 5 }, TypeError, "At: want time.Time"],
      [Outer, { ...good, Base: undefined }, TypeError, "Base: want Base, got undefined"],
    ];
    for (const [schema, value, type, text] of cases) {
      expect(() => write(schema, value), text).toThrow(type);
      expect(() => write(schema, value), text).toThrow(text);
    }
  });

  test("refuses what is nested too deep, or within itself", () => {
    const knot: Record<string, unknown> = { Value: 1, Kids: [] };
    knot["Next"] = knot;
    expect(() => write(Node, knot)).toThrow(RangeError);
    expect(() => write(gob.any, { knot })).toThrow(TypeError);
    expect(() => planOf(slice(slice(int))).write(idleOutbox(), [[1]], 1)).toThrow(RangeError);
  });

  test("an interface takes a typed value, and a time", () => {
    expect(writeHex(gob.any, gob.typed(Args, { A: 7, B: 8 }))).toBe("82a14107a14208");
    expect(writeHex(gob.any, new gob.GoTime(1))).toBe("d6ff00000001");
  });
});

describe("the slow way", () => {
  const Deep = struct("Deep", { List: slice(gob.map(gob.int, Args)) });

  test("names the place of what does not fit", () => {
    const cases: [gob.Schema, unknown, string][] = [
      [int, "7", "msgpack: want int, got string"],
      [Args, { A: "7", B: 8 }, "msgpack: A: want int, got string"],
      [Deep, { List: [{}, { 5: { A: 300, B: true } }] }, "msgpack: List.1.5.B: want int, got boolean"],
      [Deep, { List: [{ x: { A: 1, B: 2 } }] }, 'msgpack: List.0: want a key of type int, got "x"'],
      [Deep, { List: 5 }, "msgpack: List: want []map[int]Args"],
      [int8, 300, "msgpack: 300 is out of range of int8"],
      [gob.array(2, int), [1], "msgpack: want [2]int, got 1 elements"],
      [token, new Uint8Array([0x21]), "msgpack: no token begins with !"],
      [bytes, "\ufffd", "msgpack: want []uint8, got string"],
      [time, new Date(Number.NaN), "msgpack: want time.Time, got a Date"],
      [slice(gob.array(5e6, gob.float64)), [null], "zero values take too much memory"],
    ];
    for (const [schema, value, text] of cases) {
      expect(() => planOf(schema).slow(value), text).toThrow(DecodeError);
      expect(() => planOf(schema).slow(value), text).toThrow(text);
    }
  });

  test("matches names exactly, and gives zero values for what is missing", () => {
    expect(planOf(Args).slow({ a: 1, B: 2, C: 3 })).toEqual({ A: 0, B: 2 });
    const Outer = struct({ Base: gob.embedded(Base), At: time, P: optional(int) });
    expect(planOf(Outer).slow({ Name: "n" })).toEqual({ Base: { Id: 0, Name: "n" }, At: gob.GoTime.zero(), P: null });
  });

  test("tells keys from the names of properties", () => {
    expect(planOf(gob.map(int64.as("bigint"), int)).slow({ "-5": 1 })).toEqual(new Map([[-5n, 1]]));
    expect(planOf(gob.map(bool, int)).slow({ true: 1 })).toEqual(new Map([[true, 1]]));
    expect(planOf(gob.map(float64, int)).slow({ "1.5": 1 })).toEqual(new Map([[1.5, 1]]));
    expect(() => planOf(gob.map(bytes, int)).slow({ "1,2": 1 })).toThrow(DecodeError);
  });
});

test("there is one plan for a schema, and one for all that a type contains, itself too", () => {
  expect(planOf(Args)).toBe(planOf(Args));
  expect(planOf(Node)).toBe(planOf(Node));
  const missing = struct({ Later: gob.lazy(() => undefined as unknown as gob.Schema) });
  expect(() => planOf(missing)).toThrow(TypeError);
});
