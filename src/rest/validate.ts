import type { AnySchema, AnySchemaIssue } from "../gob/any-schema.js";
import { checkDecoded } from "./go-json.js";
import { Problem } from "./problem.js";

/** What the value is a part of. */
export type Subject = "body" | "query";

/** As many issues are told. */
const maxIssues = 100;

/**
 * Checks a value; gives what the schema makes of it. With `isText`, all in it may be text.
 * @throws {Problem} 422: `errors` has, for each issue, its `detail`, and a `pointer` into the body (RFC 6901, as a fragment)
 * or the name of the `parameter`
 */
export async function validate<T>(schema: AnySchema<T>, value: unknown, subject: Subject, isText = false): Promise<T> {
  const result = await checkDecoded(schema, value, isText);
  if (result.issues === undefined) return result.value;
  const errors = result.issues.slice(0, maxIssues).map((issue) => describe(issue, subject));
  throw new Problem(422, { detail: `The ${subject} is not valid`, extensions: { errors } });
}

function describe({ message, path = [] }: AnySchemaIssue, subject: Subject): Record<string, string> {
  const keys = path.map((step) => String(typeof step === "object" ? step.key : step));
  if (subject === "query") return { detail: message, parameter: keys.join(".") };
  return { detail: message, pointer: `#${keys.map((key) => `/${toToken(key)}`).join("")}` };
}

/** Escapes for a JSON Pointer, and that for a fragment (RFC 6901 section 6). */
function toToken(key: string): string {
  const token = key.replaceAll("~", "~0").replaceAll("/", "~1");
  return encodeURIComponent(token.replace(/\p{Surrogate}/gu, "\ufffd"));
}
