import { noCharacter, qualifiedName } from "./xml-names.js";

/** An element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All text that stands directly in it. */
  text: string;
}

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]\1(?:\s+encoding\s*=\s*(["'])[A-Za-z][\w.-]*\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/;
const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * Reads a document without a DTD, strictly.
 * @throws {SyntaxError} it is not well-formed, has a DOCTYPE or an entity of its own, or nests deeper than `maxDepth`
 * @see {@link https://www.w3.org/TR/xml/ | XML 1.0}
 */
export function readXml(source: string, maxDepth: number): XmlElement {
  const text = source.replace(/\r\n?/g, "\n"); // section 2.11
  if (noCharacter.test(text)) refuse("A character that XML does not have");
  return new Reader(text, maxDepth).document();
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #name = new RegExp(qualifiedName, "uy");
  readonly #open: XmlElement[] = [];
  #root: XmlElement | null = null;
  #at: number;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#at = declaration.exec(text)?.[0].length ?? 0;
  }

  document(): XmlElement {
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === "<") this.#markup();
      else this.#characters();
    }
    if (this.#root === null || this.#open.length > 0) refuse("It ends too soon");
    return this.#root;
  }

  #markup(): void {
    const text = this.#text;
    if (text.startsWith("<!--", this.#at)) this.#comment();
    else if (text.startsWith("<![CDATA[", this.#at)) this.#cdata();
    else if (text.startsWith("<!", this.#at)) refuse("DOCTYPE and declarations are not allowed");
    else if (text.startsWith("<?", this.#at)) this.#instruction();
    else if (text.startsWith("</", this.#at)) this.#endTag();
    else this.#startTag();
  }

  #characters(): void {
    const end = this.#text.indexOf("<", this.#at);
    const raw = this.#text.slice(this.#at, end < 0 ? this.#text.length : end);
    this.#at += raw.length;
    if (raw.includes("]]>")) refuse("]]> in text");
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += resolve(raw);
    else if (raw.trim() !== "") refuse("Text outside of the root");
  }

  #comment(): void {
    const body = this.#until("-->", 4);
    if (body.includes("--") || body.endsWith("-")) refuse("-- in a comment");
  }

  #cdata(): void {
    const element = this.#open.at(-1);
    if (element === undefined) refuse("CDATA outside of the root");
    element.text += this.#until("]]>", 9);
  }

  #instruction(): void {
    const body = this.#until("?>", 2);
    const target = /^[^\s?]+/.exec(body)?.[0] ?? "";
    if (target === "" || target.toLowerCase() === "xml") refuse("A malformed processing instruction");
  }

  /** Takes what stands up to `end`, after `skip` characters of its beginning. */
  #until(end: string, skip: number): string {
    const stop = this.#text.indexOf(end, this.#at + skip);
    if (stop < 0) refuse("It ends too soon");
    const body = this.#text.slice(this.#at + skip, stop);
    this.#at = stop + end.length;
    return body;
  }

  #endTag(): void {
    this.#at += 2;
    const name = this.#takeName();
    this.#space();
    if (this.#open.pop()?.name !== name) refuse(`</${name}> does not match`);
    this.#expect(">");
  }

  #startTag(): void {
    this.#at += 1;
    const name = this.#takeName();
    const element: XmlElement = { name, attributes: this.#attributes(), children: [], text: "" };
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (this.#root !== null) refuse("More than one root");
    else this.#root = element;
    if (this.#text[this.#at] === "/") this.#at += 1;
    else this.#enter(element);
    this.#expect(">");
  }

  #enter(element: XmlElement): void {
    if (this.#open.push(element) > this.#maxDepth) refuse(`Nested deeper than ${this.#maxDepth}`);
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    while (this.#space() && !/[/>]/.test(this.#text[this.#at] ?? ">")) {
      const name = this.#takeName();
      this.#space();
      this.#expect("=");
      this.#space();
      if (attributes.has(name)) refuse(`The attribute ${name} comes twice`);
      attributes.set(name, this.#attributeValue());
    }
    return attributes;
  }

  #attributeValue(): string {
    const quote = this.#text[this.#at] ?? "";
    if (quote !== '"' && quote !== "'") refuse("An attribute without quotes");
    const raw = this.#until(quote, 1);
    if (raw.includes("<")) refuse("< in an attribute");
    return resolve(raw.replace(/[\t\n]/g, " "));
  }

  #takeName(): string {
    this.#name.lastIndex = this.#at;
    const name = this.#name.exec(this.#text)?.[0];
    if (name === undefined) refuse("A name is missing");
    this.#at += name.length;
    return name;
  }

  /** Goes past white space; tells whether there was any. */
  #space(): boolean {
    const from = this.#at;
    while (/^[ \t\n]$/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    return this.#at > from;
  }

  #expect(char: string): void {
    if (this.#text[this.#at] !== char) refuse(`${char} is missing`);
    this.#at += 1;
  }
}

function resolve(raw: string): string {
  if (!raw.includes("&")) return raw;
  return raw.replace(/&([^;]*)(;?)/g, (_, name: string, end: string) => {
    const char = end === "" ? undefined : (entities.get(name) ?? character(name));
    return char ?? refuse("An entity that is not one of the five");
  });
}

function character(name: string): string | undefined {
  const [, decimal, hex] = /^#(?:(\d{1,8})|x([\da-f]{1,8}))$/i.exec(name) ?? [];
  if (name.startsWith("#X") || (decimal ?? hex) === undefined) return undefined;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  const char = code > 0x10ffff ? "\0" : String.fromCodePoint(code);
  return noCharacter.test(char) ? undefined : char;
}

function refuse(reason: string): never {
  throw new SyntaxError(`XML: ${reason}`);
}
