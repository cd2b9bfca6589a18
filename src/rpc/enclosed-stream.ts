import type { StreamOptions } from "./call-options.js";
import { type Apart, inner } from "./enclosed-call.js";
import { Guard, tooLate } from "./guard.js";
import { handled } from "./handled.js";
import { type InterceptedCall, type Interceptor, intercept } from "./interceptor.js";
import type { StreamCall } from "./stream-call.js";

/** What a stream through interceptors is of. */
export interface EnclosedStreamParts {
  readonly apart: Apart;
  readonly around: readonly Interceptor[];
  readonly call: InterceptedCall;
  readonly options: StreamOptions;
  /** Makes the stream itself. */
  readonly open: (call: InterceptedCall, options: StreamOptions) => StreamCall;
}

interface Waiting {
  resolve(result: IteratorResult<unknown>): void;
  reject(reason: unknown): void;
}

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Reads what interceptors make of a stream, which opens with the first `next`. Whatever they do, they hold back neither a
 * reader who breaks off or gives up nor the end of the connection.
 */
export class EnclosedStream implements AsyncIterableIterator<unknown> {
  readonly #parts: EnclosedStreamParts;
  /** What was opened within: more than one if an interceptor goes on more than once. */
  readonly #inner: StreamCall[] = [];
  readonly #waiting = new Set<Waiting>();
  #replies: Promise<AsyncIterator<unknown>> | null = null;
  #guard: Guard | null = null;
  #end: { readonly error: unknown } | "done" | null = null;

  constructor(parts: EnclosedStreamParts) {
    this.#parts = parts;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#end !== null) return this.#ended();
    this.#replies ??= this.#begin();
    const next = this.#replies.then((replies) => replies.next());
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.#waiting.add(waiting);
      next.then(
        (result) => this.#read(waiting, result),
        (err: unknown) => this.reject(err),
      );
    });
  }

  /** Breaks off: the server is told to stop, and so are the interceptors. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#finish("done");
    return Promise.resolve(done);
  }

  /** Fails. */
  reject(reason: unknown): void {
    this.#finish({ error: reason });
  }

  #begin(): Promise<AsyncIterator<unknown>> {
    const { apart, around, call, options, open } = this.#parts;
    const late = tooLate(call.serviceMethod, options);
    if (late !== null) return Promise.reject(late.reason);
    const until = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#guard = new Guard(call.serviceMethod, options, (reason) => this.reject(reason));
    apart.add(this);
    const opened = intercept(around, call, (each) => {
      if (this.#end !== null) return Promise.reject(new Error("rpc: nobody reads the stream any more"));
      const stream = open(each, { ...inner(options, each, until), window: options.window });
      this.#inner.push(stream);
      return Promise.resolve(stream);
    });
    return handled(opened.finally(() => apart.delete(this)).then(iteratorOf));
  }

  #read(waiting: Waiting, result: IteratorResult<unknown>): void {
    if (this.#waiting.delete(waiting)) waiting.resolve(result);
    if (result.done === true) this.#finish("done");
  }

  #finish(end: { readonly error: unknown } | "done"): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#guard?.release();
    this.#parts.apart.delete(this);
    for (const stream of this.#inner) void stream.return();
    if (this.#replies !== null) void handled(this.#replies.then((replies) => replies.return?.()));
    for (const { resolve, reject } of this.#waiting) this.#ended().then(resolve, reject);
    this.#waiting.clear();
  }

  /** Throws what went wrong, once. */
  #ended(): Promise<IteratorResult<unknown>> {
    const end = this.#end;
    this.#end = "done";
    return end === "done" || end === null ? Promise.resolve(done) : Promise.reject(end.error);
  }
}

function iteratorOf(replies: unknown): AsyncIterator<unknown> {
  return (replies as AsyncIterable<unknown>)[Symbol.asyncIterator]();
}
