import type { Results } from "../../results.js";

/** What an element may have beside its children. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Makes an element; text among its children stays text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** A part of the page. */
export interface Part {
  readonly element: HTMLElement;
  /** Draws these results, in the place of those before. */
  show(results: Results): void;
}

/** What a figure says of itself. */
export interface FigureText {
  readonly id: string;
  /** What it is about, above the heading. */
  readonly topic: string;
  /** How to read it, and what is fair. */
  readonly reading: string;
}

/** A section whose heading tells what was found. */
export class Figure {
  readonly element: HTMLElement;
  readonly #heading: HTMLElement;

  constructor({ id, topic, reading }: FigureText, ...content: readonly Node[]) {
    this.#heading = h("h2", { id: `${id}-heading` });
    this.element = h(
      "section",
      { id, class: "card figure", "aria-labelledby": `${id}-heading` },
      h("header", {}, h("p", { class: "topic" }, topic), this.#heading),
      ...content,
      h("p", { class: "reading" }, reading),
    );
  }

  set heading(text: string) {
    this.#heading.textContent = text;
  }
}

/** A choice of one of a few, as buttons that exclude each other. */
export function choice<T extends string>(
  label: string,
  options: Readonly<Record<T, string>>,
  chosen: T,
  onChoose: (value: T) => void,
): HTMLElement {
  const name = `choice-${label.replaceAll(" ", "-")}`;
  const group = h("fieldset", { class: "choice" }, h("legend", { class: "hidden" }, label));
  for (const [value, text] of Object.entries(options) as [T, string][]) {
    const input = h("input", { type: "radio", name, value, checked: value === chosen });
    input.addEventListener("change", () => onChoose(value));
    group.append(h("label", {}, input, h("span", {}, text)));
  }
  return group;
}
