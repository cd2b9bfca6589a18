import { toBase64 } from "./base64.js";

/**
 * Writes a value as JSON text, as Go's encoding/json and JSON.stringify agree to; where they differ:
 *
 * - A `Uint8Array`, `ArrayBuffer` or `DataView` is base64, a `Date` RFC 3339, a bigint its digits.
 * - A `Map` is an object, if its keys are strings, numbers, bigints or booleans; a `Set` and a typed array are arrays.
 * - `toJSON` is called. `undefined` is left out of objects, and null in arrays.
 * - What JSON has no words for is an error, and not left out: NaN, infinities, functions, symbols, and what is nested
 *   deeper than `maxDepth`, as all cycles are.
 * @throws {TypeError} in Go's words where Go has them, as `json: unsupported value: NaN`
 */
export function formatJSON(value: unknown, maxDepth: number): string {
  return isPlain(value, maxDepth) ? JSON.stringify(value) : format(value, maxDepth);
}

/** Tells whether JSON.stringify does right by a value. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (value === null) return true;
  if (depth <= 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth - 1));
  return isPlainRecord(value as Record<string, unknown>, depth);
}

function isPlainRecord(record: Record<string, unknown>, depth: number): boolean {
  if (record.constructor !== Object) return false;
  for (const key in record) if (record[key] !== undefined && !isPlain(record[key], depth - 1)) return false;
  return true;
}

function format(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`json: unsupported value: ${goNumber(value)}`);
      return JSON.stringify(value);
    case "bigint":
      return value.toString();
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : formatObject(value, depth);
    case "function":
    case "symbol":
      throw new TypeError(`json: unsupported type: ${typeof value}`);
  }
}

function goNumber(n: number): string {
  return Number.isNaN(n) ? "NaN" : n > 0 ? "+Inf" : "-Inf";
}

function formatObject(value: object, depth: number): string {
  if (depth <= 0) throw new TypeError("json: unsupported value: nested too deep, or within itself");
  const { toJSON } = value as { toJSON?: unknown };
  if (value instanceof Date) return formatDate(value);
  if (typeof toJSON === "function") return format(toJSON.call(value), depth - 1);
  if (Array.isArray(value) || value instanceof Set) return formatList(value as Iterable<unknown>, depth - 1);
  if (value instanceof Map) return formatEntries(value as Map<unknown, unknown>, depth - 1);
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  if (value instanceof ArrayBuffer) return `"${toBase64(new Uint8Array(value))}"`;
  if (value instanceof DataView) {
    return `"${toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}"`;
  }
  if (ArrayBuffer.isView(value)) return formatList(value as unknown as Iterable<unknown>, depth - 1);
  return formatEntries(Object.entries(value), depth - 1);
}

/** Go leaves out the zeros of a fraction. */
function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TypeError("json: unsupported value: Invalid Date");
  return `"${date.toISOString().replace(/\.?0+Z$/, "Z")}"`;
}

function formatList(list: Iterable<unknown>, depth: number): string {
  return `[${Array.from(list, (item) => format(item, depth)).join(",")}]`;
}

function formatEntries(entries: Iterable<readonly [unknown, unknown]>, depth: number): string {
  const parts: string[] = [];
  for (const [key, value] of entries) {
    if (value !== undefined) parts.push(`${JSON.stringify(keyOf(key))}:${format(value, depth)}`);
  }
  return `{${parts.join(",")}}`;
}

function keyOf(key: unknown): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "bigint" || typeof key === "boolean") return String(key);
  throw new TypeError(`json: unsupported type: Map with keys of type ${key === null ? "null" : typeof key}`);
}
