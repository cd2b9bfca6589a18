import { XMLParser, XMLValidator } from "fast-xml-parser";
import { canonXml } from "./xml-canon.js";
import { resolveReferences } from "./xml-references.js";

/** An element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text that stands directly in it. */
  readonly text: string;
}

/** What the parser makes of an element, and of text: what it holds is found under its name. */
type ParsedNode = Readonly<Record<string, unknown>>;

const textName = "#text";
const attributesName = ":@";
/** More of what the validator says is not for a message: it may repeat all of the document. */
const maxReasonLength = 100;
/** Stands before each name, so that none is one which the parser keeps for itself, or refuses. */
const mark = "$";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: mark,
  transformTagName: (name) => (name.startsWith(mark) ? name : mark + name),
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: Number.POSITIVE_INFINITY,
  jPath: false,
});

/**
 * Reads a document without a DTD, strictly.
 * @throws {SyntaxError} it is not well-formed, has a DOCTYPE or an entity of its own, or nests deeper than `maxDepth`
 * @see {@link https://www.w3.org/TR/xml/ | XML 1.0}
 */
export function readXml(source: string, maxDepth: number): XmlElement {
  const text = canonXml(source, maxDepth);
  // oxlint-disable-next-line typescript/no-deprecated -- what is to replace it comes in a package of its own
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new SyntaxError(`XML: ${valid.err.msg.slice(0, maxReasonLength)}`);
  const nodes = parser.parse(text) as readonly ParsedNode[];
  const root = nodes.map(elementOf).find((element) => element !== null);
  if (root == null) throw new SyntaxError("XML: There is no element");
  return root;
}

/** `null` for text. */
function elementOf(node: ParsedNode): XmlElement | null {
  const name = Object.keys(node).find((key) => key.startsWith(mark));
  if (name === undefined) return null;
  const nodes = node[name] as readonly ParsedNode[];
  return {
    name: name.slice(mark.length),
    attributes: attributesOf((node[attributesName] ?? {}) as Readonly<Record<string, string>>),
    children: nodes.map(elementOf).filter((element) => element !== null),
    text: resolveReferences(nodes.map((each) => (each[textName] as string | undefined) ?? "").join("")),
  };
}

/** White space in attributes is spaces (XML 1.0 section 3.3.3). */
function attributesOf(attributes: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(attributes).map(([name, value]) => [
      name.slice(mark.length),
      resolveReferences(value.replace(/[\t\n]/g, " ")),
    ]),
  );
}
