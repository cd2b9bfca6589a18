import type { Group } from "../../results.js";
import { h } from "./dom.js";
import { groups, type Pair } from "./rows.js";

/** As many colours as can be told apart. */
const most = 8;
const preferred = ["tcp", "ws", "tls", "rpc-tcp-gob", "rest", "browser-ws"];

/** Which rows the curves show, the same in all plots, each in a colour that it keeps. */
export class Selection {
  readonly #slots: (string | null)[] = Array.from({ length: most }, () => null);
  readonly #listeners = new Set<() => void>();
  #withGo = false;
  #isTouched = false;

  /** Which colour a row has, or -1 if it is not shown. */
  slotOf(name: string): number {
    return this.#slots.indexOf(name);
  }

  get isFull(): boolean {
    return !this.#slots.includes(null);
  }

  get withGo(): boolean {
    return this.#withGo;
  }

  set withGo(value: boolean) {
    this.#withGo = value;
    this.#changed();
  }

  toggle(name: string): void {
    const slot = this.slotOf(name);
    const place = slot < 0 ? this.#slots.indexOf(null) : slot;
    if (place >= 0) this.#slots[place] = slot < 0 ? name : null;
    this.#isTouched = true;
    this.#changed();
  }

  /** Begins with some of each group, as long as the reader has chosen none. */
  offer(pairs: readonly Pair[]): void {
    if (this.#isTouched) return;
    const names = pairs.map(({ name }) => name);
    const known = preferred.filter((name) => names.includes(name));
    const chosen = known.length > 0 ? known : names.slice(0, 4);
    this.#slots.forEach((_, i) => (this.#slots[i] = chosen[i] ?? null));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Shows the selection as boxes to tick, by group. */
export class Picker {
  readonly #shown = h("span", { class: "shown" });
  readonly #groups = h("div", { class: "picker-groups", role: "group", "aria-label": "Rows to show" });
  readonly element: HTMLElement;
  readonly #selection: Selection;
  #pairs: readonly Pair[] = [];
  #boxes = new Map<string, HTMLInputElement>();
  #go = h("input", { type: "checkbox" });

  constructor(selection: Selection, isOpen: boolean) {
    this.#selection = selection;
    const summary = h("summary", {}, h("span", { class: "picker-name" }, "Rows"), this.#shown);
    this.element = h(
      "details",
      { class: "picker", open: isOpen && matchMedia("(min-width: 700px)").matches },
      summary,
      this.#groups,
    );
    this.#go.addEventListener("change", () => (selection.withGo = this.#go.checked));
    selection.onChange(() => this.#update());
  }

  show(pairs: readonly Pair[]): void {
    const isSame = pairs.length === this.#pairs.length && pairs.every(({ name }, i) => name === this.#pairs[i]?.name);
    this.#pairs = pairs;
    if (!isSame) this.#build();
    this.#update();
  }

  #build(): void {
    this.#boxes = new Map(this.#pairs.map(({ name }) => [name, this.#box(name)]));
    const groupsShown = (Object.keys(groups) as Group[]).filter((group) =>
      this.#pairs.some((pair) => pair.group === group),
    );
    const go = h("label", { class: "tick go" }, this.#go, h("span", {}, "Go beside it"));
    this.#groups.replaceChildren(...groupsShown.map((group) => this.#group(group)));
    if (this.#pairs.some((pair) => pair.go !== null)) this.#groups.append(h("div", { class: "picker-group" }, go));
  }

  #group(group: Group): HTMLElement {
    const members = this.#pairs.filter((pair) => pair.group === group);
    const ticks = members.map(({ name }) =>
      h("label", { class: "tick" }, this.#boxes.get(name) ?? "", h("span", {}, name)),
    );
    return h("div", { class: "picker-group" }, h("span", { class: "picker-name" }, groups[group]), ...ticks);
  }

  #box(name: string): HTMLInputElement {
    const box = h("input", { type: "checkbox", value: name });
    box.addEventListener("change", () => this.#selection.toggle(name));
    return box;
  }

  #update(): void {
    this.#go.checked = this.#selection.withGo;
    const shown = this.#pairs.filter(({ name }) => this.#selection.slotOf(name) >= 0);
    const keys = shown.map(({ name }) =>
      h("span", { class: "shown-row", "data-slot": this.#selection.slotOf(name) }, name),
    );
    this.#shown.replaceChildren(
      ...keys,
      ...(this.#selection.withGo ? [h("span", { class: "shown-go" }, "Go dashed")] : []),
    );
    for (const { name, toolkit, go } of this.#pairs) {
      const box = this.#boxes.get(name);
      if (box === undefined) continue;
      const slot = this.#selection.slotOf(name);
      box.checked = slot >= 0;
      box.disabled = slot < 0 && this.#selection.isFull;
      const isPending = toolkit?.status !== "measured" && go?.status !== "measured";
      box.parentElement?.setAttribute("data-slot", String(slot));
      box.parentElement?.toggleAttribute("data-pending", isPending);
    }
  }
}
