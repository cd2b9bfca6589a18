import type { Server } from "node:net";
import { AsyncQueue } from "../../internal/async-queue.js";
import { acceptAll } from "../accept-all.js";
import type { AcceptOptions, Addr, Conn, Listener } from "../conn.js";
import { fromNode } from "../errno.js";
import { ClosedError, OpError } from "../errors.js";

/** The default of every listener's `backlog`. */
export const defaultBacklog = 511;

/** What a {@link SocketListener} is made of. */
export interface SocketListenerParts<A extends Addr> {
  /** A server that listens. */
  server: Server;
  /** The network's name in errors, as `"tcp"`. */
  net: string;
  addr: A;
  /** How many conns may wait to be accepted. */
  backlog: number;
  /** Is called when the listener closes, to end what it has under way. */
  onClose?: () => void;
}

/**
 * Makes a {@link Listener} of a Node server: what TCP, TLS and Unix listeners have in common.
 *
 * Node takes connections off the system's queue whether or not anybody accepts, and cannot be asked to wait; so a
 * second, bounded queue stands here, and a connection that finds it full is reset.
 */
export class SocketListener<C extends Conn, A extends Addr> implements Listener<C, A> {
  readonly addr: A;
  readonly #server: Server;
  readonly #net: string;
  readonly #waiting: AsyncQueue<C>;
  readonly #onClose: (() => void) | undefined;
  #closed = false;

  constructor(parts: SocketListenerParts<A>) {
    this.#server = parts.server;
    this.#net = parts.net;
    this.addr = parts.addr;
    this.#onClose = parts.onClose;
    this.#waiting = new AsyncQueue(parts.backlog);
    // The system may fail to accept (too many open files), which concerns who waits; the listener goes on.
    this.#server.on("error", (err) => this.#waiting.rejectTakers(() => this.#opError(fromNode(err, "accept"))));
  }

  /** Adds a conn to the queue; returns `false` when it is full or closed, and the caller should reset it. */
  offer(conn: C): boolean {
    return this.#waiting.push(conn);
  }

  /** Tells whether a conn would be taken. */
  get hasRoom(): boolean {
    return this.#waiting.hasRoom;
  }

  accept(options?: AcceptOptions): Promise<C> {
    return this.#waiting.take(options?.signal);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    this.#onClose?.();
    for (const conn of this.#waiting.close(() => this.#opError(new ClosedError()))) conn.close();
  }

  ref(): void {
    this.#server.ref();
  }
  unref(): void {
    this.#server.unref();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<C> {
    return acceptAll(this);
  }
  [Symbol.dispose](): void {
    this.close();
  }

  #opError(cause: Error): OpError {
    return new OpError({ op: "accept", net: this.#net, addr: this.addr, cause });
  }
}
