import { corrupt, unexpectedEOF } from "./errors.js";
import type { Schema, ValueReader } from "./schema.js";
import { getNumber, getUint, type Source } from "./source.js";

/** A field on the way to another. */
export interface Step {
  readonly name: string;
  readonly schema: Schema;
}

/** What becomes of a field of the wire: it is read into a place, or skipped. */
export type Target =
  | { readonly path: readonly Step[]; readonly read: ValueReader }
  | { readonly skip: (s: Source) => void };

type Values = Record<string, unknown>;
type Setter = (s: Source, o: Values) => void;

/** How to make objects of a type, and what one with nothing in it takes. */
export interface Shape {
  readonly fields: readonly Step[];
  /** The zero values that all may share; `undefined` where each has its own. */
  readonly blank: Readonly<Values>;
  readonly bytes: number;
}

/** Makes a reader of structs. */
export function structReader(targets: readonly Target[], shape: Shape): ValueReader {
  return placesOf(targets, shape.fields) === null ? readInAnyOrder(targets, shape) : readInOrder(targets, shape);
}

/** Where each field of the wire goes, -1 for nowhere; `null` if they come in another order than ours. */
function placesOf(targets: readonly Target[], fields: readonly Step[]): number[] | null {
  let last = -1;
  const places = targets.map((target) => {
    if ("skip" in target) return -1;
    const at = target.path.length === 1 ? fields.findIndex(({ name }) => name === target.path[0]?.name) : -2;
    if (at <= last) return -2;
    last = at;
    return at;
  });
  return places.includes(-2) || fields.some(({ name }) => name === "__proto__") ? null : places;
}

/** Reads the distance to the next field, or 0 at the end. */
function getDelta(s: Source): number {
  if (s.pos >= s.end) throw unexpectedEOF();
  const delta = s.b[s.pos] as number;
  if (delta > 127) return getUint(s);
  s.pos++;
  return delta;
}

/**
 * Builds each object field by field, which is the fastest way without generated code, see bench/gob.ts. Most decoding is
 * this loop.
 */
function readInOrder(targets: readonly Target[], { fields, blank, bytes }: Shape): ValueReader {
  const places = placesOf(targets, fields) ?? [];
  const reads = targets.map((target) => ("skip" in target ? target.skip : target.read));
  const names = fields.map(({ name }) => name);
  const zeros = names.map((name) => blank[name]);
  const total = names.length;
  const count = places.length;
  const zero = (at: number): unknown => zeros[at] ?? (zeros[at] === null ? null : fields[at]?.schema.zero());
  return (s) => {
    s.enter(bytes);
    const o: Values = {};
    let { b, pos, end } = s;
    let next = 0;
    for (let i = -1; ; ) {
      s.pos = pos;
      const delta = pos < end && (b[pos] as number) < 128 ? (b[s.pos++] as number) : getUint(s);
      if (delta === 0) break;
      i += delta;
      if (i >= count) throw corrupt("bad data: field numbers out of bounds");
      const place = places[i] as number;
      const read = reads[i] as ValueReader;
      if (place >= next) {
        for (; next < place; next++) o[names[next] as string] = zero(next);
        o[names[next++] as string] = read === getNumber ? getNumber(s) : read(s); // by its name it is inlined
      } else read(s); // skipped, or sent twice
      ({ b, pos, end } = s);
    }
    for (; next < total; next++) o[names[next] as string] = zero(next);
    s.depth--;
    return o;
  };
}

/** Begins with an object of zero values, and sets its fields as they come. */
function readInAnyOrder(targets: readonly Target[], { fields, blank, bytes }: Shape): ValueReader {
  const setters = targets.map(setter);
  const count = setters.length;
  const fresh = fields.filter(({ name }) => blank[name] === undefined);
  return (s) => {
    s.enter(bytes);
    const o: Values = { ...blank };
    for (let i = -1; ; ) {
      const delta = getDelta(s);
      if (delta === 0) break;
      i += delta;
      if (i >= count) throw corrupt("bad data: field numbers out of bounds");
      (setters[i] as Setter)(s, o);
    }
    for (const { name, schema } of fresh) if (o[name] === undefined) o[name] = schema.zero();
    s.depth--;
    return o;
  };
}

function setter(target: Target): Setter {
  if ("skip" in target) return (s) => target.skip(s);
  const { path, read } = target;
  const { name } = path.at(-1) as Step;
  if (path.length > 1) return promoted(path.slice(0, -1), name, read);
  return (s, o) => {
    o[name] = read(s);
  };
}

/** Sets a field of a struct that is embedded. */
function promoted(outer: readonly Step[], name: string, read: ValueReader): Setter {
  return (s, o) => {
    let at = o;
    for (const step of outer) at = (at[step.name] ??= step.schema.zero()) as Values;
    at[name] = read(s);
  };
}
