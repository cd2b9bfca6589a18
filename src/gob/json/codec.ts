import { GobError } from "../errors.js";
import type { Infer, InferInput, Schema } from "../schema.js";
import { formatJSON } from "./format.js";
import { parseValue } from "./parse.js";
import { plainJSON } from "./plain.js";

/** Deeper than that no value is written. */
const maxDepth = 1000;

/**
 * Gives what Go's encoding/json has for a value, as JSON.parse would: bytes as base64, times as RFC 3339, maps as objects, the fields
 * of embedded structs among those of the outer one. Integers that no number holds are bigints: see {@link marshalJSON}.
 * @throws {TypeError} for what is no value of the type, or has no JSON, with its place
 */
export function toJSON<S extends Schema>(value: InferInput<S>, schema: S): unknown {
  return plainJSON(schema.json.toJSON(value), maxDepth);
}

/**
 * Gives the value that JSON stands for, as Go's encoding/json would: fields are found whatever their case, unknown ones passed over,
 * and what is missing or null is Go's zero value. Integers beyond 2^53 are exact as bigints: see {@link unmarshalJSON}.
 * @throws {GobError} in Go's words, with the path: `json: cannot unmarshal string into Go struct field Args.A of type int`
 */
export function fromJSON<S extends Schema>(json: unknown, schema: S): Infer<S> {
  return schema.json.fromJSON(json) as Infer<S>;
}

/**
 * Writes a value as JSON text, as Go's json.Marshal does for the type; all integers are exact.
 *
 * Where it differs: `<`, `>` and `&` are not escaped, maps keep their order, -0 is 0, and an empty slice, map or byte slice is never null.
 * Complex numbers, of which Go's JSON knows none, are objects of `real` and `imag`.
 *
 * ```ts
 * import { bytes, int64, marshalJSON, struct, time, unmarshalJSON } from "toolkit/gob";
 *
 * const Mail = struct("Mail", { Id: int64, Sent: time, Body: bytes });
 * const text = marshalJSON({ Id: 2n ** 62n, Sent: new Date(0), Body: Uint8Array.of(1, 2) }, Mail);
 * console.log(text); // {"Id":4611686018427387904,"Sent":"1970-01-01T00:00:00Z","Body":"AQI="}
 * console.log(unmarshalJSON(text, Mail).Id); // 4611686018427387904n
 * ```
 * @throws {TypeError} for what is no value of the type, or has no JSON, with its place
 * @see {@link https://pkg.go.dev/encoding/json#Marshal | Go json.Marshal}
 */
export function marshalJSON<S extends Schema>(value: InferInput<S>, schema: S): string {
  return formatJSON(schema.json.toJSON(value), maxDepth);
}

/**
 * Reads JSON text, as Go's json.Unmarshal does into a fresh value of the type: what {@link fromJSON} does, with all integers exact.
 * A name `__proto__` arrives as `__proto_`.
 * @throws {GobError} for what is no JSON, and what does not fit, with the path
 * @see {@link https://pkg.go.dev/encoding/json#Unmarshal | Go json.Unmarshal}
 */
export function unmarshalJSON<S extends Schema>(text: string, schema: S): Infer<S> {
  return fromJSON(parseExact(text), schema);
}

function parseExact(text: string): unknown {
  try {
    JSON.parse(text);
    return parseValue(text, true);
  } catch (err) {
    if (err instanceof RangeError) throw new GobError("ERR_LIMIT", "json: exceeded max depth", err);
    throw new GobError("ERR_GOB_DATA", `json: ${err instanceof Error ? err.message : "invalid"}`, err);
  }
}
