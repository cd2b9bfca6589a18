import { readFile } from "node:fs/promises";
import type { Results } from "../results.js";
import { namedFigures } from "./series.js";
import { UsageError } from "./usage-error.js";

/**
 * Reads what `--json` has printed.
 * @throws {UsageError} for a file that cannot be read, or holds something else
 */
export async function readBaseline(file: string): Promise<Results> {
  const text = await readFile(file, "utf8").catch((err: unknown) => {
    throw new UsageError(`Cannot read the baseline: ${(err as Error).message}`, { cause: err });
  });
  const value = parse(text);
  if (!isObject(value) || !("version" in value)) throw new UsageError(`${file} is no result of --json`);
  if (value["version"] !== 1) {
    throw new UsageError(`${file} has version ${String(value["version"])} of the format, and only 1 is known`);
  }
  if (!isResults(value)) throw new UsageError(`${file} is no result of --json, or a damaged one`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Looks at all that is used of a baseline. */
function isResults(value: unknown): value is Results {
  if (!isObject(value)) return false;
  const { machine, plan, rows, startedAt } = value;
  if (!isObject(machine) || !isObject(plan) || !Array.isArray(plan["sizes"])) return false;
  const texts = [startedAt, machine["node"], machine["platform"], machine["cpu"]];
  return texts.every((text) => typeof text === "string") && Array.isArray(rows) && rows.every(isRow);
}

function isRow(row: unknown): boolean {
  if (!isObject(row) || typeof row["name"] !== "string" || typeof row["side"] !== "string") return false;
  return row["status"] !== "measured" || hasFigures(row as unknown as { figures: Parameters<typeof namedFigures>[0] });
}

function hasFigures({ figures }: { figures: Parameters<typeof namedFigures>[0] }): boolean {
  try {
    return namedFigures(figures).every(
      ({ value, rounds }) => isNumber(value) && (rounds === null || (Array.isArray(rounds) && rounds.every(isNumber))),
    );
  } catch {
    return false; // something is missing
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}
