import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireChromium } from "../../../test/support/chromium.js";
import type { Figures } from "../results.js";
import type { Site } from "../subject.js";
import { useChromium } from "./chromium.js";
import { browserSubjects } from "./subjects.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const plan = { rounds: 1, phaseMs: 20, warmUpMs: 5, sizes: [64, 65_536] };

describe.skipIf(executable === undefined)(`${where}a page`, () => {
  let site: Site;
  let use: AsyncDisposable | null = null;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "compare-"));
    site = { folder, plan, signal: new AbortController().signal };
    use = await useChromium(site); // as a run has it, for all its rows
  }, 60_000);
  afterAll(async () => {
    await use?.[Symbol.asyncDispose]();
    await rm(site.folder, { recursive: true, force: true });
  });

  async function measure(name: string): Promise<Figures> {
    const subject = browserSubjects.find((one) => one.name === name);
    if (subject === undefined) throw new Error(`No subject ${name}`);
    expect(await subject.missing?.()).toBeNull();
    await using open = await subject.open(site);
    await open.warmUp();
    await open.round();
    return open.figures();
  }

  test("that speaks WebSocket masks what it sends", async () => {
    const { wire, ...rest } = await measure("browser-ws");
    expect(wire?.message).toEqual({ out: 64 + 6, back: 64 + 2 });
    expect(rest).toMatchObject({ lost: 0, idle: null, roundTrips: { clientCpuMicros: null } });
    expect(rest.roundTrips.perSecond.value).toBeGreaterThan(0);
    expect(rest.throughput.map(({ messageBytes }) => messageBytes)).toEqual(plan.sizes);
  });

  test.for(["browser-rpc", "browser-rest"])("that is %s measures what it says", async (name) => {
    const { wire, lost, throughput } = await measure(name);
    expect(wire?.message.out).toBeGreaterThan(64);
    expect(wire?.message.back).toBeGreaterThan(64);
    expect(lost).toBe(0);
    for (const { perSecond } of throughput) expect(perSecond.value).toBeGreaterThan(0);
  });
});
