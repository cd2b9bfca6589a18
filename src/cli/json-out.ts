import { toBase64 } from "../gob/json/base64.js";

/**
 * Spells any value that a codec gives as JSON, without losing anything of it: a bigint is its digits, bytes are
 * `{"$bytes":"…"}` in base64, and what of floats JSON has no words for is `{"$float":"NaN"}`. A `Map` whose keys are no
 * words or numbers is a list of pairs. Nothing in it could drive a terminal.
 * @param indent - how many spaces for each level; all in one line without
 */
export function formatJSON(value: unknown, indent = 0): string {
  return escaped(format(value, indent, "\n"));
}

/** JSON.stringify leaves what terminals may take for controls; it stands in strings alone. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function format(value: unknown, indent: number, newline: string): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return String(value);
    case "number":
      return formatNumber(value);
    case "object":
      return value === null ? "null" : formatObject(value, indent, newline);
    case "undefined":
    case "function":
    case "symbol":
      return "null";
  }
}

function formatNumber(n: number): string {
  if (Object.is(n, -0)) return "-0";
  return Number.isFinite(n) ? String(n) : `{"$float":"${n}"}`;
}

function formatObject(value: object, indent: number, newline: string): string {
  if (value instanceof Uint8Array) return `{"$bytes":"${toBase64(value)}"}`;
  if (ArrayBuffer.isView(value)) return list(Array.from(value as unknown as Iterable<unknown>), indent, newline);
  if (Array.isArray(value) || value instanceof Set) return list([...(value as Iterable<unknown>)], indent, newline);
  if (value instanceof Map) return formatMap(value, indent, newline);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return format((value as { toJSON(): unknown }).toJSON(), indent, newline);
  return record(Object.entries(value), indent, newline);
}

function formatMap(map: ReadonlyMap<unknown, unknown>, indent: number, newline: string): string {
  const entries = [...map];
  if (!entries.every(([key]) => ["string", "number", "bigint", "boolean"].includes(typeof key))) {
    return list(entries, indent, newline);
  }
  return record(
    entries.map(([key, value]) => [String(key), value]),
    indent,
    newline,
  );
}

function list(items: readonly unknown[], indent: number, newline: string): string {
  const inner = newline + " ".repeat(indent);
  return enclosed(
    "[]",
    items.map((item) => format(item, indent, inner)),
    indent,
    newline,
  );
}

function record(entries: readonly (readonly [string, unknown])[], indent: number, newline: string): string {
  const inner = newline + " ".repeat(indent);
  const colon = indent === 0 ? ":" : ": ";
  const fields = entries
    .filter(([, value]) => value !== undefined && typeof value !== "function")
    .map(([key, value]) => JSON.stringify(key) + colon + format(value, indent, inner));
  return enclosed("{}", fields, indent, newline);
}

function enclosed(brackets: string, parts: readonly string[], indent: number, newline: string): string {
  const [open, close] = brackets;
  if (indent === 0 || parts.length === 0) return `${open}${parts.join(",")}${close}`;
  const inner = newline + " ".repeat(indent);
  return `${open}${inner}${parts.join(`,${inner}`)}${newline}${close}`;
}
