import { GoTime } from "../../gob/go-time.js";
import { Typed } from "../../gob/registry.js";
import { time } from "../../gob/well-known.js";
import type { Outbox } from "../outbox.js";
import { type Cursor, skip, unread } from "./plan-cursor.js";
import type { Part, PartOf } from "./plan-part.js";
import { decodeValue, encodeValue } from "./values.js";

/** Makes the part of interface{}: what there is, without a schema. */
export function anyPart(partOf: PartOf): Part {
  return {
    write: (out, v, depth) => {
      if (v instanceof Typed) return partOf(v.schema).write(out, v.value, depth);
      if (v instanceof GoTime) return partOf(time).write(out, v, depth);
      writeAny(out, v, depth);
    },
    read: readAny,
    slow: (v) => v ?? null,
  };
}

function writeAny(out: Outbox, v: unknown, depth: number): void {
  const packed = encodeValue(v, depth);
  out.copy(packed, packed.start, packed.end);
}

function readAny(c: Cursor): unknown {
  const { at, bytes } = c;
  if (!skip(c)) return unread;
  try {
    return decodeValue(bytes, at, c.at) ?? null;
  } catch {
    return unread;
  }
}
