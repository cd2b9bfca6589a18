import type { XmlElement } from "./xml-reader.js";

const numeric = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Gives the value that an element stands for; with `isExact`, an integer that no number holds is a bigint. */
export function toValue(element: XmlElement, isExact = false): unknown {
  const { children, text } = element;
  const type = element.attributes.get("type") ?? "";
  const word = text.trim();
  switch (type) {
    case "null":
      return null;
    case "array":
      return children.map((child) => toValue(child, isExact));
    case "object":
      return toObject(element, isExact);
    case "number":
      return numeric.test(word) ? toNumber(word, isExact) : refuse(type);
    case "boolean":
      return /^(?:true|false|1|0)$/.test(word) ? word === "true" || word === "1" : refuse(type);
    default:
      return isPlain(element) ? text : toObject(element, isExact);
  }
}

/** More digits than that are never made a bigint of, which takes time that grows with their square. */
const maxDigits = 4096;

function toNumber(word: string, isExact: boolean): number | bigint {
  const number = Number(word);
  const isBig = isExact && /^-?\d+$/.test(word) && word.length <= maxDigits && !Number.isSafeInteger(number);
  return isBig ? BigInt(word) : number;
}

function refuse(type: string): never {
  throw new SyntaxError(`XML: What is said to be a ${type} is none`);
}

/** Tells whether an element is its text, and no more. */
function isPlain({ name, attributes, children }: XmlElement): boolean {
  return children.length === 0 && [...attributes.keys()].every((attribute) => isOurs(name, attribute));
}

/** Tells whether an attribute says what an element is, and is no data. */
function isOurs(element: string, attribute: string): boolean {
  return attribute === "xmlns" || attribute.startsWith("xmlns:") || (element === "_" && attribute === "name");
}

function toObject(element: XmlElement, isExact: boolean): Record<string, unknown> {
  const { name, attributes, children, text } = element;
  const type = attributes.get("type");
  const members = new Map<string, unknown>();
  for (const [attribute, value] of attributes) {
    const isType = attribute === "type" && type === "object";
    if (!isType && !isOurs(name, attribute)) members.set(`@${attribute}`, value);
  }
  for (const [key, group] of groupChildren(children)) {
    const values = group.map((child) => toValue(child, isExact));
    members.set(key, values.length === 1 ? values[0] : values);
  }
  if (text.trim() !== "") members.set("#text", text);
  if (members.has("__proto__")) throw new SyntaxError("XML: The name __proto__ is not allowed");
  return Object.fromEntries(members);
}

function groupChildren(children: readonly XmlElement[]): Map<string, XmlElement[]> {
  const groups = new Map<string, XmlElement[]>();
  for (const child of children) {
    const key = (child.name === "_" ? child.attributes.get("name") : undefined) ?? child.name;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [child]);
    else group.push(child);
  }
  return groups;
}
