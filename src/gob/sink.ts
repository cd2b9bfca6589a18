import { largestSpareBytes, SpareBlocks } from "./spare-blocks.js";
import { encodeInto, putText } from "./text.js";

/** While `n <= limit` there is room for this many bytes: for a field's delta and any scalar. */
const headroom = 64;
const firstBlockBytes = 256;
const blockBytes = 8192;
const two32 = 2 ** 32;
const none = new Uint8Array(0);

/**
 * Grows by what is written, and gives away what is finished.
 *
 * The scalars do not look for room: who writes several values calls {@link Sink.room} before each. What is given away is
 * never written to again; the rest of its block serves for what comes next.
 */
export class Sink {
  /** The block that is written to. */
  b: Uint8Array<ArrayBuffer> = none;
  /** Where the next byte goes. */
  n = 0;
  /** Up to here a scalar fits. */
  limit = -1;
  /** How deep the value that is being written is nested, and how deep it may be. */
  depth = 0;
  maxDepth = 0;
  /** Writes an interface value: set by the encoder, which knows the types. */
  writeInterface: (value: unknown) => void = noInterface;
  #start = 0;
  readonly #spares = new SpareBlocks();
  /** What the last block that was taken had grown to. */
  #usualBytes = firstBlockBytes;

  /** How many bytes wait to be taken. */
  get pending(): number {
    return this.n - this.#start;
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.n + bytes + headroom > this.b.byteLength) this.#grow(bytes + headroom);
  }

  /** Makes room for one scalar. */
  room(): void {
    if (this.n > this.limit) this.#grow(headroom);
  }

  /** Forgets what was written from `mark` on, a former `pending`. */
  truncate(mark: number): void {
    this.n = this.#start + mark;
  }

  /** Puts bytes in front of what was written from `mark` on. */
  insert(mark: number, bytes: Uint8Array): void {
    this.reserve(bytes.byteLength);
    const at = this.#start + mark;
    this.b.copyWithin(at + bytes.byteLength, at, this.n);
    this.b.set(bytes, at);
    this.n += bytes.byteLength;
  }

  /** Hands over what was written: the caller owns it. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.b.buffer, this.#start, this.n - this.#start);
    this.#start = this.n;
    if (this.n > this.limit) this.#drop();
    return bytes;
  }

  /** Hands over what was written and the block that it is in: whoever took it may {@link Sink.recycle} it. */
  takeBlock(): Uint8Array<ArrayBuffer> {
    this.#usualBytes = Math.max(firstBlockBytes, Math.min(this.b.byteLength, largestSpareBytes));
    const bytes = this.take();
    this.#drop();
    return bytes;
  }

  /** Takes back what {@link Sink.takeBlock} gave, to write over it. */
  recycle(bytes: Uint8Array<ArrayBuffer>): void {
    this.#spares.give(bytes);
  }

  /** Begins something whose length is written before it; returns what {@link Sink.end} wants. */
  begin(): number {
    this.room();
    return this.n++ - this.#start;
  }

  /** Ends what `begin` began; returns its length. */
  end(mark: number): number {
    const at = mark + this.#start;
    const length = this.n - at - 1;
    if (length < 128) {
      this.b[at] = length;
      return length;
    }
    this.reserve(0);
    const moved = mark + this.#start; // the block may be another one now
    const width = uintBytes(length);
    this.b.copyWithin(moved + width, moved + 1, this.n);
    this.n = moved;
    putUint(this, length);
    this.n += length;
    return length;
  }

  /** Appends what is in `bytes`. */
  put(bytes: Uint8Array): void {
    this.reserve(bytes.byteLength);
    this.b.set(bytes, this.n);
    this.n += bytes.byteLength;
  }

  #drop(): void {
    this.b = none;
    this.n = this.#start = 0;
    this.limit = -1;
  }

  #grow(bytes: number): void {
    const kept = this.n - this.#start;
    const block = this.#spares.take(kept + bytes) ?? new Uint8Array(this.#nextSize(kept, bytes));
    if (kept > 0) block.set(this.b.subarray(this.#start, this.n));
    this.b = block;
    this.n = kept;
    this.#start = 0;
    this.limit = block.byteLength - headroom;
  }

  /** Where more is gathered than one value, from 8 KiB at once to 64, and then twice as much each time. */
  #nextSize(kept: number, bytes: number): number {
    const needed = kept + bytes;
    if (kept === 0) return Math.max(needed, this.b.byteLength === 0 ? this.#usualBytes : blockBytes);
    return needed <= blockBytes ? blockBytes : Math.max(needed, 2 * kept, largestSpareBytes);
  }
}

function noInterface(): void {
  throw new TypeError("gob: no types to write an interface value with");
}

/** How many bytes an unsigned integer takes. */
function uintBytes(v: number): number {
  if (v < 128) return 1;
  if (v < 256) return 2;
  if (v < 65_536) return 3;
  if (v < 16_777_216) return 4;
  if (v < two32) return 5;
  return v < 2 ** 40 ? 6 : v < 2 ** 48 ? 7 : 8;
}

/** Writes an unsigned integer up to 2^53. */
export function putUint(s: Sink, v: number): void {
  if (v < 128) s.b[s.n++] = v;
  else if (v < two32) putWords(s, 0, v >>> 0);
  else putWords(s, Math.floor(v / two32), v >>> 0);
}

/** Writes an unsigned integer of 64 bits, in two halves. */
function putWords(s: Sink, high: number, low: number): void {
  const { b } = s;
  let n = s.n;
  if (high === 0) {
    n = putWord(b, n, low);
  } else {
    const width = wordBytes(high);
    b[n++] = 256 - 4 - width;
    for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) b[n++] = high >>> shift;
    b[n++] = low >>> 24;
    b[n++] = low >>> 16;
    b[n++] = low >>> 8;
    b[n++] = low;
  }
  s.n = n;
}

/** Writes an unsigned integer of 32 bits at `at`, and returns where it ends. */
export function putWord(b: Uint8Array, at: number, low: number): number {
  let n = at;
  if (low < 128) {
    b[n] = low;
    return n + 1;
  }
  if (low < 256) {
    b[n++] = 255;
  } else if (low < 65_536) {
    b[n++] = 254;
    b[n++] = low >>> 8;
  } else if (low < 16_777_216) {
    b[n++] = 253;
    b[n++] = low >>> 16;
    b[n++] = low >>> 8;
  } else {
    b[n++] = 252;
    b[n++] = low >>> 24;
    b[n++] = low >>> 16;
    b[n++] = low >>> 8;
  }
  b[n++] = low;
  return n;
}

function wordBytes(word: number): number {
  return word < 256 ? 1 : word < 65_536 ? 2 : word < 16_777_216 ? 3 : 4;
}

/** Writes a signed integer up to 2^53: bit 0 says whether the others are complemented. */
export function putInt(s: Sink, v: number): void {
  if (v >= -0x4000_0000 && v < 0x4000_0000) putUint(s, v < 0 ? (~v << 1) | 1 : v << 1);
  else if (v >= -(2 ** 51) && v < 2 ** 51) putUint(s, v < 0 ? (-v - 1) * 2 + 1 : v * 2);
  else putBigInt(s, BigInt(v));
}

/** Writes a signed integer of 64 bits. */
export function putBigInt(s: Sink, v: bigint): void {
  putBigUint(s, v < 0n ? (~v << 1n) | 1n : v << 1n);
}

/** Writes an unsigned integer of 64 bits. */
export function putBigUint(s: Sink, v: bigint): void {
  putWords(s, Number(v >> 32n), Number(v & 0xffff_ffffn));
}

/** The bits of a float, lowest byte first whatever the machine. */
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Writes a float: its bytes reversed, as an unsigned integer, so that round numbers are short. */
export function putFloat(s: Sink, v: number): void {
  scratch.setFloat64(0, v, true);
  let i = 0;
  while (i < 7 && scratchBytes[i] === 0) i++;
  const { b } = s;
  let { n } = s;
  if (i < 7 || (scratchBytes[7] as number) > 127) b[n++] = 256 - 8 + i;
  for (; i < 8; i++) b[n++] = scratchBytes[i] as number;
  s.n = n;
}

/** Writes a string as UTF-8, after its length; finds room for itself. */
export function putString(s: Sink, v: string): void {
  const { length } = v;
  if (length < 42) {
    // One byte for the length will do: three bytes a code unit are the most there can be.
    s.reserve(3 * length + 1);
    const at = s.n;
    s.n = putText(s.b, at + 1, v);
    s.b[at] = s.n - at - 1;
    return;
  }
  putLongString(s, v);
}

/** Encodes in place, behind room for the length of what is ASCII, as most is. */
function putLongString(s: Sink, v: string): void {
  const guess = uintBytes(v.length);
  s.reserve(v.length + 9);
  const mark = s.pending;
  s.n += guess;
  putAll(s, v);
  const length = s.pending - mark - guess;
  const width = uintBytes(length);
  const from = s.n - length;
  if (width !== guess) s.b.copyWithin(from - guess + width, from, s.n);
  s.n = from - guess;
  putUint(s, length);
  s.n += length;
}

/** Encodes what there is room for, and makes room for the rest, if any, at three bytes a code unit. */
function putAll(s: Sink, v: string): void {
  const { read, written } = encodeInto(v, s.b, s.n, s.limit);
  s.n += written;
  if (read === v.length) return;
  const rest = v.slice(read);
  s.reserve(3 * rest.length + 9);
  s.n += encodeInto(rest, s.b, s.n, s.limit).written;
}

/** Writes bytes after their length; finds room for itself. */
export function putBytes(s: Sink, v: Uint8Array): void {
  s.reserve(v.byteLength + 9);
  putUint(s, v.byteLength);
  s.put(v);
}
