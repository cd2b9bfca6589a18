import type { Request, Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import { Names } from "../names.js";
import { Scanner } from "./scanner.js";
import { decodeValue } from "./values.js";

const letterC = 0x43;
const letterE = 0x45;
const letterM = 0x4d;
const letterN = 0x4e;
const letterS = 0x53;
const letterT = 0x54;
const letterW = 0x57;
const lowerE = 0x65;

/** A header of either kind. */
export type Header = Request & Partial<Response>;

/** Reads header maps, whatever the order of their keys; skips those that it does not know. */
export class HeaderReader {
  readonly #names = new Names();
  readonly #skipper = new Scanner();
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #isResponse = false;

  /**
   * Reads the map that fills the bytes from `start` to `end`, which a {@link Scanner} has passed, into `header`. Tells
   * whether it is a response's: that is the one with an error, be it empty.
   * @throws {ProtocolError} for what is no header
   */
  read(bytes: Uint8Array, start: number, end: number, header: Header): boolean {
    clear(header);
    this.#isResponse = false;
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    for (let left = this.#entries(); left > 0; left--) this.#entry(header);
    return this.#isResponse;
  }

  #entries(): number {
    const token = this.#next();
    if (token >= 0x80 && token < 0x90) return token & 15;
    if (token === 0xde) return this.#uint(2);
    if (token === 0xdf) return this.#uint(4);
    throw new ProtocolError("msgpack: header is not a map");
  }

  /** Reads an entry. Its key is told by its length and its initial: enough to tell those there are apart. */
  #entry(header: Header): void {
    const length = this.#length();
    const at = this.#at;
    const initial = this.#bytes[at];
    this.#at += length;
    if (length === 3 && initial === letterS) header.seq = this.#seq();
    else if (length === 13 && initial === letterS) header.serviceMethod = this.#string();
    else if (length === 5 && initial === letterE) this.#error(header);
    else if (!this.#extra(header, length, initial, this.#bytes[at + 1])) this.#skip();
  }

  /** Reads an entry that Go's headers do not have. */
  #extra(header: Header, length: number, initial: number | undefined, second: number | undefined): boolean {
    if (length === 4 && initial === letterC) header.code = codeOf(this.#value());
    else if (length === 4 && initial === letterM && second === lowerE) header.meta = metaOf(this.#value());
    else if (length === 4 && initial === letterM) header.isPartial = this.#value() === true;
    else if (length === 6 && initial === letterN) header.isNotification = this.#value() === true;
    else if (length === 6 && initial === letterW) header.window = countOf(this.#value());
    else if (length === 9 && initial === letterT) header.timeoutMs = countOf(this.#value());
    else return false;
    return true;
  }

  #error(header: Header): void {
    this.#isResponse = true;
    header.error = this.#string();
  }

  #skip(): void {
    this.#at += this.#skipper.scan(this.#bytes, this.#at, this.#end);
  }

  #value(): unknown {
    const from = this.#at;
    this.#skip();
    return decodeValue(this.#bytes, from, this.#at);
  }

  #string(): string {
    const length = this.#length();
    const from = this.#at;
    this.#at += length;
    return this.#names.get(this.#bytes, from, this.#at);
  }

  #length(): number {
    const token = this.#next();
    if (token >= 0xa0 && token < 0xc0) return token & 31;
    if (token === 0xc0) return 0; // nil: Go reads it as the zero value
    if (token >= 0xd9 && token <= 0xdb) return this.#uint(1 << (token - 0xd9));
    throw new ProtocolError("msgpack: header holds no string where one is due");
  }

  #seq(): number | bigint {
    if ((this.#bytes[this.#at] as number) < 0x80) return this.#next();
    const n = this.#skipper.scan(this.#bytes, this.#at, this.#end);
    const seq = decodeValue(this.#bytes, this.#at, this.#at + n);
    this.#at += n;
    if (typeof seq === "bigint" ? seq >= 0n : Number.isInteger(seq) && (seq as number) >= 0)
      return seq as number | bigint;
    throw new ProtocolError("msgpack: Seq is not a natural number");
  }

  #next(): number {
    return this.#bytes[this.#at++] as number;
  }

  #uint(digits: number): number {
    let n = 0;
    for (let i = 0; i < digits; i++) n = n * 256 + this.#next();
    return n;
  }
}

function clear(header: Header): void {
  header.serviceMethod = "";
  header.seq = 0;
  header.error = "";
  header.meta = undefined;
  header.timeoutMs = undefined;
  header.window = undefined;
  header.isNotification = undefined;
  header.code = undefined;
  header.isPartial = undefined;
}

/** Takes what is a count, and nothing else. */
function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Codes travel as text; those of JSON-RPC are numbers. */
function codeOf(value: unknown): string | number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

/** Takes the strings of a map. */
function metaOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(entries);
}
