// What is written and read by a plan, read the slow way, and sent through gob, is one and the same.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import * as gob from "toolkit/gob";
import { describe, expect, test } from "vitest";
import { unread } from "../../src/rpc/msgpack/plan.js";
import { parseCases, registryOf, Schemas, type TypeText, unhex } from "../gob/cases.js";
import { Base, Node, read, slow, token, write } from "./plan-wire.js";

/** A type, and values of it that have one form only. */
interface Sample {
  readonly schema: gob.Schema;
  readonly values: fc.Arbitrary<unknown>;
  /** Whether its values may be keys where all are names of properties. */
  readonly isKey?: boolean;
}

const sample = (schema: gob.Schema, values: fc.Arbitrary<unknown>, isKey = false): Sample => ({
  schema,
  values,
  isKey,
});
const text = fc.string({ unit: "grapheme", maxLength: 50 }).filter((v) => v !== "__proto__");
const single = fc.float({ noNaN: true }).map(Math.fround);
const plus = (v: number) => v + 0; // -0 in a field of gob's is 0
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const auto = (v: bigint) => (Number.isSafeInteger(Number(v)) ? Number(v) : v);
const isoTime = fc.date({ min: new Date("0001-01-02"), max: new Date("9999-01-01"), noInvalidDate: true });
const complex = (part: fc.Arbitrary<number>) => fc.record({ real: part, imag: part });

const scalars: readonly Sample[] = [
  sample(gob.bool, fc.boolean(), true),
  sample(gob.int, fc.maxSafeInteger(), true),
  sample(gob.int8, fc.integer({ min: -128, max: 127 }), true),
  sample(gob.int16, fc.integer({ min: -32_768, max: 32_767 })),
  sample(gob.int32, fc.integer(), true),
  sample(gob.int64, i64.map(auto), true),
  sample(gob.int64.as("bigint"), i64, true),
  sample(gob.uint, fc.maxSafeNat(), true),
  sample(gob.uint8, fc.nat(255)),
  sample(gob.uint16, fc.nat(65_535)),
  sample(gob.uint32, fc.nat(4_294_967_295)),
  sample(gob.uint64, u64.map(auto), true),
  sample(gob.uint64.as("bigint"), u64, true),
  sample(gob.float64, fc.double({ noNaN: true }).map(plus)),
  sample(gob.float32, single.map(plus)),
  sample(gob.complex128, complex(fc.double({ noNaN: true }))),
  sample(gob.complex64, complex(single)),
  sample(gob.string, text, true),
  sample(gob.bytes, fc.uint8Array({ maxLength: 300 })),
  sample(gob.duration, i64.map(auto)),
  sample(gob.named("Label", gob.string), text, true),
  sample(gob.bigInt, fc.bigInt()),
  sample(
    token,
    text.filter((v) => !v.startsWith("!")),
  ),
  sample(
    gob.time,
    isoTime.map((date) => gob.GoTime.fromDate(date)),
  ),
  sample(
    gob.any,
    fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), text, fc.uint8Array({ minLength: 1 })),
  ),
  sample(Base, fc.record({ Id: fc.maxSafeInteger(), Name: text })),
];

function nodesOf(levels: number): fc.Arbitrary<unknown> {
  if (levels === 0) return fc.constant(null);
  const inner = nodesOf(levels - 1);
  const kids =
    levels === 1
      ? fc.constant([])
      : fc.array(
          nodesOf(levels - 1).filter((node) => node !== null),
          { maxLength: 2 },
        );
  return fc.option(fc.record({ Value: fc.maxSafeInteger(), Next: inner, Kids: kids }));
}
const node = nodesOf(4).filter((v) => v !== null);

const keyed = scalars.filter(({ isKey }) => isKey === true);
const leaves = fc.constantFrom(...scalars, sample(Node as gob.Schema, node));

/** All types that can be made of those above, in so many levels. */
function samplesOf(levels: number): fc.Arbitrary<Sample> {
  if (levels === 0) return leaves;
  const inner = samplesOf(levels - 1).filter(({ schema }) => schema !== gob.any);
  const list = inner
    .filter(({ schema }) => !schema.isByte)
    .map(({ schema, values }) => sample(gob.slice(schema), fc.array(values, { maxLength: levels === 1 ? 20 : 4 })));
  const array = fc
    .tuple(inner, fc.integer({ min: 1, max: 4 }))
    .map(([{ schema, values }, n]) => sample(gob.array(n, schema), fc.array(values, { minLength: n, maxLength: n })));
  const map = fc.tuple(fc.constantFrom(...keyed), inner).map(mapOf);
  const struct = fc
    .array(fc.tuple(samplesOf(levels - 1), fc.boolean()), { maxLength: levels === 1 ? 18 : 5 })
    .map(structOf);
  return fc.oneof(leaves, list, array, map, struct);
}

function mapOf([key, { schema, values }]: readonly [Sample, Sample]): Sample {
  const entries = fc.array(fc.tuple(key.values, values), { maxLength: 6 });
  return sample(
    gob.map(key.schema, schema),
    entries.map((list) => new Map(list)),
  );
}

function structOf(fields: readonly (readonly [Sample, boolean])[]): Sample {
  const named = fields.map(([field, isPointer], i): [string, Sample] => [
    `${String.fromCharCode(90 - (i % 26))}${"x".repeat(i)}`,
    isPointer && field.schema !== gob.any ? pointerTo(field) : field,
  ]);
  const schemas = Object.fromEntries(named.map(([name, { schema }]) => [name, schema]));
  return sample(
    gob.struct("Some", { ...schemas, Base: gob.embedded(Base) }),
    fc.record({
      ...Object.fromEntries(named.map(([name, { values }]) => [name, values])),
      Base: fc.record({ Id: fc.maxSafeInteger(), Name: text }),
    }),
  );
}

/** In gob a pointer to a zero value is nil. */
function pointerTo({ schema, values }: Sample): Sample {
  return sample(gob.optional(schema), fc.option(values.filter((v) => !isZero(v))));
}

function isZero(v: unknown): boolean {
  if (typeof v !== "object" || v === null) return v === 0 || v === 0n || v === "" || v === false;
  if (Array.isArray(v) || v instanceof Uint8Array) return v.length === 0;
  const { real, imag } = v as Partial<gob.Complex>;
  return real === 0 && imag === 0;
}

const samples = samplesOf(2).chain(({ schema, values }) => fc.tuple(fc.constant(schema), values));

describe("a value of any type", () => {
  test("comes back as it went, the quick way, the slow way and through gob", () => {
    fc.assert(
      fc.property(samples, ([schema, value]) => {
        const bytes = write(schema, value);
        expect(read(schema, bytes)).toEqual(value);
        expect(slow(schema, bytes)).toEqual(value);
        if (value !== null) expect(gob.decode(gob.encode(value, schema), schema)).toEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  test("cut at any length is not read, and never read as something else", () => {
    fc.assert(
      fc.property(samples, ([schema, value]) => {
        const bytes = write(schema, value);
        for (let end = 0; end < bytes.length; end += 1 + (end >> 6)) {
          expect(read(schema, bytes.subarray(0, end))).toBe(unread);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("behind a value, however it was written, is not touched", () => {
    const Pair = gob.slice(gob.slice(gob.int));
    expect(read(Pair, Uint8Array.of(0x92, 0x92, 1, 2, 0x90))).toEqual([[1, 2], []]);
  });
});

describe("values that Go wrote in gob", () => {
  const lines = (name: string) => readFileSync(new URL(`../testdata/gob/${name}`, import.meta.url), "utf8");
  const cases = parseCases(lines("go1.20.jsonl") + lines("go1.21.jsonl"));

  test("come back as they went", () => {
    let count = 0;
    for (const each of cases) {
      const schemas = new Schemas();
      const registry = registryOf([each], schemas);
      const decoder = new gob.Decoder(undefined, { registry });
      decoder.push(unhex(each.Gob));
      for (const { Type } of each.Items) {
        const schema = schemas.of(Type);
        const value = decoder.decode(schema);
        if (!isPlain(Type)) continue;
        expect(inUtc(read(schema, write(schema, value))), each.Name).toEqual(inUtc(value));
        count++;
      }
    }
    expect(count).toBeGreaterThan(100);
  });
});

/** What is in an interface has no type of Go's in msgpack. */
function isPlain(type: TypeText): boolean {
  return !JSON.stringify(type).includes('"any"');
}

/** Timestamps have no zone. */
function inUtc(value: unknown): unknown {
  if (value instanceof gob.GoTime) return new gob.GoTime(value.unixSeconds, value.nanoseconds);
  if (Array.isArray(value)) return value.map(inUtc);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [inUtc(k), inUtc(v)]));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, inUtc(v)]));
}
