import type uPlot from "uplot";
import type { Results, UpdateHead } from "../../results.js";
import { Figure, h, type Part } from "./dom.js";
import { updatesFinding } from "./findings.js";
import { bytes, micros, number } from "./format.js";
import { Frame } from "./frame.js";
import type { Box, Label } from "./labels.js";
import { bytesOf, type MeasuredUpdates, measuredUpdates } from "./rows.js";
import { binaryRange, binaryTicks, niceRange, type Range } from "./scale.js";
import { color } from "./theme.js";
import type { TipLine } from "./tip.js";

const colors: Readonly<Record<UpdateHead["kind"], string>> = {
  push: "--row-0",
  "long-poll": "--row-2",
  poll: "--row-1",
};

/** How soon clients learn what is new, against the bytes that it takes. */
export class UpdatesPart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #frame = new Frame("Delay of an update against its bytes, a point for each way to learn of it.");
  readonly #key = h("p", { class: "key" });

  constructor() {
    const reading =
      "Left and down is better: sooner, with fewer bytes. A point is the median delay, its stem reaches up to 99 %. The " +
      "pale bar is what brought nothing new, and its left end the bytes of the news alone: a poll that asks more often " +
      "moves down, and right. All have the same updates, at moments that nobody can foresee; with fewer updates, polls " +
      "waste more.";
    this.#figure = new Figure(
      { id: "updates", topic: "Polling against push", reading },
      this.#key,
      this.#frame.element,
    );
    this.element = this.#figure.element;
  }

  show(results: Results): void {
    this.element.hidden = results.updates.length === 0;
    this.#figure.heading = updatesFinding(results);
    const rows = measuredUpdates(results).toSorted((a, b) => bytesOf(a) - bytesOf(b));
    const pending = results.updates.filter(({ status }) => status === "pending").map(({ name }) => name);
    const rate = rows[0] === undefined ? "" : `${number(rows[0].figures.updatesPerSecond)} updates a second`;
    this.#key.textContent = [rate, ...(pending.length === 0 ? [] : [`still to come: ${pending.join(", ")}`])].join(
      "; ",
    );
    this.#frame.draw({
      x: {
        title: "Bytes for each update, both ways, log scale",
        format: bytes,
        ...byteAxis(rows.flatMap(spanOfBytes)),
      },
      y: { title: "Delay until the client knows, log scale", format: micros, ...delayAxis(rows.flatMap(spanOfDelay)) },
      xs: rows.map(bytesOf),
      curves: [{ label: "median delay", color: "--row-0", values: rows.map(({ figures }) => figures.delay.p50Micros) }],
      paint: (plot) => paint(plot, rows),
      labels: (plot) => ({
        labels: rows.map((row) => labelOf(plot, row)),
        taken: rows.flatMap((row) => takenBy(plot, row)),
      }),
      tip: (index) => ({
        title: rows[index]?.name ?? "",
        lines: rows[index] === undefined ? [] : linesOf(rows[index]),
      }),
    });
  }
}

function labelOf(plot: uPlot, row: MeasuredUpdates): Label {
  const y = plot.valToPos(row.figures.delay.p50Micros, "y");
  return { text: row.name, color: colors[row.kind], x: plot.valToPos(bytesOf(row), "x"), y };
}

/** The places of its stem and of its wasted bytes. */
function takenBy(plot: uPlot, row: MeasuredUpdates): Box[] {
  const { x, y } = labelOf(plot, row);
  const from = plot.valToPos(spanOfBytes(row)[0] ?? 1, "x");
  return [
    [x - 3, plot.valToPos(row.figures.delay.p99Micros, "y"), x + 3, y],
    [from, y - 4, x, y + 4],
  ];
}

/** From the bytes that brought news, to all. */
function spanOfBytes(row: MeasuredUpdates): number[] {
  const all = bytesOf(row);
  return [Math.max(1, all - row.figures.wastedBytesPerUpdate), all];
}

function spanOfDelay({ figures: { delay } }: MeasuredUpdates): number[] {
  return [delay.p50Micros, delay.p99Micros];
}

const byteAxis = (values: readonly number[]) => {
  const range = around(values, binaryRange);
  return range && { range, ticks: binaryTicks(range, 6) };
};

const delayAxis = (values: readonly number[]) => {
  const range = around(values, niceRange);
  return range && { range };
};

/** Leaves room around the outermost points. */
function around(values: readonly number[], rangeOf: (min: number, max: number) => Range): Range | null {
  return values.length === 0 ? null : rangeOf(Math.min(...values) / 1.3, Math.max(...values) * 1.3);
}

function linesOf({ kind, figures }: MeasuredUpdates): TipLine[] {
  const { delay, wireBytesPerUpdate, wastedBytesPerUpdate, requestsPerUpdate, missed } = figures;
  const line = (label: string, value: string) => ({ label, value, color: colors[kind] });
  return [
    line("median delay", micros(delay.p50Micros)),
    line("99 %", micros(delay.p99Micros)),
    line("bytes out", bytes(wireBytesPerUpdate.out)),
    line("bytes back", bytes(wireBytesPerUpdate.back)),
    line("of these wasted", bytes(wastedBytesPerUpdate)),
    line("requests", number(requestsPerUpdate)),
    line("missed", number(missed)),
  ];
}

/** Draws the stems, the wasted part, the points, and a line through the polls. */
function paint(plot: uPlot, rows: readonly MeasuredUpdates[]): void {
  const { ctx } = plot;
  const at = (x: number, y: number): [number, number] => [plot.valToPos(x, "x", true), plot.valToPos(y, "y", true)];
  const ratio = devicePixelRatio;
  const line = (points: readonly [number, number][], stroke: string, width: number, dash: number[] = []) => {
    ctx.beginPath();
    for (const point of points) ctx.lineTo(...point);
    ctx.strokeStyle = color(stroke);
    ctx.lineWidth = width * ratio;
    ctx.setLineDash(dash.map((n) => n * ratio));
    ctx.stroke();
  };
  ctx.save();
  const polls = rows.filter(({ kind }) => kind === "poll");
  line(
    polls.map((row) => at(bytesOf(row), row.figures.delay.p50Micros)),
    "--soft",
    1,
    [3, 4],
  );
  for (const row of rows) {
    const { delay, wastedBytesPerUpdate: wasted } = row.figures;
    const total = bytesOf(row);
    const point = at(total, delay.p50Micros);
    line([point, at(total, delay.p99Micros)], colors[row.kind], 1.5);
    ctx.globalAlpha = 0.3;
    if (wasted > 0) line([at(Math.max(1, total - wasted), delay.p50Micros), point], colors[row.kind], 8);
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.arc(...point, 5.5 * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = color(colors[row.kind]);
    ctx.fill();
  }
  ctx.restore();
}
