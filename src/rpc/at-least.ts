/**
 * Returns the value of an option.
 * @throws {RangeError} when it is less, or no number
 */
export function atLeast(least: number, name: string, value: number): number {
  if (value >= least) return value;
  throw new RangeError(`rpc: ${name} must be ${least} at least, not ${value}`);
}
