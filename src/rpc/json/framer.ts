import { LimitError } from "../../net/errors.js";
import type { CodecLimits } from "../codec.js";
import { ProtocolError } from "../errors.js";
import type { Framer } from "../message-reader.js";
import {
  afterDigit,
  backslash,
  digit0,
  isEscape,
  isHex,
  isWhole,
  newline,
  places,
  quote,
  quoted,
  states,
} from "./grammar.js";

/** The default of `maxMessageBytes`: 32 MiB. */
export const defaultMaxMessageBytes = 33_554_432;
/** The default of `maxDepth`. */
export const defaultMaxDepth = 100;
const defaultMaxItems = 1_048_576;

/** How a {@link JSONFramer} is set up. */
export interface FramerOptions extends CodecLimits {
  /** Whether what is no JSON may be passed over to the end of its line. @default false */
  skipsLines?: boolean;
}

/**
 * Finds the ends of JSON values in a stream of bytes, however the bytes arrive, with or without white space in between.
 * It checks the grammar as it goes, so what is wrong is refused with the first byte that is; it allocates nothing, and
 * never goes over a byte twice.
 *
 * White space that no value follows yet is a message of its own, {@link JSONFramer.isBlank}: however much comes, none of
 * it is kept.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8259 | RFC 8259}
 */
export class JSONFramer implements Framer {
  readonly #maxBytes: number;
  readonly #maxItems: number;
  readonly #skipsLines: boolean;
  /** Which of the open containers are objects. */
  readonly #objects: Uint8Array;
  #depth = 0;
  #state: number = states.value;
  #isKey = false;
  #hexLeft = 0;
  #word = "";
  #items = 0;
  /** Where to go on, and where the value begins, counted from the first byte of the message; -1 before it begins. */
  #at = 0;
  #valueAt = -1;
  #isBlank = false;
  /** Whether all values so far stood on lines of their own, and how many there were. */
  #isLined = true;
  #count = 0;
  #hasNewline = false;
  #isBroken = false;

  constructor(options: FramerOptions = {}) {
    this.#maxBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
    this.#maxItems = options.maxItems ?? defaultMaxItems;
    this.#objects = new Uint8Array(options.maxDepth ?? defaultMaxDepth);
    this.#skipsLines = options.skipsLines ?? false;
  }

  /** Whether the last message is white space alone. */
  get isBlank(): boolean {
    return this.#isBlank;
  }
  /** Whether the last message is a line that is no JSON. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Returns the size of the value that begins at `start`, with the white space before it, or 0 if its end is not among
   * the bytes up to `end`. Then call again with the same `start` when there are more.
   * @throws {LimitError} for a value that is larger or deeper than the limits; {@link ProtocolError} for what is no JSON
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.#isBlank = this.#isBroken = false;
    let at = start + this.#at;
    if (this.#valueAt < 0) {
      at = this.#skipBlank(bytes, at, end);
      if (at === end) return this.#blank(at - start);
      this.#begin(at - start);
    }
    while (at < end) {
      const next = this.#step(bytes, at, end);
      if (next < 0) return this.#finish(~next - start);
      at = next;
      if (at - start - this.#valueAt > this.#maxBytes) throw this.#tooLarge();
    }
    this.#at = at - start;
    return 0;
  }

  #blank(size: number): number {
    this.#isBlank = true;
    return size;
  }

  #begin(at: number): void {
    this.#valueAt = at;
    this.#items = 0;
    if (!this.#hasNewline && this.#count > 0) this.#isLined = false;
    this.#hasNewline = false;
  }

  #finish(size: number): number {
    if (size - this.#valueAt > this.#maxBytes) throw this.#tooLarge();
    this.#isBroken = this.#state === states.broken;
    this.#hasNewline = this.#isBroken;
    this.#state = states.value;
    this.#depth = this.#at = 0;
    this.#valueAt = -1;
    this.#count++;
    return size;
  }

  #skipBlank(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === newline) this.#hasNewline = true;
      else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) break;
    }
    return at;
  }

  /** Goes on from `at`; returns where to go on next, or the complement of where the value has ended. */
  #step(bytes: Uint8Array, at: number, end: number): number {
    const state = this.#state;
    if (state === states.text) return this.#text(bytes, at, end);
    if (state >= states.minus && state !== states.broken) return this.#number(bytes, at, end);
    if (state === states.broken) return this.#skipLine(bytes, at, end);
    const byte = bytes[at] as number;
    if (state <= states.comma) {
      if (byte === newline) this.#hasNewline = true;
      if (byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09) return at + 1;
      return this.#token(byte, at);
    }
    return this.#inside(byte, at);
  }

  /** Takes a byte between values that is no white space. */
  #token(byte: number, at: number): number {
    switch (this.#state) {
      case states.firstElement:
        return byte === 0x5d ? this.#close(at) : this.#value(byte, at);
      case states.firstKey:
        return byte === 0x7d ? this.#close(at) : this.#key(byte, at);
      case states.key:
        return this.#key(byte, at);
      case states.colon:
        if (byte !== 0x3a) return this.#refuse(byte, at);
        this.#state = states.value;
        return at + 1;
      case states.comma:
        return this.#comma(byte, at);
      default:
        return this.#value(byte, at);
    }
  }

  #value(byte: number, at: number): number {
    switch (byte) {
      case 0x7b:
        return this.#open(1, at);
      case 0x5b:
        return this.#open(0, at);
      case quote:
        this.#isKey = false;
        this.#state = states.text;
        return at + 1;
      case 0x2d:
        this.#state = states.minus;
        return at + 1;
      case 0x74:
        return this.#beginWord("rue", at);
      case 0x66:
        return this.#beginWord("alse", at);
      case 0x6e:
        return this.#beginWord("ull", at);
      default:
        if (byte < digit0 || byte > 0x39) return this.#refuse(byte, at);
        this.#state = byte === digit0 ? states.zero : states.digits;
        return at + 1;
    }
  }

  #open(isObject: 0 | 1, at: number): number {
    this.#countItem();
    if (this.#depth === this.#objects.length) {
      throw new LimitError(`json: nested deeper than ${this.#objects.length} (option maxDepth)`);
    }
    this.#objects[this.#depth++] = isObject;
    this.#state = isObject === 1 ? states.firstKey : states.firstElement;
    return at + 1;
  }

  #close(at: number): number {
    this.#depth--;
    return this.#ended(at + 1);
  }

  /** A value has ended before `at`. */
  #ended(at: number): number {
    if (this.#depth === 0) return ~at;
    this.#state = states.comma;
    return at;
  }

  #key(byte: number, at: number): number {
    if (byte !== quote) return this.#refuse(byte, at);
    this.#countItem();
    this.#isKey = true;
    this.#state = states.text;
    return at + 1;
  }

  #comma(byte: number, at: number): number {
    const isObject = this.#objects[this.#depth - 1] === 1;
    if (byte === (isObject ? 0x7d : 0x5d)) return this.#close(at);
    if (byte !== 0x2c) return this.#refuse(byte, at);
    this.#state = isObject ? states.key : states.value;
    return at + 1;
  }

  // The loop that most bytes of large messages go through.
  #text(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        if (!this.#isKey) return this.#ended(at + 1);
        this.#state = states.colon;
        return at + 1;
      }
      if (byte === backslash) {
        this.#state = states.escape;
        return at + 1;
      }
      if (byte < 0x20) return this.#refuse(byte, at);
    }
    return end;
  }

  /** Takes a byte of an escape or of a word. */
  #inside(byte: number, at: number): number {
    if (this.#state === states.word) {
      if (byte !== this.#word.charCodeAt(0)) return this.#refuse(byte, at);
      this.#word = this.#word.slice(1);
      return this.#word === "" ? this.#ended(at + 1) : at + 1;
    }
    if (this.#state === states.hex) {
      if (!isHex(byte)) return this.#refuse(byte, at);
      if (--this.#hexLeft === 0) this.#state = states.text;
      return at + 1;
    }
    if (byte === 0x75) {
      this.#state = states.hex;
      this.#hexLeft = 4;
    } else if (isEscape(byte)) this.#state = states.text;
    else return this.#refuse(byte, at);
    return at + 1;
  }

  #beginWord(rest: string, at: number): number {
    this.#word = rest;
    this.#state = states.word;
    return at + 1;
  }

  #number(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at] as number;
      const next = afterDigit(this.#state, byte);
      if (next < 0) return isWhole(this.#state) ? this.#ended(at) : this.#refuse(byte, at);
      this.#state = next;
    }
    return end;
  }

  #countItem(): void {
    if (++this.#items > this.#maxItems) {
      throw new LimitError(`json: more than ${this.#maxItems} items in a message (option maxItems)`);
    }
  }

  /** Refuses a byte: for good, or to the end of the line where each value has had one of its own. */
  #refuse(byte: number, at: number): number {
    const canSkip = this.#skipsLines && this.#isLined && this.#count > 0 && !this.#hasNewline;
    if (!canSkip) throw new ProtocolError(`invalid character ${quoted(byte)} ${this.#place()}`);
    this.#state = states.broken;
    return at;
  }

  #place(): string {
    const isInObject = this.#depth > 0 && this.#objects[this.#depth - 1] === 1;
    if (this.#state === states.comma && isInObject) return "after object key:value pair";
    return places[this.#state] as string;
  }

  #skipLine(bytes: Uint8Array, at: number, end: number): number {
    const found = bytes.indexOf(newline, at);
    return found < 0 || found >= end ? end : ~(found + 1);
  }

  #tooLarge(): LimitError {
    return new LimitError(`json: message larger than ${this.#maxBytes} bytes (option maxMessageBytes)`);
  }
}
