import type { Pattern, Segment } from "./pattern.js";

/** How what one pattern matches lies to what another matches. */
type Relation = "equal" | "more" | "less" | "disjoint" | "overlap";

const end: Segment = { kind: "end", text: "" };

/**
 * Tells why two patterns cannot be registered together, in Go's words; `null` if they can: they have no request in
 * common, or one of them is more specific.
 */
export function conflict(one: Pattern, other: Pattern): string | null {
  if (one.host !== other.host) return null;
  const relation = comparePaths(one.segments, other.segments);
  if (relation !== "equal" && relation !== "overlap") return null;
  const quoted = [one, other].map(({ source }) => JSON.stringify(source));
  return `pattern ${quoted.join(" conflicts with pattern ")}:\n${describe(one, other, relation)}`;
}

function describe(one: Pattern, other: Pattern, relation: Relation): string {
  const [a, b] = [one.source, other.source];
  if (relation === "equal") return `${a} matches the same requests as ${b}`;
  const path = (text: string) => JSON.stringify(text);
  return [
    `${a} and ${b} both match some paths, like ${path(commonPath(one.segments, other.segments))}.`,
    "But neither is more specific than the other.",
    `${a} matches ${path(ownPath(one.segments, other.segments))}, but ${b} doesn't.`,
    `${b} matches ${path(ownPath(other.segments, one.segments))}, but ${a} doesn't.`,
  ].join("\n");
}

function comparePaths(one: readonly Segment[], other: readonly Segment[]): Relation {
  let relation: Relation = "equal";
  const shared = Math.min(one.length, other.length);
  for (let i = 0; i < shared; i++) {
    relation = combine(relation, compareSegments(one[i] ?? end, other[i] ?? end));
    if (relation === "disjoint") return relation;
  }
  if (one.length === other.length) return relation;
  // The longer one has segments left: the shorter one reaches them with a tail, or not at all.
  if (one.length < other.length) return one.at(-1)?.kind === "tail" ? combine(relation, "more") : "disjoint";
  return other.at(-1)?.kind === "tail" ? combine(relation, "less") : "disjoint";
}

function compareSegments(one: Segment, other: Segment): Relation {
  const [a, b] = [breadth(one), breadth(other)];
  if (a === b) return a > 0 || (one.kind === other.kind && one.text === other.text) ? "equal" : "disjoint";
  const [narrow, wide] = a < b ? [one, other] : [other, one];
  if (narrow.kind === "end" && wide.kind === "one") return "disjoint"; // {x} is never empty
  return a > b ? "more" : "less";
}

/** How much a segment matches: one text, any segment, any tail. */
function breadth({ kind }: Segment): number {
  if (kind === "tail") return 2;
  return kind === "one" ? 1 : 0;
}

function combine(one: Relation, other: Relation): Relation {
  if (one === "disjoint" || other === "disjoint") return "disjoint";
  if (one === "equal") return other;
  return other === "equal" || one === other ? one : "overlap";
}

/** Gives a path that both match. */
function commonPath(one: readonly Segment[], other: readonly Segment[]): string {
  const shared = Math.min(one.length, other.length);
  const pick = (segment: Segment, i: number) => (breadth(segment) > 0 ? (other[i] ?? end) : segment);
  const rest = one.length > shared ? one.slice(shared) : other.slice(shared);
  return [...one.slice(0, shared).map(pick), ...rest].map(example).join("");
}

/** Gives a path that `one` matches and `other` does not; they overlap. */
function ownPath(one: readonly Segment[], other: readonly Segment[]): string {
  let path = "";
  const shared = Math.min(one.length, other.length);
  for (let i = 0; i < shared; i++) {
    const [a, b] = [one[i] ?? end, other[i] ?? end];
    if (a.kind === "tail") return path + (b.kind === "end" ? `/${a.text === "" ? "x" : a.text}` : "/");
    path += a.kind === "one" && b.kind === "literal" && a.text === b.text ? `/${b.text}x` : example(a);
  }
  return path + [...one.slice(shared), ...(one.length > shared ? [] : other.slice(shared))].map(example).join("");
}

/** Gives what a segment matches, with the slash before it. */
function example({ kind, text }: Segment): string {
  return kind === "tail" || kind === "end" ? "/" : `/${text}`;
}
