import { formatJSON } from "../../gob/json/format.js";
import { EncodeError } from "../errors.js";
import type { RawJSON } from "./raw.js";

/**
 * Encodes a value as JSON, as Go's encoding/json and JSON.stringify agree to.
 * @returns `undefined` for `undefined`
 * @throws {EncodeError} in Go's words where Go has them, as `json: unsupported value: NaN`
 */
export function formatValue(value: unknown, maxDepth: number): RawJSON | undefined {
  return value === undefined ? undefined : encoding(() => formatJSON(value, maxDepth));
}

/** Does what may fail for what JSON has no words for. */
export function encoding<T>(encode: () => T): T {
  try {
    return encode();
  } catch (err) {
    const message = err instanceof Error ? err.message : "Cannot encode a value";
    throw new EncodeError(message.startsWith("json: ") ? message : `json: ${message}`, { cause: err });
  }
}

/** Escapes what a browser might take for HTML, and what JavaScript once took for an end of line, as Go's encoder does. */
export function escapeHTML(raw: RawJSON): RawJSON {
  return raw.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
