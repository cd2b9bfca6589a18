import type { Series } from "../results.js";

/** Sums up what is better the higher it is, such as a rate. */
export function highest(rounds: readonly number[]): Series {
  return { value: Math.max(...rounds), rounds };
}

/** Sums up what is better the lower it is, such as a time. */
export function lowest(rounds: readonly number[]): Series {
  return { value: Math.min(...rounds), rounds };
}

/** The same, for what some cannot tell: null if it is unknown of a round. */
export function lowestKnown(rounds: readonly (number | null)[]): Series | null {
  const known = rounds.filter((n) => n !== null);
  return known.length === 0 || known.length < rounds.length ? null : lowest(known);
}
