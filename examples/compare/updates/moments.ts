/** How many updates there are each second, where that makes enough of them. */
const perSecond = 5;
const fewest = 30;

/**
 * Returns moments within so many ms that nobody can foresee, ascending, and the same each time. Given how many there are,
 * those of a Poisson process lie anywhere with the same chance.
 */
export function momentsWithin(ms: number): number[] {
  const count = Math.max(fewest, Math.round((perSecond * ms) / 1000));
  const random = randomFrom(1);
  return Array.from({ length: count }, () => random() * ms).toSorted((a, b) => a - b);
}

/** Makes a generator of numbers from 0 to 1 that are always the same (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
