import { after } from "../internal/after.js";
import { TimeoutError, UnexpectedEOFError } from "../net/errors.js";
import type { CodecName } from "./codec.js";
import { ProtocolError } from "./errors.js";
import { isSpace, JSONSniffer } from "./json-sniffer.js";
import { ReplayConn, type ServableConn } from "./replay-conn.js";

/** What a client may speak first: one of the codecs, or HTTP. */
type Protocol = CodecName | "http";

/** What the first bytes of a stream tell: the protocol, that more of them are needed, or that it is none that we know. */
export type Sniff = Protocol | "more" | "none";

/** Bounds {@link sniff}. */
export interface SniffOptions {
  /**
   * The most bytes to look at. An object of JSON of which they do not tell the version is 1.0, all else none.
   * @default 8192
   */
  maxBytes?: number | undefined;
}

/** Options of {@link sniffConn}. */
export interface SniffConnOptions extends SniffOptions {
  /** How long the peer may take from its first byte until it is known what it speaks, in ms. @default 10_000 */
  timeoutMs?: number | undefined;
  /** How long the peer may be silent before its first byte, in ms; 0 for ever, as clients may connect in advance. @default 0 */
  idleTimeoutMs?: number | undefined;
}

/** What {@link sniffConn} found. */
export interface Sniffed {
  /** What the peer speaks. */
  readonly protocol: Protocol;
  /** The conn, which gives the bytes that were looked at once more. */
  readonly conn: ReplayConn;
}

const defaultMaxBytes = 8192;
const defaultTimeoutMs = 10_000;
const firstReadBytes = 512;
/** The longest method of HTTP that is one. */
const maxMethodBytes = 32;

const carriageReturn = 0x0d;
const newline = 0x0a;

/**
 * Tells by its first bytes what a client speaks. What is decided stays decided, whatever follows.
 *
 * - gob begins with the definition of a type: a length, and a negative number in two bytes or more, or that of -64.
 * - msgpack begins with a map.
 * - JSON begins with an object or, in 2.0 alone, with an array; white space may stand before.
 * - HTTP begins with a method and a space; empty lines may stand before (RFC 9112 section 2.2).
 */
export function sniff(bytes: Uint8Array, options: SniffOptions = {}): Sniff {
  return new Sniffer(options).push(bytes);
}

/** Does what {@link sniff} does with bytes that arrive by and by, each of which it looks at once. */
export class Sniffer {
  readonly #maxBytes: number;
  #count = 0;
  #step: (byte: number) => Sniff = (byte) => this.#first(byte);
  #sniff: Sniff = "more";
  /** How many bytes of a gob length are to come. */
  #lengthBytes = 0;
  #methodBytes = 0;
  #hasOnlyNewlines = true;
  readonly #json = new JSONSniffer();

  constructor(options: SniffOptions = {}) {
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  /** Takes the next bytes, and says what is known now. */
  push(bytes: Uint8Array): Sniff {
    for (let i = 0; i < bytes.byteLength && this.#sniff === "more"; i++) {
      this.#sniff = this.#step(bytes[i] as number);
      if (++this.#count >= this.#maxBytes && this.#sniff === "more") this.#sniff = this.#atBound();
    }
    return this.#sniff;
  }

  #first(byte: number): Sniff {
    if ((byte >= 0x80 && byte <= 0x8f) || byte === 0xde || byte === 0xdf) return "msgpack";
    if (byte >= 0x80) return this.#longGob(byte);
    this.#step = (second) => (beginsTypeDefinition(second) ? "gob" : this.#text(byte, second));
    return byte === 0 ? "none" : "more";
  }

  /** A gob length of more than one byte begins with their number, negated; none needs more than four. */
  #longGob(byte: number): Sniff {
    if (byte < 0xfc) return "none";
    this.#lengthBytes = 256 - byte;
    this.#step = (next) => this.#gobLength(next);
    return "more";
  }

  #gobLength(byte: number): Sniff {
    if (this.#lengthBytes-- > 0) return "more";
    return beginsTypeDefinition(byte) ? "gob" : "none";
  }

  /** The first byte was no length: it is text, or nothing. */
  #text(first: number, second: number): Sniff {
    this.#step = (byte) => this.#space(byte);
    const sniffed = this.#step(first);
    return sniffed === "more" ? this.#step(second) : sniffed;
  }

  #space(byte: number): Sniff {
    if (isSpace(byte)) {
      if (byte !== newline && byte !== carriageReturn) this.#hasOnlyNewlines = false;
      return "more";
    }
    const isMethod = this.#hasOnlyNewlines && isMethodByte(byte);
    this.#step = isMethod ? (next) => this.#method(next) : (next) => this.#json.push(next);
    return this.#step(byte);
  }

  #method(byte: number): Sniff {
    if (byte === 0x20) return "http";
    return isMethodByte(byte) && ++this.#methodBytes <= maxMethodBytes ? "more" : "none";
  }

  #atBound(): Sniff {
    // whoever sends spaces alone has not begun an object
    return this.#json.hasBegun ? "jsonrpc" : "none";
  }
}

/** Tells whether a byte begins the negative number that announces a definition of type 64 (Go 1.21) or above. */
function beginsTypeDefinition(byte: number): boolean {
  return byte === 0x7f || byte >= 0xf8;
}

/** Tells whether a byte may be in a method: upper-case letters and `-`, as in `M-SEARCH`. */
function isMethodByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d;
}

/**
 * Reads from a conn until it is known what the peer speaks. Resolves to `null` if it ends before its first byte; the conn
 * is then closed, as it is whenever this rejects.
 *
 * Rejects with a {@link TimeoutError} when it is not known in time, with a {@link ProtocolError} when it is nothing that
 * we know, with an {@link UnexpectedEOFError} when the conn ends before it is known, or with what its `read` rejects with.
 */
export async function sniffConn(conn: ServableConn, options: SniffConnOptions = {}): Promise<Sniffed | null> {
  const { timeoutMs = defaultTimeoutMs, idleTimeoutMs = 0 } = options;
  const limit = new Limit();
  try {
    limit.set(idleTimeoutMs, `rpc: no request within ${idleTimeoutMs} ms (option idleTimeoutMs)`);
    const text = `rpc: not known what the peer speaks within ${timeoutMs} ms (option timeoutMs)`;
    const known = readUntilKnown(conn, options, () => limit.set(timeoutMs, text));
    const sniffed = await Promise.race([known, limit.over]);
    if (sniffed === null) conn.close();
    return sniffed;
  } catch (err) {
    conn.close();
    throw err;
  } finally {
    limit.set(0, "");
  }
}

/** Rejects when a time is over, which may be set anew. */
class Limit {
  readonly over: Promise<never>;
  #reject: (reason: unknown) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.over = new Promise((_, reject) => {
      this.#reject = reject;
    });
  }

  /** Takes the place of what was set before; 0 is for ever. */
  set(ms: number, text: string): void {
    clearTimeout(this.#timer);
    this.#timer = ms > 0 ? after(ms, () => this.#reject(new TimeoutError(text))) : undefined;
  }
}

async function readUntilKnown(conn: ServableConn, options: SniffOptions, onFirst: () => void): Promise<Sniffed | null> {
  const sniffer = new Sniffer(options);
  let bytes = new Uint8Array(firstReadBytes);
  for (let filled = 0; ; ) {
    const n = await conn.read(bytes.subarray(filled));
    if (n === null && filled === 0) return null;
    if (n === null) throw new UnexpectedEOFError(filled);
    if (filled === 0) onFirst();
    const protocol = sniffer.push(bytes.subarray(filled, filled + n));
    filled += n;
    if (protocol === "none") throw new ProtocolError("rpc: the peer speaks no protocol that is served here");
    if (protocol !== "more") return { protocol, conn: new ReplayConn(conn, bytes.subarray(0, filled)) };
    if (filled === bytes.byteLength) bytes = enlarged(bytes);
  }
}

function enlarged(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.byteLength * 2);
  larger.set(bytes);
  return larger;
}
