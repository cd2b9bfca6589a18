import type { Figures, Group, Results, Row } from "../results.js";

/** A line of a table: a row of each side, if there is one. */
export interface Pair {
  readonly name: string;
  readonly group: Group;
  readonly toolkit: Row | undefined;
  readonly go: Row | undefined;
}

/** Puts the rows of one name side by side, in the order in which the names come. */
export function pairsOf({ rows }: Results): Pair[] {
  const names = new Map(rows.map(({ name, group }) => [name, group]));
  return [...names].map(([name, group]) => ({
    name,
    group,
    toolkit: rows.find((row) => row.name === name && row.side === "toolkit"),
    go: rows.find((row) => row.name === name && row.side === "go"),
  }));
}

/** Returns the figures of a row that has some. */
export function figuresOf(row: Row | undefined): Figures | null {
  return row?.status === "measured" ? row.figures : null;
}

/** Whether anything was measured of either side. */
export function isMeasured({ toolkit, go }: Pair): boolean {
  return figuresOf(toolkit) !== null || figuresOf(go) !== null;
}
