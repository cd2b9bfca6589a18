import { Outcome } from "./outcome.js";
import { Problem } from "./problem.js";
import type { Representations } from "./representations.js";

/** Writes a problem in the format that Accept asks for. */
export function problemOutcome(problem: Problem, represent: Representations, accept: string | null): Outcome {
  const format = represent.chooseProblem(accept);
  const body = encode(problem, (document) => format.encode(document));
  const outcome = new Outcome(problem.status, body, ["Content-Type", format.contentType ?? format.mediaType]);
  if (represent.list.length > 1) outcome.vary("Accept");
  outcome.add(problem.headers);
  return outcome;
}

/** Extensions that cannot be written do not take the problem with them. */
function encode(problem: Problem, write: (document: Record<string, unknown>) => string): string {
  try {
    return write(problem.toJSON());
  } catch {
    const { status, type, title, detail } = problem;
    return write(new Problem(status, { type, title, detail }).toJSON());
  }
}

/** Tells a {@link Problem}, also one of another copy of the package, from all else that is thrown. */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error) || error.name !== "Problem") return null;
  const { status, toJSON, headers } = error as Error & Partial<Problem>;
  if (typeof status !== "number" || typeof toJSON !== "function" || status < 400 || status > 599) return null;
  return Problem.from(toJSON.call(error), status, headers === undefined ? undefined : new Headers(headers));
}
