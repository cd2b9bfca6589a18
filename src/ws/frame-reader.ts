import { copyBytes } from "../internal/byte-queue.js";
import { BinaryMessage, CloseMessage, PingMessage, PongMessage, TextMessage } from "./constants.js";
import { type FrameError, PolicyError, ProtocolError, ReadLimitError } from "./errors.js";
import {
  continuationFrame,
  finBit,
  headerBytesOf,
  isControl,
  maskBit,
  maxControlBytes,
  maxHeaderBytes,
  payloadLength,
  readKey,
  rsv1Bit,
  rsv2Bit,
  rsv3Bit,
} from "./frame.js";
import { mask, rotateKey } from "./mask.js";

/** Takes what a {@link FrameReader} finds. Bytes are valid during the call only. */
export interface FrameHandler {
  /**
   * A whole message, as most are: one frame, all there, not compressed. Its payload of `n` bytes from `from` on is still
   * masked with `key`, so that it can be copied and unmasked in one go; with 0 it is not.
   */
  message(opcode: number, bytes: Uint8Array, from: number, n: number, key: number): void;
  /** Any other data frame begins: text, binary or continuation, with so many bytes of payload. */
  frame(opcode: number, fin: boolean, length: number, compressed: boolean): void;
  /** Its payload goes on, unmasked, from `from` up to `to`; `last` says that the frame ends there. */
  payload(bytes: Uint8Array, from: number, to: number, last: boolean): void;
  /** A control frame, with all of its payload. */
  control(opcode: number, bytes: Uint8Array, from: number, to: number): void;
  /** The peer broke a rule; nothing follows. */
  fail(error: FrameError): void;
}

/** Options of {@link FrameReader}. */
export interface FrameReaderOptions {
  /** Whether payloads come masked, as those of a client do and those of a server must not. */
  masked: boolean;
  /** Whether messages may be compressed, which their RSV1 says. @default false */
  compression?: boolean;
  /** The most bytes of a message, over all of its frames, as they are on the wire. */
  maxMessageBytes: number;
  /** The most frames of a message. @default Infinity */
  maxFragments?: number;
}

const nothing = new Uint8Array(0);

/**
 * Decodes frames, and checks every rule that a frame can break: with no socket in it, synchronously, in chunks that end
 * anywhere.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-5 | RFC 6455 section 5}
 */
export class FrameReader {
  /** The most bytes of a message, over all of its frames. Checked when a frame begins. */
  maxMessageBytes: number;
  readonly #handler: FrameHandler;
  readonly #maskBit: number;
  readonly #compression: boolean;
  readonly #maxFragments: number;
  /** Nothing more is read: for good, or until {@link FrameReader.resume}. */
  #halted = false;
  #stopped = false;
  /** A header that came in parts. */
  #header: Uint8Array | null = null;
  #headerBytes = 0;
  /** The frame under way. */
  #opcode = 0;
  #left = 0;
  #key = 0;
  /** A control payload that came in parts. */
  #control: Uint8Array | null = null;
  #controlBytes = 0;
  /** The message under way. */
  #inMessage = false;
  #messageBytes = 0;
  #fragments = 0;

  constructor(options: FrameReaderOptions, handler: FrameHandler) {
    this.maxMessageBytes = options.maxMessageBytes;
    this.#maxFragments = options.maxFragments ?? Number.POSITIVE_INFINITY;
    this.#maskBit = options.masked ? maskBit : 0;
    this.#compression = options.compression ?? false;
    this.#handler = handler;
  }

  /** Tells whether it is done: a close frame came, a rule was broken, or {@link FrameReader.stop} was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Ignores whatever still comes. */
  stop(): void {
    this.#stopped = this.#halted = true;
  }

  /** Lets {@link FrameReader.push} return early, until {@link FrameReader.resume}. */
  suspend(): void {
    this.#halted = true;
  }

  /** Goes on after {@link FrameReader.suspend}. */
  resume(): void {
    this.#halted = this.#stopped;
  }

  /**
   * Takes the next bytes, and unmasks some of them in place. Returns how many it took: all, unless it was suspended
   * meanwhile. The rest has to be pushed again.
   */
  push(chunk: Uint8Array): number {
    const end = chunk.length;
    let at = 0;
    while (at < end && !this.#halted) {
      if (this.#left > 0) at = this.#takePayload(chunk, at, end);
      else if (this.#headerBytes === 0 && at + 1 < end) at = this.#takeFrame(chunk, at, end);
      else at = this.#gatherHeader(chunk, at, end);
    }
    return this.#stopped ? end : at;
  }

  /** Takes a frame whose first two bytes are there: at once if it is a whole message. */
  #takeFrame(chunk: Uint8Array, at: number, end: number): number {
    const first = chunk[at] as number;
    const second = chunk[at + 1] as number;
    const headerBytes = headerBytesOf(second);
    const start = at + headerBytes;
    if (start > end) return this.#gatherHeader(chunk, at, end);
    const whole = first === (finBit | BinaryMessage) || first === (finBit | TextMessage);
    if (whole && !this.#inMessage && (second & maskBit) === this.#maskBit) {
      const n = payloadLength(chunk, at);
      if (start + n <= end && n <= this.maxMessageBytes) {
        this.#handler.message(first & 0xf, chunk, start, n, this.#maskBit === 0 ? 0 : readKey(chunk, start - 4));
        return start + n;
      }
    }
    this.#begin(chunk, at, headerBytes);
    return start;
  }

  /** Goes on with a header that is not complete in this chunk, up to its end or the chunk's. */
  #gatherHeader(chunk: Uint8Array, from: number, end: number): number {
    this.#header ??= new Uint8Array(maxHeaderBytes);
    const header = this.#header;
    let at = from;
    while (at < end) {
      header[this.#headerBytes++] = chunk[at++] as number;
      if (this.#headerBytes < 2) continue;
      if (this.#headerBytes === 2 && !this.#check(header[0] as number, header[1] as number)) return at;
      const size = headerBytesOf(header[1] as number);
      if (this.#headerBytes < size) continue;
      this.#headerBytes = 0;
      this.#begin(header, 0, size);
      return at;
    }
    return at;
  }

  /** Begins a frame whose header is complete. */
  #begin(header: Uint8Array, at: number, size: number): void {
    const first = header[at] as number;
    if (!this.#check(first, header[at + 1] as number)) return;
    const length = payloadLength(header, at);
    this.#opcode = first & 0xf;
    this.#left = length;
    if (this.#maskBit !== 0) this.#key = readKey(header, at + size - 4);
    if (!isControl(this.#opcode)) this.#beginData(first, length);
    else if (length === 0) this.#endControl(header, 0, 0);
  }

  #beginData(first: number, length: number): void {
    const opcode = first & 0xf;
    const fin = (first & finBit) !== 0;
    const goesOn = opcode === continuationFrame;
    this.#messageBytes = goesOn ? this.#messageBytes + length : length;
    this.#fragments = goesOn ? this.#fragments + 1 : 1;
    this.#inMessage = !fin;
    if (this.#messageBytes > Math.min(this.maxMessageBytes, Number.MAX_SAFE_INTEGER)) {
      this.#fail(new ReadLimitError());
    } else if (this.#fragments > this.#maxFragments) {
      this.#fail(new PolicyError("too many fragments"));
    } else {
      this.#handler.frame(opcode, fin, length, (first & rsv1Bit) !== 0);
      if (length === 0) this.#handler.payload(nothing, 0, 0, true);
    }
  }

  #takePayload(chunk: Uint8Array, at: number, end: number): number {
    const to = Math.min(end, at + this.#left);
    const n = to - at;
    if (this.#maskBit !== 0) {
      mask(chunk, at, to, this.#key);
      if (n < this.#left) this.#key = rotateKey(this.#key, n);
    }
    this.#left -= n;
    if (isControl(this.#opcode)) this.#takeControl(chunk, at, to);
    else this.#handler.payload(chunk, at, to, this.#left === 0);
    return to;
  }

  #takeControl(chunk: Uint8Array, from: number, to: number): void {
    if (this.#left === 0 && this.#controlBytes === 0) {
      this.#endControl(chunk, from, to);
      return;
    }
    this.#control ??= new Uint8Array(maxControlBytes);
    copyBytes(chunk, from, this.#control, this.#controlBytes, to - from);
    this.#controlBytes += to - from;
    if (this.#left > 0) return;
    const n = this.#controlBytes;
    this.#controlBytes = 0;
    this.#endControl(this.#control, 0, n);
  }

  #endControl(bytes: Uint8Array, from: number, to: number): void {
    if (this.#opcode === CloseMessage) this.stop();
    this.#handler.control(this.#opcode, bytes, from, to);
  }

  /** Checks all that the first two bytes say; all that is wrong with them is told at once. */
  #check(first: number, second: number): boolean {
    const faults = this.#faults(first, second);
    if (faults === null) return true;
    this.#fail(new ProtocolError(faults.join(", ")));
    return false;
  }

  /** Lists what is wrong, in gorilla's words; `null` if nothing is. */
  #faults(first: number, second: number): string[] | null {
    const faults: string[] = [];
    const opcode = first & 0xf;
    const mayBeCompressed = this.#compression && (opcode === TextMessage || opcode === BinaryMessage);
    if ((first & rsv1Bit) !== 0 && !mayBeCompressed) faults.push("RSV1 set");
    if ((first & rsv2Bit) !== 0) faults.push("RSV2 set");
    if ((first & rsv3Bit) !== 0) faults.push("RSV3 set");
    this.#checkOpcode(first, second, faults);
    if ((second & maskBit) !== this.#maskBit) faults.push("bad MASK");
    return faults.length === 0 ? null : faults;
  }

  #checkOpcode(first: number, second: number, faults: string[]): void {
    const opcode = first & 0xf;
    if (opcode === CloseMessage || opcode === PingMessage || opcode === PongMessage) {
      if ((second & 0x7f) > maxControlBytes) faults.push("len > 125 for control");
      if ((first & finBit) === 0) faults.push("FIN not set on control");
    } else if (opcode === TextMessage || opcode === BinaryMessage) {
      if (this.#inMessage) faults.push("data before FIN");
    } else if (opcode === continuationFrame) {
      if (!this.#inMessage) faults.push("continuation after FIN");
    } else {
      faults.push(`bad opcode ${opcode}`);
    }
  }

  #fail(error: FrameError): void {
    this.stop();
    this.#handler.fail(error);
  }
}
