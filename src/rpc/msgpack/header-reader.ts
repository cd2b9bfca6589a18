import type { Request, Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import { Names } from "./names.js";
import { Scanner } from "./scanner.js";
import { decodeValue } from "./values.js";

const letterE = 0x45;
const letterS = 0x53;

/** Reads header maps, whatever the order of their keys; skips those that it does not know. */
export class HeaderReader {
  readonly #names = new Names();
  readonly #skipper = new Scanner();
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /**
   * Reads the map that fills the bytes from `start` to `end`, which a {@link Scanner} has passed, into `header`.
   * @throws {ProtocolError} for what is no header
   */
  read(bytes: Uint8Array, start: number, end: number, header: Request & Partial<Response>): void {
    header.serviceMethod = "";
    header.seq = 0;
    header.error = "";
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    for (let left = this.#entries(); left > 0; left--) this.#entry(header);
  }

  #entries(): number {
    const token = this.#next();
    if (token >= 0x80 && token < 0x90) return token & 15;
    if (token === 0xde) return this.#uint(2);
    if (token === 0xdf) return this.#uint(4);
    throw new ProtocolError("msgpack: header is not a map");
  }

  /** Reads an entry. Its key is told by its length and its initial: enough to tell those there are apart. */
  #entry(header: Request & Partial<Response>): void {
    const length = this.#length();
    const initial = this.#bytes[this.#at];
    this.#at += length;
    if (length === 3 && initial === letterS) header.seq = this.#seq();
    else if (length === 13 && initial === letterS) header.serviceMethod = this.#string();
    else if (length === 5 && initial === letterE) header.error = this.#string();
    else this.#at += this.#skipper.scan(this.#bytes, this.#at, this.#end);
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
