import { toBase64 } from "./base64.js";
import { formatJSON } from "./format.js";
import { parseValue } from "./parse.js";

/**
 * Gives what JSON.parse would of what was written of a value: bytes are base64, maps objects.
 * @throws {TypeError} for what an interface value may hold that JSON has no words for
 */
export function plainJSON(written: unknown, maxDepth: number): unknown {
  if (typeof written !== "object" || written === null) return plainScalar(written);
  if (maxDepth <= 0) throw new TypeError("json: unsupported value: nested too deep, or within itself");
  if (Array.isArray(written)) return written.map((item) => plainJSON(item, maxDepth - 1));
  if (written instanceof Uint8Array) return toBase64(written);
  if (written instanceof Map) return plainRecord(written as Map<unknown, unknown>, maxDepth);
  if (written.constructor !== Object) return parseValue(formatJSON(written, maxDepth), true);
  return plainRecord(Object.entries(written), maxDepth);
}

function plainScalar(value: unknown): unknown {
  const isPlain = typeof value === "string" || typeof value === "boolean" || typeof value === "bigint";
  if (isPlain || Number.isFinite(value) || value == null) return value ?? null;
  return formatJSON(value, 1); // which throws
}

function plainRecord(entries: Iterable<readonly [unknown, unknown]>, maxDepth: number): Record<string, unknown> {
  const there = Array.from(entries).filter(([, item]) => item !== undefined);
  return Object.fromEntries(there.map(([key, item]) => [String(key), plainJSON(item, maxDepth - 1)]));
}
