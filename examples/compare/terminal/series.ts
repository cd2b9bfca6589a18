import type { Figures, Row, Series } from "../results.js";
import { size } from "./format.js";

/** A figure of a row, by which runs are compared. */
export interface NamedFigure {
  /** What it is, with its unit. */
  readonly what: string;
  readonly value: number;
  /** Null where it is counted, and does not waver. */
  readonly rounds: readonly number[] | null;
  readonly isBetter: "higher" | "lower";
}

/** Returns what to call a row. */
export function titleOf({ name, side }: Pick<Row, "name" | "side">): string {
  return side === "go" ? `${name} (Go)` : name;
}

/** Lists the figures of a row that can be held against those of another run. */
export function namedFigures({ roundTrips: trips, throughput, wire }: Figures): NamedFigure[] {
  return [
    rate("round trips/s", trips.perSecond),
    ...cost("latency p50, µs", trips.p50Micros),
    ...cost("latency p99, µs", trips.p99Micros),
    ...cost("server CPU 1 by 1, µs", trips.serverCpuMicros),
    ...cost("client CPU 1 by 1, µs", trips.clientCpuMicros),
    ...throughput.flatMap(({ messageBytes, perSecond, serverCpuMicros, clientCpuMicros }) => [
      rate(`${size(messageBytes)} messages/s`, perSecond),
      ...cost(`server CPU ${size(messageBytes)}, µs`, serverCpuMicros),
      ...cost(`client CPU ${size(messageBytes)}, µs`, clientCpuMicros),
    ]),
    ...(wire === null
      ? []
      : [counted("wire bytes, out", wire.message.out), counted("wire bytes, back", wire.message.back)]),
  ];
}

function rate(what: string, { value, rounds }: Series): NamedFigure {
  return { what, value, rounds, isBetter: "higher" };
}

function cost(what: string, series: Series | null): NamedFigure[] {
  return series === null ? [] : [{ what, value: series.value, rounds: series.rounds, isBetter: "lower" }];
}

function counted(what: string, value: number): NamedFigure {
  return { what, value, rounds: null, isBetter: "lower" };
}
