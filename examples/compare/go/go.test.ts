import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../../test/support/tools.js";
import type { Figures } from "../results.js";
import type { Site } from "../subject.js";
import { goSubjects } from "./subjects.js";
import { buildGo, missingGo, missingGorilla } from "./toolchain.js";

const go = requireTool("go");
const gorilla = go === undefined ? null : await missingGorilla();
if (gorilla !== null && process.env["CI"]) throw new Error(`${gorilla}, and CI needs it`);
const where = go === undefined ? "skipped, as go is not on PATH: " : "";
const plan = { rounds: 1, phaseMs: 10, warmUpMs: 5, sizes: [64, 65_536] };
const abort = new AbortController();
let site: Site = { folder: "", plan, signal: abort.signal };

async function measure(name: string): Promise<Figures> {
  const subject = goSubjects.find((one) => one.name === name);
  if (subject === undefined) throw new Error(`No subject ${name}`);
  await using open = await subject.open(site);
  await open.warmUp();
  await open.round();
  return open.figures();
}

/** Two bytes of a WebSocket's header, four of a client's mask; TLS: a header of 5, a type of content, a tag of 16. */
const conns = [
  { name: "tcp", out: 64, back: 64 },
  { name: "tls", out: 64 + 22, back: 64 + 22 },
  { name: "unix", out: 64, back: 64 },
  { name: "udp", out: 64, back: 64 },
  { name: "pipe", out: 64, back: 64 },
];
const webSockets = [
  { name: "ws", out: 64 + 6, back: 64 + 2 },
  { name: "wss", out: 64 + 6 + 22, back: 64 + 2 + 22 },
];
const calls = ["rpc-tcp-gob", "rpc-tcp-jsonrpc", "rpc-http-gob", "rest", "rest-close"];

describe.skipIf(go === undefined)(`${where}Go's libraries`, () => {
  beforeAll(async () => {
    site = { ...site, folder: await mkdtemp(join(tmpdir(), "compare-")) };
    await buildGo(site.folder);
  }, 180_000);
  afterAll(() => rm(site.folder, { recursive: true, force: true }));

  test("are all compared, under the names of our own rows", async () => {
    const names = [...conns.slice(0, 4), ...webSockets, ...conns.slice(4)].map(({ name }) => name);
    expect(goSubjects.map(({ name }) => name)).toEqual([...names, ...calls]);
    expect(await missingGo()).toBeNull();
  });

  test.for([...conns, ...(gorilla === null ? webSockets : [])])(
    "$name costs its bytes",
    async ({ name, out, back }) => {
      const { wire, throughput, roundTrips, lost, sent } = await measure(name);
      expect(wire?.message).toEqual({ out, back });
      expect(throughput.map(({ messageBytes }) => messageBytes)).toEqual(name === "udp" ? [64] : plan.sizes);
      expect(roundTrips.perSecond.value).toBeGreaterThan(0);
      expect(roundTrips.serverCpuMicros === null).toBe(name === "pipe");
      expect(sent).toBeGreaterThan(0);
      if (name !== "udp") expect(lost).toBe(0);
    },
  );

  test.for(calls)("%s measures what it says", async (name) => {
    const { wire, idle, roundTrips, lost } = await measure(name);
    const { p50Micros, p99Micros, maxMicros, buckets } = roundTrips.latency;
    expect(wire?.message.out).toBeGreaterThan(64);
    expect(wire?.message.back).toBeGreaterThan(64);
    expect([p50Micros, p99Micros, maxMicros]).toEqual([p50Micros, p99Micros, maxMicros].toSorted((a, b) => a - b));
    expect(buckets.length).toBeLessThanOrEqual(100);
    expect(lost).toBe(0);
    if (name === "rest-close") expect(idle).toBeNull();
    else expect(idle?.serverBytesPerConn).toBeGreaterThan(0);
  });

  test("an abort ends what is being measured", async () => {
    const ending = new AbortController();
    const subject = goSubjects[0];
    const open = await subject?.open({ ...site, signal: ending.signal, plan: { ...plan, warmUpMs: 60_000 } });
    const warm = open?.warmUp();
    ending.abort();
    await expect(warm).rejects.toThrow("aborted");
    await open?.[Symbol.asyncDispose]();
  });
});
