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

const usualPlan: Plan = { rounds: 3, phaseMs: 400, warmUpMs: 250 };
const quickPlan: Plan = { rounds: 2, phaseMs: 100, warmUpMs: 100 };

export const help = `Compares the transports side by side, on this machine, with one echo server and one client.

Usage: npm start -- [options]

  --only <names>  only these rows, as in --only tcp,ws; there are
                  ${candidateNames.join(", ")}
  --quick         less than 15 seconds instead of less than 60; the figures waver more
  --json          prints one JSON object instead of the table (npm start --silent -- --json)
  --help          prints this

Exit codes: 0 if all ran, 1 if some failed, 2 if the options are wrong, 130 after Ctrl-C.
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
