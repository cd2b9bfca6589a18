import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { after } from "../internal/after.js";
import { AsyncQueue } from "../internal/async-queue.js";
import { acceptAll } from "../net/accept-all.js";
import type { AcceptOptions, Listener } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { ClosedError, OpError } from "../net/errors.js";
import type { WSAddr } from "./addr.js";
import { isWireCloseCode } from "./close-code.js";
import type { Conn } from "./conn.js";
import { CloseGoingAway, CloseTryAgainLater } from "./constants.js";
import { WebSocketConn } from "./web-socket-conn.js";

/** Options of {@link WSListener.shutdown}. */
export interface ShutdownOptions {
  /** How long the peers may take for the closing handshake, in ms, before their connections are cut. @default 10_000 */
  graceMs?: number | undefined;
  /** The close code that the peers get: 1001 (going away), or 1012 (service restart). @default 1001 */
  code?: number | undefined;
  /** What they get beside it: up to 123 bytes. @default "" */
  reason?: string | undefined;
}

/** Accepts WebSocket conns, and can end them all. */
export interface WSListener extends Listener<Conn, WSAddr> {
  /** Stops listening; conns that were accepted live on, those that wait to be are closed. `shutdown` ends them too. */
  close(): void;
  /**
   * Ends the service: new handshakes are refused with 503, and all conns, accepted or not, are closed with the code;
   * when all of them are gone, or after `graceMs`, what is left is cut, and the port is given back. Resolves when all is
   * released; never rejects because of a peer. A second call waits for the first.
   * @throws {RangeError} when the code is none that may be sent
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** What a {@link WebSocketListener} is made of. */
export interface ListenerParts {
  /** An HTTP server of its own, which listens. */
  server: Server;
  addr: WSAddr;
  /** How many conns may wait to be accepted. */
  backlog: number;
}

const defaultGraceMs = 10_000;

/** Accepts {@link Conn}s of an HTTP server of its own. */
export class WebSocketListener implements WSListener {
  readonly addr: WSAddr;
  readonly #server: Server;
  readonly #backlog: number;
  readonly #waiting: AsyncQueue<Conn>;
  /** The connections of requests to upgrade that are no conns, or not yet. */
  readonly #sockets = new Set<Duplex>();
  readonly #conns = new Set<Conn>();
  /** Handshakes under way. */
  readonly #handshakes = new Set<Promise<void>>();
  #isClosed = false;
  readonly #released: Promise<void>;
  #shutdown: { readonly code: number; readonly done: Promise<void> } | undefined;

  constructor({ server, addr, backlog }: ListenerParts) {
    this.#server = server;
    this.addr = addr;
    this.#backlog = backlog;
    this.#waiting = new AsyncQueue(backlog);
    this.#released = new Promise((resolve) => server.once("close", resolve));
    // The system may fail to accept (too many open files), which concerns who waits; the listener goes on.
    server.on("error", (err) => this.#waiting.rejectTakers(() => this.#opError(fromNode(err, "accept"))));
  }

  /** Tells whether a handshake that begins now will find room. */
  get hasRoom(): boolean {
    return this.#waiting.hasRoom && this.#waiting.length + this.#handshakes.size < Math.max(this.#backlog, 1);
  }

  /** Follows a handshake, and offers its conn to those who accept; one that fails concerns nobody. */
  take(socket: Duplex, upgrading: Promise<Conn>): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const handshake = upgrading
      .then(
        (conn) => this.#offer(socket, conn),
        () => {},
      )
      .finally(() => this.#handshakes.delete(handshake));
    this.#handshakes.add(handshake);
  }

  #offer(socket: Duplex, conn: Conn): void {
    this.#sockets.delete(socket);
    this.#conns.add(conn);
    if (conn instanceof WebSocketConn) conn.leaveOnClose(this.#conns);
    else void conn.closed.then(() => this.#conns.delete(conn));
    if (!this.#waiting.push(conn)) conn.close(this.#shutdown?.code ?? CloseTryAgainLater);
  }

  accept(options?: AcceptOptions): Promise<Conn> {
    return this.#waiting.take(options?.signal);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopAccepting();
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { graceMs = defaultGraceMs, code = CloseGoingAway, reason } = options;
    if (!isWireCloseCode(code)) {
      return Promise.reject(new RangeError(`Cannot close a WebSocket with code ${code}: it must not be sent`));
    }
    this.#shutdown ??= { code, done: this.#end(graceMs, code, reason) };
    return this.#shutdown.done;
  }

  ref(): void {
    this.#server.ref();
  }
  unref(): void {
    this.#server.unref();
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<Conn> {
    const close = () => {
      if (this.#shutdown === undefined) this.close(); // it refuses, and closes at its own end
    };
    return acceptAll({ accept: () => this.accept(), close });
  }
  [Symbol.dispose](): void {
    this.close();
  }

  async #end(graceMs: number, code: number, reason: string | undefined): Promise<void> {
    for (const conn of this.#conns) conn.close(code, reason);
    this.#stopAccepting();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = after(graceMs, resolve);
    });
    await Promise.race([this.#allGone(), late]);
    clearTimeout(timer);
    this.close();
    for (const conn of this.#conns) conn.closeNow();
    await Promise.all([...this.#closings(), this.#released]);
  }

  /** Waits for the conns, and for what handshakes under way bring. */
  async #allGone(): Promise<void> {
    while (this.#handshakes.size + this.#conns.size > 0) await Promise.all([...this.#handshakes, ...this.#closings()]);
  }

  #closings(): Promise<void>[] {
    return [...this.#conns].map((conn) => conn.closed);
  }

  #stopAccepting(): void {
    for (const conn of this.#waiting.close(() => this.#opError(new ClosedError()))) conn.close();
  }

  #opError(cause: Error): OpError {
    const { addr } = this;
    return new OpError({ op: "accept", net: addr.transport, addr, cause });
  }
}
