import type {
  Figures,
  Group,
  Latency,
  Results,
  Row,
  Side,
  Throughput,
  UpdateFigures,
  UpdateRow,
} from "../../results.js";

/** The rows of one name: ours, and Go's. */
export interface Pair {
  readonly name: string;
  readonly group: Group;
  readonly toolkit: Row | null;
  readonly go: Row | null;
}

/** A row that has its figures. */
export type Measured = Row & { readonly status: "measured" };

/** A way to learn of updates that has its figures. */
export type MeasuredUpdates = UpdateRow & { readonly status: "measured"; readonly figures: UpdateFigures };

/** The groups in the order of the page, and what they are called there. */
export const groups: Readonly<Record<Group, string>> = {
  conn: "Conns",
  rpc: "Calls",
  http: "Requests",
  browser: "Browser",
};

/** What the sides are called. */
export const sides: Readonly<Record<Side, string>> = { toolkit: "toolkit", go: "Go" };

/** Puts rows of one name together, in the order of the groups and of the run. */
export function pairsOf({ rows }: Results): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const row of rows) {
    const pair = pairs.get(row.name) ?? { name: row.name, group: row.group, toolkit: null, go: null };
    pairs.set(row.name, { ...pair, [row.side]: row });
  }
  return (Object.keys(groups) as Group[]).flatMap((group) =>
    [...pairs.values()].filter((pair) => pair.group === group),
  );
}

/** The figures of a row, or null as long as it has none. */
export function figuresOf(row: Row | null): Figures | null {
  return row?.status === "measured" ? row.figures : null;
}

/** The rows of one side that have figures. */
export function measuredOf({ rows }: Results, side: Side = "toolkit"): Measured[] {
  return rows.filter((row): row is Measured => row.status === "measured" && row.side === side);
}

/** The updates that have figures. */
export function measuredUpdates({ updates }: Results): MeasuredUpdates[] {
  return updates.filter((row): row is MeasuredUpdates => row.status === "measured");
}

/** All bytes of an update. */
export function bytesOf({ figures: { wireBytesPerUpdate } }: MeasuredUpdates): number {
  return wireBytesPerUpdate.out + wireBytesPerUpdate.back;
}

/** MiB/s of messages that go one way; that they come back too is not counted. */
export function mebibytesPerSecond({ messageBytes, perSecond }: Throughput): number {
  return (messageBytes * perSecond.value) / 2 ** 20;
}

/** Bytes beyond the payload, of a message there and back. */
export function overheadOf({ wire }: Figures): { out: number; back: number } | null {
  if (wire === null) return null;
  return { out: wire.message.out - wire.messageBytes, back: wire.message.back - wire.messageBytes };
}

/** Finds the item of the least value; null where there is none. */
export function least<T>(items: readonly T[], value: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best === null || value(item) < value(best) ? item : best), null);
}

/** Finds the item of the greatest value; null where there is none. */
export function most<T>(items: readonly T[], value: (item: T) => number): T | null {
  return least(items, (item) => -value(item));
}

/** The time that 1 - 1/x of all stay below, between the buckets on a straight line; null beyond the last that was seen. */
export function quantile({ buckets }: Latency, x: number): number | null {
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0 || x > total) return null;
  const rank = total * (1 - 1 / x);
  let below = 0;
  let from = buckets[0]?.[0] ?? 0;
  for (const [upTo, count] of buckets) {
    if (below + count >= rank && count > 0) return from + (upTo - from) * ((rank - below) / count);
    below += count;
    from = upTo;
  }
  return from;
}
