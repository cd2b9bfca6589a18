import { LimitError } from "../../net/errors.js";
import type { CodecLimits } from "../codec.js";
import { ProtocolError } from "../errors.js";

/** The default of `maxMessageBytes`: 32 MiB. */
export const defaultMaxMessageBytes = 33_554_432;
/** The default of `maxDepth`. */
export const defaultMaxDepth = 100;
const defaultMaxItems = 1_048_576;
/** The most bytes in a header. */
export const maxHeaderBytes = 1_048_576;

/** The extension types that a message may hold: undefined, as some encoders write it, and timestamps. */
const undefinedType = 0x00;
const timestampType = 0xff;

/** What each first byte begins: the size of the whole value, or 0 where more must be read to know it. */
const sizes = sizeTable();
/** How many bytes tell the length, of the values whose size is 0. */
const lengthBytes = lengthTable();

function sizeTable(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(1, 0x00, 0x80); // positive fixint
  for (let n = 0; n < 32; n++) table[0xa0 + n] = 1 + n; // fixstr
  table[0xc0] = table[0xc2] = table[0xc3] = 1; // nil, false, true
  table[0xca] = 5; // float 32
  table[0xcb] = 9; // float 64
  for (let i = 0; i < 4; i++) table[0xcc + i] = table[0xd0 + i] = 1 + 2 ** i; // uint and int 8 to 64
  table.fill(1, 0xe0, 0x100); // negative fixint
  return table;
}

function lengthTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (const first of [0xc4, 0xc7, 0xd9]) for (let i = 0; i < 3; i++) table[first + i] = 2 ** i; // bin, ext, str
  for (const first of [0xdc, 0xde]) for (let i = 0; i < 2; i++) table[first + i] = 2 << i; // array, map
  return table;
}

/**
 * Finds the end of one msgpack value in a stream of bytes, however the bytes arrive, and refuses what is out of bounds
 * before it is decoded: it allocates nothing, and never goes over a byte twice.
 * @see {@link https://github.com/msgpack/msgpack/blob/master/spec.md | The MessagePack specification}
 */
export class Scanner {
  readonly #maxMessageBytes: number;
  #maxBytes: number;
  readonly #maxItems: number;
  /** How many values are still to come on each level above. */
  readonly #above: Float64Array;
  #depth = 0;
  /** How many values are still to come on this level; 0 when only the rest of the last one is. */
  #left = 1;
  /** Where to go on, counted from the first byte of the value. */
  #at = 0;
  #items = 0;
  #foreign = -1;

  constructor(limits: CodecLimits = {}) {
    this.#maxMessageBytes = limits.maxMessageBytes ?? defaultMaxMessageBytes;
    this.#maxBytes = this.#maxMessageBytes;
    this.#maxItems = limits.maxItems ?? defaultMaxItems;
    this.#above = new Float64Array(limits.maxDepth ?? defaultMaxDepth);
  }

  /** The type of an extension that the last value holds and must not; -1 if there is none. */
  get foreign(): number {
    return this.#foreign;
  }

  /** Bounds the values to come as headers, which are small, or as bodies. */
  expect(part: "header" | "body"): void {
    this.#maxBytes = part === "body" ? this.#maxMessageBytes : Math.min(this.#maxMessageBytes, maxHeaderBytes);
  }

  /**
   * Goes on with the value that begins at `start`, of which the bytes up to `end` are there. Returns its size once all
   * of it is there, and begins anew; 0 before.
   * @throws {LimitError} when it is larger or deeper than the limits; {@link ProtocolError} for the byte 0xc1
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    if (this.#at === 0) {
      this.#items = 0;
      this.#foreign = -1;
    }
    let at = start + this.#at;
    while (at < end && this.#left > 0) {
      const size = sizes[bytes[at] as number] as number;
      const next = size > 0 ? at + size : this.#long(bytes, at, end, start);
      if (next === at) break; // the length is not there yet
      at = next;
      if (size > 0) this.#left--;
      while (this.#left === 0 && this.#depth > 0) this.#left = this.#above[--this.#depth] as number;
    }
    const scanned = at - start;
    if (scanned > this.#maxBytes) throw this.#tooLarge();
    if (this.#left > 0 || at > end) {
      this.#at = scanned;
      return 0;
    }
    this.#at = 0;
    this.#left = 1;
    return scanned;
  }

  /** Takes a value whose length must be read; returns where the next one begins, or `at` if the length is not there. */
  #long(bytes: Uint8Array, at: number, end: number, start: number): number {
    const token = bytes[at] as number;
    const digits = lengthBytes[token] as number;
    const isExtension = (token >= 0xc7 && token <= 0xc9) || (token >= 0xd4 && token <= 0xd8);
    const body = at + 1 + digits + (isExtension ? 1 : 0);
    if (body > end) return at;
    const count = digits > 0 ? uint(bytes, at + 1, digits) : 0;
    const room = this.#maxBytes - (body - start);
    if (token < 0x90) return this.#openMap(token & 15, body, room);
    if (token < 0xa0) return this.#open(token & 15, body, room);
    if (token === 0xc1) throw new ProtocolError("msgpack: the byte 0xc1 is never used");
    if (token >= 0xde) return this.#openMap(count, body, room);
    if (token >= 0xdc) return this.#open(count, body, room);
    const length = token >= 0xd4 && token <= 0xd8 ? 1 << (token - 0xd4) : count;
    if (length > room) throw this.#tooLarge();
    if (isExtension) this.#checkExtension(bytes[body - 1] as number, length);
    if (token < 0xd9) this.#count(1); // strings are no more than their bytes
    this.#left--;
    return body + length;
  }

  #openMap(entries: number, body: number, room: number): number {
    if (entries * 2 <= room) this.#count(entries);
    return this.#open(entries * 2, body, room);
  }

  /** Goes down into a list or a map of `count` values, which take a byte each at least. */
  #open(count: number, body: number, room: number): number {
    if (count > room) throw this.#tooLarge();
    this.#count(1);
    this.#left--;
    if (count === 0) return body;
    if (this.#depth === this.#above.length) {
      throw new LimitError(`msgpack: nested deeper than ${this.#above.length} (option maxDepth)`);
    }
    this.#above[this.#depth++] = this.#left;
    this.#left = count;
    return body;
  }

  #count(n: number): void {
    this.#items += n;
    if (this.#items > this.#maxItems) {
      throw new LimitError(`msgpack: more than ${this.#maxItems} items in a message (option maxItems)`);
    }
  }

  #checkExtension(type: number, length: number): void {
    const known =
      type === timestampType ? length === 4 || length === 8 || length === 12 : type === undefinedType && length === 1;
    if (!known && this.#foreign < 0) this.#foreign = type;
  }

  #tooLarge(): LimitError {
    return new LimitError(`msgpack: message larger than ${this.#maxBytes} bytes (option maxMessageBytes)`);
  }
}

/** Reads an unsigned integer of 1, 2 or 4 bytes, the highest first. */
function uint(bytes: Uint8Array, at: number, digits: number): number {
  let n = 0;
  for (let i = 0; i < digits; i++) n = n * 256 + (bytes[at + i] as number);
  return n;
}
