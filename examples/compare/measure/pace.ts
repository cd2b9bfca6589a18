import type { Plan } from "../results.js";
import { roundMsOf, updateMsOf, warmUpMsOf } from "./plan.js";

/** The kinds of steps. */
export type Kind = "warm-up" | "round" | "update";

/** What has steps to come. */
interface Steps {
  left(rounds: number): { readonly "warm-up": number; readonly round: number };
}

/** Tells how long the rest will take: as planned, or as it turned out to be once a step of its kind was made. */
export class Pace {
  readonly #planned: Readonly<Record<Kind, number>>;
  readonly #took: Record<Kind, { steps: number; ms: number }> = {
    "warm-up": { steps: 0, ms: 0 },
    round: { steps: 0, ms: 0 },
    update: { steps: 0, ms: 0 },
  };
  /** All updates are one step. */
  #updatesLeft: number;
  readonly #rounds: number;
  #current: { readonly kind: Kind; readonly start: number } | null = null;

  constructor(plan: Plan, updates: number) {
    this.#rounds = plan.rounds;
    this.#planned = { "warm-up": warmUpMsOf(plan), round: roundMsOf(plan), update: updateMsOf(plan) };
    this.#updatesLeft = Math.min(1, updates);
  }

  /** Begins a step, which is among those that are left. */
  begin(kind: Kind, runs: readonly Steps[]): { index: number; total: number; secondsLeft: number } {
    const steps = runs.map((run) => run.left(this.#rounds));
    const left: Record<Kind, number> = {
      "warm-up": sum(steps.map((each) => each["warm-up"])),
      round: sum(steps.map((each) => each.round)),
      update: this.#updatesLeft,
    };
    const kinds = Object.keys(left) as Kind[];
    const done = sum(kinds.map((each) => this.#took[each].steps));
    const msLeft = sum(kinds.map((each) => left[each] * this.#msOf(each)));
    this.#current = { kind, start: performance.now() };
    return { index: done + 1, total: done + sum(kinds.map((each) => left[each])), secondsLeft: msLeft / 1000 };
  }

  /** Ends the step. */
  end(): void {
    if (this.#current === null) return;
    const { kind, start } = this.#current;
    this.#took[kind].steps++;
    this.#took[kind].ms += performance.now() - start;
    if (kind === "update") this.#updatesLeft--;
    this.#current = null;
  }

  #msOf(kind: Kind): number {
    const { steps, ms } = this.#took[kind];
    return steps === 0 ? this.#planned[kind] : ms / steps;
  }
}

function sum(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0);
}
