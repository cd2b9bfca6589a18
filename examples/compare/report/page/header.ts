import type { Results } from "../../results.js";
import { h, type Part } from "./dom.js";
import { cardsOf } from "./findings.js";
import { duration } from "./format.js";
import { themeChoice } from "./theme.js";

/** How the page stands to its run. */
export type State = "waiting" | "live" | "finished" | "unfinished" | "lost";

const stateTexts: Readonly<Record<State, string>> = {
  waiting: "waiting for the first figures",
  live: "live",
  finished: "finished",
  unfinished: "ended before it was finished",
  lost: "connection lost, trying again",
};

/** What was compared, on what, and the headline figures. */
export class HeaderPart implements Part {
  readonly #state = h("p", { class: "state", role: "status" });
  readonly #what = h("p", { class: "what" });
  readonly #machine = h("dl", { class: "machine" });
  readonly #cards = h("ul", { class: "cards" });
  readonly element = h(
    "header",
    { class: "top" },
    h("div", { class: "title" }, h("h1", {}, "Comparison of transports"), this.#state, themeChoice()),
    this.#what,
    this.#machine,
    this.#cards,
  );
  #progress = "";
  #current: State = "waiting";

  show(results: Results): void {
    const { rows, updates } = results;
    const all = [...rows, ...updates];
    const done = all.filter(({ status }) => status !== "pending").length;
    this.#progress = results.finished ? "" : `, ${done} of ${all.length} rows`;
    this.#what.textContent = whatOf(results);
    const facts = factsOf(results).flatMap(([name, value]) => [h("div", {}, h("dt", {}, name), h("dd", {}, value))]);
    this.#machine.replaceChildren(...facts);
    const known = cardsOf(results).filter(({ value }) => value !== null || !results.finished); // what is to come has its place
    const cards = known.map(({ title, value, detail }) =>
      h("li", { class: "card" }, h("h2", {}, title), h("p", { class: "value" }, value ?? "–"), h("p", {}, detail)),
    );
    this.#cards.replaceChildren(...cards);
    this.state = this.#current;
  }

  set state(state: State) {
    this.#current = state;
    const text = stateTexts[state] + (state === "live" || state === "unfinished" ? this.#progress : "");
    if (this.#state.textContent !== text) this.#state.textContent = text;
    this.#state.dataset["state"] = state;
  }
}

function whatOf({ rows, updates, plan }: Results): string {
  const names = new Set(rows.map(({ name }) => name)).size;
  const go = rows.some(({ side, status }) => side === "go" && status !== "skipped")
    ? ", beside Go where Go has the same"
    : "";
  const news = updates.length === 0 ? "" : `, and ${updates.length} ways to learn what is new`;
  return `${names} ways to send a message and get it back${go}${news}; ${plan.rounds} rounds, of which the best counts.`;
}

function factsOf({ machine, startedAt, durationSeconds }: Results): [name: string, value: string][] {
  const date = new Date(startedAt);
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
  return [
    ["Machine", `${machine.cores} × ${machine.cpu}, ${machine.platform}`],
    ["Date", Number.isNaN(date.getTime()) ? startedAt : when.format(date)],
    ["Took", duration(durationSeconds)],
    ["Node", machine.node],
    ["Go", machine.go ?? "none"],
    ["Chromium", /\d[\d.]*/.exec(machine.chromium ?? "")?.[0] ?? "none"],
  ];
}
