import { any } from "./any.js";
import { GoTime } from "./go-time.js";
import { int, int8, int16, int32, int64, uint16, uint32, uint64 } from "./integers.js";
import { map } from "./map.js";
import { optional } from "./optional.js";
import { bool, bytes, float32, float64, string } from "./scalars.js";
import type { Schema } from "./schema.js";
import { isSlice, slice } from "./slice.js";
import { type Fields, isStruct, StructSchema } from "./struct.js";
import { time } from "./well-known.js";

const maxDepth = 200;
const views: readonly (readonly [abstract new (...args: never[]) => object, Schema])[] = [
  [Uint8Array, bytes],
  [Uint8ClampedArray, bytes],
  [Int8Array, slice(int8)],
  [Int16Array, slice(int16)],
  [Int32Array, slice(int32)],
  [Uint16Array, slice(uint16)],
  [Uint32Array, slice(uint32)],
  [BigInt64Array, slice(int64)],
  [BigUint64Array, slice(uint64)],
  [Float32Array, slice(float32)],
  [Float64Array, slice(float64)],
  [GoTime, time],
  [Date, time],
];

/** What is yet unknown: nil, or the elements of what is empty. */
const unknownType = optional(any);

/**
 * Finds the type of a value. Integers are int, other numbers float64, objects structs of their own properties (but not
 * of functions, which Go leaves out too), and what is of many types is `any`.
 * @throws {TypeError} for what Go has nothing for
 */
export function infer(value: unknown): Schema {
  const schema = inferAt(value, 0);
  return schema === unknownType ? any : schema;
}

function inferAt(value: unknown, depth: number): Schema {
  switch (typeof value) {
    case "boolean":
      return bool;
    case "string":
      return string;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? int : float64;
    case "bigint":
      return inferBigInt(value);
    case "undefined":
      return unknownType;
    case "object":
      return value === null ? unknownType : inferObject(value, depth + 1);
    case "function":
    case "symbol":
      throw new TypeError(`gob: NewTypeObject cannot handle a ${typeof value}`);
  }
}

function inferBigInt(value: bigint): Schema {
  if (BigInt.asIntN(64, value) === value) return int64.as("auto");
  if (BigInt.asUintN(64, value) === value) return uint64;
  throw new RangeError("gob: a bigint beyond 64 bits needs the schema bigInt");
}

function inferObject(value: object, depth: number): Schema {
  if (depth > maxDepth) throw new RangeError("gob: value without a schema is nested too deep, or within itself");
  const known = views.find(([type]) => value instanceof type);
  if (known !== undefined) return known[1];
  if (Array.isArray(value)) return slice(uniteAll(value, depth));
  if (value instanceof Map) return map(uniteAll(value.keys(), depth), uniteAll(value.values(), depth));
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Set) {
    throw new TypeError(`gob: NewTypeObject cannot handle a ${value.constructor.name}`);
  }
  const sent = Object.entries(value).filter(([, field]) => typeof field !== "function" && field !== undefined);
  const fields = Object.fromEntries(sent.map(([name, field]) => [name, settled(inferAt(field, depth))]));
  return new StructSchema(nameOf(value), fields);
}

function nameOf(value: object): string {
  const { name } = (value.constructor ?? Object) as { name?: unknown };
  return typeof name === "string" && name !== "Object" ? name : "";
}

function settled(schema: Schema): Schema {
  return schema === unknownType ? any : schema;
}

function uniteAll(values: Iterable<unknown>, depth: number): Schema {
  let all: Schema = unknownType;
  for (const value of values) all = unite(all, inferAt(value, depth));
  return settled(all);
}

/** Finds a type for values of two. */
function unite(a: Schema, b: Schema): Schema {
  if (a === b || b === unknownType || a.key === b.key) return b === unknownType && a !== unknownType ? any : a;
  if (a === unknownType) return b;
  if (isNumber(a) && isNumber(b)) return widest(a, b);
  if (isStruct(a) && isStruct(b) && a.typeName === b.typeName) return uniteStructs(a, b);
  if (isSlice(a) && isSlice(b)) return slice(unite(a.elem, b.elem));
  return any;
}

function isNumber(schema: Schema): boolean {
  return schema === int || schema === float64 || schema.key === "int64";
}

function widest(a: Schema, b: Schema): Schema {
  if (a === float64 || b === float64) return a.key === "int64" || b.key === "int64" ? any : float64;
  return int64;
}

/** A field that one of them lacks is a pointer. */
function uniteStructs(a: StructSchema, b: StructSchema): Schema {
  const names = [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])];
  const united = names.map((name) => [name, uniteFields(a.fields, b.fields, name)]);
  return new StructSchema(a.typeName, Object.fromEntries(united) as Fields);
}

function uniteFields(a: Fields, b: Fields, name: string): Schema {
  const [one, other] = [fieldOf(a, name), fieldOf(b, name)];
  if (one !== undefined && other !== undefined) return unite(one, other);
  const only = (one ?? other) as Schema;
  return only.isPointer || only === any ? only : optional(only);
}

function fieldOf(fields: Fields, name: string): Schema | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
