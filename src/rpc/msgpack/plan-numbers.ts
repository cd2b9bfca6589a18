import { type Cursor, unread } from "./plan-cursor.js";

const two32 = 4_294_967_296;
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** The most bytes of a number, with its head. */
export const numberBytes = 9;

/** Writes an integer of 32 bits in the shortest form; there must be room. Returns where it ends. */
export function putInt32(b: Uint8Array, at: number, v: number): number {
  if (v >= 0) return putUint32(b, at, v);
  if (v >= -32) {
    b[at] = v;
    return at + 1;
  }
  if (v >= -128) return putHead(b, at, 0xd0, v, 1);
  return v >= -32_768 ? putHead(b, at, 0xd1, v, 2) : putHead(b, at, 0xd2, v, 4);
}

/** Writes an unsigned integer of 32 bits in the shortest form; there must be room. Returns where it ends. */
export function putUint32(b: Uint8Array, at: number, v: number): number {
  if (v < 128) {
    b[at] = v;
    return at + 1;
  }
  if (v < 256) return putHead(b, at, 0xcc, v, 1);
  return v < 65_536 ? putHead(b, at, 0xcd, v, 2) : putHead(b, at, 0xce, v, 4);
}

/** Writes a byte, and the lower bytes of `v`. */
export function putHead(b: Uint8Array, at: number, head: number, v: number, bytes: number): number {
  b[at] = head;
  if (bytes === 4) {
    b[at + 1] = v >>> 24;
    b[at + 2] = v >>> 16;
  }
  if (bytes >= 2) b[at + bytes - 1] = v >>> 8;
  b[at + bytes] = v;
  return at + bytes + 1;
}

/** Writes the head of a map. Returns where it ends. */
export function putMapHead(b: Uint8Array, at: number, n: number): number {
  if (n >= 16) return n < 65_536 ? putHead(b, at, 0xde, n, 2) : putHead(b, at, 0xdf, n, 4);
  b[at] = 0x80 | n;
  return at + 1;
}

/** Writes an integer that a number holds exactly; there must be room. */
export function putNumber(b: Uint8Array, at: number, v: number): number {
  if ((v | 0) === v) return putInt32(b, at, v);
  if (v >= 0 && v < two32) return putUint32(b, at, v);
  putHead(b, at, 0xd3, Math.floor(v / two32), 4);
  return putHead(b, at + 4, b[at + 4] as number, v >>> 0, 4);
}

/** Writes an integer of 64 bits; there must be room. */
export function putBigint(b: Uint8Array, at: number, v: bigint): number {
  if (v >= -9_007_199_254_740_991n && v <= 9_007_199_254_740_991n) return putNumber(b, at, Number(v));
  putHead(b, at, v >> 63n > 0n ? 0xcf : 0xd3, Number((v >> 32n) & 0xffff_ffffn), 4);
  return putHead(b, at + 4, b[at + 4] as number, Number(v & 0xffff_ffffn), 4);
}

/** Reads what is an integer, or a float that is whole, as JavaScript's encoders write large ones. */
export function readInteger(c: Cursor): number | bigint | typeof unread {
  const { at, bytes: b, end } = c;
  if (at >= end) return unread;
  const token = b[at] as number;
  if (token < 0x80) {
    c.at = at + 1;
    return token;
  }
  if (token >= 0xe0) {
    c.at = at + 1;
    return token - 256;
  }
  if (token < 0xcc || token > 0xd3) return wholeFloat(c);
  const size = 1 << ((token - 0xcc) & 3);
  if (at + size >= end) return unread;
  c.at = at + 1 + size;
  return size === 8 ? wide(b, at + 1, token === 0xd3) : narrow(b, at + 1, size, token >= 0xd0);
}

function wholeFloat(c: Cursor): number | typeof unread {
  const v = readFloat(c);
  return v !== unread && Number.isSafeInteger(v) ? v : unread;
}

function narrow(b: Uint8Array, at: number, size: number, isSigned: boolean): number {
  let n = 0;
  for (let i = 0; i < size; i++) n = (n << 8) | (b[at + i] as number);
  if (!isSigned) return n >>> 0;
  const shift = 32 - 8 * size;
  return (n << shift) >> shift;
}

function wide(b: Uint8Array, at: number, isSigned: boolean): number | bigint {
  const high = narrow(b, at, 4, isSigned);
  const low = narrow(b, at + 4, 4, false);
  const v = high * two32 + low;
  return Number.isSafeInteger(v) ? v : (BigInt(high) << 32n) | BigInt(low);
}

/** Reads a float of either size, if there is one. */
export function readFloat(c: Cursor): number | typeof unread {
  const { bytes, at } = c;
  if (at >= c.end) return unread;
  const size = bytes[at] === 0xcb ? 8 : bytes[at] === 0xca ? 4 : 0;
  if (size === 0 || at + size >= c.end) return unread;
  for (let i = 0; i < size; i++) scratchBytes[i] = bytes[at + 1 + i] as number;
  c.at = at + 1 + size;
  return size === 8 ? scratch.getFloat64(0) : scratch.getFloat32(0);
}

/** Writes a float64; there must be room for 9 bytes. Returns where it ends. */
export function putFloat64(b: Uint8Array, at: number, v: number): number {
  scratch.setFloat64(0, v);
  b[at] = 0xcb;
  for (let i = 0; i < 8; i++) b[at + 1 + i] = scratchBytes[i] as number;
  return at + 9;
}

/** Writes a float32; there must be room for 5 bytes. */
export function putFloat32(b: Uint8Array, at: number, v: number): number {
  scratch.setFloat32(0, v);
  b[at] = 0xca;
  for (let i = 0; i < 4; i++) b[at + 1 + i] = scratchBytes[i] as number;
  return at + 5;
}
