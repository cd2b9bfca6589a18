import fc from "fast-check";
import {
  any,
  array,
  bigInt,
  binaryMarshaler,
  bool,
  bytes,
  complex128,
  duration,
  embedded,
  float32,
  float64,
  GoTime,
  int,
  int8,
  int64,
  lazy,
  map,
  named,
  optional,
  type Schema,
  slice,
  string,
  struct,
  time,
  uint8,
  uint64,
} from "toolkit/gob";
import { DecodeError, EncodeError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { compact, eachElement, eachMember, type RawJSON } from "../../src/rpc/json/raw.js";
import { JSONValues } from "../../src/rpc/json/values.js";

const values = new JSONValues();
const decode = (text: string, schema?: Schema) => values.decode(text, { schema });

/** Makes numbers of bigints again. */
function rounded(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}

describe("without a schema", () => {
  test("JSON is what JSON.parse says", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // A key __proto__ is another matter, below.
        if (!text.includes("__proto__")) expect(rounded(decode(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("what JSON.stringify does right is left to it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(values.encode(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test("integers of 64 bits are exact, both ways; all else is a number", () => {
    expect(decode("[9007199254740991,9007199254740993,-9223372036854775808,18446744073709551615]")).toEqual([
      9007199254740991,
      9007199254740993n,
      -9223372036854775808n,
      18446744073709551615n,
    ]);
    expect(decode("[18446744073709551616,-9223372036854775809,9007199254740993.5,1e400,0.1234567890123456]")).toEqual([
      2 ** 64,
      -(2 ** 63),
      9007199254740994,
      Number.POSITIVE_INFINITY,
      0.1234567890123456,
    ]);
    expect(values.encode([2n ** 63n, { a: -1n }])).toBe('[9223372036854775808,{"a":-1}]');
    expect(decode(`{"n":${"9".repeat(100_000)}}`)).toEqual({ n: Number.POSITIVE_INFINITY });
  });

  test("the slow way gives what the fast way does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ slow: "0123456789012345", value }, null, 2);
        if (!text.includes("__proto__")) expect(rounded(decode(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("a key __proto__ sets no prototype, however it is spelled", () => {
    for (const key of ['"__proto__"', '"\\u005f_proto__"', '"\\u005F\\u005fproto\\u005f_"', '"__pr\\u006fto__"']) {
      const value = decode(`{"a":{${key}:{"admin":true}}}`) as { a: Record<string, unknown> };
      expect(Object.keys(value.a), key).toEqual(["__proto_"]);
      expect(Object.assign({}, value.a)).not.toHaveProperty("admin");
      expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
    }
  });

  test("the last of duplicate keys counts", () => {
    expect(decode('{"a":1,"b":2,"a":3,"n":1234567890123456789}')).toEqual({ a: 3, b: 2, n: 1234567890123456789n });
  });

  test("lone surrogates and NULs pass", () => {
    expect(decode('["\\ud800","\\u0000"]')).toEqual(["\ud800", "\0"]);
    expect(values.encode(["\ud800", "\0"])).toBe('["\\ud800","\\u0000"]');
  });

  test("bytes, times, maps and sets are what Go has them", () => {
    expect(values.encode(Uint8Array.of(0, 255, 62))).toBe('"AP8+"');
    expect(values.encode({ b: new ArrayBuffer(1), v: new DataView(new ArrayBuffer(2)) })).toBe(
      '{"b":"AA==","v":"AAA="}',
    );
    expect(values.encode(new Uint8Array(100_000).fill(1))).toBe(`"${Buffer.alloc(100_000, 1).toString("base64")}"`);
    expect(values.encode(new Date("2026-11-21T08:09:10.500Z"))).toBe('"2026-11-21T08:09:10.5Z"');
    expect(values.encode(new Date("2026-11-21T08:09:10Z"))).toBe('"2026-11-21T08:09:10Z"');
    expect(values.encode(new GoTime(0, 1, 3600))).toBe('"1970-01-01T01:00:00.000000001+01:00"');
    expect(
      values.encode(
        new Map<unknown, unknown>([
          ["a", 1],
          [2, new Map()],
          [3n, true],
        ]),
      ),
    ).toBe('{"a":1,"2":{},"3":true}');
    expect(values.encode(new Set([1, 2]))).toBe("[1,2]");
    expect(values.encode(Int16Array.of(-1, 2))).toBe("[-1,2]");
    expect(values.encode({ toJSON: () => ({ a: 1n }) })).toBe('{"a":1}');
    expect(values.encode({ a: undefined, b: [undefined], c: null })).toBe('{"b":[null],"c":null}');
    expect(values.encode(undefined)).toBeUndefined();
  });

  test("what JSON has no words for is an error, in Go's words", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const bad: [unknown, string][] = [
      [Number.NaN, "json: unsupported value: NaN"],
      [{ a: [Number.POSITIVE_INFINITY] }, "json: unsupported value: +Inf"],
      [[Number.NEGATIVE_INFINITY], "json: unsupported value: -Inf"],
      [() => 1, "json: unsupported type: function"],
      [{ a: Symbol("s") }, "json: unsupported type: symbol"],
      [cycle, "json: unsupported value: nested too deep, or within itself"],
      [new Map([[null, 1]]), "json: unsupported type: Map with keys of type null"],
      [new Date(Number.NaN), "json: unsupported value: Invalid Date"],
    ];
    for (const [value, message] of bad) expect(() => values.encode(value), message).toThrow(new EncodeError(message));
    const broken = {
      get a(): never {
        throw new Error("a getter");
      },
    };
    expect(() => values.encode(broken)).toThrow("json: a getter");
  });
});

describe("with a schema of gob", () => {
  const Args = struct("Args", { A: int, B: int });

  test("a value is what Go's encoding/json makes of it", () => {
    const All = struct("All", {
      Flag: bool,
      Big: int64.as("bigint"),
      Huge: uint64,
      F: float64,
      S: string,
      Bytes: bytes,
      At: time,
      For: duration,
      Table: map(string, slice(int)),
      Numbers: map(int, string),
      Two: array(2, uint8),
      Maybe: optional(Args),
      Any: any,
      Sum: bigInt,
      Name: named("Name", map(string, bytes)),
      Missing: slice(int),
    });
    const text = `{"flag":true,"Big":9223372036854775807,"HUGE":18446744073709551615,"F":100000000000000000,"S":"s",
      "Bytes":"AP8=","At":"2026-11-21T08:09:10.123456789+01:30","For":1500000000,"Table":{"a":[1]},"Numbers":{"-7":"x"},
      "Two":[1,2,3],"Maybe":{"A":1},"Any":{"x":[1]},"Sum":123456789012345678901234567890,"Name":{"k":"AQ=="},"Other":1}`;
    expect(decode(text, All)).toEqual({
      Flag: true,
      Big: 9223372036854775807n,
      Huge: 18446744073709551615n,
      F: 1e17,
      S: "s",
      Bytes: Uint8Array.of(0, 255),
      At: new GoTime(Date.UTC(2026, 10, 21, 6, 39, 10) / 1000, 123_456_789, 5400),
      For: 1_500_000_000,
      Table: new Map([["a", [1]]]),
      Numbers: new Map([[-7, "x"]]),
      Two: [1, 2],
      Maybe: { A: 1, B: 0 },
      Any: { x: [1] },
      Sum: 123456789012345678901234567890n,
      Name: new Map([["k", Uint8Array.of(1)]]),
      Missing: [],
    });
  });

  test("what was encoded decodes to the same", () => {
    const Kinds = struct("Kinds", {
      I: int64,
      B: bytes,
      T: time,
      M: map(int, Args),
      L: slice(float64),
      O: optional(string),
    });
    const value = {
      I: -(2n ** 63n),
      B: Uint8Array.of(1, 2, 3),
      T: new GoTime(1_700_000_000, 5, -3600),
      M: new Map([[1, { A: 1, B: 2 }]]),
      L: [0.5, 1e300],
      O: null,
    };
    expect(decode(values.encode(value) as string, Kinds)).toEqual(value);
  });

  test("null is Go's zero value", () => {
    expect(decode("null", Args)).toEqual({ A: 0, B: 0 });
    expect(decode('{"A":null}', Args)).toEqual({ A: 0, B: 0 });
    expect(decode("null", slice(int))).toEqual([]);
    expect(decode("[null]", slice(string))).toEqual([""]);
    expect(decode("null", optional(int))).toBeNull();
    expect(decode("null", any)).toBeNull();
  });

  test("what does not fit is an error, in Go's words", () => {
    const Outer = struct("Outer", { In: Args, L: slice(Args) });
    const bad: [string, Schema, string][] = [
      ['{"A":"x"}', Args, "json: cannot unmarshal string into Go struct field Args.A of type int"],
      ['{"A":1.5}', Args, "json: cannot unmarshal number 1.5 into Go struct field Args.A of type int"],
      ['{"In":{"B":true}}', Outer, "json: cannot unmarshal bool into Go struct field Outer.In.B of type int"],
      ["[1]", Args, "json: cannot unmarshal array into Go value of type Args"],
      ['"x"', Args, "json: cannot unmarshal string into Go value of type Args"],
      ["128", int8, "json: cannot unmarshal number 128 into Go value of type int8"],
      ["9223372036854775808", int64, "json: cannot unmarshal number 9223372036854775808 into Go value of type int64"],
      ["{}", slice(int), "json: cannot unmarshal object into Go value of type []int"],
      ['{"x":1}', map(int, int), "json: cannot unmarshal number x into Go value of type int"],
      ['"%"', bytes, "json: cannot unmarshal string into Go value of type []uint8"],
      ['"yesterday"', time, "json: cannot unmarshal string into Go value of type time.Time"],
      ["1", complex128, "json: cannot unmarshal number into Go value of type complex128"],
      ["1e39", float32, "json: cannot unmarshal number 1e+39 into Go value of type float32"],
    ];
    for (const [text, schema, message] of bad) {
      expect(() => decode(text, schema), text).toThrow(new DecodeError(message));
    }
  });

  test("times are RFC 3339, and days that are", () => {
    const at = (text: string) => String(decode(JSON.stringify(text), time));
    for (const text of ["2026-02-28T23:59:59Z", "0001-01-01T00:00:00Z", "2024-02-29T00:00:00.25-07:00"]) {
      expect(at(text)).toBe(text);
    }
    for (const text of [
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01",
      "2026-01-01T00:00:00",
    ]) {
      expect(() => at(text), text).toThrow(DecodeError);
    }
  });

  test("types may contain themselves, be named, or marshal themselves", () => {
    interface Node {
      V: number;
      Next: Node | null;
    }
    const Node: Schema<Node> = struct("Node", { V: int, Next: optional(lazy(() => Node)) });
    const node = { V: 1, Next: { V: 2, Next: null } };
    expect(decode('{"V":1,"Next":{"V":2}}', Node)).toEqual(node);
    expect(decode(values.encode(node, Node) as string, Node)).toEqual(node);
    const uuid = binaryMarshaler<string>("uuid.UUID", {
      encode: (text) => Uint8Array.from(text, (char) => char.charCodeAt(0)),
      decode: (data) => String.fromCharCode(...data),
    });
    expect(decode('"ab"', uuid)).toBe("ab");
  });

  test("the fields of an embedded struct stand among those of the outer one", () => {
    const Outer = struct("Outer", { Base: embedded(struct("Base", { Id: int })), X: int });
    const value = { Base: { Id: 7 }, X: 1 };
    expect(decode('{"Id":7,"X":1}', Outer)).toEqual(value);
    expect(values.encode(value, Outer)).toBe('{"Id":7,"X":1}');
    const Deep = struct("Deep", { M: map(string, slice(Outer)), O: optional(Outer), N: int });
    const deep = { M: new Map([["k", [value]]]), O: null, N: 5 };
    expect(values.encode(deep, Deep)).toBe('{"M":{"k":[{"Id":7,"X":1}]},"O":null,"N":5}');
    expect(decode(values.encode(deep, Deep) as string, Deep)).toEqual(deep);
  });

  test("an array of bytes is a list of numbers, a slice of them base64", () => {
    const Both = struct("Both", { A: array(2, uint8), S: bytes });
    const text = values.encode({ A: Uint8Array.of(1, 2), S: Uint8Array.of(1, 2) }, Both) as string;
    expect(text).toBe('{"A":[1,2],"S":"AQI="}');
    expect(decode(text, Both)).toEqual({ A: [1, 2], S: Uint8Array.of(1, 2) });
    expect(() => values.encode({ A: null, S: Symbol("s") }, Both)).toThrow(EncodeError);
  });
});

describe("raw JSON", () => {
  const members = (raw: RawJSON) => {
    const found: [string, string][] = [];
    eachMember(raw, (key, value) => void found.push([key, value]));
    return found;
  };

  test("members are as they stood in the text", () => {
    expect(members('{ "a" : 1.50 ,"\\u0062\\n":[ 1, "]}" ] , "a":{"x":"\\\\"}  }')).toEqual([
      ["a", "1.50"],
      ["b\n", '[ 1, "]}" ]'],
      ["a", '{"x":"\\\\"}'],
    ]);
    expect(members("{ }")).toEqual([]);
  });

  test("members and elements are those of JSON.parse", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
        const raw = JSON.stringify({ value, list: [value, value] }, null, indent);
        const [[, first], [, list]] = members(raw) as [[string, string], [string, string]];
        const elements: string[] = [];
        eachElement(list, (element) => void elements.push(element));
        for (const text of [first, ...elements]) expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(elements).toHaveLength(2);
      }),
    );
  });

  test("white space that no string holds can be taken out", () => {
    expect(compact('[ 1, {"a b" : "\\" c "} ,\n2]')).toBe('[1,{"a b":"\\" c "},2]');
  });
});
