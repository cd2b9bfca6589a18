import { parseArgs } from "node:util";
import { type Choice, type Load, planFor } from "../compare.js";
import type { Plan } from "../results.js";
import { choose, type Offer } from "./choose.js";
import { parseSizes } from "./sizes.js";
import { UsageError } from "./usage-error.js";

/** What the user asks for. */
export interface Options {
  readonly choice: Choice;
  /** Makes the plan for what can be measured. */
  planOf(load: Load): Plan;
  readonly json: boolean;
  /** A file with an earlier result. */
  readonly baseline: string | null;
  /** The file to write the report to. */
  readonly report: string | null;
  readonly open: boolean;
  readonly serve: boolean;
  readonly color: boolean;
  readonly help: boolean;
}

const [usualSeconds, quickSeconds, mostSeconds] = [120, 30, 3600] as const;
/** In the current folder: some browsers may not read the system's folder for temporary files. */
const usualReport = "compare-report.html";

/** Reads the command line. @throws {UsageError} if it makes no sense */
export function parseOptions(args: readonly string[], offer: Offer): Options {
  const flags = parseFlags(args);
  const names = flags.only?.flatMap((list) => list.split(",")).map((name) => name.trim());
  const choice = names === undefined ? offer : choose(offer, names);
  const seconds = secondsOf(flags.duration, flags.quick);
  const sizes = flags.sizes === undefined ? [] : [parseSizes(flags.sizes)];
  return {
    choice,
    planOf: (load) => planFor(load, seconds, ...sizes),
    json: flags.json,
    baseline: flags.baseline ?? null,
    report: flags.report ?? (flags.open && !flags.serve ? usualReport : null),
    open: flags.open,
    serve: flags.serve,
    color: !flags["no-color"],
    help: flags.help,
  };
}

function parseFlags(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        sizes: text,
        duration: text,
        quick: flag,
        json: flag,
        baseline: text,
        report: text,
        open: flag,
        serve: flag,
        "no-color": flag,
        help: { ...flag, short: "h" },
      },
    }).values;
  } catch (err) {
    const [firstSentence = ""] = (err as Error).message.split(/\.\s|\n|\.$/);
    throw new UsageError(firstSentence, { cause: err });
  }
}

function secondsOf(duration: string | undefined, quick: boolean): number {
  if (duration === undefined) return quick ? quickSeconds : usualSeconds;
  if (quick) throw new UsageError("--quick and --duration exclude each other");
  const seconds = Number(duration);
  if (duration.trim() === "" || !(seconds >= 1 && seconds <= mostSeconds)) {
    throw new UsageError(`--duration: '${duration}' is no number of seconds from 1 to ${mostSeconds}`);
  }
  return seconds;
}
