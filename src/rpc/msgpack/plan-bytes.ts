import { CustomSchema } from "../../gob/custom.js";
import { GobError } from "../../gob/errors.js";
import { limitsOf } from "../../gob/limits.js";
import { type Schema, unfit, type ValueReader, type Wires } from "../../gob/schema.js";
import { Sink } from "../../gob/sink.js";
import { Source } from "../../gob/source.js";
import { encodeText } from "../../gob/text.js";
import { copyBytes } from "../../internal/byte-queue.js";
import type { Outbox } from "../outbox.js";
import { type Cursor, takeBytesHead, takeListHead, takeNil, unread } from "./plan-cursor.js";
import { putHead } from "./plan-numbers.js";
import type { Part, Place } from "./plan-part.js";

/** What stands for bytes that are no UTF-8. */
const replacement = "\ufffd";

/** Writes bytes as bin 8, 16 or 32. */
function writeBytes(out: Outbox, v: Uint8Array): void {
  const n = v.length;
  const b = out.room(n + 5);
  const at = out.length;
  const from =
    n < 256 ? putHead(b, at, 0xc4, n, 1) : n < 65_536 ? putHead(b, at, 0xc5, n, 2) : putHead(b, at, 0xc6, n, 4);
  copyBytes(v, 0, b, from, n);
  out.advance(from + n);
}

/** Reads bytes, be they written as such or as a string, or as a list of their numbers: into memory of their own. */
export function readBytes(c: Cursor): Uint8Array<ArrayBuffer> | typeof unread {
  const n = takeBytesHead(c);
  if (n < 0) return readByteList(c);
  if (--c.items < 0) return unread;
  const { at } = c;
  c.at = at + n;
  return Uint8Array.prototype.slice.call(c.bytes, at, c.at);
}

function readByteList(c: Cursor): Uint8Array<ArrayBuffer> | typeof unread {
  const n = takeListHead(c);
  if (n < 0 || !c.enter(n, 1)) return unread;
  const own = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    if (c.at < c.end && c.bytes[c.at] === 0xcc) c.at++;
    else if (c.at < c.end && (c.bytes[c.at] as number) > 0x7f) return unread;
    if (c.at >= c.end) return unread;
    own[i] = c.bytes[c.at++] as number;
  }
  c.depth++;
  return own;
}

/** Gives the bytes of what was decoded as bytes, as a text or as a list; nothing if they cannot be told. */
function bytesOf(v: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (v instanceof Uint8Array) return v as Uint8Array<ArrayBuffer>;
  if (typeof v === "string") return v.includes(replacement) ? undefined : (encodeText(v) as Uint8Array<ArrayBuffer>);
  const isList = Array.isArray(v) && v.every((n) => Number.isInteger(n) && n >= 0 && n < 256);
  return isList ? Uint8Array.from(v as number[]) : undefined;
}

/** Makes the part of []byte. */
export function bytesPart(schema: Schema): Part {
  return {
    write: (out, v) => {
      if (v === null) out.byte(0xc0);
      else if (v instanceof Uint8Array) writeBytes(out, v);
      else throw unfit(schema, v);
    },
    read: (c) => (takeNil(c) ? new Uint8Array(0) : readBytes(c)),
    slow: (v, at) => {
      if (v === null) return new Uint8Array(0);
      const bytes = bytesOf(v);
      if (bytes === undefined) throw at.unlike(schema, v);
      return bytes;
    },
  };
}

/** Makes the part of a type that encodes itself: its bytes are what it makes of a value. */
export function customPart(schema: Schema): Part {
  const limits = limitsOf({});
  const method = methodOf(schema);
  const decode = (bytes: Uint8Array): unknown => {
    const source = new Source(limits);
    const sink = new Sink();
    sink.put(lengthPrefix(bytes.length));
    sink.put(bytes);
    source.b = sink.take();
    source.end = source.b.length;
    source.reset();
    return method(source);
  };
  return {
    write: (out, v) => {
      const sink = new Sink();
      schema.writers.value(sink, v);
      writeBytes(out, withoutPrefix(sink.take()));
    },
    read: (c) => {
      if (takeNil(c)) return schema.zero();
      const bytes = readBytes(c);
      if (bytes === unread) return unread;
      try {
        return decode(bytes);
      } catch {
        return unread; // the slow way says why
      }
    },
    slow: (v, at) => (v === null ? schema.zero() : slowCustom(schema, decode, v, at)),
  };
}

function slowCustom(schema: Schema, decode: (bytes: Uint8Array) => unknown, v: unknown, at: Place): unknown {
  const bytes = bytesOf(v);
  if (bytes === undefined) throw at.unlike(schema, v);
  try {
    return decode(bytes);
  } catch (err) {
    throw at.error(err instanceof Error ? err.message : String(err), err instanceof GobError ? err.cause : err);
  }
}

/** Finds the reader of a type: it goes with how Go makes bytes of the type. */
function methodOf(schema: Schema): ValueReader {
  for (const method of ["gob", "binary", "text"] as const) {
    const wires: Wires = {
      wire: () => ({ kind: "opaque", name: "", method }),
      nameOf: () => "",
      reader: (inner, id, name) => inner.makeReader(wires, id, name),
      skipper: () => () => {},
      spreads: () => false,
    };
    const read = schema.makeReader(wires, 0, "");
    if (read !== null) return read;
  }
  throw new TypeError(`Type ${schema.toString()} has no codec`);
}

/** Tells whether values of a type are bytes that it makes itself. */
export function isCustom(schema: Schema): boolean {
  return schema instanceof CustomSchema;
}

function lengthPrefix(n: number): Uint8Array {
  return n < 128 ? Uint8Array.of(n) : Uint8Array.of(0xfc, n >>> 24, n >>> 16, n >>> 8, n);
}

function withoutPrefix(bytes: Uint8Array): Uint8Array {
  const first = bytes[0] as number;
  return bytes.subarray(first < 128 ? 1 : 257 - first);
}
