import { PipeListener } from "toolkit/net";
import { type Candidate, type CandidateName, candidates } from "./candidates.js";
import { largeMessageBytes } from "./loads.js";
import { type Figures, Measurement } from "./measurement.js";
import type { WireBytes } from "./relay.js";
import { startServer, type Whereabouts } from "./server.js";
import { makeFolder } from "./temp-folder.js";
import { type Site, transports } from "./transports.js";
import { countWire } from "./wire.js";

/** How long to measure. */
export interface Plan {
  readonly rounds: number;
  /** How long each of a round's three measurements takes. */
  readonly phaseMs: number;
  /** The same for the round that does not count. */
  readonly warmUpMs: number;
}

/** A row of the table: figures, or why there are none. */
export type Row =
  | { readonly name: CandidateName; readonly figures: Figures; readonly wire: WireBytes }
  | { readonly name: CandidateName; readonly error: string };

/** How a comparison speaks with its caller. */
export interface Watch {
  /** Is told what begins: {@link stepsOf} times in all, or less often if something fails. */
  begin(what: string): void;
  /** Stops everything. */
  readonly signal: AbortSignal;
}

/** Returns how many steps a comparison has. */
export function stepsOf(names: readonly CandidateName[], plan: Plan): number {
  return names.length * (plan.rounds + 1);
}

/**
 * Measures all candidates in turn, and again in turn for each round, so that a busy moment of the machine, and what the
 * engine has learnt by then, is not one candidate's alone.
 */
export async function compare(names: readonly CandidateName[], plan: Plan, watch: Watch): Promise<Row[]> {
  const { rounds, phaseMs, warmUpMs } = plan;
  using folder = makeFolder();
  using pipes = new PipeListener();
  await using server = await startServer(names.filter(servedApart), folder.path);
  watch.signal.throwIfAborted();
  const site: Site = { folder: folder.path, pipes, cert: server.cert };
  const runs = names.map((name) => new Run(name, site, server.servers[name] ?? serveHere(name, site), watch));
  for (const run of runs) await run.step("warming up", () => run.warmUp(warmUpMs));
  for (let round = 1; round <= rounds; round++) {
    for (const run of runs) await run.step(`round ${round} of ${rounds}`, () => run.measurement.round(phaseMs));
  }
  return runs.map((run) => run.row());
}

function servedApart(name: CandidateName): boolean {
  return transports[candidates[name].transport].oneProcess !== true;
}

function serveHere(name: CandidateName, { pipes }: Site): Whereabouts {
  void candidates[name].serve(pipes);
  return { address: pipes.addr.toString() };
}

/** Measures one candidate, step by step, until a step fails. */
class Run {
  readonly measurement: Measurement;
  readonly #name: CandidateName;
  readonly #candidate: Candidate;
  readonly #site: Site;
  readonly #address: string;
  readonly #watch: Watch;
  #wire: WireBytes | null = null;
  #error: string | null = null;

  constructor(name: CandidateName, site: Site, where: Whereabouts, watch: Watch) {
    this.#name = name;
    this.#candidate = candidates[name];
    this.#site = site;
    this.#watch = watch;
    this.#address = "address" in where ? where.address : "";
    this.#error = "error" in where ? where.error : null;
    this.measurement = this.#newMeasurement();
  }

  /** Does a step, unless one has failed already. */
  async step(what: string, work: () => Promise<void>): Promise<void> {
    if (this.#error !== null) return;
    this.#watch.begin(`${this.#name}: ${what}`);
    try {
      await work();
    } catch (err) {
      this.#error = (err as Error).message;
    }
    this.#watch.signal.throwIfAborted();
  }

  /** Measures once for nothing, and counts bytes. */
  async warmUp(ms: number): Promise<void> {
    await this.#newMeasurement().round(ms);
    this.#wire = await countWire({
      candidate: this.#candidate,
      address: this.#address,
      site: this.#site,
      signal: this.#watch.signal,
    });
  }

  row(): Row {
    const name = this.#name;
    if (this.#error !== null || this.#wire === null) return { name, error: this.#error ?? "nothing was measured" };
    return { name, figures: this.measurement.figures(), wire: this.#wire };
  }

  #newMeasurement(): Measurement {
    const { transport } = this.#candidate;
    const dial = () => transports[transport].dial(this.#address, this.#site);
    const connect = { candidate: this.#candidate, dial, signal: this.#watch.signal };
    return new Measurement(connect, transports[transport].largeMessageBytes ?? largeMessageBytes);
  }
}
