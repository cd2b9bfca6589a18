import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import * as gob from "../../src/gob/index.js";
import { Schemas, type TypeText } from "./cases.js";

/** What Go's encoding/json makes of a text: printed by `gobpeer json`. */
interface JSONCase {
  readonly Type: TypeText;
  readonly In: string;
  readonly Out?: string;
  readonly Err?: string;
}

const golden = readFileSync(new URL("../testdata/gob/json.jsonl", import.meta.url), "utf8");
const cases = golden
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as JSONCase);

/** What depends on how a number is spelled, which JSON.parse does not tell; and lists for bytes, told as a whole. */
const isSpelled = ({ In, Type }: JSONCase) => /\de\+?\d/.test(In) || (Type === "bytes" && In.startsWith("["));

function outcome({ Type, In }: JSONCase): { readonly out?: string; readonly err?: string } {
  const schema = new Schemas().of(Type);
  try {
    return { out: gob.marshalJSON(gob.unmarshalJSON(In, schema), schema) };
  } catch (err) {
    return { err: (err as Error).message };
  }
}

/** Without the order of maps: numbers go first in JavaScript's objects. */
const parsed = (text: string | undefined) => (text === undefined ? undefined : gob.unmarshalJSON(text, gob.any));

describe("Go's encoding/json", () => {
  test("reads and writes the same, and refuses the same", () => {
    expect(cases.length).toBeGreaterThan(1000);
    for (const one of cases) {
      const name = `${JSON.stringify(one.Type)} of ${one.In}`;
      const { out, err } = outcome(one);
      // A *big.Int is not read from 1e3; here the two are one.
      if (one.Type === "bigint" && one.In === "1e3") expect(out).toBe("1000");
      else if (one.In === "-0.0") expect(Number(out)).toBe(0);
      else if (one.Out?.includes('{"-7"') === true) expect(parsed(out), name).toEqual(parsed(one.Out));
      else expect(out, `${name}: ${err}`).toBe(one.Out);
    }
  });

  test("says what does not fit in the same words", () => {
    const told = cases.filter(({ Err }) => Err?.startsWith("json: cannot unmarshal") === true);
    expect(told.length).toBeGreaterThan(400);
    for (const one of told) {
      if (isSpelled(one) || one.Err?.includes("*big.Int") === true) continue;
      expect(outcome(one).err, `${JSON.stringify(one.Type)} of ${one.In}`).toBe(one.Err);
    }
  });
});

const Args = gob.struct("main.Args", { A: gob.int, B: gob.slice(gob.int8) });

interface Sample {
  readonly schema: gob.Schema;
  readonly value: unknown;
}

const date = fc.record({ s: fc.integer({ min: -6e10, max: 2.5e11 }), n: fc.integer({ min: 0, max: 999_999_999 }) });
const zone = fc.option(fc.integer({ min: -1439, max: 1439 }).filter((minutes) => minutes !== -1 && minutes !== 0));
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
const time = fc
  .tuple(date, zone)
  .map(([{ s, n }, minutes]) => new gob.GoTime(s, n, minutes === null ? null : minutes * 60));
const name = fc.stringMatching(/^[A-Z][a-z]{0,2}$/);
const key = fc.string({ maxLength: 5 }).filter((text) => text !== "__proto__");

/** Values of the types that are not built of others. */
const scalars: readonly (readonly [gob.Schema, fc.Arbitrary<unknown>])[] = [
  [gob.bool, fc.boolean()],
  [gob.int, fc.maxSafeInteger()],
  [gob.int8, fc.integer({ min: -128, max: 127 })],
  [gob.uint16, fc.integer({ min: 0, max: 65_535 })],
  [gob.int64.as("bigint"), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [gob.uint64.as("bigint"), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [gob.duration, fc.maxSafeInteger()],
  [gob.float32, single],
  [gob.float64, double],
  [gob.complex128, fc.record({ real: double, imag: double })],
  [gob.string, fc.string({ unit: "grapheme", maxLength: 8 })],
  [gob.bytes, fc.uint8Array({ maxLength: 8 }).map((bytes) => Uint8Array.from(bytes))],
  [gob.time, time],
  [gob.bigInt, fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })],
  [gob.named("main.Celsius", gob.float64), double],
];
const scalar: fc.Arbitrary<Sample> = fc.oneof(
  ...scalars.map(([schema, values]) => values.map((value) => ({ schema, value }))),
);

const sample: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    tie("any").map(({ schema, value }) => ({ schema: gob.optional(schema), value })),
    tie("any").map(({ schema }) => ({ schema: gob.optional(schema), value: null })),
    tie("any").map(({ schema, value }) => list(schema, value)),
    tie("any").map(({ schema, value }) => ({ schema: gob.array(2, schema), value: [value, value] })),
    fc.tuple(tie("any"), fc.uniqueArray(key, { maxLength: 3 })).map(([{ schema, value }, keys]) => ({
      schema: gob.map(gob.string, schema),
      value: new Map(keys.map((each) => [each, value])),
    })),
    fc.tuple(tie("any"), fc.uniqueArray(fc.integer(), { maxLength: 3 })).map(([{ schema, value }, keys]) => ({
      schema: gob.map(gob.int, schema),
      value: new Map(keys.map((each) => [each, value])),
    })),
    fc.tuple(fc.constantFrom("", "main.T"), fc.dictionary(name, tie("any"), { maxKeys: 4 })).map(([type, fields]) => {
      const field = (get: (one: Sample) => unknown) =>
        Object.fromEntries(Object.entries(fields).map(([each, one]) => [each, get(one)]));
      return {
        schema: gob.struct(type, field(({ schema }) => schema) as gob.Fields),
        value: field(({ value }) => value),
      };
    }),
  ),
})).any;

/** A slice of uint8 is bytes, which has no part in this. */
function list(schema: gob.Schema, value: unknown): Sample {
  return { schema: gob.slice(schema), value: [value] };
}

/** Does what a struct's schema would with names that differ in their case alone. */
const isFolded = ({ schema }: Sample): boolean => {
  const names = schema.fieldNames.map((each) => each.toLowerCase());
  return new Set(names).size < names.length || schema.parts.some((part) => isFolded({ schema: part, value: null }));
};
const clear = sample.filter((one) => !isFolded(one));

describe("values", () => {
  test("come back as they were, as text and as data", () => {
    fc.assert(
      fc.property(clear, ({ schema, value }) => {
        expect(gob.unmarshalJSON(gob.marshalJSON(value, schema), schema)).toEqual(value);
        expect(gob.fromJSON(gob.toJSON(value, schema), schema)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test("are text that JSON.parse takes", () => {
    fc.assert(
      fc.property(clear, ({ schema, value }) => {
        expect(() => JSON.parse(gob.marshalJSON(value, schema)) as unknown).not.toThrow();
      }),
    );
  });
});

/** Another library's check by a JSON Schema. Its numbers are those of JavaScript: no bigints. */
function checkerOf(schema: gob.Schema, side: "input" | "output"): (json: unknown) => boolean {
  const described = schema["~standard"].jsonSchema?.[side]({ target: "draft-2020-12" }) ?? {};
  const checker = z.fromJSONSchema(withoutFormats(described) as Parameters<typeof z.fromJSONSchema>[0]);
  return (json) => checker.safeParse(json).success;
}

/** `int64` and its like are notes; and of `date-time` zod takes but that in UTC. */
function withoutFormats(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !("format" in value)) return value;
    const { format, ...rest } = value;
    return format === "date-time" ? { ...rest, pattern: "^\\d{4}-\\d\\d-\\d\\dT" } : rest;
  });
}

describe("JSON Schema", () => {
  const small = clear.filter(({ schema, value }) => !/\d{16}/.test(gob.marshalJSON(value, schema)));

  test("takes what is written, as what is taken and as what is given", () => {
    fc.assert(
      fc.property(small, ({ schema, value }) => {
        const json = JSON.parse(gob.marshalJSON(value, schema)) as unknown;
        expect([checkerOf(schema, "input")(json), checkerOf(schema, "output")(json)]).toEqual([true, true]);
      }),
      { numRuns: 200 },
    );
  });

  test("takes nothing that is not read", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(small, json, fc.nat(), ({ schema, value }, other, at) => {
        const written = JSON.parse(gob.marshalJSON(value, schema)) as unknown;
        const changed = replaced(written, other, at);
        if (!checkerOf(schema, "input")(changed)) return;
        expect(() => gob.fromJSON(changed, schema)).not.toThrow();
      }),
      { numRuns: 400 },
    );
  });

  test("takes what is missing, and gives all", () => {
    expect(checkerOf(Args, "input")({})).toBe(true);
    expect(checkerOf(Args, "output")({})).toBe(false);
  });

  test("takes integers of 64 bits where they are read", () => {
    const bounds = (schema: gob.Schema) => schema["~standard"].jsonSchema?.input({ target: "draft-2020-12" });
    expect(bounds(gob.int64)).toMatchObject({ minimum: -(2 ** 63), exclusiveMaximum: 2 ** 63 });
    expect(bounds(gob.uint64.as("bigint"))).toMatchObject({ minimum: 0, exclusiveMaximum: 2 ** 64 });
    expect(bounds(gob.int)).toMatchObject({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
  });
});

/** Puts a value in the place of another, the `at`th of all that are in it. */
function replaced(json: unknown, other: unknown, at: number): unknown {
  let count = 0;
  const size = (value: unknown): number =>
    1 +
    (typeof value === "object" && value !== null
      ? Object.values(value).reduce((sum: number, each) => sum + size(each), 0)
      : 0);
  const target = at % size(json);
  const walk = (value: unknown): unknown => {
    if (count++ === target) return other;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([each, item]) => [each, walk(item)]));
  };
  return walk(json);
}

describe("faults", () => {
  test("of JSON have a path", () => {
    const fault = (json: unknown, schema: gob.Schema) => {
      try {
        return gob.fromJSON(json, schema);
      } catch (err) {
        const { name: kind, code, message, path } = err as gob.GobError;
        return { kind, code, message, path };
      }
    };
    expect(fault({ x: { b: [1, 300] } }, gob.map(gob.string, Args))).toEqual({
      kind: "GobError",
      code: "ERR_GOB_TYPE",
      message: "json: cannot unmarshal number 300 into Go struct field Args.B of type int8",
      path: ["x", "b", 1],
    });
    expect(fault([{ k: 1 }], gob.slice(gob.map(gob.int, gob.int)))).toMatchObject({ path: [0, "k"] });
  });

  test("of text are GobErrors", () => {
    const code = (text: string) => {
      try {
        return gob.unmarshalJSON(text, gob.any);
      } catch (err) {
        return (err as gob.GobError).code;
      }
    };
    expect(["", "{", "[1,]", "nul", "1 2"].map(code)).toEqual(Array.from({ length: 5 }, () => "ERR_GOB_DATA"));
    const deep = `${"[".repeat(200_000)}1234567890123456789${"]".repeat(200_000)}`;
    expect(code(deep)).toBe("ERR_LIMIT");
  });

  test("of values have a place", () => {
    const bad: [unknown, gob.Schema, string][] = [
      [{ A: "x", B: [] }, Args, "json: main.Args.A: want int, got string"],
      [{ A: 1, B: [1, 300] }, Args, "json: main.Args.B[1]: 300 is out of range of int8"],
      [new Map([["k", {}]]), gob.map(gob.string, Args), 'json: value["k"].A: want int, got undefined'],
      [Number.NaN, gob.float64, "json: unsupported value: NaN"],
      [Number.NEGATIVE_INFINITY, gob.float32, "json: unsupported value: -Inf"],
      [new Map(), gob.map(gob.bool, gob.int), "json: unsupported type: map[bool]int"],
      [new gob.GoTime(1e13), gob.time, "json: Time.MarshalJSON: year outside of range [0,9999]"],
      [{}, gob.slice(gob.int), "json: want []int, got an object"],
      [[1], gob.array(2, gob.int), "json: want [2]int, got 1 elements"],
      [() => 1, gob.any, "json: unsupported type: function"],
    ];
    for (const [value, schema, message] of bad) {
      expect(() => gob.marshalJSON(value, schema), message).toThrow(new TypeError(message));
    }
  });

  test("are told for what contains itself, whatever that is", () => {
    interface Node {
      Next: Node | null;
    }
    const Bare: gob.Schema<Node> = gob.struct({ Next: gob.optional(gob.lazy(() => Bare)) });
    const node: Node = { Next: null };
    node.Next = node;
    expect(() => gob.marshalJSON(node, Bare)).toThrow("nested too deep, or within itself");
    expect(() => gob.fromJSON(node, Bare)).toThrow(gob.GobError);
    expect(() => gob.fromJSON({ Next: 1 }, Bare)).toThrow(gob.GobError);
  });
});

describe("JSON", () => {
  test("has the fields of the type, and nothing else that an object has", () => {
    const User = gob.struct("User", { Name: gob.string, Boss: gob.optional(gob.string), More: gob.any });
    const user = { password: "secret", More: undefined, Name: "Ada" };
    expect(gob.marshalJSON(user as gob.InferInput<typeof User>, User)).toBe('{"Name":"Ada","Boss":null,"More":null}');
  });

  test("of a type that encodes itself is what its codec says, also as a key", () => {
    const codec = { encode: () => new Uint8Array(), decode: () => 0 };
    const json = { toJSON: (n: number) => `#${n}`, fromJSON: (text: unknown) => Number(String(text).slice(1)) };
    const Id = gob.binaryMarshaler<number>("Id", { ...codec, json });
    const schema = gob.map(Id, gob.slice(gob.optional(Id)));
    const value = new Map([[7, [8, null]]]);
    expect(gob.toJSON(value, schema)).toEqual({ "#7": ["#8", null] });
    expect(gob.fromJSON({ "#7": ["#8", null] }, schema)).toEqual(value);
    expect(gob.toJSON(new Map([[2n ** 70n, 1]]), gob.map(gob.bigInt, gob.int))).toEqual({
      "1180591620717411303424": 1,
    });
  });

  test("has a Date for a time, a record for a map, null for what is empty", () => {
    const schema = gob.struct({ T: gob.time, M: gob.map(gob.string, gob.int), S: gob.slice(gob.int), B: gob.bytes });
    const value = { T: new Date(1500), M: { a: 1 }, S: null, B: null };
    expect(gob.marshalJSON(value, schema)).toBe('{"T":"1970-01-01T00:00:01.5Z","M":{"a":1},"S":[],"B":""}');
  });

  test("of times has no seconds in offsets, as Go leaves them out", () => {
    expect(gob.toJSON(new gob.GoTime(0, 0, 3661), gob.time)).toBe("1970-01-01T01:01:01+01:01");
    expect(() => gob.toJSON(new gob.GoTime(0, 0, 90_000), gob.time)).toThrow("timezone hour outside of range");
  });

  test("of any values is what they are", () => {
    const list = [1, Uint8Array.of(1), new Map([[1, [new Date(0)]]]), new gob.GoTime(0), new Set([2n ** 60n]), null];
    const wanted = [1, "AQ==", { "1": ["1970-01-01T00:00:00Z"] }, "1970-01-01T00:00:00Z", [2n ** 60n], null];
    expect(gob.toJSON({ A: list, F: 1e17 }, gob.struct({ A: gob.any, F: gob.float64 }))).toEqual({
      A: wanted,
      F: 1e17,
    });
    const within: unknown[] = [];
    within.push(within);
    for (const write of [gob.toJSON, gob.marshalJSON]) expect(() => write(within, gob.any)).toThrow(TypeError);
    expect(() => gob.toJSON(Symbol("s"), gob.any)).toThrow(TypeError);
  });

  test("a name __proto__ sets no prototype", () => {
    const value = gob.unmarshalJSON('{"__proto__":1,"a":2}', gob.map(gob.string, gob.int));
    expect([...value]).toEqual([
      ["__proto_", 1],
      ["a", 2],
    ]);
    expect(gob.marshalJSON(new Map([["__proto__", 1]]), gob.map(gob.string, gob.int))).toBe('{"__proto__":1}');
  });
});
