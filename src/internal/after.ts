/** The longest delay that a timer takes; of a longer one it makes 1 ms. */
export const maxDelayMs = 2 ** 31 - 1;

/** Calls `run` when so many milliseconds have passed; never for `undefined`, or for more than a timer takes: 25 days. */
export function after(ms: number | undefined, run: () => void): ReturnType<typeof setTimeout> | undefined {
  return ms === undefined || ms > maxDelayMs ? undefined : setTimeout(run, Math.max(0, ms));
}
