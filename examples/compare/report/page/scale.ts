/** A range, both ends in it. */
export type Range = readonly [min: number, max: number];

const steps = [1, 2, 5];

/** Powers of two that hold a range, for bytes. */
export function binaryRange(min: number, max: number): Range {
  return [2 ** Math.floor(Math.log2(min)), 2 ** Math.ceil(Math.log2(max))];
}

/** Powers of two, as many as there is room for. */
export function binaryTicks([min, max]: Range, mostTicks: number): number[] {
  const [first, last] = [Math.ceil(Math.log2(min)), Math.floor(Math.log2(max))];
  const step = Math.max(1, Math.ceil((last - first + 1) / mostTicks));
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return exponents.filter((exponent) => exponent % step === 0).map((exponent) => 2 ** exponent);
}

/** Widens a range to values of 1, 2 or 5 times a power of ten, so that it seldom changes while values come in. */
export function niceRange(min: number, max: number): Range {
  const low = niceValues(min / 10, min).findLast((value) => value <= min * 1.0001) ?? min;
  const high = niceValues(max, max * 10).find((value) => value >= max * 0.9999) ?? max;
  return [low, low === high ? high * 10 : high];
}

/** The values to write on a logarithmic axis: powers of ten, or 1, 2, 5 of each where there is room. */
export function logTicks(min: number, max: number, mostTicks: number): number[] {
  const all = niceValues(min, max).filter((value) => value >= min * 0.9999 && value <= max * 1.0001);
  if (all.length <= mostTicks) return all;
  const decades = all.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6);
  return decades.length < 2 ? all.filter((_, i) => i % 2 === 0) : decades;
}

function niceValues(min: number, max: number): number[] {
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    // A negative power of ten as a quotient: 1 / 1000 is exact where 10 ** -3 need not be.
    const unit = power < 0 ? 1 / 10 ** -power : 10 ** power;
    values.push(...steps.map((step) => step * unit));
  }
  return values;
}
