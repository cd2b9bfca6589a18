import { copyBytes } from "../internal/byte-queue.js";
import { PendingList } from "../internal/pending.js";
import { Deadline } from "../net/deadline.js";
import { ClosedError, TimeoutError } from "../net/errors.js";
import { Arriving } from "./arriving.js";
import { type CloseError, isCloseError } from "./close-error.js";
import {
  CloseGoingAway,
  CloseInvalidFramePayloadData,
  CloseNormalClosure,
  CloseNoStatusReceived,
  TextMessage,
} from "./constants.js";
import { type FrameError, ProtocolError } from "./errors.js";
import { continuationFrame } from "./frame.js";
import type { FrameHandler } from "./frame-reader.js";
import { Message } from "./message.js";
import { MessageQueue } from "./message-queue.js";
import { SmallCopies } from "./small-copies.js";
import { Utf8Validator } from "./utf8.js";

/** How an {@link Inbox} speaks to its owner. */
export interface InboxOptions {
  /** Dresses a cause for the reader, as an OpError with the conn's addresses. */
  wrap(cause: Error): Error;
  /** Asks the source to go on, after {@link Inbox.hold} had told it to stop. */
  resume(): void;
  /** Takes a control frame; the bytes are valid during the call only. */
  control(opcode: number, bytes: Uint8Array, from: number, to: number): void;
  /** Takes what the peer's frames are refused for. */
  fail(error: FrameError): void;
}

/** How much may wait to be read before the source is asked to stop. */
const highWaterBytes = 128 * 1024;

/**
 * Turns frames into messages, and lets readers pull them: whole, or as the bytes of one stream. The receiving half of a
 * conn, with no socket in it.
 *
 * Readers of both kinds are served in the order of their calls. Bytes go to a reader of bytes as they arrive, before
 * their message is complete. A reader of messages gets whole ones only: what is left of one that was begun as bytes is
 * dropped. All that came before the end is read first.
 */
export class Inbox implements FrameHandler {
  readonly deadline = new Deadline(() => this.#readers.rejectAll(() => this.#wrap(new TimeoutError())));
  readonly #options: InboxOptions;
  readonly #readers = new PendingList<Message | number | null, Uint8Array | null>(() => this.deadline.unwatch());
  readonly #queue = new MessageQueue();
  readonly #copies = new SmallCopies();
  /** The message that arrives. */
  readonly #arriving = new Arriving();
  readonly #utf8 = new Utf8Validator();
  #type = 0;
  #fin = true;
  #left = 0;
  /** Bytes of it were read already. */
  #begun = false;
  #stopped = false;
  #end: Error | null = null;
  #closed = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Tells whether the source should stop now, until it is asked to go on. */
  hold(): boolean {
    this.#stopped = !this.#closed && this.#buffered >= highWaterBytes && this.#readers.length === 0;
    return this.#stopped;
  }

  /** Serves a read of bytes: at once if some wait. `null` is the end after a normal close. */
  read(p: Uint8Array, signal: AbortSignal | undefined): Promise<number | null> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    if (p.byteLength === 0) return Promise.resolve(0);
    if (this.#readers.length === 0) {
      const n = this.#takeBytes(p);
      if (n > 0) return Promise.resolve(n);
      if (this.#end !== null) return isNormalEnd(this.#end) ? Promise.resolve(null) : Promise.reject(this.#end);
    }
    return this.#wait(p, signal) as Promise<number | null>;
  }

  /** Serves a read of a message: at once if one waits. */
  readMessage(signal: AbortSignal | undefined): Promise<Message> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    const message = this.#queue.shift(); // nothing waits there while readers wait
    if (message !== undefined) {
      if (this.#stopped) this.#resume();
      return Promise.resolve(message);
    }
    if (this.#readers.length === 0 && this.#end !== null) return Promise.reject(this.#end);
    const waiting = this.#wait(null, signal) as Promise<Message>;
    this.#resume(); // who waits for a whole message gets it, however large
    if (signal !== undefined) waiting.catch(this.#serve);
    return waiting;
  }

  frame(opcode: number, fin: boolean, length: number): void {
    this.#fin = fin;
    this.#left = length;
    if (opcode === continuationFrame) return;
    this.#type = opcode;
    this.#begun = false;
    if (opcode === TextMessage) this.#utf8.reset();
  }

  payload(bytes: Uint8Array, from: number, to: number, last: boolean): void {
    if (this.#closed) return;
    const ends = last && this.#fin;
    if (this.#type === TextMessage && !this.#isText(bytes, from, to, ends)) {
      this.#options.fail(new ProtocolError("invalid UTF-8 in text message", CloseInvalidFramePayloadData));
      return;
    }
    if (ends && this.#arriving.length === 0 && !this.#begun) this.#deliverWhole(bytes, from, to);
    else this.#deliverPart(bytes, from, to, ends);
  }

  control(opcode: number, bytes: Uint8Array, from: number, to: number): void {
    this.#options.control(opcode, bytes, from, to);
  }

  fail(error: FrameError): void {
    this.#options.fail(error);
  }

  /** Notes how the conn ended; readers get it after what arrived before. Only the first end counts. */
  end(error: Error): void {
    if (this.#end !== null) return;
    this.#end = error;
    if (this.#arriving.length > 0) this.#queue.push(new Message(this.#type, this.#arriving.finish()), true);
    const normal = isNormalEnd(error);
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift()) {
      if (reader.context !== null && normal) reader.resolve(null);
      else reader.reject(error);
    }
  }

  /** Closes from our side: drops what waits, ignores what comes, and rejects everybody. */
  close(): void {
    this.#closed = true;
    this.#queue.clear();
    this.#arriving.clear();
    this.deadline.stop();
    this.#readers.rejectAll(() => this.#wrap(new ClosedError()));
  }

  get #buffered(): number {
    return this.#queue.bytes + this.#arriving.length;
  }

  #refusal(signal: AbortSignal | undefined): Promise<never> | null {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(this.#wrap(new ClosedError()));
    return this.deadline.expired ? Promise.reject(this.#wrap(new TimeoutError())) : null;
  }

  #wait(p: Uint8Array | null, signal: AbortSignal | undefined): Promise<Message | number | null> {
    this.deadline.watch();
    return this.#readers.add(p, signal);
  }

  #isText(bytes: Uint8Array, from: number, to: number, ends: boolean): boolean {
    return this.#utf8.push(bytes, from, to) && (!ends || this.#utf8.complete);
  }

  /** The usual case: all of a message is there at once. */
  #deliverWhole(bytes: Uint8Array, from: number, to: number): void {
    if (this.#readers.length === 0) {
      this.#queue.push(new Message(this.#type, this.#copies.copy(bytes, from, to)), false);
    } else if (this.#readers.first?.context !== null && from < to) {
      this.#begun = true;
      this.#deliverPart(bytes, from, to, true);
    } else {
      this.#deliver(new Message(this.#type, this.#copies.copy(bytes, from, to)), false);
    }
  }

  #deliverPart(bytes: Uint8Array, from: number, to: number, ends: boolean): void {
    this.#left -= to - from;
    const at = this.#serveBytes(bytes, from, to);
    this.#arriving.push(bytes, at, to, this.#fin ? this.#left : Number.POSITIVE_INFINITY);
    if (!ends) return;
    const begun = this.#begun;
    this.#begun = false;
    if (!begun || this.#arriving.length > 0) this.#deliver(new Message(this.#type, this.#arriving.finish()), begun);
  }

  /** Gives bytes to those who wait for bytes, as long as they are first; returns where it stopped. */
  #serveBytes(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const reader = this.#readers.first;
      if (reader === undefined || reader.context === null) break;
      const n = Math.min(reader.context.byteLength, to - at);
      copyBytes(bytes, at, reader.context, 0, n);
      at += n;
      this.#begun = true;
      this.#readers.shift();
      reader.resolve(n);
    }
    return at;
  }

  /** When a reader of messages gave up: readers of bytes behind it may have been waiting for that alone. */
  readonly #serve = (): void => {
    for (let reader = this.#readers.first; reader?.context != null; reader = this.#readers.first) {
      const n = this.#takeBytes(reader.context);
      if (n === 0) return;
      this.#readers.shift();
      reader.resolve(n);
    }
  };

  /** Gives a message to who waits for one, or lets it wait. `begun` says that it is only the rest of one. */
  #deliver(message: Message, begun: boolean): void {
    const reader = this.#readers.first;
    if (reader === undefined) {
      this.#queue.push(message, begun);
    } else if (reader.context === null && !begun) {
      this.#readers.shift();
      reader.resolve(message);
    } // else nobody misses it: the rest of one that was begun as bytes, or an empty one among bytes
  }

  /** Moves bytes of what waits into `p`. */
  #takeBytes(p: Uint8Array): number {
    let n = this.#queue.read(p);
    if (n === 0 && this.#arriving.length > 0) {
      n = this.#arriving.read(p);
      this.#begun = true;
    }
    if (n > 0) this.#resume();
    return n;
  }

  #resume(): void {
    if (!this.#stopped || (this.#buffered > highWaterBytes >> 1 && this.#readers.length === 0)) return;
    this.#stopped = false;
    this.#options.resume();
  }

  #wrap(cause: Error): Error {
    return this.#options.wrap(cause);
  }
}

/** Tells whether a conn ended as a stream ends: by a close message that says that nothing is wrong. */
function isNormalEnd(error: Error): error is CloseError {
  return isCloseError(error, CloseNormalClosure, CloseGoingAway, CloseNoStatusReceived);
}
