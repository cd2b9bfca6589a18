import { isTimeoutError, settle } from "./assert.js";
import { pause } from "./time.js";

/**
 * Makes all calls a hundred times, in ten bursts and in various orders, waits for their results, and requires of those
 * that fail that a deadline was the reason.
 */
export async function allAtOnce(calls: readonly (() => unknown)[]): Promise<void> {
  const outcomes = [];
  for (let round = 0; round < 100; round++) {
    const turn = round % calls.length;
    for (const call of [...calls.slice(turn), ...calls.slice(0, turn)]) outcomes.push(settle((async () => call())()));
    if (round % 10 === 9) await pause(0);
  }
  for (const outcome of await Promise.all(outcomes)) {
    if ("error" in outcome) isTimeoutError(outcome.error, "one of the calls");
  }
}
