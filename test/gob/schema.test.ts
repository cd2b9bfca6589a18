import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { hex } from "./cases.js";

const Args = gob.struct("main.Args", { A: gob.int, B: gob.int });

const roundTrip = <S extends gob.Schema>(schema: S, value: unknown): gob.Infer<S> =>
  gob.decode(gob.encode(value, schema as gob.Schema), schema);

describe("a schema prints itself as Go does", () => {
  test.each([
    [gob.int, "int"],
    [gob.uintptr, "uintptr"],
    [gob.bytes, "[]uint8"],
    [gob.any, "interface {}"],
    [gob.complex128, "complex128"],
    [gob.time, "time.Time"],
    [gob.duration, "time.Duration"],
    [gob.bigInt, "*big.Int"],
    [gob.map(gob.string, gob.int), "map[string]int"],
    [gob.slice(gob.optional(gob.int8)), "[]*int8"],
    [gob.slice(gob.uint8), "[]uint8"],
    [gob.array(3, gob.slice(gob.string)), "[3][]string"],
    [Args, "main.Args"],
    [gob.struct({ A: gob.int, B: gob.int }), "struct { A int; B int }"],
    [gob.struct({}), "struct {}"],
    [gob.struct({ Args: gob.embedded(Args), C: gob.optional(Args) }), "struct { main.Args; C *main.Args }"],
    [gob.named("Celsius", gob.float64), "Celsius"],
    [gob.lazy(() => Args), "main.Args"],
  ] as const)("%s", (schema, text) => {
    expect(String(schema)).toBe(text);
  });

  test("and its underlying type, if it has a name", () => {
    expect(Args.underlying).toBe("struct { A int; B int }");
    expect(gob.named("Tags", gob.slice(gob.string)).underlying).toBe("[]string");
    expect(gob.int.underlying).toBe("int");
  });
});

describe("Standard Schema", () => {
  const Order = gob.struct("Order", {
    Id: gob.uint16,
    Lines: gob.slice(gob.struct("Line", { Sku: gob.string, Count: gob.int8 })),
    Notes: gob.map(gob.string, gob.float64),
    Next: gob.optional(gob.int),
  });
  const good = { Id: 1, Lines: [{ Sku: "a", Count: 2 }], Notes: new Map([["x", 1]]), Next: null };

  test("gives the value where it is right", () => {
    expect(Order["~standard"].version).toBe(1);
    expect(Order["~standard"].vendor).toBe("toolkit");
    expect(Order["~standard"].validate(good)).toEqual({ value: good });
  });

  test("normalizes: numbers of another kind, null, records, and what is not a field", () => {
    const result = Order["~standard"].validate({ Id: 7n, Lines: null, Notes: { x: 1 }, Extra: "gone" });
    expect(result).toEqual({ value: { Id: 7, Lines: [], Notes: new Map([["x", 1]]), Next: null } });
  });

  test("names the path of everything that is wrong", () => {
    const result = Order["~standard"].validate({
      Id: 70_000,
      Lines: [
        { Sku: "a", Count: 2 },
        { Sku: 5, Count: 200 },
      ],
      Notes: new Map([["x", "y"]]),
      Next: 1.5,
    });
    expect(result.issues).toEqual([
      { path: ["Id"], message: "70000 is out of range of uint16" },
      { path: ["Lines", 1, "Sku"], message: "want string, got an integer" },
      { path: ["Lines", 1, "Count"], message: "200 is out of range of int8" },
      { path: ["Notes", "x"], message: "want float64, got string" },
      { path: ["Next"], message: "want int, got 1.5" },
    ]);
  });

  test("finds fields that are missing", () => {
    expect(Args["~standard"].validate({ A: 1 }).issues).toEqual([{ path: ["B"], message: "want int, got undefined" }]);
    expect(Args["~standard"].validate(null).issues).toEqual([{ path: [], message: "want main.Args, got null" }]);
    expect(Args["~standard"].validate([]).issues).toHaveLength(1);
  });

  test("stops after a hundred issues, and in what contains itself", () => {
    const many = Array.from({ length: 1000 }, () => "x");
    expect(gob.slice(gob.int)["~standard"].validate(many).issues).toHaveLength(100);
    interface Node {
      L: Node | null;
      R: Node | null;
    }
    const Node: gob.Schema<Node> = gob.struct("Node", {
      L: gob.optional(gob.lazy(() => Node)),
      R: gob.optional(gob.lazy(() => Node)),
    });
    const loop: Record<string, unknown> = {};
    loop["L"] = loop["R"] = loop;
    expect(Node["~standard"].validate(loop).issues?.length).toBeGreaterThan(0);
  });

  test.each([
    [gob.bool, 1],
    [gob.string, 5],
    [gob.bytes, "text"],
    [gob.float64, "1"],
    [gob.float32, 1e39],
    [gob.complex128, { real: 1 }],
    [gob.complex64, { real: 1e39, imag: 0 }],
    [gob.time, "2026"],
    [gob.bigInt, 5],
    [gob.int, 2 ** 53],
    [gob.int, 2n ** 60n],
    [gob.int64, 2n ** 63n],
    [gob.uint64, -1],
    [gob.array(2, gob.int), [1]],
    [gob.map(gob.int, gob.int), { a: 1 }],
  ] as const)("%s refuses %s", (schema, value) => {
    expect((schema as gob.Schema)["~standard"].validate(value).issues).toHaveLength(1);
  });
});

describe("values that do not fit are refused, by their place", () => {
  const Order = gob.struct("Order", {
    Lines: gob.slice(gob.struct("Line", { Count: gob.int8 })),
    Notes: gob.map(gob.string, gob.int),
  });

  test("with the type of error that says what is wrong", () => {
    const wrongType = { Lines: [{ Count: "2" }], Notes: new Map() };
    expect(() => gob.encode(wrongType, Order as gob.Schema)).toThrow(
      new TypeError("gob: Order.Lines[0].Count: want int8, got string"),
    );
    const outOfRange = { Lines: [{ Count: 200 }], Notes: new Map() };
    expect(() => gob.encode(outOfRange, Order)).toThrow(
      new RangeError("gob: Order.Lines[0].Count: 200 is out of range of int8"),
    );
    const inMap = { Lines: [], Notes: new Map([["a-b", 0.5]]) };
    expect(() => gob.encode(inMap, Order)).toThrow(new TypeError('gob: Order.Notes["a-b"]: want int, got 0.5'));
  });

  test.each([
    [gob.int8, 128],
    [gob.int8, -129],
    [gob.int16, 32_768],
    [gob.int32, 2_147_483_648],
    [gob.int64, 2n ** 63n],
    [gob.int64, -(2n ** 63n) - 1n],
    [gob.uint, -1],
    [gob.uint8, 256],
    [gob.uint16, 65_536],
    [gob.uint32, 4_294_967_296],
    [gob.uint64, 2n ** 64n],
    [gob.int, 2 ** 53],
    [gob.int, Number.MAX_VALUE],
    [gob.float32, 3.5e38],
  ] as const)("%s has no room for %s, at the top or in a field", (schema, value) => {
    expect(() => gob.encode(value, schema as gob.Schema)).toThrow(RangeError);
    expect(() => gob.encode({ F: value }, gob.struct({ F: schema }))).toThrow(RangeError);
  });

  test.each([
    [gob.int, 1.5],
    [gob.int, Number.NaN],
    [gob.int, "1"],
    [gob.int, undefined],
    [gob.bool, 0],
    [gob.string, null],
    [gob.bytes, [1]],
    [gob.float64, 1n],
    [gob.complex128, 1],
    [gob.slice(gob.int), 5],
    [gob.slice(gob.int), undefined],
    [gob.array(2, gob.int), [1, 2, 3]],
    [gob.map(gob.string, gob.int), []],
    [gob.map(gob.int, gob.int), undefined],
    [Args, null],
    [Args, 5],
    [gob.time, 5],
  ] as readonly (readonly [gob.Schema, unknown])[])("%s is not %s, at the top or in a field", (schema, value) => {
    expect(() => gob.encode(value, schema)).toThrow(TypeError);
    expect(() => gob.encode({ F: value }, gob.struct({ F: schema }))).toThrow(TypeError);
  });

  test("nil cannot be an element, nor stand at the top", () => {
    const pointers = gob.slice(gob.optional(gob.int));
    expect(() => gob.encode([1, null], pointers)).toThrow(new TypeError("gob: encodeArray: nil element"));
    const byName = gob.map(gob.string, gob.optional(gob.int));
    expect(() => gob.encode(new Map([["a", null]]), byName)).toThrow(
      new TypeError("gob: encodeReflectValue: nil element"),
    );
    expect(() => gob.encode(null, gob.optional(Args))).toThrow("gob: cannot encode nil pointer of type *main.Args");
    expect(() => gob.encode(null)).toThrow(new TypeError("gob: cannot encode nil value"));
  });

  test("what contains itself is refused", () => {
    const loop: { Next: unknown } = { Next: null };
    loop.Next = loop;
    const Node: gob.Schema = gob.struct("Node", { Next: gob.optional(gob.lazy(() => Node)) });
    expect(() => gob.encode(loop, Node)).toThrow(RangeError);
    expect(() => gob.encode(loop)).toThrow(RangeError);
  });
});

describe("schemas that cannot be", () => {
  test("a field that Go does not export", () => {
    expect(() => gob.struct("T", { a: gob.int })).toThrow(new TypeError('Field "a" of T is not exported'));
    expect(() => gob.struct({ _A: gob.int })).toThrow(TypeError);
    expect(() => gob.struct({ Ä: gob.int })).not.toThrow();
  });

  test("a length that is none, a name that is empty, a name for a pointer", () => {
    expect(() => gob.array(-1, gob.int)).toThrow(RangeError);
    expect(() => gob.array(1.5, gob.int)).toThrow(RangeError);
    expect(() => gob.named("", gob.int)).toThrow(TypeError);
    expect(() => gob.named("P", gob.optional(gob.int))).toThrow(TypeError);
  });

  test("a struct that contains itself without a pointer", () => {
    const T: gob.Schema = gob.struct("T", { T: gob.lazy(() => T) });
    const U = gob.struct("U", { U: gob.int });
    expect(() => gob.decode(gob.encode({ U: 1 }, U), T)).toThrow("Type T contains itself: use optional()");
  });
});

describe("integers", () => {
  test("of 64 bits come as bigint only where a number cannot hold them", () => {
    expect(roundTrip(gob.int64, 2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(roundTrip(gob.int64, 2n ** 53n)).toBe(2n ** 53n);
    expect(roundTrip(gob.int64, -(2n ** 63n))).toBe(-(2n ** 63n));
    expect(roundTrip(gob.uint64, 2n ** 64n - 1n)).toBe(2n ** 64n - 1n);
    expect(roundTrip(gob.int64.as("bigint"), 5)).toBe(5n);
    expect(roundTrip(gob.uint.as("auto"), 2n ** 63n)).toBe(2n ** 63n);
  });

  test("as numbers fail rather than be rounded", () => {
    const beyond = gob.encode(2n ** 53n, gob.int64);
    expect(() => gob.decode(beyond, gob.int)).toThrow("out of range");
    expect(() => gob.decode(gob.encode(2n ** 53n, gob.uint64), gob.uint)).toThrow('value for "*uint" out of range');
    expect(gob.decode(gob.encode(-(2n ** 53n) + 1n, gob.int64), gob.int)).toBe(-(2 ** 53) + 1);
  });

  test("of every size go through", () => {
    const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(integers, (n) => {
        expect(roundTrip(gob.int64.as("bigint"), n)).toBe(n);
        expect(roundTrip(gob.uint64.as("bigint"), BigInt.asUintN(64, n))).toBe(BigInt.asUintN(64, n));
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(roundTrip(gob.int, n)).toBe(n + 0);
      }),
    );
  });

  // Go's encodeT
  test.each([
    [0x00n, "00"],
    [0x0fn, "0f"],
    [0xffn, "ffff"],
    [0xffffn, "feffff"],
    [0xffffffn, "fdffffff"],
    [0xffffffffn, "fcffffffff"],
    [0xffffffffffn, "fbffffffffff"],
    [0xffffffffffffn, "faffffffffffff"],
    [0xffffffffffffffn, "f9ffffffffffffff"],
    [0xffffffffffffffffn, "f8ffffffffffffffff"],
    [0x1111n, "fe1111"],
    [0x1111111111111111n, "f81111111111111111"],
    [0x8888888888888888n, "f88888888888888888"],
    [1n << 63n, "f88000000000000000"],
  ])("%i is written as in Go's tests", (n, want) => {
    expect(hex(gob.encode(n, gob.uint64)).slice(6)).toBe(want);
  });

  test("need not be written as short as can be", () => {
    expect(gob.decode(Uint8Array.of(0x07, 0x04, 0x00, 0xfc, 0, 0, 0, 6))).toBe(3);
    expect(gob.decode(Uint8Array.of(0x0b, 0x04, 0x00, 0xf8, 0, 0, 0, 0, 0, 0, 0, 6))).toBe(3);
  });
});

describe("floats, strings and bytes", () => {
  test("every float goes through, NaN and -0 as well", () => {
    fc.assert(
      fc.property(fc.double(), (n) => {
        expect(roundTrip(gob.float64, n)).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.float(), (n) => {
        expect(roundTrip(gob.float32, n)).toBe(n);
      }),
    );
    expect(roundTrip(gob.float32, 0.1)).toBe(Math.fround(0.1));
    expect(roundTrip(gob.slice(gob.complex128), [{ real: -0, imag: Number.NaN }])).toEqual([
      { real: -0, imag: Number.NaN },
    ]);
  });

  test("every string goes through, of any length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (s) => {
        expect(roundTrip(gob.string, s)).toBe(s);
      }),
    );
    for (const n of [0, 31, 32, 33, 41, 42, 43, 127, 128, 255, 256, 65_535, 70_000]) {
      for (const letter of ["a", "ä", "世"]) expect(roundTrip(gob.string, letter.repeat(n))).toBe(letter.repeat(n));
    }
    expect(roundTrip(gob.string, "\ufeffBOM")).toBe("\ufeffBOM");
    expect(roundTrip(gob.string, "\ud800")).toBe("\ufffd");
  });

  test("bytes are copied", () => {
    const encoded = gob.encode(Uint8Array.of(1, 2, 3), gob.bytes);
    const decoded = gob.decode(encoded, gob.bytes);
    encoded.fill(9);
    expect(decoded).toEqual(Uint8Array.of(1, 2, 3));
    expect(decoded.buffer.byteLength).toBe(3);
  });
});

describe("structs", () => {
  test("leave out what is zero, as Go does, and decode to zero values of their own", () => {
    const All = gob.struct("All", {
      B: gob.bool,
      I: gob.int,
      Big: gob.int64.as("bigint"),
      F: gob.float64,
      C: gob.complex128,
      S: gob.string,
      D: gob.bytes,
      L: gob.slice(gob.int),
      P: gob.optional(gob.int),
      X: gob.any,
      T: gob.time,
    });
    const zero = {
      B: false,
      I: 0,
      Big: 0n,
      F: -0,
      C: { real: 0, imag: 0 },
      S: "",
      D: new Uint8Array(0),
      L: [],
      P: 0,
      X: null,
      T: gob.GoTime.zero(),
    };
    const bytes = gob.encode(zero, All);
    expect(hex(bytes).endsWith("03ff8200")).toBe(true);
    const decoder = new gob.Decoder();
    decoder.push(bytes);
    const one = decoder.decode(All);
    expect(one).toEqual({ ...zero, F: 0, P: null });
    expect(Object.keys(one ?? {})).toEqual(Object.keys(zero));
    decoder.push(Uint8Array.of(3, 0xff, 0x82, 0));
    const other = decoder.decode(All);
    expect(other?.L).not.toBe(one?.L);
    expect(other?.C).not.toBe(one?.C);
  });

  test("send arrays, structs and empty maps although they are zero", () => {
    const T = gob.struct({ A: gob.array(2, gob.int), S: gob.struct({}), M: gob.map(gob.int, gob.int) });
    const zero = { A: [0, 0], S: {}, M: new Map() };
    expect(hex(gob.encode(zero, T)).endsWith("010200000100010000")).toBe(true);
    expect(hex(gob.encode({ ...zero, M: null }, T)).endsWith("01020000010000")).toBe(true);
  });

  test("may lack pointers and interface values", () => {
    const T = gob.struct({ A: gob.int, P: gob.optional(gob.int), X: gob.any });
    expect(roundTrip(T, { A: 1 })).toEqual({ A: 1, P: null, X: null });
  });

  test("of more than 127 fields go through, with gaps between them", () => {
    const names = Array.from({ length: 300 }, (_, i) => `F${i}`);
    const T = gob.struct("Wide", Object.fromEntries(names.map((name) => [name, gob.int])));
    const value = Object.fromEntries(names.map((name, i) => [name, i === 3 || i === 299 ? i : 0]));
    expect(roundTrip(T, value)).toEqual(value);
    const full = Object.fromEntries(names.map((name, i) => [name, i + 1]));
    expect(roundTrip(T, full)).toEqual(full);
  });

  test("may be recursive through getters, without a lazy", () => {
    const Category = gob.struct("Category", {
      Name: gob.string,
      get Children(): gob.Schema<unknown[]> {
        return gob.slice(Category);
      },
    });
    const value = { Name: "a", Children: [{ Name: "b", Children: [] }] };
    expect(roundTrip(Category, value)).toEqual(value);
  });

  test("that differ in their fields are two types, though they have one name", () => {
    const One = gob.struct("T", { A: gob.int });
    const Two = gob.struct("T", { A: gob.string });
    const encoder = new gob.Encoder();
    const decoder = new gob.Decoder();
    decoder.push(encoder.encode({ A: 1 }, One));
    decoder.push(encoder.encode({ A: "a" }, Two));
    expect([decoder.decode(One), decoder.decode(Two)]).toEqual([{ A: 1 }, { A: "a" }]);
  });
});

describe("maps", () => {
  test("keep any keys", () => {
    const byPoint = gob.map(gob.struct({ X: gob.int }), gob.string);
    expect([...roundTrip(byPoint, new Map([[{ X: 1 }, "a"]]))]).toEqual([[{ X: 1 }, "a"]]);
    const byFloat = gob.map(gob.float64, gob.int);
    expect(roundTrip(byFloat, new Map([[Number.NaN, 1]]))).toEqual(new Map([[Number.NaN, 1]]));
  });

  test("may come from objects where keys are strings", () => {
    expect(roundTrip(gob.map(gob.named("Key", gob.string), gob.int), { a: 1 })).toEqual(new Map([["a", 1]]));
  });
});

describe("GoTime", () => {
  const now = new gob.GoTime(1_763_712_550, 123_456_789, 5.5 * 3600);

  test("spells itself as Go's RFC3339Nano, and converts to Date", () => {
    expect(String(now)).toBe("2025-11-21T13:39:10.123456789+05:30");
    expect(JSON.stringify({ now })).toBe('{"now":"2025-11-21T13:39:10.123456789+05:30"}');
    expect(now.toDate().toISOString()).toBe("2025-11-21T08:09:10.123Z");
    expect(String(gob.GoTime.zero())).toBe("0001-01-01T00:00:00Z");
    expect(String(new gob.GoTime(-1, 500_000_000, -7 * 3600))).toBe("1969-12-31T16:59:59.5-07:00");
  });

  test("takes a Date to the millisecond, before 1970 too", () => {
    for (const ms of [0, 1, -1, 1_763_712_550_123, -1_763_712_550_123]) {
      expect(gob.GoTime.fromDate(new Date(ms)).toDate().getTime()).toBe(ms);
    }
    expect(() => gob.GoTime.fromDate(new Date(Number.NaN))).toThrow(RangeError);
  });

  test("goes through with nanoseconds and its offset, seconds of it included", () => {
    for (const offset of [null, 0, 3600, -3600, 3607, -18_000 - 7, 5.5 * 3600]) {
      const time = new gob.GoTime(1_763_712_550, 999_999_999, offset);
      expect(roundTrip(gob.time, time)).toEqual(time);
    }
    expect(roundTrip(gob.time, new Date(5))).toEqual(new gob.GoTime(0, 5_000_000));
  });

  test("tells equal instants in two zones", () => {
    expect(now.equal(new gob.GoTime(1_763_712_550, 123_456_789))).toBe(true);
    expect(now.equal(new gob.GoTime(1_763_712_550, 0))).toBe(false);
    expect(now.unixNanoseconds).toBe(1_763_712_550_123_456_789n);
  });

  test("refuses what Go has no room for", () => {
    expect(() => new gob.GoTime(0.5)).toThrow(RangeError);
    expect(() => new gob.GoTime(0, 1e9)).toThrow(RangeError);
    expect(() => new gob.GoTime(0, 0, -60)).toThrow(RangeError);
  });

  test("needs Temporal to give one, and takes one", () => {
    const { Temporal } = globalThis as { Temporal?: unknown };
    if (Temporal === undefined) expect(() => now.toTemporal()).toThrow(TypeError);
    else expect(String(now.toTemporal())).toContain("13:39:10.123456789+05:30");
    expect(gob.GoTime.fromTemporal({ epochNanoseconds: -1n })).toEqual(new gob.GoTime(-1, 999_999_999));
    expect(gob.GoTime.fromTemporal({ epochNanoseconds: 5n, offsetNanoseconds: 3.6e12 })).toEqual(
      new gob.GoTime(0, 5, 3600),
    );
  });

  test.each([
    ["", "Time.UnmarshalBinary: no data"],
    ["03", "Time.UnmarshalBinary: unsupported version"],
    ["0100", "Time.UnmarshalBinary: invalid length"],
    ["017fffffffffffffff00000000ffff", "Time.UnmarshalBinary: unixSeconds"],
  ])("does not decode %s", (data, message) => {
    const Raw = gob.gobEncoder<Uint8Array>("Raw", { encode: (b) => b, decode: (b) => b });
    const bytes = gob.encode(Uint8Array.from(Buffer.from(data, "hex")), Raw);
    expect(() => gob.decode(bytes, gob.time)).toThrow(message);
    expect(() => gob.decode(bytes, gob.time)).toThrow(expect.objectContaining({ code: "ERR_GOB_CODEC" }));
  });
});

describe("types that encode themselves", () => {
  const Upper = gob.gobEncoder<string>("Upper", {
    encode: (text) => new TextEncoder().encode(text.toUpperCase()),
    decode: (data) => {
      if (data.byteLength === 0) throw new Error("nothing there");
      return new TextDecoder().decode(data);
    },
  });

  test("go by their codec, in every place", () => {
    const T = gob.struct({ U: Upper, L: gob.slice(Upper), M: gob.map(gob.string, Upper), P: gob.optional(Upper) });
    const got = roundTrip(T, { U: "a", L: ["b"], M: { k: "c" }, P: "d" });
    expect(got).toEqual({ U: "A", L: ["B"], M: new Map([["k", "C"]]), P: "D" });
  });

  test("wrap what their codec throws, and the stream goes on", () => {
    const encoder = new gob.Encoder();
    const decoder = new gob.Decoder();
    decoder.push(encoder.encode("", Upper));
    decoder.push(encoder.encode("x", Upper));
    expect(() => decoder.decode(Upper)).toThrow(
      expect.objectContaining({ code: "ERR_GOB_CODEC", message: "nothing there" }),
    );
    expect(decoder.decode(Upper)).toBe("X");
  });

  test("are null where they were left out, unless they say otherwise", () => {
    const Other = gob.struct({ A: gob.int });
    const T = gob.struct({ A: gob.int, U: Upper });
    expect(gob.decode(gob.encode({ A: 1 }, Other), T)).toEqual({ A: 1, U: null });
  });

  test("big integers of any size go through", () => {
    fc.assert(
      fc.property(fc.bigInt(), (n) => {
        expect(roundTrip(gob.bigInt, n)).toBe(n);
      }),
    );
    const huge = -(7n ** 9000n);
    expect(roundTrip(gob.bigInt, huge)).toBe(huge);
  });
});
