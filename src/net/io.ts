import type { Bytes, Reader, Writer } from "./conn.js";
import { LimitError, NetError, UnexpectedEOFError } from "./errors.js";

const copyBufferBytes = 65_536;

/** The most that {@link readAll} gathers unless told otherwise: 32 MiB. */
export const defaultMaxReadAllBytes = 32 * 1024 * 1024;

/**
 * Reads exactly `p.byteLength` bytes into `p` and resolves to their number; to `null` if the stream ends before the
 * first.
 * @throws {UnexpectedEOFError} if it ends after the first; `bytesRead` says how many arrived
 * @see {@link https://pkg.go.dev/io#ReadFull | Go io.ReadFull}
 */
export async function readFull(r: Reader, p: Bytes): Promise<number | null> {
  let at = 0;
  while (at < p.byteLength) {
    const n = await r.read(at === 0 ? p : p.subarray(at));
    if (n === null) {
      if (at === 0) return null;
      throw new UnexpectedEOFError(at);
    }
    at += n;
  }
  return at;
}

/** Options of {@link readAll}. */
export interface ReadAllOptions {
  /** The most bytes to gather. @default 33_554_432 */
  maxBytes?: number;
}

/**
 * Reads until the end of the stream and resolves to all of it.
 * @throws {LimitError} when more than `maxBytes` arrive
 * @see {@link https://pkg.go.dev/io#ReadAll | Go io.ReadAll}
 */
export async function readAll(r: Reader, options: ReadAllOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const maxBytes = options.maxBytes ?? defaultMaxReadAllBytes;
  let buffer = new Uint8Array(4096);
  let length = 0;
  for (;;) {
    if (length === buffer.byteLength) buffer = grown(buffer, maxBytes);
    const n = await r.read(buffer.subarray(length));
    if (n === null) return buffer.slice(0, length);
    length += n;
    if (length > maxBytes) throw new LimitError(`readAll: more than ${maxBytes} bytes (option maxBytes)`);
  }
}

/** Doubles a buffer, to one byte over the limit at most: the byte that tells that the limit is passed. */
function grown(buffer: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  const bigger = new Uint8Array(Math.max(Math.min(buffer.byteLength * 2, maxBytes + 1), buffer.byteLength + 1));
  bigger.set(buffer);
  return bigger;
}

/**
 * Writes all of `p`, also through a writer that takes only a part in one call.
 * @throws {NetError} with code `ERR_SHORT_WRITE` if the writer takes nothing
 */
export async function writeAll(w: Writer, p: Bytes): Promise<void> {
  let at = await w.write(p);
  while (at < p.byteLength) {
    const n = await w.write(p.subarray(at));
    if (!(n > 0)) throw new NetError("short write", { code: "ERR_SHORT_WRITE" });
    at += n;
  }
}

/** Names the method of {@link WriterTo}. A symbol, as a packet conn's `writeTo` is something else. */
export const writeTo: unique symbol = Symbol.for("toolkit.net.writeTo");

/**
 * Is a reader that knows a better way to send all that it reads than through a buffer of {@link copy}'s.
 * @see {@link https://pkg.go.dev/io#WriterTo | Go io.WriterTo}
 */
export interface WriterTo {
  /** Writes all that it reads to `w`, until its stream ends; resolves to the number of bytes. */
  [writeTo](w: Writer): Promise<number>;
}

/**
 * Copies from `src` to `dst` until `src` ends, and resolves to the number of bytes. Closes neither. From one socket of
 * this package to another the bytes go without being copied on their way.
 * @see {@link https://pkg.go.dev/io#Copy | Go io.Copy}
 */
export function copy(dst: Writer, src: Reader): Promise<number> {
  return writeTo in src ? (src as Reader & WriterTo)[writeTo](dst) : copyBuffered(dst, src);
}

/** Copies through a buffer of its own. */
export async function copyBuffered(dst: Writer, src: Reader): Promise<number> {
  const buffer = new Uint8Array(copyBufferBytes);
  let total = 0;
  for (;;) {
    const n = await src.read(buffer);
    if (n === null) return total;
    await writeAll(dst, buffer.subarray(0, n));
    total += n;
  }
}

/**
 * Returns a reader that ends after `n` bytes of `r`, or where `r` ends if that is sooner. It reads no byte too many.
 * @see {@link https://pkg.go.dev/io#LimitReader | Go io.LimitReader}
 */
export function limitReader(r: Reader, n: number): Reader {
  let left = n;
  return {
    async read(p) {
      if (left <= 0) return null;
      const got = await r.read(p.byteLength > left ? p.subarray(0, left) : p);
      if (got !== null) left -= got;
      return got;
    },
  };
}
