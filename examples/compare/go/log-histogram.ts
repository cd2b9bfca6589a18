import type { Latency } from "../results.js";

/** Each bucket reaches 0.5 % further than the one before. */
const growth = 1.005;
/** What takes less falls into the first bucket. */
const leastMicros = 0.1;
const mostBuckets = 100;

/** How many there are in each bucket. */
export type Counts = readonly (readonly [bucket: number, count: number])[];

/** Counts times in buckets of 0.5 %, so that they can travel. */
export class LogHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #maxMicros = 0;

  /** Begins with what was counted elsewhere, in the same buckets. */
  constructor(counts: Counts = [], maxMicros = 0) {
    this.#add(counts, maxMicros);
  }

  /** Adds all of another's. */
  add(other: LogHistogram): void {
    this.#add([...other.#counts], other.#maxMicros);
  }

  /** Returns what so many percent took at most; 0 if nothing was recorded. */
  percentile(percent: number): number {
    let rest = (this.#total * percent) / 100;
    for (const [bucket, count] of this.#sorted()) {
      rest -= count;
      if (rest <= 0) return Math.min(upTo(bucket), this.#maxMicros);
    }
    return this.#maxMicros;
  }

  /** Sums it up, in a hundred buckets at most. */
  latency(): Latency {
    return {
      p50Micros: this.percentile(50),
      p90Micros: this.percentile(90),
      p99Micros: this.percentile(99),
      p999Micros: this.percentile(99.9),
      maxMicros: this.#maxMicros,
      buckets: this.#buckets(),
    };
  }

  #add(counts: Counts, maxMicros: number): void {
    for (const [bucket, count] of counts) {
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
      this.#total += count;
    }
    this.#maxMicros = Math.max(this.#maxMicros, maxMicros);
  }

  #sorted(): [bucket: number, count: number][] {
    return [...this.#counts].toSorted(([a], [b]) => a - b);
  }

  /** Joins as many neighbours into one as it takes. */
  #buckets(): [number, number][] {
    const sorted = this.#sorted();
    const span = (sorted.at(-1)?.[0] ?? 0) - (sorted[0]?.[0] ?? 0) + 1;
    const joined = Math.ceil(span / (mostBuckets - 1));
    const counts = new Map<number, number>();
    for (const [bucket, count] of sorted) {
      const last = Math.ceil((bucket + 1) / joined) * joined - 1;
      counts.set(last, (counts.get(last) ?? 0) + count);
    }
    return [...counts].map(([bucket, count]) => [upTo(bucket), count]);
  }
}

function upTo(bucket: number): number {
  return leastMicros * growth ** bucket;
}
