import { setMaxListeners } from "node:events";
import { thisMachine } from "./machine.js";
import { Pace } from "./measure/pace.js";
import { type Load, updateMsOf } from "./measure/plan.js";
import { Run } from "./measure/run.js";
import { makeFolder } from "./measure/temp-folder.js";
import type { Machine, Plan, Results, UpdateHead, UpdateRow } from "./results.js";
import type { Site, Subject } from "./subject.js";
import { measureUpdate } from "./updates/updates.js";
import { ways } from "./updates/ways.js";

export { type Load, planFor } from "./measure/plan.js";

/** What is to be measured: subjects, and the names of updates. */
export interface Choice {
  readonly subjects: readonly Subject[];
  readonly updates: readonly string[];
}

/** What is being done. */
export interface Step {
  readonly what: string;
  /** The first is 1. */
  readonly index: number;
  /** It shrinks where something fails. */
  readonly total: number;
  /** Until the end of the run, as far as can be told. */
  readonly secondsLeft: number;
}

/** How a comparison speaks with its caller. */
export interface Watch {
  /** Is told what begins. */
  begin(step: Step): void;
  /** Is told all that is known, after each step. */
  changed(results: Results): void;
  /** Stops everything. */
  readonly signal: AbortSignal;
}

/** How many subjects are open at a time: each has two processes. */
const atATime = 8;

/**
 * Measures subjects in turn, and again in turn for each round, so that a busy moment of the machine is not one subject's
 * alone: eight at a time, of which those of one name come together; then the updates. `planOf` makes the plan, once it is
 * known what can be measured here. Rejects with the signal's reason when it aborts. Leaves nothing behind, whichever way it
 * ends.
 */
export async function compare(choice: Choice, planOf: (load: Load) => Plan, watch: Watch): Promise<Results> {
  watch.signal.throwIfAborted();
  setMaxListeners(0, watch.signal); // whatever waits has one
  using folder = makeFolder();
  const runs = choice.subjects.map((subject) => new Run(subject));
  const [machine] = await Promise.all([thisMachine(watch.signal), ...runs.map((run) => run.find())]);
  watch.signal.throwIfAborted();
  const plan = planOf({ subjects: runs.filter((run) => !run.isOver).length, updates: choice.updates.length });
  const site: Site = { folder: folder.path, plan, signal: watch.signal };
  return await new Comparison(choice, runs, machine, site, watch).measure();
}

class Comparison {
  readonly #startedAt = new Date();
  readonly #start = performance.now();
  readonly #runs: readonly Run[];
  readonly #heads: readonly UpdateHead[];
  readonly #updates: UpdateRow[];
  readonly #machine: Machine;
  readonly #site: Site;
  readonly #watch: Watch;
  readonly #pace: Pace;

  constructor({ updates }: Choice, runs: readonly Run[], machine: Machine, site: Site, watch: Watch) {
    this.#runs = runs;
    this.#heads = ways.map(({ head }) => head).filter(({ name }) => updates.includes(name));
    this.#updates = this.#heads.map((head) => ({ ...head, status: "pending" }));
    this.#machine = machine;
    this.#site = site;
    this.#watch = watch;
    this.#pace = new Pace(site.plan, this.#updates.length);
  }

  async measure(): Promise<Results> {
    this.#watch.changed(this.#results(false));
    for (const runs of grouped(this.#runs)) {
      try {
        await this.#measureRows(runs);
      } finally {
        await Promise.all(runs.map((run) => run.end()));
      }
    }
    if (this.#updates.length > 0) await this.#timed("update", "updates", () => this.#measureUpdates());
    const results = this.#results(true);
    this.#watch.changed(results);
    return results;
  }

  async #measureRows(runs: readonly Run[]): Promise<void> {
    const { rounds } = this.#site.plan;
    for (const run of runs) await this.#step(run, "warm-up", "warming up", () => run.warmUp(this.#site));
    for (let round = 1; round <= rounds; round++) {
      // Each time another is the first, so that none always comes after the same other.
      for (const run of rotated(runs, round - 1)) {
        await this.#step(run, "round", `round ${round} of ${rounds}`, () => run.round());
      }
    }
  }

  /** Does a step of a run, unless one has failed already. */
  async #step(run: Run, kind: "warm-up" | "round", what: string, work: () => Promise<void>): Promise<void> {
    if (run.isOver) return;
    await this.#timed(kind, `${run.title}: ${what}`, work);
  }

  /** Measures all of them at the same time, as they do nothing but wait, mostly. */
  async #measureUpdates(): Promise<void> {
    await Promise.all(
      this.#heads.map(async (head, i) => {
        this.#updates[i] = await measureUpdate(head.name, updateMsOf(this.#site.plan), this.#site).catch(
          (err: unknown): UpdateRow => ({ ...head, status: "failed", error: messageOf(err) }),
        );
        this.#watch.changed(this.#results(false));
      }),
    );
  }

  async #timed(kind: "warm-up" | "round" | "update", what: string, work: () => Promise<void>): Promise<void> {
    this.#watch.begin({ what, ...this.#pace.begin(kind, this.#runs) });
    await work();
    this.#pace.end();
    this.#watch.signal.throwIfAborted();
    this.#watch.changed(this.#results(false));
  }

  #results(finished: boolean): Results {
    return {
      version: 1,
      finished,
      startedAt: this.#startedAt.toISOString(),
      durationSeconds: (performance.now() - this.#start) / 1000,
      machine: this.#machine,
      plan: this.#site.plan,
      rows: this.#runs.map((run) => run.row),
      updates: [...this.#updates],
    };
  }
}

/** Puts what can be measured into groups, those of one name side by side: they are to be compared. */
function grouped(runs: readonly Run[]): Run[][] {
  const left = runs.filter((run) => !run.isOver);
  const names = [...new Set(left.map(({ row }) => row.name))];
  const sorted = names.flatMap((name) => left.filter(({ row }) => row.name === name));
  return Array.from({ length: Math.ceil(sorted.length / atATime) }, (_, i) =>
    sorted.slice(i * atATime, (i + 1) * atATime),
  );
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const first = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
