import { expect, test } from "vitest";
import { startLoop } from "./loop.js";

/** A clock that goes when it is told to; timers fire late by what `late` returns. */
class Clock {
  #now = 1000;
  #timer: { at: number; callback: () => void } | null = null;
  readonly #late: () => number;

  constructor(late: () => number = () => 0) {
    this.#late = late;
  }

  readonly now = () => this.#now;

  readonly after = (ms: number, callback: () => void) => {
    const timer = { at: this.#now + ms + this.#late(), callback };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = null;
    };
  };

  /** Is busy for so long: no timer fires. */
  block(ms: number): void {
    this.#now += ms;
  }

  run(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#timer; timer !== null && timer.at <= end; timer = this.#timer) {
      this.#timer = null;
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
    }
    this.#now = Math.max(this.#now, end);
  }
}

test("does not drift, however late each timer fires", () => {
  let [steps, turn] = [0, 0];
  const clock = new Clock(() => (turn++ * 7) % 11);
  startLoop(() => steps++, { hz: 30, now: clock.now, after: clock.after });
  clock.run(1_000_000);
  expect(Math.abs(steps - 30_000)).toBeLessThanOrEqual(1);
});

test("makes up for a few steps at once, and skips what is more", () => {
  let steps = 0;
  const clock = new Clock();
  startLoop(() => steps++, { hz: 10, now: clock.now, after: clock.after });
  clock.block(350);
  clock.run(0);
  expect(steps).toBe(3);
  clock.block(60_000);
  clock.run(0);
  expect(steps).toBe(8);
  clock.run(1000);
  expect(steps).toBe(18);
});

test("a step that takes longer than there is time for does not make the next one later still", () => {
  let steps = 0;
  const clock = new Clock();
  const step = () => {
    steps++;
    clock.block(150); // of 100
  };
  startLoop(step, { hz: 10, now: clock.now, after: clock.after });
  clock.run(15_000);
  expect(steps).toBeGreaterThan(80);
  expect(steps).toBeLessThanOrEqual(101);
});

test("stops, from within a step too", () => {
  let steps = 0;
  const clock = new Clock();
  const stop = startLoop(() => ++steps === 3 && stop(), { hz: 10, now: clock.now, after: clock.after });
  clock.block(450);
  clock.run(10_000);
  expect(steps).toBe(3);
});
