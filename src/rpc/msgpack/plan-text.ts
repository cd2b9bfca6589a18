import { type Schema, unfit } from "../../gob/schema.js";
import type { Outbox } from "../outbox.js";
import { takeBytesHead, takeNil, unread } from "./plan-cursor.js";
import { putHead } from "./plan-numbers.js";
import type { Part } from "./plan-part.js";

/** Makes the part of string: fixstr, str 16 or str 32, as decoders of the old specification know no str 8. */
export function stringPart(schema: Schema): Part {
  return {
    write: (out, v) => {
      if (typeof v !== "string") throw unfit(schema, v);
      writeText(out, v);
    },
    read: (c) => {
      const n = takeBytesHead(c);
      if (n < 0) return takeNil(c) ? "" : unread;
      const { at } = c;
      c.at = at + n;
      return getText(c.bytes, at, c.at);
    },
    slow: (v, at) => {
      if (typeof v === "string") return v;
      if (v === null) return "";
      if (v instanceof Uint8Array) return getText(v, 0, v.length);
      throw at.unlike(schema, v);
    },
  };
}

const encoder = new TextEncoder();
const shortText = 32;
const longText = 65_536;

/** Writes a text. Short ones in ASCII need no call. */
function writeText(out: Outbox, v: string): void {
  const { length } = v;
  if (length >= shortText) return writeLongText(out, v);
  const b = out.room(1 + length);
  const at = out.length;
  for (let i = 0; i < length; i++) {
    const unit = v.charCodeAt(i);
    if (unit > 127) return writeLongText(out, v);
    b[at + 1 + i] = unit;
  }
  b[at] = 0xa0 | length;
  out.advance(at + 1 + length);
}

/** Encodes in place, behind a head that has room for what the text takes if it is ASCII. */
function writeLongText(out: Outbox, v: string): void {
  const { length } = v;
  if (length > longText) return writeEncoded(out, encoder.encode(v)); // rather than make room for three times of it
  const at = out.length;
  const b = out.room(3 * length + 5);
  const guess = headBytes(length);
  const { written } = encoder.encodeInto(v, b.subarray(at + guess));
  const head = headBytes(written);
  if (head !== guess) b.copyWithin(at + head, at + guess, at + guess + written);
  putTextHead(b, at, written);
  out.advance(at + head + written);
}

function writeEncoded(out: Outbox, bytes: Uint8Array): void {
  const b = out.room(bytes.length + 5);
  const from = putTextHead(b, out.length, bytes.length);
  b.set(bytes, from);
  out.advance(from + bytes.length);
}

function headBytes(n: number): number {
  return n < 32 ? 1 : n < 65_536 ? 3 : 5;
}

function putTextHead(b: Uint8Array, at: number, n: number): number {
  if (n >= 32) return n < 65_536 ? putHead(b, at, 0xda, n, 2) : putHead(b, at, 0xdb, n, 4);
  b[at] = 0xa0 | n;
  return at + 1;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Up to so many bytes, taken eight at a time, need no call of the platform's decoder. */
const shortBytes = 40;

/** Reads UTF-8 from `at` to `end`; what is none becomes U+FFFD. */
export function getText(b: Uint8Array, at: number, end: number): string {
  return (end - at > shortBytes ? null : getAscii(b, at, end)) ?? decoder.decode(b.subarray(at, end));
}

function getAscii(b: Uint8Array, from: number, end: number): string | null {
  let text = "";
  let at = from;
  for (; at + 8 <= end; at += 8) {
    const eight = getEight(b, at);
    if (eight === null) return null;
    text += eight;
  }
  for (; at < end; at++) {
    const byte = b[at] as number;
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

function getEight(b: Uint8Array, at: number): string | null {
  const [c, d, e, f] = [b[at] as number, b[at + 1] as number, b[at + 2] as number, b[at + 3] as number];
  const [g, h, i, j] = [b[at + 4] as number, b[at + 5] as number, b[at + 6] as number, b[at + 7] as number];
  return (c | d | e | f | g | h | i | j) > 127 ? null : String.fromCharCode(c, d, e, f, g, h, i, j);
}
