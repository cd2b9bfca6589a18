/**
 * Go's encoding/gob, and the types that it can carry, as schemas.
 *
 * ```ts
 * import { decode, encode, type Infer, int, map, slice, string, struct } from "toolkit/gob";
 *
 * const Person = struct("Person", { Name: string, Age: int, Tags: slice(string), Scores: map(string, int) });
 * const ada: Infer<typeof Person> = { Name: "Ada", Age: 36, Tags: ["math"], Scores: new Map([["chess", 7]]) };
 *
 * const bytes = encode(ada, Person); // what a Go program decodes into `type Person struct { … }`
 * console.log(decode(bytes, Person).Name); // Ada
 * ```
 *
 * A schema is a type of Go's: it gives the TypeScript type (`Infer`), checks values as a Standard Schema, prints itself
 * in Go's spelling, and encodes and decodes. `docs/gob.md` explains the format on real bytes.
 *
 * ## Concurrency
 *
 * Schemas never change, and are compiled once for all streams. An `Encoder` and a `Decoder` are each for one direction of
 * one stream; their calls are served in order. All else is synchronous.
 *
 * ## Limits
 *
 * On by default, see {@link DecoderLimits}: what a peer sends cannot take more memory, stack or time than they allow.
 *
 * ## JSON
 *
 * A schema also is what Go's encoding/json makes of the type: {@link marshalJSON} and {@link unmarshalJSON} for text,
 * {@link toJSON} and {@link fromJSON} for what JSON.parse gives. JSON-RPC and `toolkit/rest` go by them, and the JSON Schema
 * under `~standard.jsonSchema` describes just that.
 *
 * ## Errors
 *
 * What comes from outside and is wrong is a {@link GobError}, in Go's words where Go has them. A value that does not fit
 * its schema is a `TypeError` or a `RangeError` that names the place.
 *
 * ## Differences from Go
 *
 * - Each value is decoded afresh: there is no merging into one that is there.
 * - Interface values of types that are new are defined ahead of the value, not within; and a value that is skipped may
 *   hold such, where Go's decoder loses its way.
 * - Types without a name that are built alike are one type, as in Go; structs with a name are one type if name and
 *   fields agree.
 * - A nil map decodes as an empty one. A -0 in a struct is left out, as Go does.
 *
 * @see {@link https://pkg.go.dev/encoding/gob | Go encoding/gob}
 * @module toolkit/gob
 */
export { any } from "./any.js";
export { type BytesCodec, binaryMarshaler, CustomSchema, gobEncoder } from "./custom.js";
export { toDebugString } from "./debug.js";
export { type ByteReader, type Decoded, Decoder, type DecoderOptions, decode } from "./decoder.js";
export { type ByteWriter, type Encoded, Encoder, type EncoderOptions, encode } from "./encoder.js";
export { GobError, type GobErrorCode } from "./errors.js";
export { GoTime, type InstantLike } from "./go-time.js";
export { infer } from "./infer.js";
export {
  type InMode,
  type IntegerMode,
  IntegerSchema,
  int,
  int8,
  int16,
  int32,
  int64,
  Uint8Schema,
  uint,
  uint8,
  uint16,
  uint32,
  uint64,
  uintptr,
} from "./integers.js";
export { fromJSON, marshalJSON, toJSON, unmarshalJSON } from "./json/codec.js";
export type { JSONMethods } from "./json/types.js";
export type { JSONSchema, JSONSchemaOptions, StandardJSONSchema } from "./json-schema.js";
export { lazy } from "./lazy.js";
export type { DecoderLimits } from "./limits.js";
export { type MapInput, MapSchema, map } from "./map.js";
export { named } from "./named.js";
export { OptionalSchema, optional } from "./optional.js";
export { defaultRegistry, Registry, register, Typed, typed } from "./registry.js";
export { bool, bytes, type Complex, complex64, complex128, float32, float64, string } from "./scalars.js";
export { type Infer, type InferInput, Schema } from "./schema.js";
export { ArraySchema, array, SliceSchema, slice } from "./slice.js";
export type {
  StandardFailure,
  StandardIssue,
  StandardProps,
  StandardResult,
  StandardSchema,
  StandardSuccess,
} from "./standard.js";
export {
  EmbeddedSchema,
  embedded,
  type Fields,
  type InferFields,
  type InferFieldsInput,
  type MayMiss,
  type Simplify,
  StructSchema,
  struct,
} from "./struct.js";
export { bigInt, duration, time } from "./well-known.js";
