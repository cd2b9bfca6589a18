import type { StreamOptions } from "./call-options.js";
import type { Awaitable, BodyType } from "./codec.js";
import type { Apart } from "./enclosed-call.js";
import { ProtocolError, ServerError } from "./errors.js";
import { Guard, tooLate } from "./guard.js";
import type { PendingCall } from "./pending-calls.js";

/** What a stream needs of its client. */
export interface StreamHost {
  /** Takes the call out of those that wait, and tells the server. */
  readonly cancel: (call: PendingCall) => void;
  /** Those that the connection's end is to be told of, though they were answered. */
  readonly apart: Apart;
  /** Asks for `n` more replies. */
  readonly grant: (call: PendingCall, n: number) => void;
}

/** What a stream is of. */
export interface StreamParts {
  readonly serviceMethod: string;
  readonly options: StreamOptions;
  /** What each reply is, where a contract tells. */
  readonly type: BodyType | undefined;
  /** Sees to it that a reply is what the contract says, where the codec does not. Fails with what readers get. */
  readonly check: ((reply: unknown) => Awaitable<unknown>) | null;
  /** Sends the request. */
  readonly start: (call: StreamCall) => void;
}

interface Waiting {
  resolve(result: IteratorResult<unknown>): void;
  reject(reason: unknown): void;
}

const defaultWindow = 64;
const maxWindow = 0xffff_ffff;
const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Reads the many replies to one call. The request leaves with the first `next`; the server may send `window` replies
 * before they are read, and is asked for more when half of them were.
 */
export class StreamCall implements PendingCall, AsyncIterableIterator<unknown> {
  seq = -1;
  isSent = false;
  readonly type: BodyType | undefined;
  /** How many replies are taken in advance. */
  readonly window: number;
  readonly #parts: StreamParts;
  readonly #host: StreamHost;
  readonly #items: unknown[] = [];
  #waiting: Waiting[] = [];
  /** Those who wait for the check of a reply. */
  readonly #checking = new Set<Waiting>();
  /** How many were read since the server was last asked for more. */
  #read = 0;
  #guard: Guard | null = null;
  #isStarted = false;
  #end: { readonly error: unknown } | "done" | null = null;

  constructor(parts: StreamParts, host: StreamHost) {
    this.type = parts.type;
    this.window = Math.min(Math.max(1, Math.floor(parts.options.window ?? defaultWindow) || 1), maxWindow);
    this.#parts = parts;
    this.#host = host;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    this.#start();
    if (this.#items.length > 0) {
      const value = this.#items.shift();
      this.#took();
      return new Promise((resolve, reject) => this.#give(value, { resolve, reject }));
    }
    if (this.#end !== null) return this.#ended();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Breaks off: the server is told to stop. */
  return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#end === null && this.#isStarted) this.#host.cancel(this);
    this.#isStarted = true;
    this.#items.length = 0;
    this.#finish("done", true);
    return Promise.resolve(done);
  }

  item(value: unknown): void {
    if (this.#end !== null) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#took();
      return this.#give(value, next);
    }
    if (this.#items.length < this.window) return void this.#items.push(value);
    this.#giveUp(new ProtocolError(`rpc: ${this.#parts.serviceMethod} sent more replies than were asked for`));
  }

  resolve(): void {
    this.#finish("done", false);
  }

  reject(reason: unknown): void {
    this.#finish({ error: reason }, !(reason instanceof ServerError));
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { serviceMethod, options, start } = this.#parts;
    const late = tooLate(serviceMethod, options);
    if (late !== null) return this.reject(late.reason);
    this.#guard = new Guard(serviceMethod, options, (reason) => this.#giveUp(reason));
    start(this);
  }

  /** Hands a reply to a reader, when it is known to be good. */
  #give(value: unknown, reader: Waiting): void {
    const { check } = this.#parts;
    if (check === null) return reader.resolve({ done: false, value });
    try {
      const good = check(value);
      if (good instanceof Promise) this.#giveLater(good, reader);
      else reader.resolve({ done: false, value: good });
    } catch (err) {
      reader.reject(err);
      void this.return();
    }
  }

  #giveLater(good: Promise<unknown>, reader: Waiting): void {
    this.#checking.add(reader);
    this.#host.apart.add(this);
    good.then(
      (value) => this.#checked(reader, () => reader.resolve({ done: false, value })),
      (err: unknown) =>
        this.#checked(reader, () => {
          reader.reject(err);
          void this.return();
        }),
    );
  }

  #checked(reader: Waiting, settle: () => void): void {
    if (!this.#checking.delete(reader)) return;
    settle();
    this.#release();
  }

  #giveUp(reason: unknown): void {
    if (this.#end === null) this.#host.cancel(this);
    this.#items.length = 0;
    this.reject(reason);
  }

  /** One was read. */
  #took(): void {
    this.#read++;
    if (this.#end !== null || this.#read * 2 < this.window) return;
    this.#host.grant(this, this.#read);
    this.#read = 0;
  }

  /** Ends. What came before may still be checked, unless that is cut off too. */
  #finish(end: { readonly error: unknown } | "done", isCut: boolean): void {
    if (this.#end !== null && !(isCut && this.#checking.size > 0)) return;
    this.#end = end;
    const readers = [...(isCut ? this.#checking : []), ...this.#waiting.splice(0)];
    if (isCut) this.#checking.clear();
    for (const { resolve, reject } of readers) this.#ended().then(resolve, reject);
    this.#release();
  }

  #release(): void {
    if (this.#checking.size > 0) return;
    this.#host.apart.delete(this);
    if (this.#end !== null) this.#guard?.release();
  }

  /** Throws what went wrong, once. */
  #ended(): Promise<IteratorResult<unknown>> {
    const end = this.#end;
    this.#end = "done";
    return end === "done" || end === null ? Promise.resolve(done) : Promise.reject(end.error);
  }
}
