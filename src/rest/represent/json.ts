import { goText, parseExact } from "../go-json.js";
import type { EncodeContext, Representation } from "../types.js";
import { decodeText, requireUtf8 } from "./charset.js";
import { exceedsDepth } from "./json-depth.js";

/** `"__proto__":`, also with its letters escaped. */
const suspicious = /"(?:_|\\u005[fF]|p|r|o|t|\\u00[0-9a-fA-F]{2}){9}"\s*:/;

/**
 * Writes a state as JSON (RFC 8259), and reads JSON and all that is built on it. Names that come twice: the last one counts.
 * The name `__proto__` is refused.
 */
export const json: Representation = {
  mediaType: "application/json",
  alsoAccepts: ["application/*+json"],
  problem: { mediaType: "application/problem+json", encode: (document) => encodeJson(document, {}) },
  encode: encodeJson,
  decode(body, { charset, maxDepth, isExact = false }) {
    requireUtf8(charset);
    const text = decodeText(body, "utf-8");
    if (exceedsDepth(text, maxDepth)) throw new SyntaxError(`JSON: Nested deeper than ${maxDepth}`);
    const value = parseJson(text);
    return isExact ? parseExact(text) : value;
  },
};

function encodeJson(value: unknown, { schema }: EncodeContext): string {
  const text: string | undefined = goText(value, schema) ?? JSON.stringify(value);
  if (text === undefined) throw new TypeError(`Cannot write a ${typeof value} as JSON`);
  return text;
}

function parseJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  return JSON.parse(text, (name, value: unknown) => {
    if (name === "__proto__") throw new SyntaxError("JSON: The name __proto__ is not allowed");
    return value;
  });
}
