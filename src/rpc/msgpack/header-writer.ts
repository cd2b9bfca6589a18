import type { Request, Response } from "../codec.js";
import type { Outbox } from "../outbox.js";

const encoder = new TextEncoder();
const seqKey = string("Seq");
const errorKey = string("Error");
const serviceMethodKey = string("ServiceMethod");
/** How a response begins that reports no error. */
const succeeded = Uint8Array.of(0x83, ...errorKey, ...string(""), ...seqKey);
const requested = Uint8Array.of(0x82, ...seqKey);
const maxTails = 256;

/**
 * Writes header maps byte for byte as Go's `hashicorp/go-msgpack` does: keys in the order of the alphabet, and long
 * strings as str 16, which decoders of the old specification know too.
 */
export class HeaderWriter {
  /** What a header ends with, by method: the key `ServiceMethod` and its value. */
  readonly #tails = new Map<string, Uint8Array>();

  /** Writes `[map of 2][Seq][number][ServiceMethod][string]`. */
  request(out: Outbox, request: Request): void {
    out.copy(requested);
    this.#rest(out, request);
  }

  /** Writes `[map of 3][Error][string][Seq][number][ServiceMethod][string]`. */
  response(out: Outbox, response: Response): void {
    if (response.error === "") out.copy(succeeded);
    else this.#failed(out, response.error);
    this.#rest(out, response);
  }

  #failed(out: Outbox, error: string): void {
    out.byte(0x83);
    out.copy(errorKey);
    out.copy(string(error));
    out.copy(seqKey);
  }

  #rest(out: Outbox, { seq, serviceMethod }: Request): void {
    writeUint(out, seq);
    out.copy(this.#tails.get(serviceMethod) ?? this.#newTail(serviceMethod));
  }

  #newTail(serviceMethod: string): Uint8Array {
    const value = string(serviceMethod);
    const tail = new Uint8Array(serviceMethodKey.byteLength + value.byteLength);
    tail.set(serviceMethodKey);
    tail.set(value, serviceMethodKey.byteLength);
    if (this.#tails.size === maxTails) this.#tails.clear();
    if (tail.byteLength <= maxTails) this.#tails.set(serviceMethod, tail);
    return tail;
  }
}

/** Encodes a string: fixstr, str 16 or str 32. */
function string(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const n = bytes.byteLength;
  const head =
    n < 32
      ? [0xa0 | n]
      : n < 65_536
        ? [0xda, n >> 8, n & 255]
        : [0xdb, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  const all = new Uint8Array(head.length + n);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

function writeUint(out: Outbox, n: number | bigint): void {
  if (n < 128) return out.byte(Number(n));
  const bits = n < 256 ? 8 : n < 65_536 ? 16 : n < 4_294_967_296 ? 32 : 64;
  out.byte(0xcc + Math.log2(bits / 8));
  if (bits === 64) out.uint32(typeof n === "bigint" ? Number(n >> 32n) : Math.floor(n / 4_294_967_296));
  const low = typeof n === "bigint" ? Number(n & 0xffff_ffffn) : n >>> 0;
  if (bits >= 32) return out.uint32(low);
  if (bits === 16) out.byte(low >> 8);
  out.byte(low & 255);
}
