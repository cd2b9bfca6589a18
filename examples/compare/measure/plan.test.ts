import { expect, test } from "vitest";
import { planFor, secondsOf, updateMsOf } from "./plan.js";

const all = { subjects: 40, updates: 8 };

test.each([
  [all, 120],
  [all, 300],
  [all, 3600],
  [{ subjects: 3, updates: 0 }, 10],
  [{ subjects: 1, updates: 1 }, 20],
  [{ subjects: 0, updates: 8 }, 30],
])("a plan for %j takes about as long as it may: %d s", (load, seconds) => {
  const plan = planFor(load, seconds);
  expect(secondsOf(plan, load)).toBeLessThanOrEqual(seconds);
  expect(secondsOf(plan, load)).toBeGreaterThan(seconds * 0.95);
});

test("more time gives more rounds, and then longer ones", () => {
  const [short, usual, long, longest] = [45, 120, 400, 3600].map((seconds) => planFor(all, seconds));
  expect(short?.rounds).toBe(1);
  expect(usual?.rounds).toBeGreaterThan(1);
  expect(long?.rounds).toBe(longest?.rounds);
  expect(long?.phaseMs).toBeLessThan(longest?.phaseMs ?? 0);
});

test("too little time still measures, and says how long it takes", () => {
  const plan = planFor(all, 1);
  expect(plan).toMatchObject({ rounds: 1, phaseMs: 10 });
  expect(secondsOf(plan, all)).toBeGreaterThan(10);
  expect(updateMsOf(plan)).toBeGreaterThanOrEqual(1000);
});

test("sizes are those that were asked for", () => {
  expect(planFor(all, 60, [16, 4096]).sizes).toEqual([16, 4096]);
});
