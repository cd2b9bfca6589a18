import type { MapSchema } from "../../gob/map.js";
import { unfit } from "../../gob/schema.js";
import { wireBool, wireFloat, wireInt, wireString, wireUint } from "../../gob/wire-type.js";
import type { Outbox } from "../outbox.js";
import { type Cursor, takeMapHead, takeNil, unread } from "./plan-cursor.js";
import { putMapHead } from "./plan-numbers.js";
import { type Part, type PartOf, type Place, tooDeep } from "./plan-part.js";

/** Makes the part of a map. Nil is empty, as everywhere in gob. */
export function mapPart(schema: MapSchema, partOf: PartOf): Part {
  const key = partOf(schema.keys);
  const elem = partOf(schema.elem);
  const hasNames = schema.keys.builtinId === wireString;
  return {
    write: (out, v, depth) => {
      if (v === null) return out.byte(0xc0);
      if (depth <= 0) throw tooDeep();
      if (v instanceof Map) writeEntries(out, v.size, v, key, elem, depth - 1);
      else if (hasNames && isRecord(v)) writeRecord(out, v, key, elem, depth - 1);
      else throw unfit(schema, v);
    },
    read: (c) => {
      const n = takeMapHead(c);
      if (n >= 0) return readEntries(c, key, elem, n);
      return takeNil(c) ? new Map() : unread;
    },
    slow: (v, at) => {
      if (v === null) return new Map();
      if (!isRecord(v) || v instanceof Date) throw at.unlike(schema, v);
      return slowEntries(v, schema, key, elem, at);
    },
  };
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v) && !ArrayBuffer.isView(v);
}

function writeRecord(out: Outbox, v: Record<string, unknown>, key: Part, elem: Part, depth: number): void {
  const entries = Object.entries(v);
  writeEntries(out, entries.length, entries, key, elem, depth);
}

function writeEntries(
  out: Outbox,
  size: number,
  entries: Iterable<readonly [unknown, unknown]>,
  key: Part,
  elem: Part,
  depth: number,
): void {
  out.advance(putMapHead(out.room(5), out.length, size));
  for (const [k, item] of entries) {
    key.write(out, k, depth);
    elem.write(out, item, depth);
  }
}

function readEntries(c: Cursor, key: Part, elem: Part, n: number): Map<unknown, unknown> | typeof unread {
  if (!c.enter(2 * n, 1 + n)) return unread;
  const entries = new Map<unknown, unknown>();
  for (let i = 0; i < n; i++) {
    const k = key.read(c);
    if (k === unread) return unread;
    const item = elem.read(c);
    if (item === unread) return unread;
    entries.set(k, item);
  }
  c.depth++;
  return entries;
}

function slowEntries(v: Record<string, unknown>, schema: MapSchema, key: Part, elem: Part, at: Place): unknown {
  const entries = new Map<unknown, unknown>();
  for (const [name, item] of Object.entries(v)) {
    entries.set(at.within(key, keyOf(name, schema, at), name), at.within(elem, item, name));
  }
  return entries;
}

/** Gives what a key was before it became the name of a property. */
function keyOf(name: string, { keys }: MapSchema, at: Place): unknown {
  switch (keys.builtinId) {
    case wireString:
      return name;
    case wireInt:
    case wireUint:
      if (/^(0|-?[1-9]\d{0,19})$/.test(name)) return BigInt(name);
      break;
    case wireFloat:
      if (String(Number(name)) === name) return Number(name);
      break;
    case wireBool:
      if (name === "true" || name === "false") return name === "true";
  }
  throw at.error(`want a key of type ${keys.toString()}, got ${JSON.stringify(name)}`);
}
