import { tmpdir } from "node:os";
import { beforeAll, describe, expect, test } from "vitest";
import type { UpdateFigures, UpdateRow } from "../results.js";
import type { Site } from "../subject.js";
import { momentsWithin } from "./moments.js";
import { measureUpdate, updateNames } from "./updates.js";

/** Long enough that there are times without updates, however busy the machine. */
const ms = 5000;
const updates = momentsWithin(ms).length;

function siteOf(signal: AbortSignal): Site {
  return { folder: tmpdir(), plan: { rounds: 1, phaseMs: 1, warmUpMs: 1, sizes: [64] }, signal };
}

test("moments are the same each time, ascending, and enough", () => {
  const moments = momentsWithin(10_000);
  expect(moments).toEqual(momentsWithin(10_000));
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(moments).toHaveLength(50);
  expect(momentsWithin(10)).toHaveLength(30);
  expect(Math.min(...moments)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...moments)).toBeLessThan(10_000);
});

describe("all ways, measured at the same time", () => {
  let rows: readonly UpdateRow[] = [];
  beforeAll(async () => {
    const site = siteOf(new AbortController().signal);
    rows = await Promise.all(updateNames.map((name) => measureUpdate(name, ms, site)));
  }, 30_000);

  function figuresOf(name: string): UpdateFigures {
    const row = rows.find((one) => one.name === name);
    if (row?.status !== "measured") throw new Error(`${name}: ${JSON.stringify(row)}`);
    return row.figures;
  }

  test.for(updateNames)("%s tells of each update, or of a newer one", (name) => {
    const { delay, missed, updatesPerSecond, wireBytesPerUpdate } = figuresOf(name);
    expect(delay.buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(updates);
    expect(delay.p50Micros).toBeLessThanOrEqual(delay.maxMicros);
    expect(delay.maxMicros).toBeGreaterThan(0);
    expect(updatesPerSecond).toBe(6);
    expect(missed).toBeLessThan(updates);
    expect(wireBytesPerUpdate.back).toBeGreaterThan(0);
  });

  test.for(updateNames.filter((name) => name.startsWith("push-")))("%s misses nothing, and wastes nothing", (name) => {
    expect(figuresOf(name)).toMatchObject({ missed: 0, requestsPerUpdate: 0, wastedBytesPerUpdate: 0 });
  });

  test("push-ws costs a frame of the text, and its header of two bytes", () => {
    const texts = Array.from({ length: updates }, (_, i) => JSON.stringify({ n: i + 1, at: Date.now() }));
    const bytes = texts.reduce((sum, text) => sum + 2 + text.length, 0);
    expect(figuresOf("push-ws").wireBytesPerUpdate).toEqual({ out: 0, back: bytes / updates });
  });

  test("long-poll asks once for each update, and never in vain", () => {
    const { requestsPerUpdate, wastedBytesPerUpdate } = figuresOf("long-poll");
    expect(requestsPerUpdate).toBeGreaterThan(0);
    expect(requestsPerUpdate).toBeLessThanOrEqual((updates + 1) / updates);
    expect(wastedBytesPerUpdate).toBe(0);
  });

  test("a poll at short intervals asks in vain, and that is not all that travels", () => {
    const { wastedBytesPerUpdate, wireBytesPerUpdate } = figuresOf("poll-20ms");
    expect(wastedBytesPerUpdate).toBeGreaterThan(0);
    expect(wastedBytesPerUpdate).toBeLessThan(wireBytesPerUpdate.out + wireBytesPerUpdate.back);
  });

  test("a poll at long intervals misses most", () => {
    expect(figuresOf("poll-1000ms").missed).toBeGreaterThan(updates / 2);
  });
});

test("an abort ends a measurement at once, with its reason", async () => {
  const abort = new AbortController();
  const measured = measureUpdate("poll-500ms", 60_000, siteOf(abort.signal));
  setTimeout(() => abort.abort(new Error("enough")), 500);
  await expect(measured).rejects.toThrow("enough");
});

test("an unknown way is an error", async () => {
  await expect(measureUpdate("pigeon", ms, siteOf(new AbortController().signal))).rejects.toThrow(RangeError);
});
