import { cleanPath, isMalformed, unescapeSegment } from "./path.js";
import type { Pattern } from "./pattern.js";
import { conflict } from "./pattern-conflict.js";

/** What a path leads to. */
export type Found<T> =
  | { readonly kind: "match"; readonly target: T; readonly pattern: Pattern; readonly values: readonly string[] }
  | { readonly kind: "redirect"; readonly path: string }
  | { readonly kind: "malformed" }
  | { readonly kind: "none" };

/** A pattern and what it leads to. */
interface Leaf<T> {
  readonly pattern: Pattern;
  readonly target: T;
}

/** A place in the tree of segments. */
interface Place<T> {
  readonly literals: Map<string, Place<T>>;
  one: Place<T> | null;
  /** What begins with a slash here, and goes on as it likes. */
  tail: Leaf<T> | null;
  /** What ends with a slash here. */
  slash: Leaf<T> | null;
  /** What ends here. */
  leaf: Leaf<T> | null;
}

/** A leaf and what its wildcards stand for, in order. */
interface Hit<T> {
  readonly leaf: Leaf<T>;
  readonly values: readonly string[];
}

const nothing = { kind: "none" } as const;
const malformed = { kind: "malformed" } as const;
const noValues: readonly string[] = [];

/**
 * Finds by host and path what was registered under the most specific pattern.
 * @see {@link https://pkg.go.dev/net/http#ServeMux | Go ServeMux}
 */
export class Router<T> {
  readonly #hosts = new Map<string, Place<T>>();
  readonly #anyHost = place<T>();
  readonly #leaves: Leaf<T>[] = [];
  /** Paths without wildcards and escapes, which most are: no walk is needed for them. */
  readonly #exact = new Map<string, Found<T>>();

  /**
   * Registers a pattern.
   * @throws {TypeError} it conflicts with one that is registered; in Go's words
   */
  add(pattern: Pattern, target: T): void {
    for (const leaf of this.#leaves) {
      const reason = conflict(pattern, leaf.pattern);
      if (reason !== null) throw new TypeError(reason);
    }
    const leaf = { pattern, target };
    this.#leaves.push(leaf);
    insert(this.#root(pattern.host), leaf);
    const path = literalPath(pattern);
    if (path !== null) this.#exact.set(path, { kind: "match", target, pattern, values: noValues });
  }

  #root(host: string): Place<T> {
    if (host === "") return this.#anyHost;
    let root = this.#hosts.get(host);
    if (root === undefined) this.#hosts.set(host, (root = place()));
    return root;
  }

  /** Whether there are patterns that ask for a host. */
  get hasHosts(): boolean {
    return this.#hosts.size > 0;
  }

  /** Finds what `path` leads to, which is escaped and begins with a slash; `host` is in lower case, without a port. */
  find(host: string, path: string): Found<T> {
    if (this.#hosts.size === 0) {
      const exact = this.#exact.get(path);
      if (exact !== undefined) return exact;
    }
    if (isMalformed(path)) return malformed;
    const clean = cleanPath(path);
    const hit = this.#match(host, clean);
    if (!clean.endsWith("/") && !isExact(hit, clean) && isExact(this.#match(host, `${clean}/`), `${clean}/`)) {
      return { kind: "redirect", path: `${clean}/` };
    }
    if (clean !== path) return { kind: "redirect", path: clean };
    return hit === null ? nothing : { kind: "match", ...hit.leaf, values: hit.values };
  }

  #match(host: string, path: string): Hit<T> | null {
    const root = this.#hosts.get(host);
    return (root === undefined ? null : walk(root, path, 0, noValues)) ?? walk(this.#anyHost, path, 0, noValues);
  }
}

function place<T>(): Place<T> {
  return { literals: new Map(), one: null, tail: null, slash: null, leaf: null };
}

function insert<T>(root: Place<T>, leaf: Leaf<T>): void {
  let at = root;
  for (const { kind, text } of leaf.pattern.segments) {
    if (kind === "tail") return void (at.tail = leaf);
    if (kind === "end") return void (at.slash = leaf);
    if (kind === "one") {
      at = at.one ??= place();
    } else {
      let next = at.literals.get(text);
      if (next === undefined) at.literals.set(text, (next = place()));
      at = next;
    }
  }
  at.leaf = leaf;
}

/** Literals go before wildcards, and those before tails: whatever conflicts was refused. */
function walk<T>(at: Place<T>, path: string, from: number, values: readonly string[]): Hit<T> | null {
  if (from === path.length) return at.leaf === null ? null : { leaf: at.leaf, values };
  if (from === path.length - 1) {
    if (at.slash !== null) return { leaf: at.slash, values };
  } else {
    const hit = walkSegment(at, path, from, values);
    if (hit !== null) return hit;
  }
  const { tail } = at;
  if (tail === null) return null;
  const isNamed = tail.pattern.segments.at(-1)?.text !== "";
  return { leaf: tail, values: isNamed ? [...values, unescapeSegment(path.slice(from + 1))] : values };
}

function walkSegment<T>(at: Place<T>, path: string, from: number, values: readonly string[]): Hit<T> | null {
  const slash = path.indexOf("/", from + 1);
  const end = slash < 0 ? path.length : slash;
  const segment = unescapeSegment(path.slice(from + 1, end));
  const next = at.literals.get(segment);
  const hit = next === undefined ? null : walk(next, path, end, values);
  return hit ?? (at.one === null ? null : walk(at.one, path, end, [...values, segment]));
}

/** Tells whether no tail has taken more than nothing. */
function isExact<T>(hit: Hit<T> | null, path: string): boolean {
  if (hit === null) return false;
  const { segments } = hit.leaf.pattern;
  if (segments.at(-1)?.kind !== "tail") return true;
  return path.endsWith("/") && path.split("/").length - 1 === segments.length;
}

/** Gives the one path that a pattern matches, if there is one and no other spelling of it is needed. */
function literalPath({ segments }: Pattern): string | null {
  const isPlain = segments.every(({ kind, text }) => kind === "end" || (kind === "literal" && /^[\w.~-]+$/.test(text)));
  if (!isPlain) return null;
  return segments.map(({ text }) => `/${text}`).join("");
}
