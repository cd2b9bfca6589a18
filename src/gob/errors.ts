/**
 * Why bytes were refused.
 *
 * - `ERR_GOB_DATA`: they are no gob, or not a whole one in its frame.
 * - `ERR_GOB_TYPE`: their type does not fit the schema; the stream goes on with the next value.
 * - `ERR_GOB_RANGE`: a number does not fit the schema's; the stream goes on with the next value.
 * - `ERR_GOB_NAME`: the name of an interface value's type is not registered; the stream goes on.
 * - `ERR_GOB_CODEC`: a codec of the caller's threw, and `cause` is what; the stream goes on.
 * - `ERR_LIMIT`: a limit of {@link DecoderOptions} is reached.
 * - `ERR_UNEXPECTED_EOF`: the stream ends in the middle of a value.
 */
export type GobErrorCode =
  | "ERR_GOB_DATA"
  | "ERR_GOB_TYPE"
  | "ERR_GOB_RANGE"
  | "ERR_GOB_NAME"
  | "ERR_GOB_CODEC"
  | "ERR_LIMIT"
  | "ERR_UNEXPECTED_EOF";

/**
 * Reports bytes that cannot be decoded, in Go's words where Go has them. What the caller does wrong, such as a value that
 * does not fit its schema, is a `TypeError` or a `RangeError` instead.
 */
export class GobError extends Error {
  override name = "GobError";
  /** Which kind of failure this is. */
  readonly code: GobErrorCode;
  /** Where in the JSON the fault is: names, and indexes of lists; empty for bytes. */
  readonly path: readonly PropertyKey[];

  constructor(code: GobErrorCode, message: string, cause?: unknown, path: readonly PropertyKey[] = []) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** Bytes that no encoder writes. */
export function corrupt(message: string): GobError {
  return new GobError("ERR_GOB_DATA", `gob: ${message}`);
}

/** Bytes of another type than the schema's. */
export function mismatch(message: string): GobError {
  return new GobError("ERR_GOB_TYPE", `gob: ${message}`);
}

/** More than a limit allows. */
export function overLimit(message: string): GobError {
  return new GobError("ERR_LIMIT", `gob: ${message}`);
}

/** A number that the schema has no room for. */
export function outOfRange(name: string): GobError {
  return new GobError("ERR_GOB_RANGE", `value for "${name}" out of range`);
}

/** An end in the middle of something. */
export function unexpectedEOF(): GobError {
  return new GobError("ERR_UNEXPECTED_EOF", "unexpected EOF");
}
