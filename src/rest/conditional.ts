import { matchesStrongly, matchesWeakly, parseETags } from "./etag.js";
import { parseHttpDate, toSeconds } from "./http-date.js";
import type { Instant } from "./types.js";

/** The version of what a request is about. */
export interface Version {
  /** Whether there is anything. */
  readonly exists: boolean;
  /** The entity tags of its representations, as they are sent. */
  readonly etags: readonly string[];
  /** When it was last changed, if that is known. */
  readonly lastModified?: Instant | null | undefined;
}

/** Gives the value of a field of a request; its name is in lower case. */
export type Field = (name: string) => string | null;

const conditions = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] as const;

/** Tells whether a request depends on the version of what it is about. */
export function isConditional(field: Field): boolean {
  return conditions.some((name) => field(name) !== null);
}

/** Tells whether a request that changes something says which version it means to change (RFC 6585 section 3). */
export function isGuarded(field: Field): boolean {
  return field("if-match") !== null || field("if-none-match") !== null || field("if-unmodified-since") !== null;
}

/** Tells whether a method only asks. */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "QUERY";
}

/**
 * Evaluates preconditions in the order of RFC 9110 section 13.2.2: gives the status that ends the request, or `null`
 * where it goes on.
 */
export function evaluate(method: string, field: Field, version: Version): 304 | 412 | null {
  const modified = version.lastModified == null ? null : toSeconds(version.lastModified);
  if (!holdsMatch(field, version, modified)) return 412;
  const none = field("if-none-match");
  if (none !== null) {
    if (!matchesAny(none, version, matchesWeakly)) return null;
    return isSafe(method) ? 304 : 412;
  }
  const since = isSafe(method) ? dateIn(field("if-modified-since")) : null;
  return since !== null && modified !== null && modified <= since ? 304 : null;
}

function holdsMatch(field: Field, version: Version, modified: number | null): boolean {
  const match = field("if-match");
  if (match !== null) return matchesAny(match, version, matchesStrongly);
  const unmodified = dateIn(field("if-unmodified-since"));
  return unmodified === null || modified === null || modified <= unmodified;
}

function matchesAny(list: string, version: Version, matches: (one: string, other: string) => boolean): boolean {
  if (list.trim() === "*") return version.exists;
  return version.exists && parseETags(list).some((one) => version.etags.some((other) => matches(one, other)));
}

function dateIn(text: string | null): number | null {
  return text === null ? null : parseHttpDate(text.trim());
}

/** How long after its last change a time tells one version from the next: clocks of HTTP have seconds. */
const secondMs = 1000;

/** Tells whether If-Range lets a range be sent (RFC 9110 section 13.1.5). */
export function holdsIfRange(field: Field, etag: string | null, lastModified: Instant | null): boolean {
  const text = field("if-range")?.trim();
  if (text === undefined) return true;
  if (/^(?:W\/)?"/.test(text)) return etag !== null && matchesStrongly(text, etag);
  const date = parseHttpDate(text);
  if (date === null || lastModified === null) return false;
  return date === toSeconds(lastModified) && date + secondMs <= Date.now();
}
