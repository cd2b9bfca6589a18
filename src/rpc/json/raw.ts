import { isBlank, skipBlank, skipComma, skipString, skipValue, textOf } from "../../gob/json/scan.js";

// What is read here has passed a JSONFramer, so it is valid; only the shape is still to be found out.

const quote = 0x22;

/** The text of a JSON value, as it stood in its message: Go's json.RawMessage. */
export type RawJSON = string;

/** Tells what a JSON value is, in the words of Go's encoding/json. */
export function kindOf(raw: RawJSON): "object" | "array" | "string" | "number" | "bool" | "null" {
  switch (raw.charCodeAt(0)) {
    case 0x7b:
      return "object";
    case 0x5b:
      return "array";
    case quote:
      return "string";
    case 0x74:
    case 0x66:
      return "bool";
    case 0x6e:
      return "null";
    default:
      return "number";
  }
}

/** Calls `visit` with each member of an object, in order; a key may come more than once. */
export function eachMember(raw: RawJSON, visit: (key: string, value: RawJSON) => void): void {
  let at = skipBlank(raw, 1);
  while (raw.charCodeAt(at) === quote) {
    const keyEnd = skipString(raw, at);
    const from = skipBlank(raw, skipBlank(raw, keyEnd) + 1);
    const to = skipValue(raw, from);
    visit(textOf(raw, at, keyEnd), raw.slice(from, to));
    at = skipComma(raw, to);
  }
}

/** Calls `visit` with each element of an array, until it returns `false`. */
export function eachElement(raw: RawJSON, visit: (value: RawJSON) => boolean | void): void {
  let at = skipBlank(raw, 1);
  while (at < raw.length && raw.charCodeAt(at) !== 0x5d) {
    const to = skipValue(raw, at);
    if (visit(raw.slice(at, to)) === false) return;
    at = skipComma(raw, to);
  }
}

/** Returns the only element of an array that has one; otherwise `undefined`. */
export function onlyElement(raw: RawJSON): RawJSON | undefined {
  const found: RawJSON[] = [];
  eachElement(raw, (value) => found.push(value) < 2);
  return found.length === 1 ? found[0] : undefined;
}

/** Takes the white space out that no string holds. */
export function compact(raw: RawJSON): RawJSON {
  let out = "";
  for (let at = 0; at < raw.length; ) {
    const next = raw.charCodeAt(at) === quote ? skipString(raw, at) : at + 1;
    if (next > at + 1 || !isBlank(raw.charCodeAt(at))) out += raw.slice(at, next);
    at = next;
  }
  return out;
}

/** Copies a text that is to be kept: a part of a long one holds on to all of it otherwise. */
export function kept(raw: RawJSON): RawJSON {
  return raw.length < 13 ? raw : raw.split("").join("");
}

/** Takes the white space off both ends. */
export function trimmed(text: string): RawJSON {
  const from = skipBlank(text, 0);
  let to = text.length;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}
