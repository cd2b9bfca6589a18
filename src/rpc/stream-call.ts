import type { StreamOptions } from "./call-options.js";
import type { BodyType } from "./codec.js";
import { ProtocolError } from "./errors.js";
import { Guard } from "./guard.js";
import type { PendingCall } from "./pending-calls.js";

/** What a stream needs of its client. */
export interface StreamHost {
  /** Takes the call out of those that wait, and tells the server. */
  readonly cancel: (call: PendingCall) => void;
  /** Asks for `n` more replies. */
  readonly grant: (call: PendingCall, n: number) => void;
}

/** What a stream is of. */
export interface StreamParts {
  readonly serviceMethod: string;
  readonly options: StreamOptions;
  /** What each reply is, where a contract tells. */
  readonly type: BodyType | undefined;
  /** Sends the request. */
  readonly start: (call: StreamCall) => void;
}

interface Waiting {
  resolve(result: IteratorResult<unknown>): void;
  reject(reason: unknown): void;
}

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
  /** How many were read since the server was last asked for more. */
  #read = 0;
  #guard: Guard | null = null;
  #isStarted = false;
  #end: { readonly error: unknown } | "done" | null = null;

  constructor(parts: StreamParts, host: StreamHost) {
    this.type = parts.type;
    this.window = Math.max(1, Math.floor(parts.options.window ?? 64));
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
      return Promise.resolve({ done: false, value });
    }
    if (this.#end !== null) return this.#ended();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Breaks off: the server is told to stop. */
  return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#end === null && this.#isStarted) this.#host.cancel(this);
    this.#isStarted = true;
    this.#items.length = 0;
    this.#finish("done");
    return Promise.resolve(done);
  }

  item(value: unknown): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve({ done: false, value });
      return this.#took();
    }
    if (this.#items.length < this.window) return void this.#items.push(value);
    this.#giveUp(new ProtocolError(`rpc: ${this.#parts.serviceMethod} sent more replies than were asked for`));
  }

  resolve(): void {
    this.#finish("done");
  }

  reject(reason: unknown): void {
    this.#finish({ error: reason });
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { serviceMethod, options, start } = this.#parts;
    if (options.signal?.aborted === true) return this.reject(options.signal.reason);
    this.#guard = new Guard(serviceMethod, options, (reason) => this.#giveUp(reason));
    start(this);
  }

  #giveUp(reason: unknown): void {
    this.#host.cancel(this);
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

  #finish(end: { readonly error: unknown } | "done"): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#guard?.release();
    for (const { resolve, reject } of this.#waiting.splice(0)) this.#ended().then(resolve, reject);
  }

  /** Throws what went wrong, once. */
  #ended(): Promise<IteratorResult<unknown>> {
    const end = this.#end;
    this.#end = "done";
    return end === "done" || end === null ? Promise.resolve(done) : Promise.reject(end.error);
  }
}
