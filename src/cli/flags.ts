import { type ParseArgsConfig, parseArgs } from "node:util";
import { maxDelayMs } from "../internal/after.js";
import { UsageError } from "./usage-error.js";

/** The flags of a command, as `parseArgs` of node:util takes them. */
type FlagTable = NonNullable<ParseArgsConfig["options"]>;

/** What {@link parseFlags} makes of them. */
type Parsed<T extends FlagTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** The flags that every sub-command has. */
export const commonFlags = {
  json: { type: "boolean", default: false },
  verbose: { type: "boolean", short: "v", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies FlagTable;

/** What they are, for the help. */
export const commonFlagsText = `  --json             all output as JSON, one object a line, errors too
  -v, --verbose      say more; errors with their causes and stacks
  -h, --help         print this`;

/**
 * Reads flags and words.
 * @throws {UsageError} for flags that there are not, and for values that are missing
 */
export function parseFlags<const T extends FlagTable>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (err) {
    const [firstSentence = ""] = (err as Error).message.split(/\.\s|\n|\.$/);
    throw new UsageError(firstSentence, { cause: err });
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a time such as `500ms`, `1.5s`, `2m` or `1h`, in ms.
 * @throws {UsageError} for a time without a unit, and for one of more than 24 days
 */
export function parseDuration(flag: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (units[unit] ?? Number.NaN);
  if (digits === "" || ms > maxDelayMs) throw new UsageError(`--${flag} ${text}: give a time such as 500ms, 5s or 2m`);
  return ms;
}

/**
 * Reads a number of bytes such as `4096`, `64KiB` or `32MiB`.
 * @throws {UsageError} for what is none
 */
export function parseBytes(flag: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(|B|KiB|MiB|GiB)$/.exec(text) ?? [];
  const factor = 1024 ** Math.max(0, ["B", "KiB", "MiB", "GiB"].indexOf(unit));
  const bytes = Number(digits) * factor;
  if (digits === "" || bytes > 2 ** 31) throw new UsageError(`--${flag} ${text}: give a size up to 2GiB, such as 4MiB`);
  return bytes;
}

/**
 * Reads pairs such as `key=value`, or `Name: value` with another separator.
 * @throws {UsageError} for one without the separator, or without a key
 */
export function parsePairs(flag: string, texts: readonly string[], separator: "=" | ":"): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf(separator);
    if (at < 1)
      throw new UsageError(`--${flag} ${text}: give it as ${separator === "=" ? "key=value" : "'Name: value'"}`);
    return [text.slice(0, at).trim(), separator === ":" ? text.slice(at + 1).trim() : text.slice(at + 1)];
  });
}

/**
 * Reads one of several words.
 * @throws {UsageError} for any other
 */
export function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  if ((choices as readonly string[]).includes(text)) return text as T;
  throw new UsageError(`--${flag} ${text}: there are ${choices.join(", ")}`);
}

/**
 * Checks how many words there are.
 * @throws {UsageError} for too few, naming the first that is missing, and for too many
 */
export function checkWords(words: readonly string[], needed: readonly string[], most = needed.length): void {
  const missing = needed[words.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = words[most];
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'`);
}
