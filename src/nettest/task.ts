import type { Traits } from "./traits.js";
import type { Case, CaseOptions, Fixture } from "./types.js";

/** Accompanies one run of a case: what Go's `*testing.T` is to a test. */
export interface Task {
  /** What the transport under test can do. */
  readonly traits: Traits;
  /** Says what comes next; the message names it if that fails or never ends. */
  step(text: string): void;
  /**
   * Lets `work` run beside the case and returns it. If it fails, the case fails at once; how it ends after the case is
   * nobody's concern.
   */
  spawn<T>(work: Promise<T>): Promise<T>;
}

/** Describes a case to {@link defineCase}. */
export interface CaseSpec<F extends Fixture> {
  name: string;
  needs: readonly (keyof Traits)[];
  property: string;
  traitsOf(fixture: F): Traits;
  body(fixture: F, t: Task): Promise<void>;
}

/** Turns a description into a case that makes its fixture, keeps its time and cleans up. */
export function defineCase<F extends Fixture>(spec: CaseSpec<F>): Case<() => Promise<F>> {
  const { name, needs, property } = spec;
  return { name, needs, property, run: (make, options = {}) => runCase(spec, make, options) };
}

async function runCase<F extends Fixture>(
  spec: CaseSpec<F>,
  make: () => Promise<F>,
  options: CaseOptions,
): Promise<void> {
  const watch = new Watch(spec.name, options.timeoutMs ?? 30_000);
  const fixture = await makeWithin(watch, make);
  const failures: unknown[] = [];
  await watch.over(play(spec, fixture, watch)).catch((err: unknown) => failures.push(err));
  watch.step("stop");
  await watch.over((async () => fixture.stop())()).catch((err: unknown) => failures.push(err));
  if (failures.length > 0) throw failures[0];
}

async function makeWithin<F extends Fixture>(watch: Watch, make: () => Promise<F>): Promise<F> {
  const made = (async () => make())();
  try {
    return await watch.over(made);
  } catch (err) {
    // A fixture that comes too late is not left behind.
    made.then((late) => late.stop()).catch(ignore);
    throw err;
  }
}

async function play<F extends Fixture>(spec: CaseSpec<F>, fixture: F, watch: Watch): Promise<void> {
  const traits = { ...spec.traitsOf(fixture), ...fixture.traits };
  if (!spec.needs.every((trait) => traits[trait])) return;
  watch.step("start");
  let crash: (err: unknown) => void = ignore;
  const crashed = new Promise<never>((_, reject) => {
    crash = reject;
  });
  const spawn = <T>(work: Promise<T>): Promise<T> => {
    work.catch(crash);
    return work;
  };
  await Promise.race([spec.body(fixture, { traits, step: (text) => watch.step(text), spawn }), crashed]);
}

/** Keeps the time of one run, and puts the case and the step into the message of whatever goes wrong. */
class Watch {
  readonly #name: string;
  readonly #timeoutMs: number;
  #step = "make";

  constructor(name: string, timeoutMs: number) {
    this.#name = name;
    this.#timeoutMs = timeoutMs;
  }

  step(text: string): void {
    this.#step = text;
  }

  /** Waits for `work`, but not for longer than a run may take. */
  async over<T>(work: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`timed out after ${this.#timeoutMs / 1000} s`)), this.#timeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`nettest: ${this.#name}: ${why} (${this.#step})`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

function ignore(): void {}
