import { expect, test } from "vitest";
import { LogHistogram } from "./log-histogram.js";

test("percentiles are those of the buckets, and no more than the largest time", () => {
  const times = new LogHistogram(
    [
      [0, 90],
      [1000, 9],
      [2000, 1],
    ],
    2000,
  );
  expect(times.percentile(50)).toBeCloseTo(0.1);
  expect(times.percentile(99)).toBeCloseTo(0.1 * 1.005 ** 1000);
  expect(times.percentile(100)).toBe(2000);
});

test("what is added counts too, and none is lost in at most a hundred buckets", () => {
  const times = new LogHistogram();
  for (let i = 0; i < 3000; i += 7) times.add(new LogHistogram([[i, 2]], 1));
  const { buckets } = times.latency();
  expect(buckets.length).toBeLessThanOrEqual(100);
  expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(2 * Math.ceil(3000 / 7));
  expect(buckets.map(([upTo]) => upTo)).toEqual(buckets.map(([upTo]) => upTo).toSorted((a, b) => a - b));
});

test("without times there is nothing to tell", () => {
  expect(new LogHistogram().latency()).toMatchObject({ p50Micros: 0, maxMicros: 0, buckets: [] });
});
