import { copyBytes } from "../internal/byte-queue.js";
import type { Bytes } from "../net/conn.js";
import { CloseInvalidFramePayloadData } from "./constants.js";
import type { Inflater } from "./deflate.js";
import { type FrameError, ProtocolError, ReadLimitError } from "./errors.js";
import { continuationFrame } from "./frame.js";
import type { FrameHandler } from "./frame-reader.js";

/** How an {@link Inflation} speaks to its owner. */
export interface InflationOptions {
  readonly inflater: Inflater;
  /** Who takes the frames that are inflated, and all others. */
  readonly handler: FrameHandler;
  /** Asks the source of frames to wait, so that all stays in order. */
  suspend(): void;
  /** Asks it to go on. */
  resume(): void;
  /** Tells whether the handler has enough for now; {@link Inflation.goOn} is called when it wants more. */
  hold(): boolean;
  /** The most bytes that a message may inflate to. */
  maxMessageBytes(): number;
}

/** A part of this size inflates to 8 MiB at most, which bounds what it can do before the limits are looked at. */
const partBytes = 8192;

/** Inflates compressed messages on their way from a frame reader to its handler, part by part. */
export class Inflation implements FrameHandler {
  readonly #options: InflationOptions;
  readonly #next: FrameHandler;
  /** The message under way. */
  #isCompressed = false;
  #fin = false;
  #inflatedBytes = 0;
  /** What of it has come and is not inflated yet. */
  #waiting = new Uint8Array(0);
  #from = 0;
  #to = 0;
  /** What waits is the end of the message. */
  #ends = false;
  #isBusy = false;
  #isHeld = false;

  constructor(options: InflationOptions) {
    this.#options = options;
    this.#next = options.handler;
  }

  /** Whether the source of frames has to wait. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Goes on, after {@link InflationOptions.hold} had told it to stop. */
  goOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#inflate();
  }

  message(opcode: number, bytes: Uint8Array, from: number, n: number, key: number): void {
    this.#next.message(opcode, bytes, from, n, key);
  }

  frame(opcode: number, fin: boolean, length: number, compressed: boolean): void {
    const isFirst = opcode !== continuationFrame;
    if (isFirst) this.#isCompressed = compressed;
    this.#fin = fin;
    if (!this.#isCompressed) this.#next.frame(opcode, fin, length, false);
    else if (isFirst) this.#next.frame(opcode, true, Number.POSITIVE_INFINITY, true);
  }

  payload(bytes: Uint8Array, from: number, to: number, last: boolean): void {
    if (!this.#isCompressed) {
      this.#next.payload(bytes, from, to, last);
      return;
    }
    this.#keep(bytes, from, to);
    this.#ends = last && this.#fin;
    if (this.#to >= partBytes || this.#ends) this.#start();
  }

  /** Inflates what is gathered so far, as nothing more is here at the moment. */
  flush(): void {
    if (this.#to > 0 && !this.#isBusy) this.#start();
  }

  control(opcode: number, bytes: Uint8Array, from: number, to: number): void {
    this.#next.control(opcode, bytes, from, to);
  }

  fail(error: FrameError): void {
    this.#next.fail(error);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const n = to - from;
    if (this.#to + n > this.#waiting.length) {
      const grown = new Uint8Array(Math.max(this.#to + n, this.#fin ? 0 : partBytes));
      grown.set(this.#waiting.subarray(0, this.#to));
      this.#waiting = grown;
    }
    copyBytes(bytes, from, this.#waiting, this.#to, n);
    this.#to += n;
  }

  #start(): void {
    this.#isBusy = true;
    this.#options.suspend();
    this.#inflate();
  }

  #inflate(): void {
    const end = Math.min(this.#from + partBytes, this.#to);
    const part = this.#waiting.subarray(this.#from, end);
    const last = this.#ends && end === this.#to;
    this.#from = end;
    this.#options.inflater.inflate(part, last, (err, inflated) => {
      if (err === null) this.#pass(inflated, last);
      else this.#next.fail(new ProtocolError("invalid compressed data", CloseInvalidFramePayloadData));
    });
  }

  /** Hands on what a part has become. */
  #pass(inflated: Bytes, last: boolean): void {
    this.#inflatedBytes += inflated.byteLength;
    if (this.#inflatedBytes > this.#options.maxMessageBytes()) {
      this.#next.fail(new ReadLimitError());
      return;
    }
    if (last) this.#inflatedBytes = 0;
    this.#next.payload(inflated, 0, inflated.byteLength, last);
    if (this.#from === this.#to) this.#finish();
    else if (this.#options.hold()) this.#isHeld = true;
    else this.#inflate();
  }

  /** All that has come is inflated. */
  #finish(): void {
    this.#waiting = new Uint8Array(0); // an idle conn keeps none
    this.#from = this.#to = 0;
    this.#isBusy = false;
    this.#options.resume();
  }
}
