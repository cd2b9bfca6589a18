import type { Figures, Idle, Latency, RoundTrips, Throughput, Wire } from "../results.js";
import { highest, lowest, lowestKnown } from "./series.js";

/** What one measurement found. */
export interface Phase {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  /** For each message; null where it is not known. */
  readonly serverCpuMicros: number | null;
  readonly clientCpuMicros: number | null;
}

/** The same of round trips. */
export interface TimedPhase<T extends Times<T>> extends Phase {
  readonly times: T;
}

/** Times that can be summed up. */
export interface Times<T> {
  add(other: T): void;
  percentile(percent: number): number;
  latency(): Latency;
}

/** What all rounds found. */
export interface Phases<T extends Times<T>> {
  readonly smallest: number;
  readonly roundTrips: readonly TimedPhase<T>[];
  readonly throughput: ReadonlyMap<number, readonly Phase[]>;
  readonly wire: Wire | null;
  readonly idle: Idle | null;
}

/** Sums up the rounds of a row. `times` has none yet. */
export function figuresOf<T extends Times<T>>(phases: Phases<T>, times: T): Figures {
  const { roundTrips, throughput, wire, idle, smallest } = phases;
  const all = [...roundTrips, ...[...throughput.values()].flat()];
  const sent = sum(all.map((phase) => phase.sent));
  return {
    roundTrips: roundTripsOf(roundTrips, smallest, times),
    throughput: [...throughput].map(([messageBytes, of]) => throughputOf(of, messageBytes)),
    wire,
    idle,
    sent,
    lost: sent - sum(all.map((phase) => phase.received)),
  };
}

function roundTripsOf<T extends Times<T>>(
  phases: readonly TimedPhase<T>[],
  messageBytes: number,
  times: T,
): RoundTrips {
  for (const phase of phases) times.add(phase.times);
  return {
    messageBytes,
    perSecond: highest(phases.map(rateOf)),
    p50Micros: lowest(phases.map((phase) => phase.times.percentile(50))),
    p99Micros: lowest(phases.map((phase) => phase.times.percentile(99))),
    latency: times.latency(),
    ...cpuOf(phases),
  };
}

function throughputOf(phases: readonly Phase[], messageBytes: number): Throughput {
  return { messageBytes, perSecond: highest(phases.map(rateOf)), ...cpuOf(phases) };
}

function cpuOf(phases: readonly Phase[]): Pick<RoundTrips, "serverCpuMicros" | "clientCpuMicros"> {
  return {
    serverCpuMicros: lowestKnown(phases.map((phase) => phase.serverCpuMicros)),
    clientCpuMicros: lowestKnown(phases.map((phase) => phase.clientCpuMicros)),
  };
}

function rateOf({ received, seconds }: Phase): number {
  return received / seconds;
}

function sum(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0);
}
