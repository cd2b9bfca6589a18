import { copyBytes } from "../internal/byte-queue.js";
import { type Pending, PendingList } from "../internal/pending.js";
import { Deadline } from "../net/deadline.js";
import { ClosedError, TimeoutError } from "../net/errors.js";
import { Arriving } from "./arriving.js";
import { isCloseError } from "./close-error.js";
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
import { maskInto } from "./mask.js";
import { Message } from "./message.js";
import { MessageQueue } from "./message-queue.js";
import { payloadRoom } from "./payload-room.js";
import { Utf8Validator } from "./utf8.js";
import { type Begun, PartRead, type Taken, type Want } from "./want.js";

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
  /** Tells quickly whether bytes are UTF-8, where the platform can. */
  isUtf8?: (bytes: Uint8Array) => boolean;
}

/** How much waits for readers before the source is told to stop. */
const highWaterBytes = 131_072;

/**
 * Keeps what frames bring until it is read: the receiving half of a conn. Readers of all kinds are served in the order
 * of their calls.
 *
 * What waits is a queue of whole messages and, behind them, the message under way. The first of all these is the head,
 * which may have been begun, and then be read in parts; whoever wants another drops the rest of it.
 */
export class Inbox implements FrameHandler {
  readonly #options: InboxOptions;
  /** Made when somebody first sets one. */
  #deadline: Deadline | null = null;
  readonly #readers = new PendingList<Taken, Want>();
  readonly #queue = new MessageQueue();
  /** Made when text first comes. */
  #utf8: Utf8Validator | null = null;
  /** The message under way. */
  readonly #arriving = new Arriving();
  #isUnderWay = false;
  #type = 0;
  #fin = false;
  /** How much of its frame is to come. */
  #left = 0;
  /** Nobody wants the rest of it. */
  #skips = false;
  /** The number of the head, and whether it was begun. */
  #headId = 0;
  #begun = false;
  #stopped = false;
  #closed = false;
  #end: Error | null = null;
  #starved: (() => void) | null = null;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** The deadline of reads. */
  get deadline(): Deadline {
    this.#deadline ??= this.#makeDeadline();
    return this.#deadline;
  }

  /** Tells whether the source should stop now, until it is asked to go on. */
  hold(): boolean {
    this.#stopped = !this.#closed && this.unreadBytes >= highWaterBytes && this.#readers.length === 0;
    return this.#stopped;
  }

  /** How many messages were taken, or begun and dropped. */
  get taken(): number {
    return this.#headId;
  }

  /** Whether whole messages wait to be read. */
  get hasUnread(): boolean {
    return this.#queue.first !== undefined;
  }

  /** How much waits to be read. */
  get unreadBytes(): number {
    return this.#queue.bytes + this.#arriving.length;
  }

  /** Calls back, once, when somebody waits and nothing is here. */
  whenStarved(starved: () => void): void {
    this.#starved = starved;
  }

  /** Whether the source was told to stop, so that nobody can say whether the peer is silent. */
  get holds(): boolean {
    return this.#stopped;
  }

  /** Serves a read of a message: at once if one waits. */
  readMessage(signal: AbortSignal | undefined): Promise<Message> {
    return this.#refusal(signal) ?? (this.#read("message", signal) as Promise<Message>);
  }

  /** The same for a loop, which ends as the conn ends normally. */
  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#refusal() ?? (this.#read("result", undefined) as Promise<IteratorResult<Message, undefined>>);
  }

  /** Begins the next message, as soon as it begins to arrive. */
  begin(signal: AbortSignal | undefined): Promise<Begun> {
    return this.#refusal(signal) ?? (this.#read("start", signal) as Promise<Begun>);
  }

  /** Serves a read of the message that was begun; `null` is its end, also when another was begun meanwhile. */
  readPart(p: Uint8Array, id: number, signal: AbortSignal | undefined): Promise<number | null> {
    if (id !== this.#headId) return Promise.resolve(null);
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    return p.byteLength === 0
      ? Promise.resolve(0)
      : (this.#read(new PartRead(p, id), signal) as Promise<number | null>);
  }

  /** Serves a read of bytes, of whatever message: at once if some wait. `null` is the end after a normal close. */
  read(p: Uint8Array, signal: AbortSignal | undefined): Promise<number | null> {
    const refusal = this.#refusal(signal);
    if (refusal !== null) return refusal;
    return p.byteLength === 0 ? Promise.resolve(0) : (this.#read(p, signal) as Promise<number | null>);
  }

  message(opcode: number, bytes: Uint8Array, from: number, n: number, key: number): void {
    if (this.#closed) return;
    const data = payloadRoom.take(n);
    if (key !== 0) maskInto(bytes, from, n, key, data, 0);
    else copyBytes(bytes, from, data, 0, n);
    if (opcode === TextMessage && !this.#isWholeText(data)) return;
    this.deliver(new Message(opcode, data));
  }

  /** Takes a whole message. */
  deliver(message: Message): void {
    const reader = this.#readers.first;
    if (reader?.context === "message") {
      this.#readers.shift();
      this.#headId++;
      reader.resolve(message);
    } else if (reader?.context === "result") {
      this.#readers.shift();
      this.#headId++;
      reader.resolve({ done: false, value: message });
    } else {
      this.#queue.push(message);
      if (reader !== undefined) this.#serve();
    }
  }

  frame(opcode: number, fin: boolean, length: number): void {
    this.#fin = fin;
    this.#left = length;
    if (opcode === continuationFrame) return;
    this.#type = opcode;
    this.#isUnderWay = true;
    if (opcode === TextMessage) this.#validator.reset();
    this.#serve();
  }

  payload(bytes: Uint8Array, from: number, to: number, last: boolean): void {
    if (this.#closed) return;
    const ends = last && this.#fin;
    if (this.#type === TextMessage && !this.#isText(bytes, from, to, ends)) return;
    this.#left -= to - from;
    if (!this.#skips) {
      const at = this.#serveDirectly(bytes, from, to);
      const more = this.#fin ? Math.max(this.#left, 0) : Number.POSITIVE_INFINITY;
      this.#arriving.push(bytes, at, to, more);
    }
    if (ends) this.#finish();
    this.#serve();
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
    this.#serve();
  }

  /** Closes from our side: drops what waits, ignores what comes, and rejects everybody. */
  close(): void {
    this.#closed = true;
    this.#queue.clear();
    this.#arriving.clear();
    this.#deadline?.stop();
    this.#readers.rejectAll(() => this.#wrap(new ClosedError()));
  }

  #makeDeadline(): Deadline {
    const deadline = new Deadline(() => this.#readers.rejectAll(() => this.#wrap(new TimeoutError())));
    this.#readers.onEmpty = () => deadline.unwatch();
    if (this.#readers.length > 0) deadline.watch();
    return deadline;
  }

  #refusal(signal?: AbortSignal): Promise<never> | null {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(this.#wrap(new ClosedError()));
    return this.#deadline?.expired === true ? Promise.reject(this.#wrap(new TimeoutError())) : null;
  }

  /** Takes what is wanted, or waits for it. */
  #read(want: Want, signal: AbortSignal | undefined): Promise<Taken> {
    if (this.#readers.length === 0) {
      const taken = this.#take(want);
      if (taken !== undefined) {
        if (this.#stopped) this.#resume();
        return Promise.resolve(taken);
      }
      if (this.#end !== null) return new Promise((resolve, reject) => this.#settleAtEnd(want, { resolve, reject }));
    }
    this.#deadline?.watch();
    const waiting = this.#readers.add(want, signal);
    if (this.#stopped) this.#resume(); // who waits for a whole message gets it, however large
    if (signal !== undefined) waiting.catch(() => this.#serve()); // those behind may have been waiting for this one alone
    if (this.#starved !== null) this.#tellStarved();
    return waiting;
  }

  #tellStarved(): void {
    const starved = this.#starved;
    this.#starved = null;
    starved?.();
  }

  /** Serves those who wait, as long as there is something for them. */
  #serve(): void {
    for (let reader = this.#readers.first; reader !== undefined; reader = this.#readers.first) {
      const taken = this.#take(reader.context);
      if (taken === undefined && this.#end === null) return;
      this.#readers.shift();
      if (taken === undefined) this.#settleAtEnd(reader.context, reader);
      else reader.resolve(taken);
    }
  }

  /** Takes what is wanted out of what is here; `undefined` if that is not enough. */
  #take(want: Want): Taken | undefined {
    if (want === "message") return this.#takeMessage();
    if (want === "result") {
      const value = this.#takeMessage();
      return value === undefined ? undefined : { done: false, value };
    }
    if (want === "start") return this.#takeStart();
    return want instanceof PartRead ? this.#takePart(want) : this.#takeBytes(want);
  }

  #takeMessage(): Message | undefined {
    if (this.#begun) this.#dropHead();
    const message = this.#queue.shift();
    if (message !== undefined) this.#headId++;
    return message;
  }

  #takeStart(): Begun | undefined {
    if (this.#begun) this.#dropHead();
    const first = this.#queue.first;
    if (first === undefined && (!this.#isUnderWay || this.#skips)) return undefined;
    this.#begun = true;
    return { type: first === undefined ? this.#type : first.type, id: this.#headId };
  }

  #takePart({ p, id }: PartRead): number | null | undefined {
    if (id !== this.#headId) return null;
    const n = this.#takeOfHead(p, 0);
    if (n > 0) return n;
    if (this.#queue.first === undefined) return undefined;
    this.#dropHead();
    return null;
  }

  #takeBytes(p: Uint8Array): number | undefined {
    let n = 0;
    for (;;) {
      n += this.#takeOfHead(p, n);
      if (n === p.byteLength) return n;
      if (this.#queue.first === undefined) return n === 0 ? undefined : n;
      this.#dropHead(); // all of it is read
    }
  }

  /** Moves bytes of the head into `p`, from `at` on; returns their number. */
  #takeOfHead(p: Uint8Array, at: number): number {
    const n = this.#queue.first === undefined ? this.#arriving.read(p, at) : this.#queue.read(p, at);
    if (n > 0) this.#begun = true;
    return n;
  }

  #dropHead(): void {
    this.#begun = false;
    this.#headId++;
    if (this.#queue.shift() !== undefined || !this.#isUnderWay) return;
    this.#arriving.clear();
    this.#skips = true;
  }

  /** Gives bytes of the message under way to those who wait for just these; returns where it stopped. */
  #serveDirectly(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && this.#arriving.length === 0 && this.#queue.first === undefined) {
      const reader = this.#readers.first;
      if (reader === undefined || typeof reader.context === "string") break;
      const p = reader.context instanceof PartRead ? reader.context.p : reader.context;
      const n = Math.min(p.byteLength, to - at);
      copyBytes(bytes, at, p, 0, n);
      at += n;
      this.#begun = true;
      this.#readers.shift();
      reader.resolve(n);
    }
    return at;
  }

  /** The message under way is whole. */
  #finish(): void {
    this.#isUnderWay = false;
    if (this.#skips) this.#skips = false;
    else this.#queue.push(new Message(this.#type, this.#arriving.finish()));
  }

  get #validator(): Utf8Validator {
    this.#utf8 ??= new Utf8Validator(this.#options);
    return this.#utf8;
  }

  #isText(bytes: Uint8Array, from: number, to: number, ends: boolean): boolean {
    const utf8 = this.#validator;
    const good = utf8.push(bytes, from, to) && (!ends || utf8.complete);
    if (!good) this.#options.fail(new ProtocolError("invalid UTF-8 in text message", CloseInvalidFramePayloadData));
    return good;
  }

  #isWholeText(data: Uint8Array): boolean {
    this.#validator.reset();
    return this.#isText(data, 0, data.length, true);
  }

  /** Settles a read behind the end of all. */
  #settleAtEnd(want: Want, reader: Pick<Pending<Taken, Want>, "resolve" | "reject">): void {
    const end = this.#end as Error;
    if (!(want instanceof PartRead)) this.#dropHead(); // whoever has seen the end sees no part of a message behind it
    if (want instanceof Uint8Array && isCloseError(end, ...normalEnds, CloseNoStatusReceived)) reader.resolve(null);
    else if (want === "result" && isCloseError(end, ...normalEnds)) reader.resolve({ done: true, value: undefined });
    else reader.reject(end);
  }

  #resume(): void {
    if (this.unreadBytes > highWaterBytes >> 1 && this.#readers.length === 0) return;
    this.#stopped = false;
    this.#options.resume();
  }

  #wrap(cause: Error): Error {
    return this.#options.wrap(cause);
  }
}

/** The codes that say that nothing is wrong. */
const normalEnds: readonly number[] = [CloseNormalClosure, CloseGoingAway];
