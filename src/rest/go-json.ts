import type { AnySchema, AnySchemaResult } from "../gob/any-schema.js";
import { formatJSON } from "../gob/json/format.js";
import { parseValue } from "../gob/json/parse.js";

/** The JSON that Go's encoding/json has for the values of a type: what the schemas of `toolkit/gob` bring along. */
interface GoJSON {
  /** Gives the value that JSON stands for. With `isText`, all in it may be text. */
  check(json: unknown, isText?: boolean): AnySchemaResult;
  /** Gives what {@link formatJSON} makes text of. */
  toJSON(value: unknown): unknown;
}

/** Deeper than that no value is written. */
const maxDepth = 1000;

/** Tells of a schema of `toolkit/gob` how JSON has its values; `null` of others. */
export function goJSONOf(schema: AnySchema | undefined): GoJSON | null {
  if (schema === undefined || schema["~standard"].vendor !== "toolkit") return null;
  return (schema as unknown as { readonly json?: GoJSON }).json ?? null;
}

/** Checks a value that was decoded, which is JSON where the schema is one of `toolkit/gob`; nothing at all is none. */
export function checkDecoded<T>(
  schema: AnySchema<T>,
  value: unknown,
  isText: boolean,
): AnySchemaResult<T> | Promise<AnySchemaResult<T>> {
  const go = value === undefined ? null : goJSONOf(schema);
  return go === null ? schema["~standard"].validate(value) : (go.check(value, isText) as AnySchemaResult<T>);
}

/** Gives what a state is written from: what Go's JSON has, where the schema tells the type. Bytes are bytes still. */
export function stateOf(value: unknown, schema: AnySchema | undefined): unknown {
  const go = value === null || value === undefined ? null : goJSONOf(schema);
  return go === null ? value : go.toJSON(value);
}

/** Writes a state of such a type as JSON; `null` where the type is another's. */
export function goText(value: unknown, schema: AnySchema | undefined): string | null {
  if (schema === undefined || value === null || value === undefined) return null;
  const go = goJSONOf(schema);
  return go === null ? null : formatJSON(go.toJSON(value), maxDepth);
}

/** Gives a state as JSON.parse would, with integers that no number holds as bigints; other states as they are. */
export function plainState(value: unknown, schema: AnySchema | undefined): unknown {
  const text = goText(value, schema);
  return text === null ? value : parseValue(text, true);
}

/** Gives the value of valid JSON text, with integers that no number holds as bigints. */
export function parseExact(text: string): unknown {
  return parseValue(text, true);
}
