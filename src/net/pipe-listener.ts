import { AsyncQueue } from "../internal/async-queue.js";
import { acceptAll } from "./accept-all.js";
import type { AcceptOptions, Listener, StreamConn } from "./conn.js";
import { ClosedError, NetError, OpError } from "./errors.js";
import { type PipeAddr, pipe } from "./pipe.js";

/** Options of {@link PipeListener}. */
export interface PipeListenerOptions {
  /** How many dialled conns may wait to be accepted. @default 511 */
  backlog?: number;
}

/**
 * Listens in memory: each {@link PipeListener.dial} makes a {@link pipe} whose other end is accepted. For tests, and
 * for a client and a server in one process.
 *
 * @example
 * ```ts
 * import { PipeListener, copy } from "toolkit/net";
 *
 * const listener = new PipeListener();
 * void (async () => {
 *   for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
 * })();
 * const conn = await listener.dial();
 * ```
 */
export class PipeListener implements Listener<StreamConn<PipeAddr>, PipeAddr> {
  /** Prints as `pipe`. */
  readonly addr: PipeAddr = Object.freeze({ transport: "pipe", toString: () => "pipe" });
  readonly #waiting: AsyncQueue<StreamConn<PipeAddr>>;
  #closed = false;

  constructor(options: PipeListenerOptions = {}) {
    this.#waiting = new AsyncQueue(options.backlog ?? 511);
  }

  /**
   * Connects to this listener.
   * @throws {OpError} `connection refused` once it is closed, or while its backlog is full
   */
  dial(): Promise<StreamConn<PipeAddr>> {
    const [ours, theirs] = pipe();
    if (this.#waiting.push(theirs)) return Promise.resolve(ours);
    const cause = new NetError("connect: connection refused", { code: "ECONNREFUSED" });
    return Promise.reject(new OpError({ op: "dial", net: "pipe", cause }));
  }

  accept(options?: AcceptOptions): Promise<StreamConn<PipeAddr>> {
    return this.#waiting.take(options?.signal);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const closed = () => new OpError({ op: "accept", net: "pipe", cause: new ClosedError() });
    for (const conn of this.#waiting.close(closed)) conn.close();
  }

  // Memory keeps no process alive.
  ref(): void {}
  unref(): void {}

  [Symbol.asyncIterator](): AsyncIterableIterator<StreamConn<PipeAddr>> {
    return acceptAll(this);
  }
  [Symbol.dispose](): void {
    this.close();
  }
}
