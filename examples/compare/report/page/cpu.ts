import type { Figures, Results, Series } from "../../results.js";
import { type BarOf, barKey, bars, type Segment } from "./bars.js";
import { Figure, h, type Part } from "./dom.js";
import { bytes, micros } from "./format.js";
import { least, measuredOf, most } from "./rows.js";

interface Costs {
  readonly serverCpuMicros: Series | null;
  readonly clientCpuMicros: Series | null;
}

/** What messages cost the processors. */
export class CpuPart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #bars = h("div", { class: "columns" });
  readonly #load = h("select", { "aria-label": "Load" });
  #results: Results | null = null;

  constructor() {
    const reading =
      "Shorter is better. CPU time of both processes, user and system, divided by messages; there and back is one. A " +
      "browser's own time, and rows whose ends share a process, cannot be told apart. One at a time each message wakes " +
      "both processes; many under way share their wake-ups.";
    const tools = h("div", { class: "tools" }, h("label", {}, "Load ", this.#load), barKey("server", "client"));
    this.#figure = new Figure({ id: "cpu", topic: "CPU time for a message", reading }, tools, this.#bars);
    this.element = this.#figure.element;
    this.#load.addEventListener("change", () => this.#draw());
  }

  show(results: Results): void {
    this.#results = results;
    if (this.#load.options.length === 0) {
      const { sizes } = results.plan;
      const many = sizes.map((size) => h("option", { value: size }, `many under way, ${bytes(size)}`));
      this.#load.append(h("option", { value: 0 }, `one at a time, ${bytes(sizes[0] ?? 0)}`), ...many);
    }
    this.#draw();
  }

  #draw(): void {
    if (this.#results === null) return;
    const barOf = barOfLoad(Number(this.#load.value));
    this.#figure.heading = finding(this.#results, barOf);
    this.#bars.replaceChildren(bars(this.#results, barOf, micros));
  }
}

function barOfLoad(size: number): BarOf {
  return (figures: Figures) => {
    const costs: Costs | undefined =
      size === 0 ? figures.roundTrips : figures.throughput.find(({ messageBytes }) => messageBytes === size);
    const segments: Segment[] = [];
    if (costs?.serverCpuMicros) segments.push({ label: "server", value: costs.serverCpuMicros.value });
    if (costs?.clientCpuMicros) segments.push({ label: "client", value: costs.clientCpuMicros.value });
    return segments.length === 0 ? null : segments;
  };
}

function finding(results: Results, barOf: BarOf): string {
  const known = measuredOf(results).flatMap(({ name, figures }) => {
    const server = barOf(figures)?.find(({ label }) => label === "server");
    return server === undefined ? [] : [{ name, n: server.value }];
  });
  const [low, high] = [least(known, ({ n }) => n), most(known, ({ n }) => n)];
  if (low === null || high === null || low === high) return "What does a message cost the processors?";
  return `A message costs the server from ${micros(low.n)} (${low.name}) to ${micros(high.n)} (${high.name})`;
}
