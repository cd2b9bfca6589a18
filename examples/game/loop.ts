/** Options of {@link startLoop}. */
export interface LoopOptions {
  /** How often a second. */
  readonly hz: number;
  /** How many steps may be made up for at once; what is later than that is skipped. @default 5 */
  readonly maxCatchUp?: number;
  /** A clock that is never set, in ms. @default performance.now */
  readonly now?: () => number;
  /** Calls back after so many ms; returns how to forget it. @default setTimeout */
  readonly after?: (ms: number, callback: () => void) => () => void;
}

/**
 * Calls `step` so many times a second, and returns how to stop it.
 *
 * Each step has its time, counted from the start: a timer that fires late makes one step late, not all that follow. Who is
 * late for several makes up for them at once; who is late for too many skips them, or catching up would make it later
 * still.
 */
export function startLoop(step: () => void, options: LoopOptions): () => void {
  const { hz, maxCatchUp = 5, now = () => performance.now(), after = timer } = options;
  let start = now();
  let steps = 0;
  let stopped = false;
  let forget = () => {};
  const due = () => start + ((steps + 1) * 1000) / hz;
  const isLate = () => !stopped && due() <= now();

  const run = () => {
    for (let i = 0; i < maxCatchUp && isLate(); i++) {
      steps++;
      step();
    }
    if (isLate()) [start, steps] = [now(), 0];
    if (!stopped) wait();
  };
  const wait = () => {
    forget = after(Math.max(0, due() - now()), run);
  };
  wait();
  return () => {
    stopped = true;
    forget();
  };
}

function timer(ms: number, callback: () => void): () => void {
  const handle = setTimeout(callback, ms);
  return () => clearTimeout(handle);
}
