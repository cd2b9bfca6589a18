import { XMLBuilder, type XmlBuilderOptions } from "fast-xml-parser";
import type { AnySchema } from "../../gob/any-schema.js";
import { plainState } from "../go-json.js";
import { localName, noCharacter } from "./xml-names.js";
import { escapeAttribute, escapeText } from "./xml-references.js";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const foreign = new RegExp(noCharacter.source, "gu");

/** What the builder makes an element of: its children under its name; or text. */
type Node = Readonly<Record<string, unknown>>;

const settings: XmlBuilderOptions = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  processEntities: false, // it knows nothing of returns, which readers would take for ends of lines
  suppressEmptyNode: true,
  maxNestedTags: Number.POSITIVE_INFINITY,
};
// oxlint-disable-next-line typescript/no-deprecated -- what is to replace it comes in a package of its own
const builder = new XMLBuilder(settings);
// oxlint-disable-next-line typescript/no-deprecated -- the same
const problemBuilder = new XMLBuilder({ ...settings, suppressEmptyNode: false });

/** Writes what JSON would say of a value as a document. */
export function writeXml(value: unknown, schema?: AnySchema): string {
  const state = plainState(value, schema);
  return declaration + builder.build([element("document", {}, state === value ? plain(value) : state)]);
}

/** Writes a problem document (RFC 9457 appendix B). */
export function writeProblemXml(document: Record<string, unknown>): string {
  const attributes = { xmlns: "urn:ietf:rfc:7807" };
  return declaration + problemBuilder.build([node("problem", attributes, problemContent(plain(document)))]);
}

/** What is left of a value when JSON has said it: no dates, no maps, no methods. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`Cannot write a ${typeof value} as XML`);
  return JSON.parse(text);
}

function node(name: string, attributes: Readonly<Record<string, string>>, children: readonly Node[]): Node {
  return { [name]: children, ":@": attributes };
}

function textNode(text: string): Node {
  return { "#text": escapeText(sayable(text)) };
}

function sayable(text: string): string {
  return text.replace(foreign, "\ufffd");
}

function element(name: string, attributes: Readonly<Record<string, string>>, value: unknown): Node {
  const [type, children] = typed(value);
  return node(name, type === "" ? attributes : { ...attributes, type }, children);
}

function typed(value: unknown): readonly [type: string, children: readonly Node[]] {
  if (value === null) return ["null", []];
  if (Array.isArray(value)) return ["array", value.map((item) => element("item", {}, item))];
  if (typeof value === "object") return typedObject(value);
  if (typeof value === "bigint") return ["number", [textNode(value.toString())]];
  return typeof value === "string" ? ["", [textNode(value)]] : [typeof value, [textNode(JSON.stringify(value))]];
}

/** Only an object without members has to say that it is one. */
function typedObject(value: object): readonly [type: string, children: readonly Node[]] {
  const entries = Object.entries(value);
  return [entries.length === 0 ? "object" : "", entries.map(([name, item]) => member(name, item))];
}

function member(name: string, value: unknown): Node {
  const isName = localName.test(name) && name !== "_";
  return isName ? element(name, {}, value) : element("_", { name: escapeAttribute(sayable(name)) }, value);
}

function problemContent(value: unknown): readonly Node[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.map((item) => node("i", {}, problemContent(item)));
  if (typeof value !== "object") return [textNode(typeof value === "string" ? value : JSON.stringify(value))];
  const members = Object.entries(value).filter(([name]) => localName.test(name));
  return members.map(([name, item]) => node(name, {}, problemContent(item)));
}
