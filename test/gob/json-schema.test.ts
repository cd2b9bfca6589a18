import { expect, test } from "vitest";
import {
  any,
  array,
  bigInt,
  binaryMarshaler,
  bool,
  bytes,
  complex64,
  duration,
  embedded,
  float32,
  float64,
  int,
  int8,
  lazy,
  map,
  named,
  optional,
  type Schema,
  slice,
  string,
  struct,
  time,
  uint,
  uint16,
  uint64,
} from "../../src/gob/index.js";

const target = "draft-2020-12";
const inputOf = (schema: Schema) => describe(schema["~standard"].jsonSchema?.input({ target }));
const outputOf = (schema: Schema) => describe(schema["~standard"].jsonSchema?.output({ target }));
function describe(schema: Record<string, unknown> | undefined) {
  const { $schema, ...rest } = schema ?? {};
  expect($schema).toBe("https://json-schema.org/draft/2020-12/schema");
  return rest;
}

/** What is no float32 any more. */
const tooLarge = 2 ** 128 - 2 ** 103;

test.each<[string, Schema, object]>([
  ["bool", bool, { type: "boolean" }],
  ["string", string, { type: "string" }],
  ["int8", int8, { type: "integer", format: "int8", minimum: -128, maximum: 127 }],
  ["uint16", uint16, { type: "integer", format: "uint16", minimum: 0, maximum: 65_535 }],
  [
    "int",
    int,
    { type: "integer", format: "int64", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  ],
  ["uint", uint, { type: "integer", format: "uint64", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }],
  ["uint64", uint64.as("bigint"), { type: "integer", format: "uint64", minimum: 0, exclusiveMaximum: 2 ** 64 }],
  ["float32", float32, { type: "number", format: "float", exclusiveMinimum: -tooLarge, exclusiveMaximum: tooLarge }],
  ["float64", float64, { type: "number", format: "double" }],
  ["any", any, {}],
  ["time", time, { type: "string", format: "date-time" }],
  ["bigInt", bigInt, { type: "integer" }],
  ["bytes", bytes, { type: "string", contentEncoding: "base64", pattern: expect.stringContaining("=") as string }],
  ["slice", slice(bool), { type: "array", items: { type: "boolean" } }],
  ["array", array(2, bool), { type: "array", items: { type: "boolean" }, minItems: 2, maxItems: 2 }],
  ["map", map(string, bool), { type: "object", additionalProperties: { type: "boolean" } }],
  [
    "map of integers",
    map(int8, bool),
    { type: "object", propertyNames: { pattern: "^-?[0-9]+$" }, additionalProperties: { type: "boolean" } },
  ],
  ["optional", optional(string), { type: ["string", "null"] }],
  ["optional any", optional(any), { anyOf: [{}, { type: "null" }] }],
  ["a type with a name", named("Celsius", float64), { title: "Celsius", type: "number", format: "double" }],
  ["a type that says nothing", binaryMarshaler("X", { encode: () => new Uint8Array(), decode: () => 1 }), {}],
])("%s", (_, schema, expected) => {
  expect(outputOf(schema)).toEqual(expected);
});

test("complex numbers have two parts", () => {
  expect(outputOf(complex64)).toMatchObject({ type: "object", required: ["real", "imag"] });
});

test("nil may be encoded for what is empty, and is never decoded", () => {
  expect(inputOf(slice(bool))).toEqual({ type: ["array", "null"], items: { type: "boolean" } });
  expect(inputOf(map(string, bool))["type"]).toEqual(["object", "null"]);
  expect(inputOf(bytes)["type"]).toEqual(["string", "null"]);
});

test("a struct has its fields; what is missing is zero, and is given all the same", () => {
  const Person = struct("Person", {
    Name: string,
    Boss: optional(string),
    More: any,
    Later: lazy(() => optional(bool)),
  });
  expect(inputOf(Person)).toEqual({
    title: "Person",
    type: "object",
    properties: {
      Name: { type: "string" },
      Boss: { type: ["string", "null"] },
      More: {},
      Later: { type: ["boolean", "null"] },
    },
  });
  expect(outputOf(Person)["required"]).toEqual(["Name", "Boss", "More", "Later"]);
});

test("types with a name are defined once, wherever they are used; what is embedded is no type of its own", () => {
  const Point = struct("main.Point", { X: int8 });
  const Other = struct("main.Point", { Y: int8 });
  const schema = outputOf(
    struct("", { A: Point, B: slice(Point), C: optional(Point), D: slice(Other), F: embedded(Other), E: duration }),
  );
  const ref = { $ref: "#/$defs/main.Point" };
  expect(schema["properties"]).toEqual({
    A: ref,
    B: { type: "array", items: ref },
    C: { anyOf: [ref, { type: "null" }] },
    D: { type: "array", items: { $ref: "#/$defs/main.Point2" } },
    Y: { type: "integer", format: "int8", minimum: -128, maximum: 127 },
    E: { $ref: "#/$defs/time.Duration" },
  });
  expect(Object.keys(schema["$defs"] as object)).toEqual(["main.Point", "main.Point2", "time.Duration"]);
});

test("types may contain themselves, with a name or without", () => {
  interface Node {
    Next: Node | null;
  }
  const Named: Schema<Node> = struct("Node", { Next: optional(lazy(() => Named)) });
  const Bare: Schema<Node> = struct({ Next: optional(lazy(() => Bare)) });
  const toRoot = { anyOf: [{ $ref: "#" }, { type: "null" }] };
  expect(outputOf(Named)).toMatchObject({ title: "Node", properties: { Next: toRoot } });
  expect(outputOf(Bare)).toMatchObject({ properties: { Next: toRoot } });
  expect(outputOf(slice(Bare))).toEqual({
    type: "array",
    items: { $ref: "#/$defs/struct" },
    $defs: {
      struct: {
        type: "object",
        properties: { Next: { anyOf: [{ $ref: "#/$defs/struct" }, { type: "null" }] } },
        required: ["Next"],
      },
    },
  });
});

test("names that are no part of a pointer are made so", () => {
  expect(outputOf(slice(named("a/b ~c", string)))).toEqual({
    type: "array",
    items: { $ref: "#/$defs/a_b__c" },
    $defs: { a_b__c: { type: "string" } },
  });
});

test("draft-07 keeps definitions elsewhere, other dialects are not known", () => {
  const schema = slice(named("A", string))["~standard"].jsonSchema;
  expect(schema?.output({ target: "draft-07" })).toEqual({
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "array",
    items: { $ref: "#/definitions/A" },
    definitions: { A: { type: "string" } },
  });
  expect(() => schema?.input({ target: "openapi-3.0" })).toThrow(TypeError);
});

test("a codec describes its values", () => {
  const uuid = binaryMarshaler("UUID", {
    encode: () => new Uint8Array(),
    decode: () => "",
    jsonSchema: { type: "string", format: "uuid" },
  });
  expect(outputOf(uuid)).toEqual({ type: "string", format: "uuid" });
});
