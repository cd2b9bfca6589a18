import type { Schema } from "../../gob/schema.js";
import { EmbeddedSchema, type StructSchema } from "../../gob/struct.js";
import { encodeText } from "../../gob/text.js";
import { putMapHead } from "./plan-numbers.js";
import type { Part } from "./plan-part.js";

/** The fields of an object. */
export type Values = Record<string, unknown>;

/** A field as it is on the wire: Go writes those of an embedded struct among those of the outer one. */
export interface WireField {
  /** The way to it: names of embedded structs, and its own. */
  readonly path: readonly string[];
  readonly name: string;
  /** The name, as it is on the wire. */
  readonly key: Uint8Array;
  readonly schema: Schema;
}

/** A field, with the part for its type. */
export interface Step extends WireField {
  readonly part: Part;
}

/**
 * Gives the fields of a struct in the order in which Go writes them into a map, which is that of the names' bytes. Where
 * two have a name, the one that is nested less counts.
 */
export function wireFieldsOf(schema: StructSchema): readonly WireField[] {
  const found = new Map<string, WireField>();
  for (const field of allFields(schema, [])) {
    const other = found.get(field.name);
    if (other === undefined || field.path.length < other.path.length) found.set(field.name, field);
  }
  return [...found.values()].toSorted((a, b) => compare(a.key, b.key));
}

function allFields(schema: StructSchema, path: readonly string[]): WireField[] {
  return Object.entries(schema.fields).flatMap(([name, field]) => {
    const inner = [...path, name];
    if (field instanceof EmbeddedSchema) return allFields(field.struct as StructSchema, inner);
    return [{ path: inner, name, key: encodeText(name), schema: field }];
  });
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

/** Gives the value of a field, or nothing where one of the structs around it is not there. */
export function fieldOf(v: unknown, path: readonly string[]): unknown {
  let value = v;
  for (const name of path) value = (value as Values | null | undefined)?.[name];
  return value;
}

/** Sets the value of a field in an object that has all structs that are around it. */
export function setField(o: Values, path: readonly string[], value: unknown): void {
  let at = o;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) at = at[path[i] as string] as Values;
  at[path[last] as string] = value;
}

/** Makes objects of a struct's shape, with nothing in them. */
export function blankOf(schema: StructSchema): () => Values {
  const names = Object.keys(schema.fields);
  const blank = Object.fromEntries(names.map((name) => [name, undefined]));
  const inner = Object.entries(schema.fields).flatMap(([name, field]) =>
    field instanceof EmbeddedSchema ? [{ name, make: blankOf(field.struct as StructSchema) }] : [],
  );
  if (inner.length === 0) return () => ({ ...blank });
  return () => {
    const o: Values = { ...blank };
    for (const { name, make } of inner) o[name] = make();
    return o;
  };
}

/** The bytes that come before each value, one after the other: the head of the map first. */
export interface Heads {
  readonly bytes: Uint8Array;
  /** Where the head of the map ends. */
  readonly start: number;
  /** Where those before each value end. */
  readonly ends: readonly number[];
}

/** Gives the heads of all fields. */
export function headsOf(steps: readonly Step[]): Heads {
  const bytes: number[] = [];
  const scratch = new Uint8Array(5);
  const start = putMapHead(scratch, 0, steps.length);
  bytes.push(...scratch.subarray(0, start));
  const ends = steps.map(({ key }) => {
    const n = key.length;
    bytes.push(...(n < 32 ? [0xa0 | n] : [0xda, n >> 8, n & 255]), ...key);
    return bytes.length;
  });
  return { bytes: Uint8Array.from(bytes), start, ends };
}
