import { cleanPath, unescapeSegment } from "./path.js";

/**
 * One piece of a pattern: a literal segment, `{name}`, the tail that a trailing slash or `{name...}` stands for (the
 * slash has no name), or the end of the URL, `{$}`.
 */
export interface Segment {
  /** What it matches. */
  readonly kind: "literal" | "one" | "tail" | "end";
  /** The literal, decoded, or the name of the wildcard. */
  readonly text: string;
}

/** A pattern without a method, taken apart. */
export interface Pattern {
  /** As it was given. */
  readonly source: string;
  /** The host that it asks for, in lower case; `""` for any. */
  readonly host: string;
  /** Its pieces; there is at least one. */
  readonly segments: readonly Segment[];
  /** The names of its wildcards, in order. */
  readonly names: readonly string[];
}

const wildcardName = /^[\p{L}_][\p{L}_\p{Nd}]*$/u;
const method = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * Reads a pattern, in the syntax of Go's ServeMux, without a method.
 * @throws {SyntaxError} it is none; in Go's words
 * @see {@link https://pkg.go.dev/net/http#hdr-Patterns-ServeMux | Go ServeMux, patterns}
 */
export function parsePattern(source: string): Pattern {
  if (source === "") refuse("http: invalid pattern");
  const slash = source.indexOf("/");
  const blank = source.search(/[ \t]/);
  if (blank >= 0) refuseMethod(source, source.slice(0, blank));
  if (slash < 0) refuseAt(source, 0, "host/path missing /");
  const host = source.slice(0, slash);
  const brace = host.indexOf("{");
  if (brace >= 0) refuseAt(source, brace, "host contains '{' (missing initial '/'?)");
  const path = source.slice(slash);
  if (path !== cleanPath(path)) refuseAt(source, slash, "pattern with unclean path can never match");
  const segments = parseSegments(source, slash);
  const names = segments.filter(({ kind, text }) => (kind === "one" || kind === "tail") && text !== "");
  return { source, host: host.toLowerCase(), segments, names: names.map(({ text }) => text) };
}

function parseSegments(source: string, from: number): Segment[] {
  const segments: Segment[] = [];
  const seen = new Set<string>();
  for (let start = from; start < source.length; ) {
    const at = start + 1; // behind the slash
    const slash = source.indexOf("/", at);
    const end = slash < 0 ? source.length : slash;
    const segment = parseSegment(source, at, end);
    if (segment.kind === "one" || (segment.kind === "tail" && segment.text !== "")) {
      if (seen.has(segment.text)) refuseAt(source, at, `duplicate wildcard name ${JSON.stringify(segment.text)}`);
      seen.add(segment.text);
    }
    segments.push(segment);
    start = end;
  }
  return segments;
}

function parseSegment(source: string, at: number, end: number): Segment {
  const text = source.slice(at, end);
  if (at === source.length) return { kind: "tail", text: "" };
  if (text.startsWith(":")) refuseAt(source, at, `a wildcard is written {name}, not ${text}; write %3A for a colon`);
  if (!text.includes("{")) return { kind: "literal", text: unescapeSegment(text) };
  if (!text.startsWith("{")) refuseAt(source, at, "bad wildcard segment (must start with '{')");
  if (!text.endsWith("}")) refuseAt(source, at, "bad wildcard segment (must end with '}')");
  return parseWildcard(source, at, end);
}

function parseWildcard(source: string, at: number, end: number): Segment {
  const inner = source.slice(at + 1, end - 1);
  const isLast = end === source.length;
  if (inner === "$") return isLast ? { kind: "end", text: "" } : refuseAt(source, at, "{$} not at end");
  const isTail = inner.endsWith("...");
  const name = isTail ? inner.slice(0, -3) : inner;
  if (isTail && !isLast) refuseAt(source, at, "{...} wildcard not at end");
  if (name === "") refuseAt(source, at, "empty wildcard");
  if (!wildcardName.test(name)) refuseAt(source, at, `bad wildcard name ${JSON.stringify(name)}`);
  return { kind: isTail ? "tail" : "one", text: name };
}

function refuseMethod(source: string, name: string): never {
  if (!method.test(name)) refuseAt(source, 0, `invalid method ${JSON.stringify(name)}`);
  return refuseAt(source, 0, `the pattern of a resource has no method: write { ${name}: … } beside it`);
}

function refuseAt(source: string, offset: number, reason: string): never {
  return refuse(`parsing ${JSON.stringify(source)}: at offset ${offset}: ${reason}`);
}

function refuse(message: string): never {
  throw new SyntaxError(message);
}
