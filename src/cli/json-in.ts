import { fromBase64 } from "../gob/json/base64.js";
import { parseValue } from "../gob/json/parse.js";
import { UsageError } from "./usage-error.js";

const maxDepth = 500;
const floats: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

/**
 * Reads JSON as `formatJSON` writes it: an integer that a number cannot hold is a bigint, `{"$bytes":"…"}` bytes.
 * @throws {UsageError} for what is no JSON
 */
export function parseJSON(text: string): unknown {
  try {
    JSON.parse(text); // for what is wrong with it
  } catch (err) {
    throw new UsageError(`ARGS is no JSON: ${(err as Error).message}`);
  }
  return revive(parseValue(text), 0);
}

function revive(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxDepth) throw new UsageError(`ARGS is nested deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) return value.map((item) => revive(item, depth + 1));
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && only[0].startsWith("$")) {
    const special = reviveSpecial(only[0], only[1]);
    if (special !== undefined) return special;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, revive(item, depth + 1)]));
}

function reviveSpecial(key: string, value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  if (key === "$float" && Object.hasOwn(floats, value)) return floats[value];
  if (key !== "$bytes") return undefined;
  const bytes = fromBase64(value);
  if (bytes === null) throw new UsageError("ARGS has no base64 in $bytes");
  return bytes;
}
