import { hueOf } from "./drawing.js";
import type { PlayerView, Snapshot } from "./snapshot.js";

/** Finds an element of the page. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`There is no #${id}`);
  return found as E;
}

/** Shows who plays, with how many coins, how long the round lasts, and how the connection is. */
export class Scoreboard {
  #names: Readonly<Record<number, string>> = {};
  #shown = "";

  /** Takes the names. */
  setNames(names: Readonly<Record<number, string>>): void {
    this.#names = names;
  }

  /** Returns a player's name. */
  nameOf(id: number): string {
    return this.#names[id] ?? "";
  }

  /** Shows how the connection is: wait, open or lost. */
  setState(state: "wait" | "open" | "lost", text: string): void {
    element("state").dataset["state"] = state;
    element("state").textContent = text;
    if (state !== "open") element("ping").textContent = "–";
  }

  /** Shows how long a message takes there and back. */
  setPing(ms: number): void {
    element("ping").textContent = `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
  }

  /** Shows a snapshot; what is the same is left alone. */
  show({ players, phase, secondsLeft }: Snapshot, me: number): void {
    const ranked = players.toSorted((a, b) => b.score - a.score || a.id - b.id);
    const seconds = Math.ceil(secondsLeft);
    const key = JSON.stringify([phase, seconds, this.#names, ranked.map(({ id, score }) => [id, score])]);
    if (key === this.#shown) return;
    this.#shown = key;
    element("time").textContent = phase === "play" ? `${seconds} s` : `next in ${seconds} s`;
    element("result").hidden = phase === "play";
    element("winner").textContent = phase === "play" ? "" : this.#result(ranked, me);
    element("scores").replaceChildren(...ranked.map((player) => this.#row(player, me)));
  }

  #result(ranked: readonly PlayerView[], me: number): string {
    const best = ranked[0]?.score ?? 0;
    const winners = ranked.filter(({ score }) => score === best);
    if (best === 0) return "Nobody found a coin.";
    if (winners.length > 1) return `A draw: ${winners.map(({ id }) => this.nameOf(id)).join(", ")}`;
    return winners[0]?.id === me ? "You win!" : `${this.nameOf(winners[0]?.id ?? -1)} wins`;
  }

  #row({ id, score }: PlayerView, me: number): HTMLElement {
    const item = document.createElement("li");
    const [name, points] = [document.createElement("span"), document.createElement("b")];
    item.style.setProperty("--hue", String(hueOf(id)));
    item.classList.toggle("me", id === me);
    name.textContent = this.nameOf(id); // never innerHTML: a stranger wrote it
    points.textContent = String(score);
    item.append(name, points);
    return item;
  }
}
