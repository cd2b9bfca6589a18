/** One link of a Link field. */
export interface Link {
  /** Where it leads: an absolute URL, or one relative to what was asked for. */
  readonly target: string;
  /** What it is to what was asked for: `"next"`, `"prev"`. */
  readonly rel: string;
  /** More attributes, as `title`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
/** What a target may consist of: a URI, in which all else is escaped. */
const uri = /^[!#-;=?-[\]_a-z~]*$/i;

/**
 * Writes a Link field.
 *
 * @example
 * ```ts
 * import { formatLinks } from "toolkit/rest";
 *
 * console.log(formatLinks([{ target: "/videos?page=2", rel: "next" }])); // </videos?page=2>; rel="next"
 * ```
 * @throws {TypeError} for a target that is no URI, a relation or an attribute that could be taken for something else
 * @see {@link https://www.rfc-editor.org/rfc/rfc8288#section-3 | RFC 8288 section 3}
 */
export function formatLinks(links: readonly Link[]): string {
  return links.map(formatLink).join(", ");
}

function formatLink({ target, rel, attributes = {} }: Link): string {
  if (!uri.test(target)) throw new TypeError(`Target ${JSON.stringify(target)} is no URI`);
  const all = [["rel", rel], ...Object.entries(attributes)] as const;
  return `<${target}>${all.map(([name = "", value = ""]) => formatAttribute(name, value)).join("")}`;
}

function formatAttribute(name: string, value: string): string {
  if (!token.test(name)) throw new TypeError(`Attribute ${JSON.stringify(name)} is no token`);
  if (!/^[\t -~]*$/.test(value)) throw new TypeError(`Attribute ${name} has more than ASCII in it`);
  return `; ${name}="${value.replace(/["\\]/g, "\\$&")}"`;
}

/** One more would be no list to page through. */
const maxLinks = 100;
const target = /[\s,]*<([^>]*)>\s*/y;
const attribute = /;\s*(?:([!#$%&'*+.^_`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?)?\s*/y;

/**
 * Reads a Link field: a link for each relation that it names, in lower case. Of what is malformed it gives the links
 * before it; a server's mistake is no reason to fail.
 *
 * @example
 * ```ts
 * import { parseLinks } from "toolkit/rest";
 *
 * const [next] = parseLinks('</videos?page=2>; crossorigin; rel="next last"; title="two"');
 * console.log(next?.target, next?.rel, next?.attributes); // /videos?page=2 next { crossorigin: '', title: 'two' }
 * ```
 */
export function parseLinks(field: string | null): Link[] {
  const text = field ?? "";
  const links: Link[] = [];
  for (let at = 0; at < text.length && links.length < maxLinks; ) {
    target.lastIndex = at;
    const match = target.exec(text);
    if (match === null) break;
    const attributes = new Map<string, string>();
    at = readAttributes(text, target.lastIndex, attributes);
    const rels = (attributes.get("rel") ?? "").toLowerCase().split(/\s+/);
    attributes.delete("rel");
    const rest = Object.fromEntries(attributes);
    for (const rel of rels) if (rel !== "") links.push({ target: match[1] ?? "", rel, attributes: rest });
    if (at < text.length && text[at] !== ",") break;
  }
  return links;
}

/** The first of a name counts. */
function readAttributes(text: string, from: number, attributes: Map<string, string>): number {
  for (let at = from; ; at = attribute.lastIndex) {
    attribute.lastIndex = at;
    const match = attribute.exec(text);
    if (match === null) return at;
    const [, name = "", quoted, bare] = match;
    const key = name.toLowerCase();
    if (key !== "" && !attributes.has(key)) attributes.set(key, quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
  }
}
