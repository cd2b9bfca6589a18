import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { compare, type Step } from "../compare.js";
import type { Figures, Plan, Results, Row, RowHead } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";
import { toolkitSubjects } from "./subjects.js";

const plan: Plan = { rounds: 2, phaseMs: 10, warmUpMs: 10, sizes: [64, 65_536] };

function watch() {
  const stop = new AbortController();
  const steps: Step[] = [];
  const seen: Results[] = [];
  const begin = (step: Step) => void steps.push(step);
  return { steps, seen, stop, begin, changed: (results: Results) => void seen.push(results), signal: stop.signal };
}

function named(...names: string[]): Subject[] {
  return toolkitSubjects.filter(({ name }) => names.includes(name));
}

function rowOf({ rows }: Results, name: string): Row {
  return rows.find((row) => row.name === name) as Row;
}

function figuresOf(results: Results, name: string): Figures {
  const row = rowOf(results, name);
  if (row.status !== "measured") throw new Error(`${name}: ${JSON.stringify(row)}`);
  return row.figures;
}

/** Counts the processes that this one has started. */
function children(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
}

/** Two bytes of a WebSocket's header, four of a client's mask; TLS: a header of 5, a type of content, a tag of 16. */
const onTheWire: Readonly<Record<string, readonly [out: number, back: number]>> = {
  tcp: [64, 64],
  tls: [64 + 22, 64 + 22],
  unix: [64, 64],
  udp: [64, 64],
  ws: [64 + 6, 64 + 2],
  wss: [64 + 6 + 22, 64 + 2 + 22],
  pipe: [64, 64],
};

/** What CONNECT asks, and is answered. */
const connected = ["CONNECT /_goRPC_ HTTP/1.0\n\n".length, "HTTP/1.0 200 Connected to Go RPC\n\n".length];

test("rows of every kind are measured, with their bytes on the wire", { timeout: 60_000 }, async () => {
  const names = [...Object.keys(onTheWire), "rpc-http-msgpack", "rest-close"];
  const quick = { ...plan, rounds: 1, phaseMs: 5, warmUpMs: 5 };
  const results = await compare({ subjects: named(...names), updates: [] }, () => quick, watch());
  expect(results.rows.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, "measured"]));
  for (const name of names) {
    const { roundTrips, throughput, wire, idle, sent, lost } = figuresOf(results, name);
    const isPipe = name === "pipe";
    expect(throughput.map(({ messageBytes }) => messageBytes)).toEqual(name === "udp" ? [64] : [64, 65_536]);
    for (const { perSecond, serverCpuMicros, clientCpuMicros } of [roundTrips, ...throughput]) {
      expect(perSecond.value, name).toBeGreaterThan(0);
      expect([serverCpuMicros === null, clientCpuMicros === null], name).toEqual([isPipe, isPipe]);
    }
    expect(roundTrips.p99Micros.value, name).toBeGreaterThanOrEqual(roundTrips.p50Micros.value);
    expect(sent, name).toBeGreaterThan(0);
    if (name !== "udp") expect(lost, name).toBe(0);
    expect(idle === null, name).toBe(isPipe || name === "rest-close");
    const { handshake, message } = wire ?? {};
    if (name in onTheWire) expect([message?.out, message?.back], name).toEqual(onTheWire[name]);
    else expect(message?.out, name).toBeGreaterThan(64);
    const shakesHands = ["tls", "ws", "wss", "rpc-http-msgpack"].includes(name);
    const { out = Number.NaN, back = Number.NaN } = handshake ?? {};
    if (shakesHands) expect(Math.min(out, back), name).toBeGreaterThan(0);
    else expect([out, back], name).toEqual([0, 0]);
    if (name === "rpc-http-msgpack") expect([out, back]).toEqual(connected);
  }
});

test("each step tells what is done, and after it all that is known", async () => {
  const watching = watch();
  const before = children();
  const results = await compare({ subjects: named("tcp", "pipe"), updates: [] }, () => plan, watching);
  expect(children()).toBe(before); // the server's process has ended
  expect(watching.steps.map(({ what, index, total }) => [what, index, total])).toEqual([
    ["tcp: warming up", 1, 6],
    ["pipe: warming up", 2, 6],
    ["tcp: round 1 of 2", 3, 6],
    ["pipe: round 1 of 2", 4, 6],
    ["pipe: round 2 of 2", 5, 6],
    ["tcp: round 2 of 2", 6, 6],
  ]);
  expect(watching.seen.map(({ finished, rows }) => [finished, ...rows.map(({ status }) => status)])).toEqual([
    ...Array.from({ length: 3 }, () => [false, "pending", "pending"]),
    [false, "measured", "pending"],
    ...Array.from({ length: 3 }, () => [false, "measured", "measured"]),
    [true, "measured", "measured"],
  ]);
  expect(watching.seen.at(-1)).toEqual(results);
  expect(figuresOf(results, "tcp").roundTrips.perSecond.rounds).toHaveLength(2);
  expect(JSON.parse(JSON.stringify(results))).toEqual(results);
});

const head: RowHead = { name: "fake", group: "conn", side: "go" };
const figures = {} as Figures;

interface Fake {
  readonly subject: Subject;
  readonly calls: string[];
  folder: string;
}

/** Makes a subject that does nothing but remember; what `part` gives takes the place of its own. */
function fake(part: Partial<OpenSubject> & Pick<Subject, "missing">): Fake {
  const calls: string[] = [];
  const does = (name: string) => () => Promise.resolve(void calls.push(name));
  const open = (site: Site) => {
    made.folder = site.folder;
    const usual = { warmUp: does("warmUp"), round: does("round"), figures: () => figures };
    return Promise.resolve({ ...usual, [Symbol.asyncDispose]: does("dispose"), ...part });
  };
  const { missing } = part;
  const made: Fake = { subject: { ...head, open, ...(missing === undefined ? {} : { missing }) }, calls, folder: "" };
  return made;
}

test("what fails ends its own row alone, and is disposed of", async () => {
  const failing = fake({ round: () => Promise.reject(new Error("out of order")) });
  const good = fake({});
  const watching = watch();
  const { rows } = await compare({ subjects: [failing.subject, good.subject], updates: [] }, () => plan, watching);
  expect(rows).toEqual([
    { ...head, status: "failed", error: "out of order" },
    { ...head, status: "measured", figures },
  ]);
  expect(failing.calls).toEqual(["warmUp", "dispose"]);
  expect(good.calls).toEqual(["warmUp", "round", "round", "dispose"]);
  expect(watching.steps.map(({ total }) => total)).toEqual([6, 6, 6, 5, 5]);
  expect(existsSync(good.folder)).toBe(false);
});

test("what is missing is skipped, and never opened", async () => {
  const missing = fake({ missing: () => Promise.resolve("needs a tool") });
  const { rows } = await compare({ subjects: [missing.subject], updates: [] }, () => plan, watch());
  expect(rows).toEqual([{ ...head, status: "skipped", reason: "needs a tool" }]);
  expect(missing.calls).toEqual([]);
});

test.each([1, 3])("step %d can be interrupted; all is disposed of", async (last) => {
  const watching = watch();
  const reason = new Error("enough");
  const other = fake({});
  const slow = { ...plan, phaseMs: 60_000, warmUpMs: last === 1 ? 60_000 : 10 };
  watching.begin = ({ index }) => {
    if (index === last) setImmediate(() => watching.stop.abort(reason));
  };
  const folders: string[] = [];
  const [tcp] = named("tcp") as [Subject];
  const spied: Subject = {
    ...tcp,
    open: (site) => {
      folders.push(site.folder);
      return tcp.open(site);
    },
  };
  await expect(compare({ subjects: [spied, other.subject], updates: [] }, () => slow, watching)).rejects.toBe(reason);
  expect(other.calls.at(-1)).toBe(last === 1 ? undefined : "dispose");
  expect(folders.map((folder) => existsSync(folder))).toEqual([false]);
});

test("a run that is over before it begins does nothing", async () => {
  const watching = watch();
  watching.stop.abort();
  await expect(compare({ subjects: named("tcp"), updates: [] }, () => plan, watching)).rejects.toBe(
    watching.signal.reason,
  );
  expect(watching.steps).toEqual([]);
});

test("updates are measured after the rows", { timeout: 30_000 }, async () => {
  const { updates } = await compare({ subjects: [], updates: ["push-ws", "poll-20ms"] }, () => plan, watch());
  expect(updates.map(({ name, status }) => [name, status])).toEqual([
    ["push-ws", "measured"],
    ["poll-20ms", "measured"],
  ]);
});
