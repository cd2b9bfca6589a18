import type { Results, Throughput } from "../../results.js";
import { curvesOf, tipLines } from "./chosen.js";
import { choice, Figure, h, type Part } from "./dom.js";
import { throughputFinding } from "./findings.js";
import { bytes, count, number } from "./format.js";
import { type Axis, Frame } from "./frame.js";
import { mebibytesPerSecond, pairsOf } from "./rows.js";
import { Picker, type Selection } from "./selection.js";

type Unit = "messages" | "bytes";

const axes: Readonly<Record<Unit, Axis & { value: (one: Throughput) => number }>> = {
  messages: { title: "Messages a second, log scale", format: count, value: ({ perSecond }) => perSecond.value },
  bytes: { title: "MiB a second, log scale", format: number, value: mebibytesPerSecond },
};

/** How much goes through, by the size of messages. */
export class ThroughputPart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #picker: Picker;
  readonly #frame = new Frame("Throughput by the size of messages, a line for each row that is chosen.");
  readonly #selection: Selection;
  #unit: Unit = "messages";
  #results: Results | null = null;

  constructor(selection: Selection) {
    this.#selection = selection;
    this.#picker = new Picker(selection, false);
    const reading =
      "Higher is better. Many messages are under way at once, of one size, and each comes back; there and back counts " +
      "once. At the left the cost of a message decides, at the right that of its bytes. Best round of each.";
    const units = choice("unit", { messages: "Messages/s", bytes: "MiB/s" }, this.#unit, (unit) => {
      this.#unit = unit;
      this.#draw();
    });
    this.#figure = new Figure(
      { id: "throughput", topic: "Throughput by size of message", reading },
      h("div", { class: "tools" }, this.#picker.element, units),
      this.#frame.element,
    );
    this.element = this.#figure.element;
    selection.onChange(() => this.#draw());
  }

  show(results: Results): void {
    this.#results = results;
    this.#figure.heading = throughputFinding(results);
    this.#draw();
  }

  #draw(): void {
    if (this.#results === null) return;
    const pairs = pairsOf(this.#results);
    this.#picker.show(pairs);
    const xs = sizesOf(this.#results);
    const { value, ...y } = axes[this.#unit];
    const curves = curvesOf(pairs, this.#selection, ({ throughput }) => {
      const bySize = new Map(throughput.map((one) => [one.messageBytes, value(one)]));
      return xs.map((size) => bySize.get(size) ?? null);
    });
    const { sizes } = this.#results.plan;
    this.#frame.draw({
      x: {
        title: "Size of message, log scale",
        format: bytes,
        range: [sizes[0] ?? 1, sizes.at(-1) ?? 1024],
        ticks: sizes,
      },
      y,
      xs,
      curves,
      hasPoints: true,
      tip: (index) => ({
        title: `${bytes(xs[index] ?? 0)} a message`,
        lines: tipLines(curves, index, (n) => (this.#unit === "bytes" ? `${number(n)} MiB/s` : `${number(n)}/s`)),
      }),
    });
  }
}

/** All sizes that were measured: those planned, and what else fits where those do not. */
function sizesOf({ plan, rows }: Results): number[] {
  const sizes = new Set(plan.sizes);
  for (const row of rows) {
    if (row.status === "measured") for (const { messageBytes } of row.figures.throughput) sizes.add(messageBytes);
  }
  return [...sizes].toSorted((a, b) => a - b);
}
