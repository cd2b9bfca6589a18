import type { CodecLimits } from "../codec.js";
import { defaultMaxDepth, defaultMaxMessageBytes } from "./scanner.js";

/** What a plan's `read` gives when it has no value to give. */
export const unread: unique symbol = Symbol("unread");

const defaultMaxItems = 1_048_576;
/** What zero values may take in memory that nothing on the wire stands for. */
export const maxZeroBytes = 33_554_432;
/** As deep as a reader that calls itself may go, whatever the limits say. */
const deepest = 500;
const nothing = new Uint8Array(0);

/**
 * Says where a plan reads, and how far it may; counts what a message nests and holds, as a `Scanner` does. One serves all
 * messages of a stream.
 */
export class Cursor {
  /** What is read. Not a Buffer: what is copied out of it is of the same class. */
  bytes: Uint8Array = nothing;
  /** Where the next byte is. */
  at = 0;
  /** Where the bytes end: nothing beyond is looked at. */
  end = 0;
  /** How many levels are left. */
  depth = 0;
  /** How many items are left. */
  items = 0;
  /** How many bytes zero values may still take. */
  zeroBytes = 0;
  /** The most bytes of a message. */
  readonly maxMessageBytes: number;
  readonly #maxDepth: number;
  readonly #maxItems: number;

  constructor(limits: CodecLimits = {}) {
    this.maxMessageBytes = limits.maxMessageBytes ?? defaultMaxMessageBytes;
    this.#maxDepth = Math.min(limits.maxDepth ?? defaultMaxDepth, deepest);
    this.#maxItems = limits.maxItems ?? defaultMaxItems;
  }

  /** Goes to where a value begins. */
  set(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Begins to count anew. */
  reset(): void {
    this.depth = this.#maxDepth;
    this.items = this.#maxItems;
    this.zeroBytes = maxZeroBytes;
  }

  /** Goes into a map or a list of so many values, which take a byte each at least; `false` where it may not. */
  enter(values: number, items: number): boolean {
    return values <= this.end - this.at && --this.depth >= 0 && (this.items -= items) >= 0;
  }
}

/** Takes a nil, if there is one. */
export function takeNil(c: Cursor): boolean {
  if (c.at >= c.end || c.bytes[c.at] !== 0xc0) return false;
  c.at++;
  return true;
}

/** Reads an unsigned integer of 1, 2 or 4 bytes that begins behind the next byte; -1 if it is not there. */
function lengthAfter(c: Cursor, digits: number): number {
  const { bytes } = c;
  let at = c.at + 1;
  if (at + digits > c.end) return -1;
  let n = 0;
  for (let i = 0; i < digits; i++) n = n * 256 + (bytes[at++] as number);
  c.at = at;
  return n;
}

/** Takes the head of a list, and gives its length; -1 where there is none, or the rest of it is not there. */
export function takeListHead(c: Cursor): number {
  if (c.at >= c.end) return -1;
  const token = c.bytes[c.at] as number;
  if (token >= 0x90 && token < 0xa0) {
    c.at++;
    return token & 15;
  }
  return token === 0xdc ? lengthAfter(c, 2) : token === 0xdd ? lengthAfter(c, 4) : -1;
}

/** Takes the head of a map, and gives how many entries it has; -1 where there is none, or the rest of it is not there. */
export function takeMapHead(c: Cursor): number {
  if (c.at >= c.end) return -1;
  const token = c.bytes[c.at] as number;
  if (token >= 0x80 && token < 0x90) {
    c.at++;
    return token & 15;
  }
  return token === 0xde ? lengthAfter(c, 2) : token === 0xdf ? lengthAfter(c, 4) : -1;
}

/**
 * Takes the head of a string or of bytes, which Go does not tell apart, and gives the length of what follows; -1 where
 * there is none, or not all of it is there.
 */
export function takeBytesHead(c: Cursor): number {
  const { at } = c;
  if (at >= c.end) return -1;
  const token = c.bytes[at] as number;
  let n = -1;
  if (token >= 0xa0 && token < 0xc0) {
    c.at++;
    n = token & 31;
  } else if (token >= 0xd9 && token <= 0xdb) n = lengthAfter(c, 1 << (token - 0xd9));
  else if (token >= 0xc4 && token <= 0xc6) n = lengthAfter(c, 1 << (token - 0xc4));
  if (n <= c.end - c.at) return n;
  c.at = at; // another way to read it must not begin in the middle
  return -1;
}

/** Reads past a value; `false` where there is not all of one, or it is out of bounds or of an unknown type. */
export function skip(c: Cursor): boolean {
  const token = c.at < c.end ? (c.bytes[c.at] as number) : 0xc1;
  if (token < 0x80 || token >= 0xe0 || token === 0xc0 || token === 0xc2 || token === 0xc3) return skipBytes(c, 1);
  if (token < 0x90 || token >= 0xde) return skipEntries(c, takeMapHead(c));
  if (token < 0xa0 || token >= 0xdc) return skipValues(c, takeListHead(c), 1);
  if (token < 0xc0 || token >= 0xd9) return skipBytes(c, takeBytesHead(c));
  if (token >= 0xc4 && token <= 0xc6) return --c.items >= 0 && skipBytes(c, takeBytesHead(c));
  if (token === 0xca || token === 0xcb) return skipBytes(c, 5 + 4 * (token - 0xca));
  if (token >= 0xcc && token <= 0xd3) return skipBytes(c, 1 + (1 << ((token - 0xcc) & 3)));
  return skipExtension(c, token);
}

function skipBytes(c: Cursor, n: number): boolean {
  if (n < 0 || n > c.end - c.at) return false;
  c.at += n;
  return true;
}

function skipEntries(c: Cursor, n: number): boolean {
  return n >= 0 && skipValues(c, 2 * n, 1 + n);
}

function skipValues(c: Cursor, n: number, items: number): boolean {
  if (n < 0 || !c.enter(n, items)) return false;
  for (let left = n; left > 0; left--) if (!skip(c)) return false;
  c.depth++;
  return true;
}

/** Timestamps, and undefined as some encoders write it. */
function skipExtension(c: Cursor, token: number): boolean {
  const { bytes, at } = c;
  if (at + 3 > c.end || --c.items < 0) return false;
  const second = bytes[at + 1] as number;
  if (token === 0xd4) return second === 0 && skipBytes(c, 3);
  if (token === 0xd6) return second === 0xff && skipBytes(c, 6);
  if (token === 0xd7) return second === 0xff && skipBytes(c, 10);
  return token === 0xc7 && second === 12 && bytes[at + 2] === 0xff && skipBytes(c, 15);
}
