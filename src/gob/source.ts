import { corrupt, outOfRange, overLimit, unexpectedEOF } from "./errors.js";
import type { Limits } from "./limits.js";
import { getText } from "./text.js";

const two32 = 2 ** 32;

/**
 * Reads what a message holds: `b` from `pos` to `end`. Counts what a value nests, and what memory it takes.
 *
 * Nothing reads past `end`. A value may go on in the next message, but only where an interface value tells its type:
 * that is for those who read types to do.
 */
export class Source {
  /** The bytes that are read. */
  b: Uint8Array = new Uint8Array(0);
  /** The next byte. */
  pos = 0;
  /** Where the message ends. */
  end = 0;
  /** The two halves of the last integer that {@link getUint} read beyond 48 bits. */
  high = 0;
  low = 0;
  /** How many bytes of memory the value may still take, by estimate. */
  budget = 0;
  /** How many elements it may still have. */
  elements = 0;
  /** How deep what is being read is nested. */
  depth = 0;
  readonly limits: Limits;
  /** Reads an interface value: set by the decoder, which knows the types. */
  readInterface: (s: Source) => unknown = noInterface;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Begins with a value: nothing is counted yet. */
  reset(): void {
    this.budget = this.limits.maxAllocBytes;
    this.elements = this.limits.maxElements;
    this.depth = 0;
  }

  /** Goes into something that may nest, which takes about `bytes`. */
  enter(bytes: number): void {
    if (++this.depth > this.limits.maxDepth) throw tooDeep(this.limits.maxDepth);
    this.spend(bytes);
  }

  /** Counts memory before it is taken. */
  spend(bytes: number): void {
    if ((this.budget -= bytes) < 0)
      throw overLimit(`value takes more than ${this.limits.maxAllocBytes} bytes of memory`);
  }

  /** Counts elements before they are read. `spread` tells that they may go on in later messages. */
  count(n: number, spread: boolean): void {
    if (!spread && n > this.end - this.pos) {
      throw corrupt(`decoding array or slice: length exceeds input size (${n} elements)`);
    }
    if ((this.elements -= n) < 0) throw overLimit(`value has more than ${this.limits.maxElements} elements`);
  }
}

function tooDeep(maxDepth: number): Error {
  return overLimit(`value is nested deeper than ${maxDepth}`);
}

function noInterface(): never {
  throw corrupt("no types to read an interface value with");
}

/**
 * Reads an unsigned integer. Beyond 2^53 the result is rounded, and `high` and `low` have all of it.
 */
export function getUint(s: Source): number {
  if (s.pos >= s.end) throw unexpectedEOF();
  const first = s.b[s.pos++] as number;
  return first < 128 ? first : getLongUint(s, 256 - first);
}

function getLongUint(s: Source, width: number): number {
  if (width > 8) throw corrupt("encoded unsigned integer out of range");
  const { b, end } = s;
  let { pos } = s;
  if (width > end - pos) {
    throw corrupt(`invalid uint data length ${width}: exceeds input size ${end - pos}`);
  }
  let v = 0;
  if (width <= 6) {
    for (const last = pos + width; pos < last; pos++) v = v * 256 + (b[pos] as number);
    s.pos = pos;
    return v;
  }
  let high = 0;
  for (const last = pos + width - 4; pos < last; pos++) high = high * 256 + (b[pos] as number);
  for (const last = pos + 4; pos < last; pos++) v = v * 256 + (b[pos] as number);
  s.high = high;
  s.low = v;
  s.pos = pos;
  return high * two32 + v;
}

/** The whole of the unsigned integer that {@link getUint} has just read as `rounded`. */
export function exactUint(s: Source, rounded: number): bigint {
  if (rounded <= Number.MAX_SAFE_INTEGER) return BigInt(rounded);
  return (BigInt(s.high) << 32n) | BigInt(s.low);
}

/** Reads a signed integer if it is safe as a number; otherwise `undefined`, and the integer is {@link longInt}. */
export function getInt(s: Source): number | undefined {
  const v = getUint(s);
  if (v < 0x8000_0000) return v & 1 ? ~(v >>> 1) : v >>> 1;
  if (v <= Number.MAX_SAFE_INTEGER) return v % 2 === 0 ? v / 2 : -(v + 1) / 2;
  const long = Number(longInt(s)); // with the sign's bit gone it may be safe after all
  return Number.isSafeInteger(long) ? long : undefined;
}

/** Reads an int as a number, and fails if it cannot be one. */
export function getNumber(s: Source): number {
  const { pos } = s;
  if (pos < s.end) {
    const byte = s.b[pos] as number;
    if (byte < 128) {
      s.pos = pos + 1;
      return byte & 1 ? ~(byte >>> 1) : byte >>> 1;
    }
  }
  const v = getInt(s);
  if (v === undefined) throw outOfRange("int");
  return v;
}

/** The signed integer for which {@link getInt} has just returned `undefined`. */
export function longInt(s: Source): bigint {
  const v = (BigInt(s.high) << 32n) | BigInt(s.low);
  return v & 1n ? ~(v >> 1n) : v >> 1n;
}

/** Reads a signed integer of 32 bits or so; anything larger is returned as `Infinity`, which no one has room for. */
export function getSmallInt(s: Source): number {
  return getInt(s) ?? Infinity;
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Reads a float: its bytes reversed, as an unsigned integer. */
export function getFloat(s: Source): number {
  if (s.pos >= s.end) throw unexpectedEOF();
  const first = s.b[s.pos++] as number;
  scratchBytes.fill(0);
  if (first < 128) {
    scratchBytes[7] = first;
    return scratch.getFloat64(0, true);
  }
  const width = 256 - first;
  if (width > 8) throw corrupt("encoded unsigned integer out of range");
  if (width > s.end - s.pos) {
    throw corrupt(`invalid uint data length ${width}: exceeds input size ${s.end - s.pos}`);
  }
  for (let i = 8 - width; i < 8; i++) scratchBytes[i] = s.b[s.pos++] as number;
  return scratch.getFloat64(0, true);
}

/** Reads the length of what follows in the same message. `what` is for the error. */
export function getLength(s: Source, what: string): number {
  const n = getUint(s);
  if (n > s.end - s.pos) throw corrupt(`invalid ${what} length ${n}: exceeds input size ${s.end - s.pos}`);
  return n;
}

/** Reads a string. */
export function getString(s: Source): string {
  const n = getLength(s, "string");
  s.spend(24 + 2 * n);
  const at = s.pos;
  s.pos = at + n;
  return getText(s.b, at, s.pos);
}

/** Reads bytes into memory of their own. */
export function getBytes(s: Source): Uint8Array<ArrayBuffer> {
  const n = getLength(s, "slice");
  s.spend(96 + n);
  const at = s.pos;
  s.pos = at + n;
  return Uint8Array.prototype.slice.call(s.b, at, s.pos);
}

/** Reads past bytes, or a string. */
export function skipBytes(s: Source): void {
  const n = getLength(s, "slice");
  s.pos += n;
}
