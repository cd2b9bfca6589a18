import { localName, noCharacter } from "./xml-names.js";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** What a reader would take for markup, or for another kind of space. */
const specialInText = /[&<>\r]/g;
const specialInAttribute = /[&<>"\r\n\t]/g;
const named: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const foreign = new RegExp(noCharacter.source, "gu");

/** Writes what JSON would say of a value as a document. */
export function writeXml(value: unknown): string {
  return declaration + element("document", "", plain(value));
}

/** Writes a problem document (RFC 9457 appendix B). */
export function writeProblemXml(document: Record<string, unknown>): string {
  const body = problemContent(plain(document));
  return `${declaration}<problem xmlns="urn:ietf:rfc:7807">${body}</problem>`;
}

/** What is left of a value when JSON has said it: no dates, no maps, no methods. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`Cannot write a ${typeof value} as XML`);
  return JSON.parse(text);
}

function element(name: string, attributes: string, value: unknown): string {
  const [type, content] = typed(value);
  const open = `<${name}${attributes}${type === "" ? "" : ` type="${type}"`}`;
  return content === "" ? `${open}/>` : `${open}>${content}</${name}>`;
}

function typed(value: unknown): readonly [type: string, content: string] {
  if (value === null) return ["null", ""];
  if (Array.isArray(value)) return ["array", value.map((item) => element("item", "", item)).join("")];
  if (typeof value === "object") return typedObject(value);
  return typeof value === "string" ? ["", escapeText(value)] : [typeof value, JSON.stringify(value)];
}

/** Only an object without members has to say that it is one. */
function typedObject(value: object): readonly [type: string, content: string] {
  const entries = Object.entries(value);
  return [entries.length === 0 ? "object" : "", entries.map(([name, item]) => member(name, item)).join("")];
}

function member(name: string, value: unknown): string {
  const isName = localName.test(name) && name !== "_";
  return isName ? element(name, "", value) : element("_", ` name="${escapeText(name, specialInAttribute)}"`, value);
}

function problemContent(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<i>${problemContent(item)}</i>`).join("");
  if (typeof value !== "object" || value === null)
    return value === null ? "" : escapeText(typeof value === "string" ? value : JSON.stringify(value));
  const members = Object.entries(value).filter(([name]) => localName.test(name));
  return members.map(([name, item]) => `<${name}>${problemContent(item)}</${name}>`).join("");
}

function escapeText(text: string, special: RegExp = specialInText): string {
  return text.replace(foreign, "\ufffd").replace(special, (char) => named[char] ?? `&#${char.charCodeAt(0)};`);
}
