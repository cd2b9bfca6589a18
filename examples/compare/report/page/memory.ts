import type { Results } from "../../results.js";
import { barKey, bars } from "./bars.js";
import { Figure, h, type Part } from "./dom.js";
import { memoryFinding } from "./findings.js";
import { bytes } from "./format.js";

/** What connections take that do nothing. */
export class MemoryPart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #bars = h("div", { class: "columns" });

  constructor() {
    const reading =
      "Shorter is better. How much the server's process grows for each of many connections that are open and silent, " +
      "garbage collected before and after. What the kernel keeps for sockets is not in it.";
    const tools = h("div", { class: "tools" }, barKey(""));
    this.#figure = new Figure({ id: "memory", topic: "Memory of an idle connection", reading }, tools, this.#bars);
    this.element = this.#figure.element;
  }

  show(results: Results): void {
    this.#figure.heading = memoryFinding(results);
    const one = (value: number) => [{ label: "server", value }];
    this.#bars.replaceChildren(bars(results, ({ idle }) => idle && one(idle.serverBytesPerConn), bytes));
  }
}
