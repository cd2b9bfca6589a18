import { expect, test } from "vitest";
import { Pace } from "./pace.js";
import { secondsOf } from "./plan.js";

const plan = { rounds: 3, phaseMs: 100, warmUpMs: 50, sizes: [64, 1024] };
const fresh = { left: (rounds: number) => ({ "warm-up": 1, round: rounds }) };

test("the first step tells of all steps, and of the time that is planned", () => {
  const step = new Pace(plan, 4).begin("warm-up", [fresh, fresh]);
  expect(step.index).toBe(1);
  expect(step.total).toBe(2 * 4 + 1);
  expect(step.secondsLeft).toBeCloseTo(secondsOf(plan, { subjects: 2, updates: 4 }) - 1);
});

test("what was done counts, and what failed counts no more", () => {
  const pace = new Pace(plan, 0);
  pace.begin("warm-up", [fresh, fresh]);
  pace.end();
  const failed = { left: () => ({ "warm-up": 0, round: 0 }) };
  const step = pace.begin("warm-up", [failed, fresh]);
  expect(step).toMatchObject({ index: 2, total: 5 });
  expect(step.secondsLeft).toBeLessThan(1.2); // the step before took no time, and so it is thought of this one
});
