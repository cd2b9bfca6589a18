import type { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { Server as TLSServer } from "node:tls";
import type { Bytes } from "../../net/conn.js";
import type { CodecName } from "../codec.js";
import type { ServableConn } from "../replay-conn.js";
import { connectedAnswer, defaultDebugPath, defaultRPCPath, pathOf } from "./connect-head.js";
import { tapConnect } from "./connect-tap.js";
import { afterEarlier, endWith, hijack } from "./hijack.js";

/** A server that RPC can be served on, beside what it serves already. */
export type HTTPServer = Server | SecureServer;

/** Answers a request. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves calls on a conn until it ends; `codec` is the one to speak, or `undefined` where the first bytes tell.
 * The conn is the function's, and is closed if it throws or rejects.
 */
export type ServeConn = (conn: ServableConn, codec: CodecName | undefined) => unknown;

/** Options of {@link handleHTTP}. */
export interface HandleHTTPOptions {
  /** Serves the conns of clients that CONNECT. The client speaks first: what it says tells the codec. */
  serveConn: ServeConn;
  /** Answers the requests for the page about the services. @default none is served */
  debugPage?: RequestHandler | undefined;
  /** Where clients CONNECT. @default "/_goRPC_" */
  rpcPath?: string | undefined;
  /** Where the page about the services is. @default "/debug/rpc" */
  debugPath?: string | undefined;
}

/** On an HTTP server: what RPC serves there. */
const routesKey = Symbol("toolkit.rpc.routes");

/**
 * Serves RPC on an HTTP server, as Go does: CONNECT on one path, and a page about the services on another. The server goes
 * on serving all else as before, whatever listeners it has or gets; its timeouts hold for these requests too. Call it
 * before the server listens. It may be called for several paths.
 *
 * The server's `close` waits for the conns, as Node's does for all that has left HTTP.
 * @throws {TypeError} in Go's words, when a path is no path or served already
 * @see {@link https://pkg.go.dev/net/rpc#Server.HandleHTTP | Go Server.HandleHTTP}
 */
export function handleHTTP(server: HTTPServer, options: HandleHTTPOptions): void {
  const { rpcPath = defaultRPCPath, debugPath = defaultDebugPath, serveConn, debugPage } = options;
  const holder = server as HTTPServer & { [routesKey]?: Routes };
  const routes = holder[routesKey] ?? new Routes();
  const pages = debugPage === undefined ? [rpcPath] : [rpcPath, debugPath];
  for (const path of pages) routes.check(path, pages);
  routes.conns.set(rpcPath, serveConn);
  routes.pages.set(rpcPath, mustConnect);
  if (debugPage !== undefined) routes.pages.set(debugPath, debugPage);
  if (holder[routesKey] === undefined) routes.attach(server);
  holder[routesKey] = routes;
}

/** What RPC serves on one HTTP server. */
class Routes {
  readonly conns = new Map<string, ServeConn>();
  readonly pages = new Map<string, RequestHandler>();

  /** Checks a path before it is added, together with others. */
  check(path: string, others: readonly string[]): void {
    if (!path.startsWith("/")) throw new TypeError(`http: invalid pattern ${JSON.stringify(path)}`);
    const isTwice = this.pages.has(path) || others.indexOf(path) !== others.lastIndexOf(path);
    if (isTwice) throw new TypeError(`http: multiple registrations for ${path}`);
  }

  attach(server: HTTPServer): void {
    const emitter: EventEmitter = server;
    emitter.on(server instanceof TLSServer ? "secureConnection" : "connection", tapConnect);
    emitter.on("connect", (request: IncomingMessage, socket: Duplex, head: Bytes) => {
      this.#connect(request, socket, head, emitter.listenerCount("connect") === 1);
    });
    const emit = emitter.emit.bind(emitter);
    // No listener can keep a request from the others, and those of the application would answer it once more.
    emitter.emit = (event, ...args: unknown[]) => {
      if (event !== "request") return emit(event, ...args);
      const [request, response] = args as [IncomingMessage, ServerResponse];
      const page = this.pages.get(pathOf(request.url ?? ""));
      if (page === undefined) return emit(event, ...args);
      page(request, response);
      return true;
    };
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Bytes, isAlone: boolean): void {
    const serveConn = this.conns.get(pathOf(request.url ?? ""));
    if (serveConn !== undefined) afterEarlier(socket, () => void accept(socket, head, serveConn));
    else if (isAlone) afterEarlier(socket, () => endWith(socket, notFound));
  }
}

function accept(socket: Duplex, head: Bytes, serveConn: ServeConn): Promise<void> {
  const conn = hijack(socket, head);
  socket.write(connectedAnswer, "latin1");
  return serveUntilEnd(conn, serveConn);
}

/** Hands a conn over, and closes it if nobody takes it. Never rejects. */
export async function serveUntilEnd(conn: ServableConn, serveConn: ServeConn): Promise<void> {
  try {
    await serveConn(conn, undefined);
  } catch {
    conn.close();
  }
}

/** Answers what is no CONNECT as Go does. */
function mustConnect(_: IncomingMessage, response: ServerResponse): void {
  const body = "405 must CONNECT\n";
  response.writeHead(405, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
    Allow: "CONNECT", // RFC 9110 section 15.5.6 wants it
  });
  response.end(body);
}

const notFoundBody = "404 page not found\n";
/** Go's answer for a path that nobody serves; Node's server would merely hang up. */
const notFound = [
  "HTTP/1.1 404 Not Found",
  "Content-Type: text/plain; charset=utf-8",
  "X-Content-Type-Options: nosniff",
  `Content-Length: ${notFoundBody.length}`,
  "Connection: close",
  "",
  notFoundBody,
].join("\r\n");
