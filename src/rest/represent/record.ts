/** Gives parameters as an object of strings, and of arrays of strings for names that come twice; none is `__proto__`. */
export function toRecord(parameters: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of parameters) {
    if (name === "__proto__") continue; // where the object is copied, it would be the prototype of the copy
    const there = values.get(name);
    if (there === undefined) values.set(name, value);
    else if (Array.isArray(there)) there.push(value);
    else values.set(name, [there, value]);
  }
  return Object.fromEntries(values);
}
