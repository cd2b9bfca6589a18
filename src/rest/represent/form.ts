import type { Representation } from "../types.js";
import { decodeText, requireUtf8 } from "./charset.js";
import { toRecord } from "./record.js";

/**
 * Reads what HTML forms send: an object of strings, and of arrays of strings for names that come twice.
 *
 * Browsers send forms to other sites without asking: a resource that takes them and trusts cookies needs a guard.
 */
export const form: Representation = {
  mediaType: "application/x-www-form-urlencoded",
  isText: true,
  encode: (value) => new URLSearchParams(pairs(value)).toString(),
  decode(body, { charset }) {
    requireUtf8(charset);
    const parameters = new URLSearchParams(decodeText(body, "utf-8"));
    if (parameters.has("__proto__")) throw new SyntaxError("Form: The name __proto__ is not allowed");
    return toRecord(parameters);
  },
};

function pairs(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) throw new TypeError("A form is an object");
  return Object.entries(value).flatMap(([name, one]) => {
    const values: unknown[] = Array.isArray(one) ? one : [one];
    return values.filter((v) => v !== undefined).map((v): [string, string] => [name, String(v as string | number)]);
  });
}
