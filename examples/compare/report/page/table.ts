import type { Figures, Results, Row, Side } from "../../results.js";
import { type Column, columns } from "./columns.js";
import { h, type Part } from "./dom.js";
import { times } from "./format.js";
import { figuresOf, type Pair, pairsOf, sides } from "./rows.js";

interface Order {
  readonly column: number;
  readonly isDescending: boolean;
}

/** All figures, as text: ours, Go's below, and how they compare. */
export class TablePart implements Part {
  readonly element: HTMLElement;
  readonly #table = h("table");
  #order: Order | null = null;
  #results: Results | null = null;

  constructor() {
    const scroller = h(
      "div",
      { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of all figures" },
      this.#table,
    );
    const reading =
      "A heading sorts by its column, and again the other way round. The ratio tells how well the toolkit does beside Go: " +
      "above 1 it does better, whether more or less is wanted. The best round counts; the spread says how far the rounds lie apart.";
    this.element = h(
      "section",
      { id: "table", class: "card figure", "aria-labelledby": "table-heading" },
      h(
        "header",
        {},
        h("p", { class: "topic" }, "All figures"),
        h("h2", { id: "table-heading" }, "Toolkit and Go, row by row"),
      ),
      scroller,
      h("p", { class: "reading" }, reading),
    );
  }

  show(results: Results): void {
    this.#results = results;
    this.#draw();
  }

  #draw(): void {
    if (this.#results === null) return;
    const shown = columns(this.#results.plan);
    const pairs = sorted(pairsOf(this.#results), shown, this.#order);
    const focused = this.#buttons().findIndex((button) => button === document.activeElement);
    this.#table.replaceChildren(this.#head(shown), ...pairs.map((pair) => body(pair, shown)));
    this.#buttons()[focused]?.focus({ preventScroll: true });
  }

  #buttons(): HTMLElement[] {
    return [...this.#table.querySelectorAll<HTMLElement>("thead button")];
  }

  #head(shown: readonly Column[]): HTMLElement {
    const cells = shown.map(({ title, unit }, i) => {
      const isSorted = this.#order?.column === i;
      const arrow = isSorted ? (this.#order?.isDescending === true ? " ↓" : " ↑") : "";
      const button = h("button", { type: "button" }, `${title}${arrow}`, h("small", {}, unit));
      button.addEventListener("click", () => this.#sortBy(i, shown));
      const sort = isSorted ? (this.#order?.isDescending === true ? "descending" : "ascending") : "none";
      return h("th", { scope: "col", "aria-sort": sort }, button);
    });
    return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Row"), h("th", { scope: "col" }, ""), ...cells));
  }

  /** Sorts by a column, the better first; then the other way round; then as it was measured. */
  #sortBy(column: number, shown: readonly Column[]): void {
    const first = shown[column]?.isMoreBetter ?? false;
    const isSame = this.#order?.column === column;
    if (!isSame) this.#order = { column, isDescending: first };
    else this.#order = this.#order?.isDescending === first ? { column, isDescending: !first } : null;
    this.#draw();
  }
}

function sorted(pairs: readonly Pair[], shown: readonly Column[], order: Order | null): readonly Pair[] {
  const column = order === null ? undefined : shown[order.column];
  if (order === null || column === undefined) return pairs;
  const keyOf = ({ toolkit, go }: Pair) => {
    const figures = figuresOf(toolkit) ?? figuresOf(go);
    return figures && column.value(figures);
  };
  return pairs.toSorted((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return order.isDescending ? y - x : x - y;
  });
}

function body({ name, toolkit, go }: Pair, shown: readonly Column[]): HTMLElement {
  const isCompared = [toolkit, go].every((row) => row?.status === "measured" || row?.status === "pending");
  const rows = [
    ...(toolkit === null ? [] : [rowOf(toolkit, "toolkit", shown)]),
    ...(go === null ? [] : [rowOf(go, "go", shown)]),
    ...(isCompared ? [ratios(figuresOf(toolkit), figuresOf(go), shown)] : []),
  ];
  rows[0]?.prepend(h("th", { scope: "rowgroup", rowspan: rows.length }, name));
  return h("tbody", {}, ...rows);
}

function rowOf(row: Row, side: Side, shown: readonly Column[]): HTMLElement {
  const head = h("th", { scope: "row", class: `side ${side}` }, sides[side]);
  const figures = figuresOf(row);
  if (figures !== null) {
    const cells = shown.map(({ value, format }) => cell(value(figures), format));
    return h("tr", {}, head, ...cells);
  }
  return h("tr", {}, head, h("td", { class: `why ${row.status}`, colspan: shown.length }, reasonOf(row)));
}

function reasonOf(row: Row): string {
  if (row.status === "failed") return `failed: ${row.error}`;
  return row.status === "skipped" ? `skipped: ${row.reason}` : "to be measured";
}

function ratios(ours: Figures | null, theirs: Figures | null, shown: readonly Column[]): HTMLElement {
  const cells = shown.map(({ value, isMoreBetter, isCompared }) => {
    const [x, y] = [ours && value(ours), theirs && value(theirs)];
    if (!isCompared || x === null || y === null || x === 0 || y === 0) return h("td");
    const ratio = isMoreBetter ? x / y : y / x;
    return h("td", { class: ratio >= 1.005 ? "better" : ratio <= 0.995 ? "worse" : "" }, times(ratio));
  });
  return h("tr", { class: "ratio" }, h("th", { scope: "row", class: "side" }, "ratio"), ...cells);
}

function cell(value: number | null, format: (value: number) => string): HTMLElement {
  return value === null ? h("td", { class: "soft" }, "–") : h("td", {}, format(value));
}
