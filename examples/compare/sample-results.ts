// A run that never was, for tests of what shows results: plausible, and the same each time.
import type { Figures, Group, Latency, Outcome, Results, Row, Series, Side, UpdateRow, WireBytes } from "./results.js";

type Pair = readonly [out: number, back: number];

/** What a row's figures are made of: µs for a round trip, messages a second, MiB/s, bytes, KiB. */
interface Shape {
  readonly name: string;
  readonly group: Group;
  readonly trip: number;
  readonly rate: number;
  readonly mebibytes: number;
  readonly handshake: Pair;
  readonly message: Pair;
  /** KiB that an idle conn takes, or null. */
  readonly idle: number | null;
  /** How Go does: its round trip, rate and MiB/s, as parts of ours. */
  readonly go?: readonly [trip: number, rate: number, mebibytes: number];
  readonly note?: string;
}

const sizes = [64, 1024, 16_384, 65_536, 1_048_576];
const rounds = 5;
const mostOfUDP = 60 * 1024;
const ports = "connect EADDRNOTAVAIL 127.0.0.1:41877";
const esbuild = "needs esbuild, which is not installed";

const shapes: readonly Shape[] = [
  conn("tcp", [17.6, 994_000, 3110], [0, 0], [64, 64], 3.1, [0.72, 1.9, 1.3]),
  conn("tls", [31.3, 764_000, 304], [317, 1253], [86, 86], 38.4, [0.81, 0.9, 3.8]),
  conn("unix", [15.8, 998_000, 2940], [0, 0], [64, 64], 3, [0.68, 2.2, 1.4]),
  conn("udp", [17.5, 170_000, 813], [0, 0], [64, 64], null, [0.7, 1.7, 1.2]),
  conn("ws", [20.4, 529_000, 564], [208, 129], [70, 66], 9.8, [1.04, 0.62, 1.1]),
  conn("wss", [34.3, 433_000, 220], [547, 1404], [92, 88], 46, [0.97, 0.7, 2.4]),
  {
    ...conn("pipe", [2.16, 833_000, 14_300], [0, 0], [64, 64], 0.9, [0.31, 1.5, 1.2]),
    note: "both ends in one thread",
  },
  rpc("rpc-tcp-msgpack", [27.3, 317_000, 189], [98, 105]),
  rpc("rpc-tcp-gob", [32.6, 228_000, 211], [121, 116], [0.94, 1.6, 2.7]),
  rpc("rpc-tcp-jsonrpc", [34.1, 191_000, 74], [139, 125], [1.21, 0.7, 0.9]),
  rpc("rpc-tcp-jsonrpc2", [37.8, 164_000, 71], [152, 132]),
  rpc("rpc-http-gob", [33.9, 222_000, 207], [121, 116], [0.95, 1.6, 2.6]),
  rpc("rpc-http-msgpack", [28.6, 309_000, 186], [98, 105]),
  rpc("rpc-ws-msgpack", [31.9, 252_000, 164], [104, 107]),
  rpc("rpc-ws-gob", [37.2, 188_000, 177], [127, 118]),
  rpc("rpc-ws-jsonrpc", [38.9, 158_000, 68], [145, 127]),
  rpc("rpc-ws-jsonrpc2", [42.4, 139_000, 66], [158, 134]),
  http("rest", [88.2, 24_800, 412], [297, 246], [1.18, 0.9, 1.3]),
  { ...http("rest-close", [214, 6120, 281], [308, 251], [0.83, 1.4, 1.5]), note: "a connection for each request" },
  browser("browser-ws", [128, 61_000, 231], [70, 66]),
  browser("browser-rpc", [161, 38_400, 92], [104, 107]),
  browser("browser-rest", [402, 3980, 118], [512, 274]),
];

/** Makes a whole run: every row, one of which has failed, and one of which could not be measured. */
export function sampleResults(): Results {
  const random = randomFrom(42);
  return {
    version: 1,
    finished: true,
    startedAt: "2026-03-14T09:26:53.000Z",
    durationSeconds: 58.4,
    machine: { node: "v22.14.0", platform: "linux x64", cpu: "AMD EPYC", cores: 2, go: "go1.24.1", chromium: "140.0" },
    plan: { rounds, phaseMs: 120, warmUpMs: 120, sizes },
    rows: shapes.flatMap((shape) => rowsOf(shape, random)),
    updates: updateRows(),
  };
}

function rowsOf(shape: Shape, random: () => number): Row[] {
  const { name, group, note, go } = shape;
  const head = (side: Side) => ({ name, group, side, ...(note === undefined ? {} : { note }) });
  const ours: Row = { ...head("toolkit"), ...outcomeOf(name, () => figuresOf(shape, random)) };
  if (go === undefined) return [ours];
  const [trip, rate, mebibytes] = go;
  const other = {
    ...shape,
    trip: shape.trip * trip,
    rate: shape.rate * rate,
    mebibytes: shape.mebibytes * mebibytes,
    idle: shape.idle === null ? null : shape.idle * 1.4 + 4,
  };
  return [ours, { ...head("go"), status: "measured", figures: figuresOf(other, random) }];
}

function outcomeOf(name: string, figures: () => Figures): Outcome<Figures> {
  if (name === "rest-close") return { status: "failed", error: ports };
  if (name === "browser-rpc") return { status: "skipped", reason: esbuild };
  return { status: "measured", figures: figures() };
}

function figuresOf({ name, group, trip, rate, mebibytes, handshake, message, idle }: Shape, random: () => number) {
  const latency = latencyOf(trip);
  const cpu = (micros: number) => (name === "pipe" ? null : low(micros, random));
  const client = (micros: number) => (group === "browser" ? null : cpu(micros));
  const fitting = name === "udp" ? [...sizes.filter((size) => size < mostOfUDP), mostOfUDP] : sizes;
  const sent = Math.round((rate + 1e6 / trip) * 0.6);
  return {
    roundTrips: {
      messageBytes: 64,
      perSecond: high(0.97e6 / trip, random),
      p50Micros: low(trip, random),
      p99Micros: low(latency.p99Micros * 0.96, random),
      latency,
      serverCpuMicros: cpu(trip * 0.44),
      clientCpuMicros: client(trip * 0.53),
    },
    throughput: fitting.map((size) => {
      const micros = 1e6 / rate + size / (mebibytes * 1.048576); // what a message costs, and what its bytes cost
      return {
        messageBytes: size,
        perSecond: high(1e6 / micros, random),
        serverCpuMicros: cpu(micros * 0.9),
        clientCpuMicros: client(micros * 0.98),
      };
    }),
    wire: name === "pipe" ? null : { handshake: wayOf(handshake), messageBytes: 64, message: wayOf(message) },
    idle: idle === null ? null : { conns: 100, serverBytesPerConn: Math.round(idle * 1024) },
    sent,
    lost: name === "udp" ? Math.round(sent / 40_000) : 0,
  };
}

function updateRows(): UpdateRow[] {
  const push = { kind: "push", intervalMs: null } as const;
  const poll = (ms: number): UpdateRow => ({
    name: `poll-${ms}ms`,
    kind: "poll",
    intervalMs: ms,
    ...measured(ms * 500, [(ms / 20) ** -0.2 * 12, 620 * (200 / ms + 1), 410 * (200 / ms + 1)], Math.round(ms / 21)),
  });
  return [
    { name: "push-ws", ...push, ...measured(310, [0, 0, 98], 0) },
    { name: "push-sse", ...push, note: "over HTTP/1.1", ...measured(420, [0, 2, 121], 0) },
    { name: "long-poll", kind: "long-poll", intervalMs: null, ...measured(1900, [1, 297, 243], 3) },
    ...[20, 100, 500, 1000].map(poll),
  ];
}

function measured(delay: number, [requests, out, back]: readonly [number, number, number], missed: number) {
  const wasted = requests > 1 ? Math.round((out + back) * 0.8) : 0;
  const figures = {
    updatesPerSecond: 5,
    delay: latencyOf(delay),
    requestsPerUpdate: requests,
    wireBytesPerUpdate: { out, back },
    wastedBytesPerUpdate: wasted,
    missed,
  };
  return { status: "measured", figures } as const;
}

const countOfTrips = 40_000;

/** A distribution with a long tail, around its median: log-logistic, shifted. */
function latencyOf(median: number): Latency {
  const at = (part: number) => median * (0.6 + 0.4 * (part / (1 - part)) ** (1 / 3));
  const below = (micros: number) => (micros <= median * 0.6 ? 0 : 1 / (1 + (micros / median / 0.4 - 1.5) ** -3));
  const max = at(1 - 1 / countOfTrips);
  const edges = Array.from({ length: 60 }, (_, i) => at(0.001) * (max / at(0.001)) ** (i / 59));
  const counts = edges.map((edge, i) => Math.round(countOfTrips * (below(edge) - below(edges[i - 1] ?? 0))));
  return {
    p50Micros: at(0.5),
    p90Micros: at(0.9),
    p99Micros: at(0.99),
    p999Micros: at(0.999),
    maxMicros: max,
    buckets: edges.map((edge, i) => [edge, counts[i] ?? 0] as const).filter(([, count]) => count > 0),
  };
}

/** Rounds of a figure of which the highest is best. */
function high(best: number, random: () => number): Series {
  const values = waver(random).map((part) => best / part);
  return { value: Math.max(...values), rounds: values };
}

/** Rounds of a figure of which the lowest is best. */
function low(best: number, random: () => number): Series {
  const values = waver(random).map((part) => best * part);
  return { value: Math.min(...values), rounds: values };
}

/** How much worse than the best each round is: mostly a little. One of them is the best. */
function waver(random: () => number): number[] {
  const best = Math.floor(random() * rounds);
  return Array.from({ length: rounds }, (_, i) => (i === best ? 1 : 1 + 0.12 * random() ** 2));
}

function wayOf([out, back]: Pair): WireBytes {
  return { out, back };
}

function conn(
  name: string,
  [trip, rate, mebibytes]: readonly [number, number, number],
  handshake: Pair,
  message: Pair,
  idle: number | null,
  go: NonNullable<Shape["go"]>,
): Shape {
  return { name, group: "conn", trip, rate, mebibytes, handshake, message, idle, go };
}

function rpc(name: string, speed: readonly [number, number, number], message: Pair, go?: Shape["go"]): Shape {
  const [trip, rate, mebibytes] = speed;
  const handshake: Pair = name.includes("-tcp-") ? [0, 0] : name.includes("-ws-") ? [208, 129] : [41, 45];
  const shape = { name, group: "rpc", trip, rate, mebibytes, handshake, message, idle: 12.7 } as const;
  return go === undefined ? shape : { ...shape, go };
}

function http(
  name: string,
  [trip, rate, mebibytes]: readonly [number, number, number],
  message: Pair,
  go: NonNullable<Shape["go"]>,
): Shape {
  return { name, group: "http", trip, rate, mebibytes, handshake: [0, 0], message, idle: 7.6, go };
}

function browser(name: string, [trip, rate, mebibytes]: readonly [number, number, number], message: Pair): Shape {
  return { name, group: "browser", trip, rate, mebibytes, handshake: [498, 129], message, idle: null };
}

/** Mulberry32: small, seeded, good enough. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
