import type { Figures, Plan, Throughput } from "../../results.js";
import { bytes, cellNumber } from "./format.js";
import { mebibytesPerSecond, overheadOf } from "./rows.js";

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly unit: string;
  readonly isMoreBetter: boolean;
  /** Whether a ratio of ours and Go's says something. */
  readonly isCompared: boolean;
  readonly value: (figures: Figures) => number | null;
  readonly format: (value: number) => string;
}

/** The columns of the table, for the sizes of a plan. */
export function columns({ sizes }: Plan): Column[] {
  const [small = 0, large = 0] = [sizes[0], sizes.at(-1)];
  const more = { isMoreBetter: true, isCompared: true, format: cellNumber };
  const less = { isMoreBetter: false, isCompared: true, format: cellNumber };
  const whole = (value: number) => value.toFixed(0);
  const perKilobyte = (value: number) => cellNumber(value / 1024);
  return [
    { title: "Round trips", unit: "/s", ...more, value: ({ roundTrips }) => roundTrips.perSecond.value },
    { title: "Spread", unit: "%", ...less, isCompared: false, format: whole, value: spread },
    { title: "50 %", unit: "µs", ...less, value: ({ roundTrips }) => roundTrips.p50Micros.value },
    { title: "99 %", unit: "µs", ...less, value: ({ roundTrips }) => roundTrips.p99Micros.value },
    { title: bytes(small), unit: "messages/s", ...more, value: (f) => sized(f, small)?.perSecond.value ?? null },
    { title: bytes(large), unit: "MiB/s", ...more, value: (f) => mebibytes(sized(f, large)) },
    { title: "Server CPU", unit: "µs/message", ...less, value: (f) => f.roundTrips.serverCpuMicros?.value ?? null },
    { title: "Client CPU", unit: "µs/message", ...less, value: (f) => f.roundTrips.clientCpuMicros?.value ?? null },
    {
      title: "Overhead",
      unit: "B/message",
      ...less,
      isCompared: false,
      format: cellNumber,
      value: (f) => sum(overheadOf(f)),
    },
    {
      title: "Handshake",
      unit: "B",
      ...less,
      isCompared: false,
      format: cellNumber,
      value: ({ wire }) => sum(wire && wire.handshake),
    },
    {
      title: "Idle conn",
      unit: "KiB",
      ...less,
      format: perKilobyte,
      value: (f) => f.idle && f.idle.serverBytesPerConn,
    },
  ];
}

function sized({ throughput }: Figures, size: number): Throughput | undefined {
  return throughput.find(({ messageBytes }) => messageBytes === size);
}

function mebibytes(one: Throughput | undefined): number | null {
  return one === undefined ? null : mebibytesPerSecond(one);
}

function sum(bytesOfWays: { out: number; back: number } | null): number | null {
  return bytesOfWays && bytesOfWays.out + bytesOfWays.back;
}

/** How far the slowest round is below the best. */
function spread({ roundTrips: { perSecond } }: Figures): number | null {
  return perSecond.rounds.length < 2 ? null : 100 * (1 - Math.min(...perSecond.rounds) / Math.max(...perSecond.rounds));
}
