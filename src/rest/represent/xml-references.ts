import { noCharacter } from "./xml-names.js";

/** An ampersand that begins no reference: to one of the five entities, or to a character. */
const noReference = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,8}|#x[\da-fA-F]{1,8});)/;
const reference = /&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));/g;
const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
const named: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** What a reader would take for markup, or for another kind of space. */
const specialInText = /[&<>\r]/g;
const specialInAttribute = /[&<>"\r\n\t]/g;

/** Tells whether all that looks like a reference is one. */
export function hasGoodReferences(raw: string): boolean {
  return !noReference.test(raw);
}

/**
 * Puts in what references stand for.
 * @throws {SyntaxError} it is no character of XML
 */
export function resolveReferences(raw: string): string {
  if (!raw.includes("&")) return raw;
  return raw.replace(reference, (_, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return character(Number.parseInt(hex, 16));
    return decimal === undefined ? (entities.get(name ?? "") ?? "") : character(Number(decimal));
  });
}

function character(code: number): string {
  const char = code > 0x10ffff ? "\0" : String.fromCodePoint(code);
  if (noCharacter.test(char)) throw new SyntaxError("XML: A reference to a character that XML does not have");
  return char;
}

/** Writes text so that it comes back as it is. */
export function escapeText(text: string): string {
  return escapeSpecial(text, specialInText);
}

/** Writes text for an attribute. */
export function escapeAttribute(text: string): string {
  return escapeSpecial(text, specialInAttribute);
}

function escapeSpecial(text: string, special: RegExp): string {
  return text.replace(special, (char) => named[char] ?? `&#${char.charCodeAt(0)};`);
}
