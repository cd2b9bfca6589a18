import { plainState } from "../go-json.js";
import type { Representation } from "../types.js";
import { decodeText } from "./charset.js";

const mediaType = "text/plain";
const contentType = "text/plain; charset=utf-8";

/**
 * Writes a state as text: strings as they are, all else as indented JSON. Reads text of any charset that browsers know,
 * and gives the string.
 */
export const text: Representation = {
  mediaType,
  contentType,
  problem: { mediaType, contentType, encode: encodeProblem },
  encode: (value, { schema }) =>
    typeof value === "string" ? value : JSON.stringify(plainState(value, schema), spelled, 2),
  decode: (body, { charset = "utf-8" }) => decodeText(body, charset),
};

function encodeProblem({ title, status, detail, ...more }: Record<string, unknown>): string {
  const lines = [`${String(status)} ${String(title)}`];
  if (typeof detail === "string") lines.push(detail);
  for (const [name, value] of Object.entries(more)) {
    if (name !== "type" || value !== "about:blank") lines.push(`${name}: ${oneLine(value)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A bigint is its digits. */
function spelled(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function oneLine(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
