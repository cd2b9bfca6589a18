import { copyBytes } from "../../internal/byte-queue.js";
import type { Request, Response } from "../codec.js";
import { explicitCode } from "../errors.js";
import type { Outbox } from "../outbox.js";

const encoder = new TextEncoder();
const seqKey = string("Seq");
const errorKey = string("Error");
const serviceMethodKey = string("ServiceMethod");
const codeKey = string("Code");
const metaKey = string("Meta");
const moreKey = string("More");
const notifyKey = string("Notify");
const timeoutKey = string("TimeoutMs");
const windowKey = string("Window");
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

  /** Writes `[map of 2][Seq][number][ServiceMethod][string]`; what Go's has not comes between the two. */
  request(out: Outbox, request: Request): void {
    const { meta, timeoutMs, window, isNotification } = request;
    if (meta === undefined && timeoutMs === undefined && window === undefined && isNotification !== true) {
      return this.#plain(out, requested, request);
    }
    const extras: [Uint8Array, Parameters<typeof writeEntry>[2]][] = [];
    if (meta !== undefined) extras.push([metaKey, meta]);
    if (isNotification === true) extras.push([notifyKey, true]);
    if (timeoutMs !== undefined) extras.push([timeoutKey, Math.max(0, Math.ceil(timeoutMs))]);
    if (window !== undefined) extras.push([windowKey, window]);
    out.byte(0x82 + extras.length);
    out.copy(seqKey);
    writeUint(out, request.seq);
    for (const [key, value] of extras) writeEntry(out, key, value);
    this.#tail(out, request.serviceMethod);
  }

  /** Writes `[map of 3][Error][string][Seq][number][ServiceMethod][string]`; what Go's has not comes before the last. */
  response(out: Outbox, response: Response): void {
    const { error, isPartial, seq, serviceMethod } = response;
    if (error === "" && isPartial !== true) {
      return this.#plain(out, succeeded, response);
    }
    const extra = isPartial === true ? true : explicitCode(response);
    out.byte(extra === undefined ? 0x83 : 0x84);
    out.copy(errorKey);
    out.copy(string(error));
    out.copy(seqKey);
    writeUint(out, seq);
    if (extra !== undefined) writeEntry(out, isPartial === true ? moreKey : codeKey, extra);
    this.#tail(out, serviceMethod);
  }

  /** Writes a header of Go's; one look for room serves it all. */
  #plain(out: Outbox, opening: Uint8Array, { seq, serviceMethod }: Request): void {
    const tail = this.#tails.get(serviceMethod) ?? this.#newTail(serviceMethod);
    if (typeof seq !== "number" || seq > 0xffff_ffff) {
      out.copy(opening);
      writeUint(out, seq);
      return out.copy(tail);
    }
    const block = out.room(opening.length + 5 + tail.length);
    let at = copied(opening, block, out.length);
    if (seq >= 0x80) block[at++] = seq < 0x100 ? 0xcc : seq < 0x1_0000 ? 0xcd : 0xce;
    if (seq >= 0x1_0000) {
      block[at++] = seq >>> 24;
      block[at++] = seq >>> 16;
    }
    if (seq >= 0x100) block[at++] = seq >>> 8;
    block[at++] = seq;
    out.advance(copied(tail, block, at));
  }

  #tail(out: Outbox, serviceMethod: string): void {
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

/** Writes an entry without the encoder of bodies, which holds the body that comes after. */
function writeEntry(
  out: Outbox,
  key: Uint8Array,
  value: true | number | string | Readonly<Record<string, string>>,
): void {
  out.copy(key);
  if (value === true) out.byte(0xc3);
  else if (typeof value === "number") writeUint(out, value);
  else if (typeof value === "string") out.copy(string(value));
  else writeStrings(out, Object.entries(value));
}

function writeStrings(out: Outbox, entries: readonly (readonly [string, string])[]): void {
  const n = entries.length;
  if (n < 16) out.byte(0x80 | n);
  else if (n < 65_536) out.copy(Uint8Array.of(0xde, n >> 8, n & 255));
  else throw new RangeError("Too many entries in meta");
  for (const [name, text] of entries) {
    out.copy(string(name));
    out.copy(string(text));
  }
}

/** Copies to where `at` is, and returns where it ends. */
function copied(bytes: Uint8Array, block: Uint8Array, at: number): number {
  copyBytes(bytes, 0, block, at, bytes.length);
  return at + bytes.length;
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
