import type { Schema } from "../../gob/schema.js";
import { EmbeddedSchema, type StructSchema } from "../../gob/struct.js";
import { encodeText } from "../../gob/text.js";

/** A field as it is on the wire: Go writes those of an embedded struct among those of the outer one. */
export interface WireField {
  /** The way to it: names of embedded structs, and its own. */
  readonly path: readonly string[];
  readonly name: string;
  /** The name, as it is on the wire. */
  readonly key: Uint8Array;
  readonly schema: Schema;
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
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

/** Sets the value of a field in an object that has all structs that are around it. */
export function setField(o: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = o;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) at = at[path[i] as string] as Record<string, unknown>;
  at[path[last] as string] = value;
}

/** Makes objects of a struct's shape, with nothing in them. */
export function blankOf(schema: StructSchema): () => Record<string, unknown> {
  const names = Object.keys(schema.fields);
  const blank = Object.fromEntries(names.map((name) => [name, undefined]));
  const inner = Object.entries(schema.fields).flatMap(([name, field]) =>
    field instanceof EmbeddedSchema ? [{ name, make: blankOf(field.struct as StructSchema) }] : [],
  );
  if (inner.length === 0) return () => ({ ...blank });
  return () => {
    const o: Record<string, unknown> = { ...blank };
    for (const { name, make } of inner) o[name] = make();
    return o;
  };
}
