import { type Schema, unfit } from "../../gob/schema.js";
import type { ArraySchema, SliceSchema } from "../../gob/slice.js";
import type { Outbox } from "../outbox.js";
import { readBytes } from "./plan-bytes.js";
import { type Cursor, takeListHead, takeNil, unread } from "./plan-cursor.js";
import { putHead } from "./plan-numbers.js";
import { type Part, type PartOf, type Place, tooDeep, zeroOf } from "./plan-part.js";

/** Writes the head of a list. */
function writeListHead(out: Outbox, n: number): void {
  const b = out.room(5);
  const at = out.length;
  if (n >= 16) return out.advance(n < 65_536 ? putHead(b, at, 0xdc, n, 2) : putHead(b, at, 0xdd, n, 4));
  b[at] = 0x90 | n;
  out.advance(at + 1);
}

function isList(v: unknown): v is ArrayLike<unknown> {
  return Array.isArray(v) || (ArrayBuffer.isView(v) && !(v instanceof DataView));
}

function writeList(out: Outbox, v: ArrayLike<unknown>, elem: Part, depth: number): void {
  if (depth <= 0) throw tooDeep();
  writeListHead(out, v.length);
  for (let i = 0; i < v.length; i++) elem.write(out, v[i], depth - 1);
}

/** Reads `n` elements into an array that grows as they come. */
function readList(c: Cursor, elem: Part, n: number): unknown[] | typeof unread {
  if (!c.enter(n, 1)) return unread;
  const list: unknown[] = [];
  for (let i = 0; i < n; i++) {
    const item = elem.read(c);
    if (item === unread) return unread;
    list.push(item);
  }
  c.depth++;
  return list;
}

function slowList(v: readonly unknown[], elem: Part, at: Place): unknown[] {
  return v.map((item, i) => at.within(elem, item, i));
}

/** Makes the part of a slice. Nil is empty, as everywhere in gob. */
export function slicePart(schema: SliceSchema, partOf: PartOf): Part {
  const elem = partOf(schema.elem);
  return {
    write: (out, v, depth) => {
      if (v === null) out.byte(0xc0);
      else if (isList(v)) writeList(out, v, elem, depth);
      else throw unfit(schema, v);
    },
    read: (c) => {
      const n = takeListHead(c);
      if (n >= 0) return readList(c, elem, n);
      return takeNil(c) ? [] : unread;
    },
    slow: (v, at) => {
      if (v === null) return [];
      if (!Array.isArray(v)) throw at.unlike(schema, v);
      return slowList(v, elem, at);
    },
  };
}

/** Makes the part of an array. Go writes one of bytes as bytes, so that is read as well. */
export function arrayPart(schema: ArraySchema, partOf: PartOf): Part {
  const elem = partOf(schema.elem);
  const { length } = schema;
  const isBytes = schema.elem.isByte;
  return {
    write: (out, v, depth) => {
      if (!isList(v) || v.length !== length) throw unfit(schema, v);
      writeList(out, v, elem, depth);
    },
    read: (c) => {
      if (takeNil(c)) return zeroOf(c, schema)?.value ?? unread;
      const n = takeListHead(c);
      if (n === length) return readList(c, elem, n);
      return isBytes && n < 0 ? readNumbers(c, length) : unread;
    },
    slow: (v, at) => {
      if (v === null) return at.zero(schema);
      const list = isBytes && v instanceof Uint8Array ? [...v] : v;
      if (!Array.isArray(list)) throw at.unlike(schema, v);
      if (list.length === length) return slowList(list, elem, at);
      throw at.error(`want ${schema.toString()}, got ${list.length} elements`);
    },
  };
}

function readNumbers(c: Cursor, length: number): number[] | typeof unread {
  const bytes = readBytes(c);
  return bytes !== unread && bytes.length === length ? [...bytes] : unread;
}

/** Makes the part of a pointer: nil, or the value. */
export function optionalPart(elemSchema: Schema, partOf: PartOf): Part {
  const elem = partOf(elemSchema);
  return {
    write: (out, v, depth) => {
      if (v == null) out.byte(0xc0);
      else elem.write(out, v, depth);
    },
    read: (c) => (takeNil(c) ? null : elem.read(c)),
    slow: (v, at) => (v == null ? null : elem.slow(v, at)),
  };
}
