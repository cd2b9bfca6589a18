import { type Cursor, skip, takeBytesHead, takeMapHead, takeNil, unread } from "./plan-cursor.js";
import { type Heads, type Step, setField, type Values } from "./plan-fields.js";
import { type Part, zeroOf } from "./plan-part.js";
import { getText } from "./plan-text.js";

/**
 * Makes a reader of structs. As long as the fields come in our order, which is Go's, it compares bytes; from the first that
 * does not on, it looks names up. Nothing is read twice.
 */
export function structReader(steps: readonly Step[], heads: Heads, make: () => Values): Part["read"] {
  const readRest = restReader(steps);
  const count = steps.length;
  const isFlat = steps.every(({ path, name }) => path.length === 1 && name !== "__proto__");
  if (!isFlat || count === 0) return (c) => readRest(c, make(), 0, takeStruct(c));
  const isNext = keyMatcher(heads);
  const readNext = valueReader(steps);
  const names = steps.map(({ name }) => name);
  const [first] = names as [string];
  const second = names[1] ?? "";
  const head = count < 16 ? 0x80 | count : 0xc1;
  return (c) => {
    let n = count;
    if (c.at < c.end && c.bytes[c.at] === head && --c.depth >= 0 && (c.items -= 1 + count) >= 0) c.at++;
    else n = takeStruct(c);
    const o: Values = {};
    let i = 0;
    if (n > 0 && isNext(c, 0)) {
      const value = readNext(c, 0);
      if (value === unread) return unread;
      o[first] = value; // by itself, as the engine then knows the name where there is no other struct
      i = 1;
      if (n > 1 && count > 1 && isNext(c, 1)) {
        const other = readNext(c, 1);
        if (other === unread) return unread;
        o[second] = other;
        i = 2;
        for (; i < count && i < n && isNext(c, i); i++) {
          const next = readNext(c, i);
          if (next === unread) return unread;
          o[names[i] as string] = next;
        }
      }
    }
    if (i < count || i < n) return readRest(c, o, i, n);
    c.depth++;
    return o;
  };
}

/** Takes the head of a map, and gives how many fields it has; -1 where there is none, or none that may be. */
function takeStruct(c: Cursor): number {
  const n = takeNil(c) ? 0 : takeMapHead(c); // all fields of nil are missing
  return n >= 0 && c.enter(2 * n, 1 + n) ? n : -1;
}

/** Makes a function that takes the key of a field if it comes next, and at least a byte of its value. */
function keyMatcher({ bytes, start, ends }: Heads): (c: Cursor, i: number) => boolean {
  const starts = [start, ...ends];
  return (c, i) => {
    const { bytes: b, end } = c;
    let { at } = c;
    const until = ends[i] as number;
    let k = starts[i] as number;
    if (until - k >= end - at) return false;
    for (; k < until; k++) if (b[at++] !== bytes[k]) return false;
    c.at = at;
    return true;
  };
}

/** Makes a function that reads the value of a field, of which there is at least one byte. */
function valueReader(steps: readonly Step[]): (c: Cursor, i: number) => unknown {
  const parts = steps.map(({ part }) => part);
  const areInts = steps.map(({ part }) => part.quick !== undefined);
  return (c, i) => {
    const token = c.bytes[c.at] as number;
    if (token > 127 || areInts[i] !== true) return (parts[i] as Part).read(c);
    c.at++;
    return token;
  };
}

/** Makes a function that reads fields as they come, passes over those that nobody knows, and fills in what is missing. */
function restReader(steps: readonly Step[]) {
  const places = new Map(steps.map(({ name }, i) => [name, i]));
  return (c: Cursor, o: Values, from: number, n: number): Values | typeof unread => {
    if (n < 0) return unread;
    const seen = new Set(Array.from({ length: from }, (_, i) => i));
    for (let left = n - from; left > 0; left--) {
      const key = takeKey(c);
      if (key === unread) return unread;
      const place = places.get(key);
      if (place === undefined ? !skip(c) : !readField(c, o, steps[place] as Step)) return unread;
      if (place !== undefined) seen.add(place);
    }
    c.depth++;
    return seen.size === steps.length ? o : fill(c, o, steps, seen);
  };
}

function takeKey(c: Cursor): string | typeof unread {
  const n = takeBytesHead(c);
  if (n < 0) return unread;
  const { at } = c;
  c.at = at + n;
  return getText(c.bytes, at, c.at);
}

function readField(c: Cursor, o: Values, { part, path }: Step): boolean {
  const value = part.read(c);
  if (value === unread) return false;
  setField(o, path, value);
  return true;
}

function fill(c: Cursor, o: Values, steps: readonly Step[], seen: ReadonlySet<number>): Values | typeof unread {
  for (const [i, { path, schema }] of steps.entries()) {
    if (seen.has(i)) continue;
    const zero = zeroOf(c, schema);
    if (zero === null) return unread;
    setField(o, path, zero.value);
  }
  return o;
}
