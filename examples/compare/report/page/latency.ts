import type { Results } from "../../results.js";
import { curvesOf, tipLines } from "./chosen.js";
import { Figure, type Part } from "./dom.js";
import { latencyFinding } from "./findings.js";
import { micros, percentile } from "./format.js";
import { Frame } from "./frame.js";
import { pairsOf, quantile } from "./rows.js";
import { Picker, type Selection } from "./selection.js";

const perDecade = 24;
const decades = 4;
/** Shares of the distribution as 1 / (1 - p), evenly on a logarithmic scale: 0 %, 90 %, 99 %, … */
const xs = Array.from({ length: perDecade * decades + 1 }, (_, i) => 10 ** (i / perDecade));

/** How long messages take there and back, by percentile. */
export class LatencyPart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #picker: Picker;
  readonly #frame = new Frame("Latency by percentile, a line for each row that is chosen.");
  readonly #selection: Selection;
  #results: Results | null = null;

  constructor(selection: Selection) {
    this.#selection = selection;
    this.#picker = new Picker(selection, true);
    const reading =
      "Read a line at 99 % to see what one of a hundred messages exceeds; a line that stays flat is steady. One message " +
      "is under way at a time, so nothing waits in queues of its own making. All rounds are in it. Lines end where fewer " +
      "than one message is left. Go's lines are dashed.";
    const text = { id: "latency", topic: "Latency, one message at a time", reading };
    this.#figure = new Figure(text, this.#picker.element, this.#frame.element);
    this.element = this.#figure.element;
    selection.onChange(() => this.#draw());
  }

  show(results: Results): void {
    this.#results = results;
    this.#figure.heading = latencyFinding(results);
    this.#draw();
  }

  #draw(): void {
    if (this.#results === null) return;
    const pairs = pairsOf(this.#results);
    this.#picker.show(pairs);
    const curves = curvesOf(pairs, this.#selection, ({ roundTrips }) => xs.map((x) => quantile(roundTrips.latency, x)));
    this.#frame.draw({
      x: {
        title: "Percentile of messages",
        format: percentile,
        range: [1, 10 ** decades],
        ticks: [1, 2, 10, 100, 1000, 10_000],
      },
      y: { title: "Time there and back, log scale", format: micros },
      xs,
      curves,
      tip: (index) => ({
        title: `${percentile(xs[index] ?? 1)} take at most`,
        lines: tipLines(curves, index, micros),
      }),
    });
  }
}
