import { UsageError } from "./usage-error.js";

const most = 16 * 2 ** 20;
const factors: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20 };

/**
 * Reads sizes of messages such as `64,1k,1m`, in bytes, ascending.
 * @throws {UsageError} for what is none
 */
export function parseSizes(text: string): number[] {
  const sizes = text.split(",").map((each) => parseSize(each.trim()));
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}

function parseSize(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([km]?)$/i.exec(text) ?? [];
  const bytes = Number(digits) * (factors[unit.toLowerCase()] ?? 1);
  if (digits === "" || bytes < 8 || bytes > most) {
    throw new UsageError(`--sizes: '${text}' is no size from 8 to 16m, such as 64, 16k or 1m`);
  }
  return bytes;
}
