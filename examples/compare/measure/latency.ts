import { createHistogram } from "node:perf_hooks";
import type { Latency } from "../results.js";

/** The buckets for a picture: so many for each doubling of the time, from 1 ns on. */
const perDoubling = 32;
const doublings = 40;
const maxBuckets = 100;

/** Gathers times: percentiles from an HDR histogram, which does not grow with them, and counts for a picture. */
export class Latencies {
  readonly #nanos = createHistogram({ figures: 3 });
  readonly #counts = new Float64Array(perDoubling * doublings);

  /** Adds a time. */
  record(micros: number): void {
    const nanos = Math.max(1, Math.round(micros * 1000));
    this.#nanos.record(nanos);
    this.#count(nanos, 1);
  }

  /** Adds all of another's. */
  add(other: Latencies): void {
    this.#nanos.add(other.#nanos);
    for (const [i, count] of other.#counts.entries()) this.#counts[i] = (this.#counts[i] ?? 0) + count;
  }

  /** How many there are. */
  get count(): number {
    return this.#nanos.count;
  }

  /** Returns the time that so many of a hundred took at most; 0 if there are none. */
  percentile(p: number): number {
    return this.count === 0 ? 0 : this.#nanos.percentile(p) / 1000;
  }

  /** Sums up. */
  latency(): Latency {
    return {
      p50Micros: this.percentile(50),
      p90Micros: this.percentile(90),
      p99Micros: this.percentile(99),
      p999Micros: this.percentile(99.9),
      maxMicros: this.count === 0 ? 0 : this.#nanos.max / 1000,
      buckets: this.#buckets(),
    };
  }

  #count(nanos: number, count: number): void {
    const i = Math.min(this.#counts.length - 1, Math.ceil(Math.log2(nanos) * perDoubling));
    this.#counts[i] = (this.#counts[i] ?? 0) + count;
  }

  /** Joins as many neighbours as it takes to have no more than a hundred, and leaves out what is empty. */
  #buckets(): [number, number][] {
    const first = this.#counts.findIndex((count) => count > 0);
    const last = this.#counts.findLastIndex((count) => count > 0);
    if (first === -1) return [];
    const joined = Math.ceil((last - first + 1) / maxBuckets);
    const buckets: [number, number][] = [];
    for (let from = first; from <= last; from += joined) {
      const count = this.#counts.subarray(from, from + joined).reduce((a, b) => a + b);
      if (count > 0) buckets.push([2 ** ((from + joined - 1) / perDoubling) / 1000, count]);
    }
    return buckets;
  }
}
