import { GoTime } from "../../gob/go-time.js";
import { type Schema, unfit } from "../../gob/schema.js";
import type { Outbox } from "../outbox.js";
import { type Cursor, takeBytesHead, takeNil, unread } from "./plan-cursor.js";
import { putHead } from "./plan-numbers.js";
import type { Part } from "./plan-part.js";

const two32 = 4_294_967_296;
const two34 = 17_179_869_184;

/**
 * Makes the part of time.Time: timestamps, in UTC. Go reads them, and without WriteExt writes their bytes as a string, or
 * nil for its zero time; both are read.
 */
export function timePart(schema: Schema): Part {
  return {
    write: (out, v) => {
      if (v instanceof GoTime) writeTime(out, v);
      else if (v instanceof Date) writeTime(out, GoTime.fromDate(v));
      else throw unfit(schema, v);
    },
    read: (c) => {
      if (takeNil(c)) return GoTime.zero();
      const n = takeTimeHead(c);
      return n < 0 || n > c.end - c.at || --c.items < 0 ? unread : readTime(c, n);
    },
    slow: (v, at) => {
      if (v === null) return GoTime.zero();
      if (v instanceof Date && !Number.isNaN(v.getTime())) return GoTime.fromDate(v);
      throw at.unlike(schema, v);
    },
  };
}

function writeTime(out: Outbox, { unixSeconds: seconds, nanoseconds: nanos }: GoTime): void {
  const b = out.room(15);
  let at = out.length;
  if (seconds >= 0 && seconds < two34) {
    const high = nanos * 4 + Math.floor(seconds / two32);
    b[at] = high === 0 ? 0xd6 : 0xd7;
    b[at + 1] = 0xff;
    at = high === 0 ? at + 2 : putUint32(b, at + 2, high);
  } else {
    b[at] = 0xc7;
    at = putUint32(b, putHead(b, at + 1, 12, 0xff, 1), nanos);
    at = putUint32(b, at, Math.floor(seconds / two32));
  }
  out.advance(putUint32(b, at, seconds));
}

function putUint32(b: Uint8Array, at: number, v: number): number {
  for (let i = 0; i < 4; i++) b[at + i] = v >>> (24 - 8 * i);
  return at + 4;
}

/** Takes what comes before the bytes of a time, and gives how many they are; -1 where it is no time. */
function takeTimeHead(c: Cursor): number {
  const { bytes, at } = c;
  const token = at < c.end ? bytes[at] : 0xc1;
  if (token === 0xd6 || token === 0xd7) return takeType(c, 1, token === 0xd6 ? 4 : 8);
  if (token === 0xc7) return at + 1 < c.end && bytes[at + 1] === 12 ? takeType(c, 2, 12) : -1;
  const n = takeBytesHead(c);
  return n === 4 || n === 8 || n === 12 ? n : -1;
}

function takeType(c: Cursor, distance: number, n: number): number {
  if (c.at + distance >= c.end || c.bytes[c.at + distance] !== 0xff) return -1;
  c.at += distance + 1;
  return n;
}

function readTime(c: Cursor, n: number): GoTime | typeof unread {
  const { bytes, at } = c;
  c.at = at + n;
  if (n === 4) return new GoTime(uint32(bytes, at));
  const high = uint32(bytes, at + n - 8);
  const low = uint32(bytes, at + n - 4);
  const nanos = n === 8 ? Math.floor(high / 4) : uint32(bytes, at);
  const seconds = (n === 8 ? high % 4 : high | 0) * two32 + low;
  return nanos < 1e9 && Number.isSafeInteger(seconds) ? new GoTime(seconds, nanos) : unread;
}

function uint32(b: Uint8Array, at: number): number {
  let n = 0;
  for (let i = 0; i < 4; i++) n = n * 256 + (b[at + i] as number);
  return n;
}
