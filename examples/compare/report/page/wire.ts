import type { Results } from "../../results.js";
import { barKey, bars } from "./bars.js";
import { Figure, h, type Part } from "./dom.js";
import { wireFinding } from "./findings.js";
import { bytes } from "./format.js";
import { overheadOf } from "./rows.js";

/** What travels beside payload. */
export class WirePart implements Part {
  readonly element: HTMLElement;
  readonly #figure: Figure;
  readonly #message = h("div");
  readonly #handshake = h("div");

  constructor() {
    const reading =
      "Shorter is better. Counted by a relay between client and server, on top of what carries them: headers of TCP, UDP " +
      "and IP are not among them. The payload is subtracted, there and back. A handshake is paid once for each connection, " +
      "so it weighs most where connections are short.";
    const half = (title: string, content: Node) => h("div", {}, h("h3", {}, title), content);
    this.#figure = new Figure(
      { id: "wire", topic: "Bytes on the wire", reading },
      h("div", { class: "tools" }, barKey("out", "back")),
      h(
        "div",
        { class: "halves" },
        half("Of each message", this.#message),
        half("Before the first message", this.#handshake),
      ),
    );
    this.element = this.#figure.element;
  }

  show(results: Results): void {
    this.#figure.heading = wireFinding(results);
    const segments = ({ out, back }: { out: number; back: number }) => [
      { label: "out", value: out },
      { label: "back", value: back },
    ];
    const message = bars(results, (figures) => mapped(overheadOf(figures), segments), bytes);
    const handshake = bars(results, ({ wire }) => mapped(wire && wire.handshake, segments), bytes);
    this.#message.replaceChildren(message);
    this.#handshake.replaceChildren(handshake);
  }
}

function mapped<T, R>(value: T | null, map: (value: T) => R): R | null {
  return value === null ? null : map(value);
}
