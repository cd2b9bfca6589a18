import { Packr, RESET_BUFFER_MODE, REUSE_BUFFER_MODE, Unpackr } from "msgpackr";
import { copyBytes } from "../../internal/byte-queue.js";
import { EncodeError, textOf } from "../errors.js";
import { plain } from "./plain.js";

/** Where an encoded value lies; valid until the next one is encoded. */
export interface Packed extends Uint8Array {
  readonly start: number;
  readonly end: number;
}

const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true });

const unpackr = new Unpackr({
  useRecords: false,
  mapsAsObjects: true,
  copyBuffers: true,
  structuredClone: false,
  int64AsType: "auto" as "bigint", // a number where it is safe: known to the program, not to its types
});

/**
 * Encodes a value.
 * @throws {EncodeError} for what msgpack cannot say, and for what is nested deeper than `maxDepth`
 */
export function encodeValue(value: unknown, maxDepth: number): Packed {
  try {
    return packr.pack(plain(value, maxDepth), REUSE_BUFFER_MODE | RESET_BUFFER_MODE) as Uint8Array as Packed;
  } catch (err) {
    throw new EncodeError(`msgpack: ${textOf(err)}`, { cause: err });
  }
}

/** msgpackr takes its quick ways for keys and short strings only near the start of what it is given. */
const smallBytes = 160;
const small = new Uint8Array(smallBytes);
const bounds = { start: 0, end: 0 };

/** Decodes the value that fills the bytes from `start` to `end`, which a `Scanner` has passed. Copies all that it keeps. */
export function decodeValue(bytes: Uint8Array, start: number, end: number): unknown {
  const n = end - start;
  if (n === 1) {
    const token = bytes[start] as number;
    if (token < 0x80) return token;
  }
  bounds.start = start;
  bounds.end = end;
  if (n > smallBytes) return unpackr.unpack(bytes, bounds) as unknown;
  copyBytes(bytes, start, small, 0, n);
  bounds.start = 0;
  bounds.end = n;
  return unpackr.unpack(small, bounds) as unknown;
}
