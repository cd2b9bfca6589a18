/** How long the calls of a method took, in ms: half of them at most `p50`, and so on. All are 0 before the first. */
export interface DebugLatency {
  /** The median. */
  readonly p50: number;
  /** What one call in ten exceeds. */
  readonly p90: number;
  /** What one call in a hundred exceeds. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/** A method, and what became of its calls. */
export interface DebugMethod {
  /** Its name, as `Multiply`. */
  readonly name: string;
  /** What it takes and gives, as `Multiply(Args, int)`. */
  readonly signature: string;
  /** How often it was called, the calls that run included. */
  readonly calls: number;
  /** How many of its calls failed. */
  readonly errors: number;
  /** How many of its calls run now. */
  readonly running: number;
  /** How long its calls took. */
  readonly latencyMs: DebugLatency;
  /** Whether it replies with a stream. */
  readonly isStream: boolean;
}

/** A method that is not served, and why. */
export interface DebugSkipped {
  /** Its name. */
  readonly name: string;
  /** Why, in Go's words. */
  readonly reason: string;
}

/** A service. */
export interface DebugService {
  /** Its name, as `Arith`. */
  readonly name: string;
  /** The methods that are served. */
  readonly methods: readonly DebugMethod[];
  /** Those that are not. */
  readonly skipped: readonly DebugSkipped[];
}

/** What a server is doing: what the debug page shows, and gives as JSON. */
export interface DebugSnapshot {
  /** The services, in the order in which they are shown. */
  readonly services: readonly DebugService[];
  /** How many connections are open. */
  readonly connections: number;
  /** Since when the server is there; in JSON as RFC 3339 has it. */
  readonly startedAt: Date;
}
