import { noCharacter } from "./xml-names.js";
import { escapeText, hasGoodReferences } from "./xml-references.js";

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]\1(?:\s+encoding\s*=\s*(["'])[A-Za-z][\w.-]*\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/;
/** What ends a tag, or begins what may hold it. */
const delimiter = /["'<>]/g;

/**
 * Gives a document as tags and text alone: without its declaration, comments and instructions, CDATA as escaped text, ends
 * of lines as one. Where parsers disagree, or take their time, it is refused here; what is, is so at once.
 *
 * Whether tags are well-formed, and match, is not looked at.
 * @throws {SyntaxError} it has a DOCTYPE, an entity of its own, a character that XML does not have, more than a root, or nests
 * deeper than `maxDepth`
 */
export function canonXml(source: string, maxDepth: number): string {
  const text = source.replace(/\r\n?/g, "\n").replace(declaration, ""); // section 2.11
  if (noCharacter.test(text)) refuse("A character that XML does not have");
  return new Scan(text, maxDepth).all();
}

class Scan {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #delimiter = new RegExp(delimiter);
  #at = 0;
  #depth = 0;
  #hasRoot = false;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  all(): string {
    const parts: string[] = [];
    while (this.#at < this.#text.length) parts.push(this.#next());
    return parts.join("");
  }

  #next(): string {
    const begins = (start: string) => this.#text.startsWith(start, this.#at);
    if (!begins("<")) return this.#characters();
    if (begins("<!--")) return this.#comment(this.#until("-->", 4));
    if (begins("<![CDATA[")) return this.#data(this.#until("]]>", 9));
    if (begins("<!")) return refuse("DOCTYPE and declarations are not allowed");
    return begins("<?") ? this.#instruction(this.#until("?>", 2)) : this.#element();
  }

  /** Takes what stands up to `end`, after `skip` characters of its beginning. */
  #until(end: string, skip: number): string {
    const stop = this.#text.indexOf(end, this.#at + skip);
    if (stop < 0) refuse("It ends too soon");
    const body = this.#text.slice(this.#at + skip, stop);
    this.#at = stop + end.length;
    return body;
  }

  #characters(): string {
    const end = this.#text.indexOf("<", this.#at);
    const raw = this.#text.slice(this.#at, end < 0 ? this.#text.length : end);
    this.#at += raw.length;
    if (raw.includes("]]>")) refuse("]]> in text");
    if (this.#depth === 0 && /[^ \t\n]/.test(raw)) refuse("Text outside of the root");
    return checked(raw);
  }

  #element(): string {
    const from = this.#at;
    this.#at = this.#tagEnd();
    const tag = this.#text.slice(from, this.#at);
    if (tag.startsWith("</")) {
      if (--this.#depth < 0) refuse("An end of nothing");
      return tag;
    }
    if (this.#depth === 0 && this.#hasRoot) refuse("More than one root");
    this.#hasRoot = true;
    if (!tag.endsWith("/>") && ++this.#depth > this.#maxDepth) refuse(`Nested deeper than ${this.#maxDepth}`);
    return checked(tag);
  }

  /** A `>` in quotes does not end a tag. */
  #tagEnd(): number {
    this.#delimiter.lastIndex = this.#at + 1;
    for (;;) {
      const found = this.#delimiter.exec(this.#text) ?? refuse("It ends too soon");
      const [char] = found;
      if (char === ">") return found.index + 1;
      const end = char === "<" ? -1 : this.#text.indexOf(char, found.index + 1);
      const isGood = end > 0 && !this.#text.slice(found.index, end).includes("<");
      this.#delimiter.lastIndex = isGood ? end + 1 : refuse("< in a tag");
    }
  }

  #data(data: string): string {
    return this.#depth === 0 ? refuse("CDATA outside of the root") : escapeText(data);
  }

  #comment(comment: string): string {
    return comment.includes("--") || comment.endsWith("-") ? refuse("-- in a comment") : "";
  }

  #instruction(instruction: string): string {
    return /^(?!xml(?:\s|$))[^\s?]/i.test(instruction) ? "" : refuse("A malformed processing instruction");
  }
}

function checked(raw: string): string {
  return hasGoodReferences(raw) ? raw : refuse("An entity that is not one of the five");
}

function refuse(reason: string): never {
  throw new SyntaxError(`XML: ${reason}`);
}
