import { noCharacter } from "./xml-names.js";
import { escapeText, hasGoodReferences } from "./xml-references.js";

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]\1(?:\s+encoding\s*=\s*(["'])[A-Za-z][\w.-]*\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/;
/** All that a document is made of, and a `<` that begins none of it. No two ways lead through it: it takes linear time. */
const piece =
  /<!--([^]*?)-->|<!\[CDATA\[([^]*?)\]\]>|<\?([^]*?)\?>|(<[^!?"'<>][^"'<>]*(?:(?:"[^"<]*"|'[^'<]*')[^"'<>]*)*>)|([^<]+)|</g;

/**
 * Gives a document as tags and text alone: without its declaration, comments and instructions, CDATA as escaped text, ends
 * of lines as one. What a parser that takes its time, or too much at its word, might stumble over is refused here.
 *
 * Whether tags are well-formed, and match, is not looked at.
 * @throws {SyntaxError} it has a DOCTYPE, an entity of its own, a character that XML does not have, more than a root, or nests
 * deeper than `maxDepth`
 */
export function canonXml(source: string, maxDepth: number): string {
  const text = source.replace(/\r\n?/g, "\n").replace(declaration, ""); // section 2.11
  if (noCharacter.test(text)) refuse("A character that XML does not have");
  const scan = new Scan(maxDepth);
  return text.replace(piece, (_, ...parts: (string | undefined)[]) => scan.take(parts));
}

class Scan {
  readonly #maxDepth: number;
  #depth = 0;
  #hasRoot = false;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  take([comment, data, instruction, tag, text]: readonly (string | undefined)[]): string {
    if (text !== undefined) return this.#text(text);
    if (tag !== undefined) return this.#tag(tag);
    if (data !== undefined) return this.#data(data);
    if (comment !== undefined) return this.#comment(comment);
    if (instruction !== undefined) return this.#instruction(instruction);
    return refuse("DOCTYPE, declarations and what has no end are not allowed");
  }

  #text(text: string): string {
    if (text.includes("]]>")) refuse("]]> in text");
    if (this.#depth === 0 && text.trim() !== "") refuse("Text outside of the root");
    return this.#checked(text);
  }

  #tag(tag: string): string {
    if (tag.startsWith("</")) {
      if (--this.#depth < 0) refuse("An end of nothing");
      return tag;
    }
    if (this.#depth === 0 && this.#hasRoot) refuse("More than one root");
    this.#hasRoot = true;
    if (!tag.endsWith("/>") && ++this.#depth > this.#maxDepth) refuse(`Nested deeper than ${this.#maxDepth}`);
    return this.#checked(tag);
  }

  #checked(raw: string): string {
    return hasGoodReferences(raw) ? raw : refuse("An entity that is not one of the five");
  }

  #data(data: string): string {
    return this.#depth === 0 ? refuse("CDATA outside of the root") : escapeText(data);
  }

  #comment(comment: string): string {
    return comment.includes("--") || comment.endsWith("-") ? refuse("-- in a comment") : "";
  }

  #instruction(instruction: string): string {
    return /^(?!xml(?:\s|$))[^\s]/i.test(instruction) ? "" : refuse("A malformed processing instruction");
  }
}

function refuse(reason: string): never {
  throw new SyntaxError(`XML: ${reason}`);
}
