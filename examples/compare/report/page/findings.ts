import type { Results, Throughput } from "../../results.js";
import { bytes, count, micros, number, times } from "./format.js";
import {
  bytesOf,
  figuresOf,
  least,
  type Measured,
  measuredOf,
  measuredUpdates,
  mebibytesPerSecond,
  most,
  overheadOf,
  pairsOf,
} from "./rows.js";

/** A figure that sums up many. */
export interface Card {
  readonly title: string;
  /** Null as long as it is not known. */
  readonly value: string | null;
  readonly detail: string;
}

/** The headline figures. */
export function cardsOf(results: Results): Card[] {
  return [fastest(results), webSocket(results), beside(results), rate(results), volume(results), push(results)];
}

const p50 = ({ figures }: Measured): number => figures.roundTrips.p50Micros.value;
/** Rows whose bytes leave the process: where both ends share one, CPU time cannot be told apart. */
const travelling = (results: Results): Measured[] =>
  measuredOf(results).filter(({ figures }) => figures.roundTrips.serverCpuMicros !== null);

function fastest(results: Results): Card {
  const row = least(travelling(results), p50);
  const detail = row === null ? "median, there and back" : `${row.name}, median there and back between processes`;
  return { title: "Fastest trip", value: row && micros(p50(row)), detail };
}

function webSocket(results: Results): Card {
  const [ws, tcp] = ["ws", "tcp"].map((name) => measuredOf(results).find((row) => row.name === name));
  if (ws === undefined || tcp === undefined) return { title: "ws against tcp", value: null, detail: "medians" };
  const detail = `a round trip, ${micros(p50(ws))} against ${micros(p50(tcp))}`;
  return { title: "ws against tcp", value: times(p50(ws) / p50(tcp)), detail };
}

function beside(results: Results): Card {
  const ratios = pairsOf(results).flatMap(({ toolkit, go }) => {
    const [ours, theirs] = [figuresOf(toolkit), figuresOf(go)];
    return ours && theirs ? [theirs.roundTrips.p50Micros.value / ours.roundTrips.p50Micros.value] : [];
  });
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  const detail = `as fast a round trip, geometric mean of ${ratios.length || "all"} rows`;
  return { title: "toolkit against Go", value: ratios.length === 0 ? null : times(mean), detail };
}

function topOf(results: Results, value: (one: Throughput) => number): { name: string; one: Throughput } | null {
  const all = travelling(results).flatMap(({ name, figures }) => figures.throughput.map((one) => ({ name, one })));
  return most(all, ({ one }) => value(one));
}

const perSecond = (one: Throughput): number => one.perSecond.value;

function rate(results: Results): Card {
  const top = topOf(results, perSecond);
  const detail = top === null ? "many under way" : `${top.name}, ${bytes(top.one.messageBytes)} each, many under way`;
  return { title: "Messages a second", value: top && count(perSecond(top.one)), detail };
}

function volume(results: Results): Card {
  const top = topOf(results, mebibytesPerSecond);
  const value = top && `${bytes(mebibytesPerSecond(top.one) * 2 ** 20)}/s`;
  const detail = top === null ? "each way" : `${top.name}, ${bytes(top.one.messageBytes)} each, and as much back`;
  return { title: "Bytes a second", value, detail };
}

function push(results: Results): Card {
  const [pushed, polled] = pushAndPoll(results);
  if (pushed === null || polled === null) return { title: "Push against poll", value: null, detail: "delay and bytes" };
  const sooner = polled.figures.delay.p50Micros / pushed.figures.delay.p50Micros;
  const detail = `sooner, for ${times(bytesOf(polled) / bytesOf(pushed))} fewer bytes: ${pushed.name} against ${polled.name}`;
  return { title: "Push against poll", value: times(sooner), detail };
}

/** The fastest push, and the fastest poll: the others are slower still. */
function pushAndPoll(results: Results) {
  const delay = (row: ReturnType<typeof measuredUpdates>[number]) => row.figures.delay.p50Micros;
  const of = (kind: string) =>
    least(
      measuredUpdates(results).filter((row) => row.kind === kind),
      delay,
    );
  return [of("push"), of("poll")] as const;
}

/** Names the least and the greatest of rows, or asks what is not known yet. */
function between(
  results: Results,
  question: string,
  value: (row: Measured) => number | null,
  tell: (low: string, high: string) => string,
  format: (value: number) => string,
): string {
  const known = measuredOf(results).flatMap((row) => {
    const n = value(row);
    return n === null ? [] : [{ name: row.name, n }];
  });
  const [low, high] = [least(known, ({ n }) => n), most(known, ({ n }) => n)];
  if (low === null || high === null || low.name === high.name) return question;
  return tell(`${format(low.n)} (${low.name})`, `${format(high.n)} (${high.name})`);
}

export function latencyFinding(results: Results): string {
  const tell = (low: string, high: string) => `There and back takes from ${low} to ${high} in the median`;
  return between(results, "How long does a message take, there and back?", p50, tell, micros);
}

export function throughputFinding(results: Results): string {
  const [messages, mebibytes] = [topOf(results, perSecond), topOf(results, mebibytesPerSecond)];
  if (messages === null || mebibytes === null) return "How much goes through in a second?";
  const volumes = `${number(mebibytesPerSecond(mebibytes.one))} MiB of large ones (${mebibytes.name})`;
  return `Up to ${count(perSecond(messages.one))} small messages a second (${messages.name}), or ${volumes}`;
}

export function wireFinding(results: Results): string {
  const total = ({ figures }: Measured) => {
    const extra = overheadOf(figures);
    return extra && extra.out + extra.back;
  };
  const tell = (low: string, high: string) =>
    `A message there and back carries from ${low} to ${high} beyond its payload`;
  return between(results, "How many bytes come on top of the payload?", total, tell, bytes);
}

export function memoryFinding(results: Results): string {
  const perConn = ({ figures }: Measured) => figures.idle && figures.idle.serverBytesPerConn;
  const tell = (low: string, high: string) => `A connection that idles takes from ${low} to ${high}`;
  return between(results, "How much memory does a connection take that does nothing?", perConn, tell, bytes);
}

export function updatesFinding(results: Results): string {
  const [pushed, polled] = pushAndPoll(results);
  if (pushed === null || polled === null) return "How soon does a client learn what is new, and for how many bytes?";
  const tell = (row: typeof pushed) => `${micros(row.figures.delay.p50Micros)} and ${bytes(bytesOf(row))}`;
  return `News takes ${tell(pushed)} by ${pushed.name}, ${tell(polled)} by ${polled.name}`;
}
