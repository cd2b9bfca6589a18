import { parseArgs } from "node:util";
import { type CandidateName, candidateNames } from "./candidates.js";
import type { Plan } from "./compare.js";

/** What the user asks for. */
export interface Options {
  readonly names: readonly CandidateName[];
  readonly plan: Plan;
  readonly json: boolean;
  readonly help: boolean;
}

/** Says what is wrong with the command line. */
export class UsageError extends Error {}

const usualPlan: Plan = { rounds: 8, phaseMs: 150, warmUpMs: 250 };
const quickPlan: Plan = { rounds: 4, phaseMs: 50, warmUpMs: 80 };

/** What --help prints. */
export const helpText = `Compares the transports side by side, on this machine.

Usage: npm start -- [options]

  --only <names>  only these rows, as in --only tcp,ws; there are
                  ${candidateNames.join(", ")}
  --quick         takes less than 15 seconds, not 60; the figures waver more
  --json          prints one JSON object, not the table; use npm start --silent
  --help          prints this

Exit codes: 0 if all ran, 1 if some failed, 2 if the options are wrong, and
130 after Ctrl-C.
`;

/** Reads the command line. @throws {UsageError} if it makes no sense */
export function parseOptions(args: readonly string[]): Options {
  const { only, quick, json, help } = parseFlags(args);
  return {
    names: only === undefined ? candidateNames : chooseNames(only),
    plan: quick ? quickPlan : usualPlan,
    json,
    help,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    }).values;
  } catch (err) {
    const [firstSentence = ""] = (err as Error).message.split(/\.\s|\n/);
    throw new UsageError(firstSentence, { cause: err });
  }
}

function chooseNames(only: readonly string[]): CandidateName[] {
  const asked = only.flatMap((list) => list.split(",")).map((name) => name.trim());
  const unknown = asked.filter((name) => !(candidateNames as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const them = unknown.map((name) => `'${name}'`).join(", ");
    throw new UsageError(`Unknown in --only: ${them}; there are ${candidateNames.join(", ")}`);
  }
  return candidateNames.filter((name) => asked.includes(name));
}
