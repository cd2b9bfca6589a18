import { expect, test } from "vitest";
import { Latencies } from "./latency.js";

function latenciesOf(micros: Iterable<number>): Latencies {
  const latencies = new Latencies();
  for (const one of micros) latencies.record(one);
  return latencies;
}

/** Goes from 1 µs to one second, with the same number of times in each doubling. */
function wide(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 10 ** ((6 * i) / (count - 1)));
}

test("percentiles are those of the times, to three digits", () => {
  const { p50Micros, p90Micros, p99Micros, p999Micros, maxMicros } = latenciesOf(
    Array.from({ length: 1000 }, (_, i) => i + 1),
  ).latency();
  for (const [got, wanted] of [
    [p50Micros, 500],
    [p90Micros, 900],
    [p99Micros, 990],
    [p999Micros, 999],
    [maxMicros, 1000],
  ] as const) {
    expect(Math.abs(got - wanted) / wanted).toBeLessThanOrEqual(0.002);
  }
});

test.each([[[17]], [[0.001, 0.002, 0.003]], [wide(10_000)], [[1, 1e9]]])(
  "buckets hold each time once, ascending, at most a hundred (case %#)",
  (times) => {
    const { buckets, maxMicros } = latenciesOf(times).latency();
    expect(buckets.length).toBeLessThanOrEqual(100);
    expect(buckets.map(([upTo]) => upTo)).toEqual(buckets.map(([upTo]) => upTo).toSorted((a, b) => a - b));
    expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(times.length);
    for (const [, count] of buckets) expect(count).toBeGreaterThan(0);
    const whole = times.map((time) => Math.round(time * 1000) / 1000); // they are counted in ns
    let sum = 0;
    for (const [upTo, count] of buckets) {
      sum += count;
      expect(whole.filter((time) => time <= upTo * (1 + 1e-9)).length).toBe(sum);
    }
    expect(maxMicros).toBeLessThanOrEqual((buckets.at(-1)?.[0] ?? 0) * 1.001);
  },
);

test("all of another's are added", () => {
  const one = latenciesOf([1, 2, 3]);
  one.add(latenciesOf([100, 200]));
  expect(one.count).toBe(5);
  expect(one.latency().buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(5);
  expect(one.percentile(100)).toBeCloseTo(200, 0);
});

test("nothing recorded is all zero", () => {
  expect(new Latencies().latency()).toEqual({
    p50Micros: 0,
    p90Micros: 0,
    p99Micros: 0,
    p999Micros: 0,
    maxMicros: 0,
    buckets: [],
  });
});
