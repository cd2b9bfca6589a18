import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import { none } from "./format.js";
import type { Paint } from "./paint.js";

/** The width that no table exceeds. */
const width = 80;
/** Marks the best of a column; it works without colour too. */
export const mark = "*";

/** What a cell shows: a figure, a text, that there is no figure (null), or nothing. */
export type Content = number | string | null | undefined;

/** A column of figures about lines. */
export interface Column<L> {
  /** What stands above it, with the unit; it may have two lines. */
  readonly head: string;
  content(line: L): Content;
  format?(n: number): string;
  /** Figures stand on the right, texts on the left. */
  readonly isText?: boolean;
  /** Which figure is the best of a block, if any is. */
  readonly best?: "highest" | "lowest";
}

/** Lines that are compared with each other, below a title if they have one. */
export interface Block<L> {
  readonly title?: string;
  readonly lines: readonly L[];
}

/** What a table is made of. */
export interface TablePlan<L> {
  readonly blocks: readonly Block<L>[];
  nameOf(line: L): string;
  /** Whether a line may be the best: what is no match for the others is left out. */
  competes?(line: L): boolean;
  /** Columns that stay together, where all of them are too wide for one table. */
  readonly groups: readonly (readonly Column<L>[])[];
}

/** Renders a table of 80 columns; more than one below each other, if that is not wide enough. */
export function renderTable<L>(plan: TablePlan<L>, paint: Paint): string {
  for (let parts = 1; parts < plan.groups.length; parts++) {
    const tables = split(plan.groups, parts).map((groups) => render({ ...plan, groups }, paint));
    if (tables.every((table) => widthOf(table) <= width)) return tables.join("\n\n");
  }
  return plan.groups.map((group) => render({ ...plan, groups: [group] }, paint)).join("\n\n");
}

function render<L>({ blocks, nameOf, competes, groups }: TablePlan<L>, paint: Paint): string {
  const columns = groups.flat();
  const table = new Table({
    head: ["", ...columns.map(({ head }) => head.replaceAll(/.+/g, (line) => paint("bold", line)))],
    colAligns: ["left", ...columns.map(({ isText = false }) => (isText ? ("left" as const) : ("right" as const)))],
    chars: { ...noChars, middle: " ", mid: "─", "mid-mid": "─", "bottom-mid": "─" }, // the last where a title is below
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
  for (const { title, lines } of blocks) {
    if (title !== undefined) table.push([{ content: paint("bold", title), colSpan: columns.length + 1 }]);
    const bests = columns.map((column) => bestOf(column, competes === undefined ? lines : lines.filter(competes)));
    for (const line of lines) {
      table.push([nameOf(line), ...columns.map((column, i) => cell(column, line, bests[i] ?? null, paint))]);
    }
  }
  const text = table.toString().replaceAll(/ +$/gm, "");
  return text.replace(/\n─+$/, ""); // what of a frame is left below
}

/** The best figure, if there is anything to be better than. */
function bestOf<L>({ content, best }: Column<L>, lines: readonly L[]): number | null {
  const figures = lines.map(content).filter((figure) => typeof figure === "number");
  if (best === undefined || new Set(figures).size < 2) return null;
  return best === "highest" ? Math.max(...figures) : Math.min(...figures);
}

function cell<L>(
  { content, format = String, best }: Column<L>,
  line: L,
  bestFigure: number | null,
  paint: Paint,
): string {
  const value = content(line);
  const space = best === undefined ? "" : " "; // where others have the mark
  if (value === undefined) return "";
  if (value === null) return `${none}${space}`;
  if (typeof value === "string") return `${value}${space}`;
  return value === bestFigure ? paint("bold", `${format(value)}${mark}`) : `${format(value)}${space}`;
}

/** Splits a list into parts of about the same length. */
function split<T>(list: readonly T[], parts: number): T[][] {
  const length = Math.ceil(list.length / parts);
  return Array.from({ length: parts }, (_, i) => list.slice(i * length, (i + 1) * length)).filter(
    (part) => part.length > 0,
  );
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => stripVTControlCharacters(line).length));
}

const noChars = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  right: "",
  "right-mid": "",
};
