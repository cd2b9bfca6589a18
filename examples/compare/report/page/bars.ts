import type { Figures, Group, Results, Row, Side } from "../../results.js";
import { h } from "./dom.js";
import { figuresOf, groups, pairsOf, sides } from "./rows.js";

/** A part of a bar. */
export interface Segment {
  readonly label: string;
  readonly value: number;
}

/** What a bar shows of a row: up to two segments, the first in full colour; null where it has no such figure. */
export type BarOf = (figures: Figures) => readonly Segment[] | null;

/**
 * Draws a bar for each row, ours and Go's below each other, all on one scale that begins at zero. Who has no such figure
 * keeps its place: nothing moves while figures come in.
 */
export function bars(results: Results, barOf: BarOf, format: (value: number) => string): HTMLElement {
  const pairs = pairsOf(results);
  const totals = results.rows.flatMap((row) => totalOf(segmentsOf(row, barOf)) ?? []);
  const longest = Math.max(0, ...totals);
  const shown = (Object.keys(groups) as Group[]).filter((group) => pairs.some((pair) => pair.group === group));
  const list = h("div", { class: "bars" });
  for (const group of shown) {
    const part = h("section", { "data-group": group }, h("h4", {}, groups[group]));
    list.append(part);
    for (const { name, toolkit, go } of pairs.filter((pair) => pair.group === group)) {
      const rows = [toolkit, go].filter((row) => row !== null);
      const drawn = rows.map((row) => bar(row, barOf, longest, format));
      part.append(h("div", { class: "bar-row" }, h("span", { class: "bar-name" }, name), h("div", {}, ...drawn)));
    }
  }
  return list;
}

/** Tells what the colours of bars mean. */
export function barKey(first: string, second?: string): HTMLElement {
  const item = (side: Side, text: string, isPale = false) =>
    h("li", {}, h("i", { class: `mark block ${side}${isPale ? " pale" : ""}` }), text);
  const names: readonly Side[] = ["toolkit", "go"];
  const items = names.flatMap((side) => [
    item(side, `${sides[side]}${second === undefined ? "" : `, ${first}`}`),
    ...(second === undefined ? [] : [item(side, second, true)]),
  ]);
  return h("ul", { class: "key" }, ...items);
}

function segmentsOf(row: Row, barOf: BarOf): readonly Segment[] | null {
  const figures = figuresOf(row);
  return figures && barOf(figures);
}

function totalOf(segments: readonly Segment[] | null): number | null {
  return segments && segments.reduce((sum, { value }) => sum + value, 0);
}

function bar(row: Row, barOf: BarOf, longest: number, format: (value: number) => string): HTMLElement {
  const segments = segmentsOf(row, barOf);
  const total = totalOf(segments);
  if (segments === null || total === null) {
    const why = row.status === "measured" ? "–" : row.status;
    return h("p", { class: `bar none ${row.side}`, title: `${row.name}, ${sides[row.side]}` }, why);
  }
  const parts = segments.map(({ value }, i) => {
    const part = h("i", { class: i === 0 ? "" : "pale" });
    part.style.flexBasis = `calc((100% - var(--bar-room)) * ${longest === 0 ? 0 : value / longest})`;
    return part;
  });
  const spoken = segments.map(({ label, value }) => `${label} ${format(value)}`).join(", ");
  const title = `${row.name}, ${sides[row.side]}: ${spoken}`;
  return h("p", { class: `bar ${row.side}`, title }, ...parts, h("span", { "aria-label": title }, format(total)));
}
