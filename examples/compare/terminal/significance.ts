// Whether two series of rounds differ by more than they waver.

/** How likely such a difference may be by chance. */
const level = 0.05;

/**
 * Tells whether the rounds of two runs differ: by the rank-sum test of Mann and Whitney, two-sided, which asks only how
 * the rounds are ordered, and not how they are spread. Where there are so few that no order could convince it (fewer than
 * 4 and 4), the ranges must not overlap. A single round tells nothing.
 */
export function differ(before: readonly number[], now: readonly number[]): boolean {
  if (before.length < 2 || now.length < 2) return false;
  const orders = binomial(before.length + now.length, now.length);
  if (2 / orders > level) return Math.max(...before) < Math.min(...now) || Math.max(...now) < Math.min(...before);
  return rankSumP(before, now) < level;
}

/** Returns how likely it is that series of one kind are at least so far apart. Ties count half, rounded to the safe side. */
export function rankSumP(a: readonly number[], b: readonly number[]): number {
  const wins = a
    .flatMap((x) => b.map((y): number => (x > y ? 1 : x === y ? 0.5 : 0)))
    .reduce((sum, one) => sum + one, 0);
  const fewer = Math.ceil(Math.min(wins, a.length * b.length - wins));
  let orders = 0;
  for (let u = 0; u <= fewer; u++) orders += ordersWith(u, a.length, b.length);
  return Math.min(1, (2 * orders) / binomial(a.length + b.length, a.length));
}

/** Counts the orders of m and n different numbers in which `u` times one of the m is above one of the n. */
function ordersWith(u: number, m: number, n: number, known = new Map<string, number>()): number {
  if (u < 0) return 0;
  if (m === 0 || n === 0) return u === 0 ? 1 : 0;
  const key = `${u},${m},${n}`;
  const count = known.get(key) ?? ordersWith(u - n, m - 1, n, known) + ordersWith(u, m, n - 1, known); // who is above all
  known.set(key, count);
  return count;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
