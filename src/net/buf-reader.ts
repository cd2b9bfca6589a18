import { ByteQueue } from "../internal/byte-queue.js";
import type { Bytes, Reader } from "./conn.js";
import { LimitError, UnexpectedEOFError } from "./errors.js";

const newline = 0x0a;
const carriageReturn = 0x0d;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true }); // a mark at the head of a line is part of it

/** Options of {@link BufReader}. */
export interface BufReaderOptions {
  /** How many bytes one read of the source asks for. @default 65_536 */
  readBytes?: number;
  /** The most that {@link BufReader.readLine}, `readUntil` and `peek` hold back. @default 65_536 */
  maxBytes?: number;
}

/**
 * Reads through a buffer: whole lines, fixed lengths, and a look ahead, from any {@link Reader}.
 *
 * One call at a time. Whatever fails (a deadline of the source, a limit, an early end) consumes nothing: the bytes stay
 * for the next call.
 * @see {@link https://pkg.go.dev/bufio#Reader | Go bufio.Reader}
 */
export class BufReader implements Reader {
  readonly #source: Reader;
  readonly #queue = new ByteQueue();
  readonly #into: Bytes;
  readonly #maxBytes: number;
  #ended = false;

  /** Reads from `source`, which nobody else should read from then on. */
  constructor(source: Reader, options: BufReaderOptions = {}) {
    this.#source = source;
    this.#into = new Uint8Array(options.readBytes ?? 65_536);
    this.#maxBytes = options.maxBytes ?? 65_536;
  }

  /** How many bytes can be read without waiting. */
  get buffered(): number {
    return this.#queue.length;
  }

  /** Reads up to `p.byteLength` bytes: what is buffered, or else what the source gives next. */
  read(p: Bytes): Promise<number | null> {
    if (this.#queue.length > 0 || p.byteLength === 0) return Promise.resolve(this.#queue.read(p));
    if (this.#ended) return Promise.resolve(null);
    return p.byteLength >= this.#into.byteLength ? this.#source.read(p) : this.#readThrough(p);
  }

  /**
   * Reads exactly `p.byteLength` bytes; resolves to `null` if the stream ends before the first.
   * @throws {UnexpectedEOFError} if it ends after the first; those bytes can still be read
   */
  readFull(p: Bytes): Promise<number | null> {
    if (this.#queue.length >= p.byteLength) return Promise.resolve(this.#queue.read(p));
    return this.#readFullSlowly(p);
  }

  /**
   * Returns a view of the next `n` bytes without consuming them, fewer if the stream ends before; valid until the next
   * call.
   * @throws {LimitError} if `n` is more than `maxBytes`
   */
  async peek(n: number): Promise<Bytes> {
    if (n > this.#maxBytes) throw this.#tooLong("peek");
    while (this.#queue.length < n && (await this.#fill()));
    return this.#queue.peek(n);
  }

  /**
   * Reads a line as UTF-8, without its `\n` or `\r\n`; the last may lack one. Resolves to `null` at the end.
   * @throws {LimitError} if it is longer than `maxBytes`
   */
  async readLine(): Promise<string | null> {
    let end = await this.#find(newline, this.#maxBytes, "readLine");
    const ended = end === -1;
    if (ended) {
      if (this.#queue.length === 0) return null;
      end = this.#queue.length;
    }
    const line = this.#queue.peek(end);
    const cut = line[end - 1] === carriageReturn ? end - 1 : end;
    const text = utf8.decode(line.subarray(0, cut));
    this.#queue.skip(ended ? end : end + 1);
    return text;
  }

  /**
   * Reads up to and including the first byte `delimiter` (a number, or a string of one ASCII character); resolves to
   * `null` if nothing is left.
   * @throws {UnexpectedEOFError} if the stream ends before it; those bytes can still be read
   * @throws {LimitError} if that is more than `maxBytes`
   */
  async readUntil(delimiter: number | string): Promise<Uint8Array<ArrayBuffer> | null> {
    const byte = typeof delimiter === "number" ? delimiter : delimiter.charCodeAt(0);
    const end = await this.#find(byte, this.#maxBytes - 1, "readUntil");
    if (end === -1) {
      if (this.#queue.length === 0) return null;
      throw new UnexpectedEOFError(this.#queue.length);
    }
    const bytes = this.#queue.peek(end + 1).slice();
    this.#queue.skip(end + 1);
    return bytes;
  }

  /** Finds a byte behind `most` others at most, reading on as far as needed; -1 if the stream ends before. */
  async #find(byte: number, most: number, what: string): Promise<number> {
    for (let from = 0; ; ) {
      const bytes = this.#queue.peek(this.#queue.length);
      const at = bytes.indexOf(byte, from);
      if (at > most || (at === -1 && bytes.byteLength > most)) throw this.#tooLong(what);
      if (at !== -1) return at;
      from = bytes.byteLength;
      if (!(await this.#fill())) return -1;
    }
  }

  async #readThrough(p: Bytes): Promise<number | null> {
    return (await this.#fill()) ? this.#queue.read(p) : null;
  }

  async #readFullSlowly(p: Bytes): Promise<number | null> {
    while (this.#queue.length < p.byteLength) {
      if (await this.#fill()) continue;
      if (this.#queue.length === 0) return null;
      throw new UnexpectedEOFError(this.#queue.length);
    }
    return this.#queue.read(p);
  }

  /** Asks the source for more; returns `false` at its end. */
  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const n = await this.#source.read(this.#into);
    if (n === null) this.#ended = true;
    else this.#queue.push(n === this.#into.byteLength ? this.#into : this.#into.subarray(0, n));
    return n !== null;
  }

  #tooLong(what: string): LimitError {
    return new LimitError(`${what}: more than ${this.#maxBytes} bytes (option maxBytes)`);
  }
}
