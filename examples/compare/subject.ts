import type { Figures, Plan, RowHead } from "./results.js";

/** What a subject finds in a run. */
export interface Site {
  /** A folder for this run alone, which is removed after it. */
  readonly folder: string;
  readonly plan: Plan;
  /** Aborts when the user wants an end: everything that waits is to be given up at once. */
  readonly signal: AbortSignal;
}

/** What gets a row: it is opened once, measured in rounds, and disposed of, which leaves nothing behind. */
export interface Subject extends RowHead {
  /** Tells why it cannot be measured here, such as a tool that is missing, or null. */
  missing?(): Promise<string | null>;
  open(site: Site): Promise<OpenSubject>;
}

/** A subject whose server listens. */
export interface OpenSubject extends AsyncDisposable {
  /** Measures once for nothing, counts bytes on the wire, and the memory of idle connections. */
  warmUp(): Promise<void>;
  /** Measures each thing once, for `plan.phaseMs`. */
  round(): Promise<void>;
  /** Sums up the rounds so far. */
  figures(): Figures;
}
