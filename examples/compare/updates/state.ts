import { performance } from "node:perf_hooks";

/** What the server knows, which changes at moments that nobody can foresee. */
export interface State {
  /** How many updates there have been. */
  readonly n: number;
  /** When it was new, in whole milliseconds since 1970. */
  readonly at: number;
}

/** Where the server listens, as `host:port`, for each protocol. */
export interface Addresses {
  readonly rest: string;
  readonly ws: string;
  readonly rpc: string;
}

/** Asks the server's process to update a topic at these moments, in milliseconds from now. */
export interface Schedule {
  readonly topic: string;
  readonly moments: readonly number[];
}

/** Tells, once a schedule is done, when the server knew of each update, in {@link now}'s milliseconds. */
export interface Done {
  readonly topic: string;
  readonly times: readonly number[];
}

/** Returns the time in milliseconds, the same in all processes of a machine but for some µs. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
