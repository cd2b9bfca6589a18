import type { EventEmitter } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Bytes } from "../net/conn.js";
import { afterEarlier, Hijacker } from "./hijack.js";
import { hasToken, headerOf } from "./upgrade-request.js";

/** A server that requests to upgrade come to; one of HTTP/2 gets them if it allows HTTP/1 (`allowHTTP1`). */
export type UpgradeServer = Server | SecureServer | Http2SecureServer | Http2Server;

/** Options of {@link attach}. */
export interface AttachOptions {
  /**
   * Chooses the requests that go to the request handlers; the others are left to the other 'upgrade' listeners, if there
   * are any. @default those that no other listener has taken in the turn of the event
   */
  filter?: ((request: IncomingMessage) => boolean) | undefined;
}

/** On an 'upgrade' listener: it is ours. */
const attached = Symbol.for("toolkit.ws.attached");

/**
 * Lets requests to upgrade run through a server's ordinary request handlers, so that {@link Upgrader.upgrade} works
 * there, and so that what they answer goes out as an ordinary answer, after which the connection ends. Node gives such
 * requests to 'upgrade' listeners otherwise, past all middleware. Call it once for a server; more calls change nothing.
 *
 * What upgrades is Node's own request and response:
 * - `node:http`, `node:https`, Express, NestJS: `upgrade(req, res)`; a handler of Nest's takes `@Req() req, @Res() res`
 * - Koa: `upgrade(ctx.req, ctx.res)`
 * - Fastify: `upgrade(request.raw, reply.raw, reply.getHeaders())`, on `fastify.server`: what plugins have set as the
 *   header is with the reply until it sends
 * - Hono on `@hono/node-server`: `upgrade(c.env.incoming, c.env.outgoing)`, on what `serve` returns; then return any
 *   response, as `c.body(null)`, which goes nowhere
 *
 * Nothing else is needed: no `reply.hijack()`, no `ctx.respond = false`. The handler may stay for as long as the conn
 * does. Its request cannot have a body.
 *
 * Other 'upgrade' listeners of the server keep working: what one of them has taken in the turn of the event, as by
 * writing to the socket or listening to it, is left to it. One that decides later needs the option `filter`. Requests to
 * upgrade to something else than a WebSocket (`h2c`) are served as if they had not asked, as RFC 9110 section 7.8 lets a
 * server do, and as Node does by itself: with their body, on a connection that stays.
 *
 * Limits on the header of requests, its size and time, are the server's own: `maxHeaderSize`, `headersTimeout`. Its
 * `close` does not wait for conns over TCP, nor end them.
 */
export function attach(server: UpgradeServer, options: AttachOptions = {}): void {
  const emitter: EventEmitter = server;
  if (emitter.listeners("upgrade").some((listener) => attached in listener)) return;
  const replays = new Replays(emitter);
  const route = (request: IncomingMessage, socket: Duplex, head: Bytes) => {
    if (hasToken(headerOf(request, "upgrade"), "websocket")) {
      emitter.emit("request", request, new Hijacker(request, socket, head).response);
    } else {
      replays.replay(request, socket, head);
    }
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Bytes) => {
    const isAlone = emitter.listenerCount("upgrade") === 1;
    const isOurs = options.filter?.(request);
    const run = () => afterEarlier(socket, () => void (socket.destroyed || route(request, socket, head)));
    if (isAlone || isOurs === true) run();
    else if (isOurs === undefined) unlessTaken(socket, run);
  };
  emitter.prependListener("upgrade", Object.assign(onUpgrade, { [attached]: true }));
}

/** What whoever takes a socket listens to, one or the other. */
const events = ["data", "readable", "end", "error"];

/** Lets the other listeners of the event go first, and calls `run` if none of them has done anything with the socket. */
function unlessTaken(socket: Duplex, run: () => void): void {
  socket.on("error", () => {}); // stays: a client that has gone is nothing to throw about
  const before = tracesOn(socket);
  setImmediate(() => {
    if (!socket.destroyed && tracesOn(socket) === before) run();
  });
}

function tracesOn(socket: Duplex): string {
  const { bytesWritten } = socket as { bytesWritten?: number };
  const counts = events.map((event) => socket.listenerCount(event));
  return [bytesWritten, socket.writableLength, socket.writableEnded, socket.readableFlowing, ...counts].join();
}

/**
 * Lets a server read requests once more that ask for another protocol than WebSocket, as if they did not ask: RFC 9110
 * section 7.8 lets a server ignore it, and Node does so where nobody listens to 'upgrade'. Bodies and all that comes
 * behind are the server's again. Its 'connection' listeners see the socket once more.
 */
class Replays {
  readonly #server: EventEmitter;
  /** The `Connection` that each request came with. */
  readonly #connections = new WeakMap<Duplex, string>();

  constructor(server: EventEmitter) {
    this.#server = server;
    server.prependListener("request", (request: IncomingMessage) => this.#restore(request));
  }

  replay(request: IncomingMessage, socket: Duplex, head: Bytes): void {
    if (this.#connections.has(socket)) return void socket.destroy(); // it upgrades in a way that we do not know
    const { method = "GET", url = "/", httpVersion, rawHeaders } = request;
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const [name = "", value = ""] = rawHeaders.slice(i, i + 2);
      lines.push(`${name}: ${/^(proxy-)?connection$/i.test(name) ? withoutUpgrade(value) : value}`);
    }
    this.#connections.set(socket, request.headers.connection ?? "");
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
    this.#server.emit(socket instanceof TLSSocket ? "secureConnection" : "connection", socket);
  }

  #restore(request: IncomingMessage): void {
    const connection = this.#connections.get(request.socket);
    if (connection === undefined) return;
    this.#connections.delete(request.socket);
    request.headers.connection = connection;
  }
}

function withoutUpgrade(connection: string): string {
  const tokens = connection.split(",").map((token) => token.trim());
  return tokens.filter((token) => token.toLowerCase() !== "upgrade").join(", ");
}
