/** The longest delay that a timer takes; of a longer one it makes 1 ms. */
const maxDelayMs = 2 ** 31 - 1;

/** Calls `run` after so many ms; never if that is more than a timer takes, which are 25 days. */
export function after(ms: number, run: () => void): ReturnType<typeof setTimeout> | undefined {
  return ms > maxDelayMs ? undefined : setTimeout(run, Math.max(0, ms));
}
