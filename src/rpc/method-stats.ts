/** How long calls took, in ms. */
export interface Latency {
  /** Half of the calls took no longer. */
  readonly p50: number;
  /** Nine of ten took no longer. */
  readonly p90: number;
  /** 99 of 100 took no longer. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/** Four steps to each power of two: what is read off is at most 19 % too much. */
const stepsPerDoubling = 4;
/** The first step, in ms. */
const smallest = 0.000_5;
const steps = 128;

/** Counts the calls of a method, and how long they took, in a histogram of fixed size. */
export class MethodStats {
  /** How often it was called. */
  calls = 0;
  /** How often it failed. */
  errors = 0;
  /** How many calls are under way. */
  running = 0;
  #counts: Float64Array | null = null;
  #recorded = 0;
  #max = 0;

  /** Notes how long a call took, in ms. */
  record(ms: number): void {
    this.#counts ??= new Float64Array(steps);
    const step = Math.ceil(Math.log2(ms / smallest) * stepsPerDoubling);
    const at = Math.min(Math.max(step, 0), steps - 1);
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#recorded++;
    if (ms > this.#max) this.#max = ms;
  }

  /** What was noted; `null` before the first. */
  get latency(): Latency | null {
    if (this.#recorded === 0) return null;
    return { p50: this.#quantile(0.5), p90: this.#quantile(0.9), p99: this.#quantile(0.99), max: this.#max };
  }

  #quantile(q: number): number {
    let left = q * this.#recorded;
    let at = 0;
    for (const count of this.#counts ?? []) {
      left -= count;
      if (left <= 0) break;
      at++;
    }
    return Math.min(smallest * 2 ** (at / stepsPerDoubling), this.#max);
  }
}
