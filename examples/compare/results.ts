// What a run has measured: what `--json` prints, `--baseline` reads, and the report draws. Units are in the names.

/** A run, whole or as far as it has come. */
export interface Results {
  readonly version: 1;
  /** Whether all of it is measured. */
  readonly finished: boolean;
  /** When it began, as ISO 8601 says it. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly rows: readonly Row[];
  readonly updates: readonly UpdateRow[];
}

/** What measured: figures of different machines say nothing about each other. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** The version of the toolchain, or null where there is none. */
  readonly go: string | null;
  readonly chromium: string | null;
}

/** How long is measured, and with what. */
export interface Plan {
  readonly rounds: number;
  /** How long one measurement of a round takes: the round trips, and each size. */
  readonly phaseMs: number;
  /** The same for the round that does not count. */
  readonly warmUpMs: number;
  /** The sizes of messages for the throughput, ascending. Round trips have the smallest. */
  readonly sizes: readonly number[];
}

/** Conns; calls of methods; requests; and what a page in a browser does. */
export type Group = "conn" | "rpc" | "http" | "browser";

/** Who wrote both ends: this package, or Go's libraries, as the second column. */
export type Side = "toolkit" | "go";

/** What a row is about. Rows of one name and two sides are to be compared. */
export interface RowHead {
  /** Such as `tcp`, `rpc-http-gob` or `rest-close`. */
  readonly name: string;
  readonly group: Group;
  readonly side: Side;
  /** What a reader of its figures must know. */
  readonly note?: string;
}

/** How far a row has come. */
export type Row = RowHead & Outcome<Figures>;

/** Figures, or why there are none. */
export type Outcome<F> =
  | { readonly status: "pending" }
  | { readonly status: "measured"; readonly figures: F }
  | { readonly status: "failed"; readonly error: string }
  | { readonly status: "skipped"; readonly reason: string };

/** What was measured of one row. */
export interface Figures {
  readonly roundTrips: RoundTrips;
  /** One for each size of the plan that fits, ascending. */
  readonly throughput: readonly Throughput[];
  /** Null where no bytes travel. */
  readonly wire: Wire | null;
  /** Null where there are no connections that idle. */
  readonly idle: Idle | null;
  readonly sent: number;
  readonly lost: number;
}

/** One figure of each round, and the one that counts. */
export interface Series {
  /** Of the best round: whatever else a machine does can only make one slower. */
  readonly value: number;
  /** All rounds, in the order of time; they tell how far the figure wavers. */
  readonly rounds: readonly number[];
}

/** One message there and back before the next leaves. */
export interface RoundTrips {
  readonly messageBytes: number;
  readonly perSecond: Series;
  readonly p50Micros: Series;
  readonly p99Micros: Series;
  /** Of all rounds together. */
  readonly latency: Latency;
  /** What a message, there and back, costs each process; null where it cannot be told apart. */
  readonly serverCpuMicros: Series | null;
  readonly clientCpuMicros: Series | null;
}

/** A distribution of times, from an HDR histogram. */
export interface Latency {
  readonly p50Micros: number;
  readonly p90Micros: number;
  readonly p99Micros: number;
  readonly p999Micros: number;
  readonly maxMicros: number;
  /** How many took at most so long, and longer than the one before says; ascending, at most a hundred. */
  readonly buckets: readonly (readonly [upToMicros: number, count: number])[];
}

/** Many messages under way, all of one size. */
export interface Throughput {
  readonly messageBytes: number;
  readonly perSecond: Series;
  readonly serverCpuMicros: Series | null;
  readonly clientCpuMicros: Series | null;
}

/** Bytes to the server, and back; counted on top of what carries them (TCP, UDP, a Unix socket). */
export interface WireBytes {
  readonly out: number;
  readonly back: number;
}

/** Bytes on the wire. */
export interface Wire {
  /** What a connection costs once, beside its messages: all until the first is back, less a message. */
  readonly handshake: WireBytes;
  readonly messageBytes: number;
  /** Of one message of so many bytes. */
  readonly message: WireBytes;
}

/** What connections cost that do nothing. */
export interface Idle {
  readonly conns: number;
  /** How much the server's process grew for each, garbage collected before and after. */
  readonly serverBytesPerConn: number;
}

/** A way to learn from a server what is new there. */
export interface UpdateHead {
  /** Such as `push-ws`, `push-sse`, `long-poll` or `poll-100ms`. */
  readonly name: string;
  readonly kind: "push" | "long-poll" | "poll";
  /** How often is asked, for a poll. */
  readonly intervalMs: number | null;
  readonly note?: string;
}

/** How far that has come. */
export type UpdateRow = UpdateHead & Outcome<UpdateFigures>;

/** What it takes to learn of one update. */
export interface UpdateFigures {
  /** How many there were each second, at moments that nobody can foresee. */
  readonly updatesPerSecond: number;
  /** From the moment that the server knew until the client did. */
  readonly delay: Latency;
  readonly requestsPerUpdate: number;
  /** All bytes, divided by the updates. */
  readonly wireBytesPerUpdate: WireBytes;
  /** Of these, the bytes of questions and answers that brought nothing new. */
  readonly wastedBytesPerUpdate: number;
  /** Updates that a client never saw, as a newer one had come meanwhile. */
  readonly missed: number;
}
