import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Results, Series } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { readBaseline } from "./baseline.js";
import { compareRuns, type Move } from "./moves.js";
import { plain } from "./paint.js";
import { differ, rankSumP } from "./significance.js";
import { asJSON, movedText } from "./text.js";
import { UsageError } from "./usage-error.js";

const folder = mkdtempSync(join(tmpdir(), "baseline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string): string {
  const file = join(folder, "baseline.json");
  writeFileSync(file, text);
  return file;
}

/** The sample, with other round trips of tcp: each round is so many times as fast. */
function sampleWith(factors: readonly number[]): Results {
  const sample = sampleResults();
  const [first, ...others] = sample.rows;
  if (first?.status !== "measured") throw new Error("The first row is not measured");
  const { roundTrips } = first.figures;
  const rounds = factors.map((factor) => roundTrips.perSecond.value * factor);
  const perSecond: Series = { value: Math.max(...rounds), rounds };
  return {
    ...sample,
    rows: [{ ...first, figures: { ...first.figures, roundTrips: { ...roundTrips, perSecond } } }, ...others],
  };
}

function movesFrom(before: readonly number[], now: readonly number[]): readonly Move[] {
  return compareRuns(sampleWith(before), sampleWith(now)).moves;
}

describe("the rank-sum test", () => {
  // As R's wilcox.test(exact = TRUE) tells for orders without ties.
  test.each([
    [[1, 2, 3, 4], [5, 6, 7, 8], 2 / 70],
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 2 / 252],
    [[1, 2, 3, 5], [4, 6, 7, 8], 4 / 70],
    [[1, 3, 5, 7], [2, 4, 6, 8], 48 / 70],
    [[1, 2], [1, 2], 1],
  ])("%j and %j differ by chance with p = %d", (a, b, p) => {
    expect(rankSumP(a, b)).toBeCloseTo(p, 10);
    expect(rankSumP(b, a)).toBeCloseTo(p, 10);
  });

  test("with few rounds the ranges must not overlap, and one round tells nothing", () => {
    expect(differ([1, 2], [3, 4])).toBe(true);
    expect(differ([1, 3], [2, 4])).toBe(false);
    expect(differ([1], [100])).toBe(false);
    expect(differ([1, 2], [100])).toBe(false);
  });
});

describe("what has moved", () => {
  const steady = [1, 0.98, 0.97, 0.99, 0.96];

  test("nothing has, against itself", () => {
    const { moves, compared, caveats } = compareRuns(sampleResults(), sampleResults());
    expect([moves, caveats]).toEqual([[], []]);
    expect(compared).toBeGreaterThan(500);
  });

  test("a figure whose rounds are all higher by more than 5 % has", () => {
    const faster = movesFrom(
      steady,
      steady.map((factor) => factor * 1.12),
    );
    expect(faster).toEqual([expect.objectContaining({ row: "tcp", what: "round trips/s", isBetter: true })]);
    expect(faster[0]?.change).toBeCloseTo(0.12);
    expect(
      movesFrom(
        steady,
        steady.map((factor) => factor * 0.9),
      )[0],
    ).toMatchObject({ isBetter: false });
  });

  test("one that has moved by less, or only in its best round, or to two sides, has not", () => {
    expect(
      movesFrom(
        steady,
        steady.map((factor) => factor * 1.04),
      ),
    ).toEqual([]);
    expect(movesFrom(steady, [...steady.slice(1), 1.3])).toEqual([]);
    expect(movesFrom(steady, [0.5, 0.5, 0.5, 0.5, 1.2])).toEqual([]);
  });

  test("it is told in words, in 80 columns", () => {
    const text = movedText(sampleWith(steady.map((factor) => factor * 1.12)), sampleWith(steady), plain);
    expect(text).toBe(`Against the baseline of 2026-03-14T09:26:53.000Z
    figure        before    now       change
────────────────────────────────────────────
tcp round trips/s 55,100 61,700 +12 % faster
1 of 658 figures has moved beyond noise: by more than 5 %, and by more than the
  rounds waver (p < 0.05), which one in twenty may do by chance.`);
  });

  test("another machine, Node, plan or choice is said", () => {
    const { machine, plan, rows, ...rest } = sampleResults();
    const before: Results = {
      ...rest,
      machine: { ...machine, cpu: "Another", node: "v20.0.0", go: null },
      plan: { ...plan, rounds: 3, sizes: [64] },
      rows,
      finished: false,
    };
    const now = { ...sampleResults(), rows: rows.slice(1) };
    expect(compareRuns(before, now).caveats).toEqual([
      "Another machine: 2 × Another, linux x64, and now 2 × AMD EPYC, linux x64. Figures of different machines say nothing about each other.",
      "Another Node: v20.0.0, and now v22.14.0.",
      "Another Go: none, and now go1.24.1.",
      "Another plan: 3 rounds of 120 ms, and now 5 of 120 ms.",
      "Other sizes: 64 B; only those of both runs are compared.",
      "The baseline is of a run that did not come to its end.",
      "Only in the baseline: tcp.",
    ]);
  });

  test("two runs without a row in common say so", () => {
    const text = movedText({ ...sampleResults(), rows: [] }, sampleResults(), plain);
    expect(text).toContain("The two runs have no figure in common.");
  });
});

describe("a baseline", () => {
  test("is read as it was written", async () => {
    const { moves, compared } = compareRuns(await readBaseline(fileWith(asJSON(sampleResults()))), sampleResults());
    expect(moves).toEqual([]);
    expect(compared).toBeGreaterThan(500);
  });

  test.each([
    ["{", "is no result of --json"],
    ["null", "is no result of --json"],
    ['{"name":"toolkit"}', "is no result of --json"],
    ['{"version":2}', "has version 2 of the format, and only 1 is known"],
    ['{"version":1,"rows":[]}', "is no result of --json, or a damaged one"],
    [asJSON(sampleResults()).replace('"rounds":[', '"rounds":["x",'), "is no result of --json, or a damaged one"],
    [asJSON(sampleResults()).replace('"roundTrips"', '"trips"'), "is no result of --json, or a damaged one"],
  ])("that is none is refused: %.30s", async (text, message) => {
    const file = fileWith(text);
    await expect(readBaseline(file)).rejects.toThrow(new UsageError(`${file} ${message}`));
  });

  test("that is not there is refused", async () => {
    await expect(readBaseline(join(folder, "none"))).rejects.toThrow(/^Cannot read the baseline: ENOENT/);
  });
});
