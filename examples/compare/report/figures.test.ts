import { describe, expect, test } from "vitest";
import type { Latency, Results } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { cardsOf, latencyFinding, updatesFinding } from "./page/findings.js";
import { bytes, count, duration, micros, number, percentile, times } from "./page/format.js";
import { mebibytesPerSecond, pairsOf, quantile } from "./page/rows.js";
import { binaryRange, binaryTicks, logTicks, niceRange } from "./page/scale.js";

const none: Results = { ...sampleResults(), finished: false, rows: [], updates: [] };

describe("numbers", () => {
  test("three digits that count, with the unit that fits", () => {
    expect([0, 0.05, 1.5, 17.62, 40, 99_999].map(number)).toEqual(["0", "0.05", "1.5", "17.6", "40", "99,999"]);
    expect([17.62, 999.9, 1200, 2_500_000].map(micros)).toEqual(["17.6 µs", "1 ms", "1.2 ms", "2.5 s"]);
    expect([0, 64, 1024, 1.5 * 2 ** 20].map(bytes)).toEqual(["0 B", "64 B", "1 KiB", "1.5 MiB"]);
    expect([950, 994_000, 1_200_000].map(count)).toEqual(["950", "994k", "1.2M"]);
    expect([1.155, 32.26, 116.2].map(times)).toEqual(["1.16×", "32.3×", "116×"]);
    expect([58.4, 125].map(duration)).toEqual(["58 s", "2 min 5 s"]);
  });

  test("percentiles have as many nines as they need", () => {
    expect([1, 2, 10, 100, 1000, 10_000].map(percentile)).toEqual(["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
  });
});

describe("scales", () => {
  test("a range widens to 1, 2 or 5 times a power of ten, and to powers of two", () => {
    expect(niceRange(13, 420)).toEqual([10, 500]);
    expect(niceRange(0.3, 0.3)).toEqual([0.2, 0.5]);
    expect(niceRange(10, 10)).toEqual([10, 100]);
    expect(binaryRange(75, 1500)).toEqual([64, 2048]);
  });

  test("ticks thin out to decades", () => {
    expect(logTicks(10, 100, 9)).toEqual([10, 20, 50, 100]);
    expect(logTicks(1, 1e5, 9)).toEqual([1, 10, 100, 1000, 10_000, 100_000]);
    expect(binaryTicks([64, 16_384], 6)).toEqual([64, 256, 1024, 4096, 16_384]);
  });
});

describe("quantiles", () => {
  const buckets: Latency["buckets"] = [
    [10, 50],
    [20, 49],
    [100, 1],
  ];
  const latency: Latency = { p50Micros: 10, p90Micros: 18, p99Micros: 20, p999Micros: 100, maxMicros: 100, buckets };

  test("they lie between the buckets, and end where less than one is left", () => {
    expect([2, 100].map((x) => quantile(latency, x))).toEqual([10, 100 / 5]);
    expect(quantile(latency, 10)).toBeCloseTo(10 + (10 * 40) / 49);
    expect(quantile(latency, 101)).toBeNull();
    expect(quantile({ ...latency, buckets: [] }, 2)).toBeNull();
  });
});

describe("findings", () => {
  test("rows of one name are a pair, in the order of the groups", () => {
    const pairs = pairsOf({ ...sampleResults(), rows: sampleResults().rows.toReversed() });
    expect(pairs.map(({ group }) => group).filter((group, i, all) => group !== all[i - 1])).toEqual([
      "conn",
      "rpc",
      "http",
      "browser",
    ]);
    expect(pairs.find(({ name }) => name === "tcp")).toMatchObject({
      toolkit: { side: "toolkit" },
      go: { side: "go" },
    });
  });

  test("headings tell what was measured, or ask", () => {
    expect(latencyFinding(none)).toMatch(/\?$/);
    expect(updatesFinding(none)).toMatch(/\?$/);
    expect(latencyFinding(sampleResults())).toContain("(pipe)");
    expect(cardsOf(none).map(({ value }) => value)).toEqual([null, null, null, null, null, null]);
  });

  test("the fastest trip is one between processes; a ratio above 1 says that the toolkit does better", () => {
    const [fastest, ws, go] = cardsOf(sampleResults());
    expect(fastest).toMatchObject({ detail: "unix, median there and back between processes" });
    expect(ws?.value).toBe("1.16×");
    const same = sampleResults().rows.flatMap((row) =>
      row.side === "toolkit" ? [row, { ...row, side: "go" as const }] : [],
    );
    expect(cardsOf({ ...sampleResults(), rows: same })[2]?.value).toBe("1.00×");
    expect(go?.value).not.toBe("1.00×");
  });

  test("a message there and back counts once", () => {
    const perSecond = { value: 1024, rounds: [1024] };
    const one = { messageBytes: 1024, perSecond, serverCpuMicros: null, clientCpuMicros: null };
    expect(mebibytesPerSecond(one)).toBe(1);
  });
});
