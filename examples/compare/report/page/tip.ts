import { h } from "./dom.js";

/** What stands beside the pointer. */
export interface TipText {
  readonly title: string;
  readonly lines: readonly TipLine[];
}

/** One value. */
export interface TipLine {
  readonly label: string;
  readonly value: string;
  /** The name of a colour. */
  readonly color: string;
  readonly isDashed?: boolean;
}

/** The values at a place of a plot, for the pointer, the keyboard, and who listens. */
export class Tip {
  readonly element = h("div", { class: "tip", hidden: true, role: "status" });

  show({ title, lines }: TipText, x: number, width: number): void {
    const rows = lines.map(({ label, value, color, isDashed = false }) => {
      const mark = h("i", { class: isDashed ? "mark dashed" : "mark" });
      mark.style.setProperty("--mark", `var(${color})`);
      return h("li", {}, mark, h("span", {}, label), h("b", {}, value));
    });
    this.element.replaceChildren(h("p", {}, title), h("ul", {}, ...rows));
    this.element.hidden = false;
    const own = this.element.offsetWidth;
    const left = x + 14 + own <= width ? x + 14 : x - 14 - own;
    this.element.style.transform = `translate(${Math.round(Math.max(0, Math.min(left, width - own)))}px, 0)`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
