import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { after } from "../../internal/after.js";
import { TimeoutError } from "../../net/errors.js";
import { writeAll } from "../../net/io.js";
import { attach } from "../../ws/attach.js";
import type { UpgraderOptions } from "../../ws/options.js";
import { isWebSocketUpgrade } from "../../ws/upgrade-request.js";
import { Upgrader } from "../../ws/upgrader.js";
import { ReplayConn, type ServableConn } from "../replay-conn.js";
import { ConnDuplex } from "./conn-duplex.js";
import {
  connectedAnswer,
  defaultDebugPath,
  defaultRPCPath,
  encodeLatin1,
  pathOf,
  readConnectHead,
} from "./connect-head.js";
import { handleHTTP, type RequestHandler, type ServeConn, serveUntilEnd } from "./connect-server.js";

/** What is served to clients that speak HTTP on a port of other protocols. */
export interface HTTPPortOptions {
  /** Serves the conns of clients that CONNECT, and those of WebSockets. The client speaks first. */
  serveConn: ServeConn;
  /** Answers the requests that are POSTed. @default they are not found */
  post?: RequestHandler | undefined;
  /** Answers the requests for the page about the services. @default it is not found */
  debugPage?: RequestHandler | undefined;
  /** Where clients CONNECT. @default "/_goRPC_" */
  rpcPath?: string | undefined;
  /** Where the page about the services is. @default "/debug/rpc" */
  debugPath?: string | undefined;
  /** Where clients POST. @default anywhere */
  postPath?: string | undefined;
  /** Where clients upgrade to WebSocket. @default anywhere */
  webSocketPath?: string | undefined;
  /** How they upgrade: whose pages may (`checkOrigin`), limits, compression. */
  webSocket?: UpgraderOptions | undefined;
  /** How long the header of a request may take to arrive, in ms. @default 10_000 */
  headersTimeoutMs?: number | undefined;
  /** How long a connection may wait for its next request, in ms. @default 5000 */
  keepAliveTimeoutMs?: number | undefined;
  /** The most bytes of a request's header; a longer one is answered with 431. @default 16_384 */
  maxHeaderBytes?: number | undefined;
}

const defaultHeadersTimeoutMs = 10_000;
const defaultKeepAliveTimeoutMs = 5000;
const defaultMaxHeaderBytes = 16_384;
const readBytes = 4096;

/**
 * Serves HTTP on conns that come from elsewhere, such as those of a port where other clients speak a codec at once:
 * CONNECT as Go's net/rpc has it, WebSockets, POST, and the page about the services. All else is not found.
 */
export class HTTPPort {
  readonly #options: HTTPPortOptions;
  readonly #upgrader: Upgrader;
  readonly #server: Server;
  /** The connections that speak HTTP. */
  readonly #open = new Set<Duplex>();
  #onEmpty: (() => void)[] = [];
  #isDraining = false;

  constructor(options: HTTPPortOptions) {
    this.#options = options;
    this.#upgrader = new Upgrader(options.webSocket);
    this.#server = makeServer(options, (request, response) => this.#answer(request, response));
    attach(this.#server);
    handleHTTP(this.#server, {
      rpcPath: options.rpcPath,
      serveConn: (conn, codec) => this.#options.serveConn(conn, codec),
    });
  }

  /**
   * Serves a conn whose peer speaks HTTP; it is ours from then on. Resolves when it is closed, or for whoever serves what
   * has left HTTP. Never rejects.
   */
  async serve(conn: ServableConn): Promise<void> {
    try {
      await this.#serve(conn);
    } catch {
      conn.close();
    }
  }

  /**
   * Takes no more requests, closes the connections that wait for one, and resolves when the others are done. Conns that
   * have left HTTP are for whoever serves them.
   */
  drain(): Promise<void> {
    this.#isDraining = true;
    this.#server.closeIdleConnections();
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /** Closes all connections that speak HTTP. */
  close(): void {
    this.#isDraining = true;
    this.#server.close(); // it never listened, but it looks after timeouts
    for (const socket of this.#open) socket.destroy();
  }

  /** Serves CONNECT on the conn itself, and all else through Node's server. */
  async #serve(conn: ServableConn): Promise<void> {
    if (this.#isDraining) return conn.close();
    const { rpcPath = defaultRPCPath, serveConn, headersTimeoutMs = defaultHeadersTimeoutMs } = this.#options;
    const first = await within(headersTimeoutMs, readFirst(conn));
    if (first.target === null || pathOf(first.target) !== rpcPath) return this.#emit(new ReplayConn(conn, first.bytes));
    await writeAll(conn, encodeLatin1(connectedAnswer));
    await serveUntilEnd(new ReplayConn(conn, first.bytes.subarray(first.end)), serveConn);
  }

  async #emit(conn: ReplayConn): Promise<void> {
    if (this.#isDraining) return conn.close();
    const socket = new ConnDuplex(conn);
    const closed = new Promise<void>((resolve) => socket.once("close", resolve));
    this.#open.add(socket);
    this.#server.emit("connection", socket);
    await closed;
    this.#left(socket);
  }

  #left(socket: Duplex): void {
    this.#open.delete(socket);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.once("close", () => {
      if (this.#isDraining) this.#server.closeIdleConnections();
    });
    const { debugPath = defaultDebugPath, debugPage, webSocketPath } = this.#options;
    const path = pathOf(request.url ?? "");
    if (isWebSocketUpgrade(request) && (webSocketPath ?? path) === path) void this.#upgrade(request, response);
    else if (path === debugPath && debugPage !== undefined) debugPage(request, response);
    else (this.#posted(request, path) ?? notFound)(request, response);
  }

  #posted({ method }: IncomingMessage, path: string): RequestHandler | undefined {
    const { post, postPath } = this.#options;
    const isThere = postPath === undefined ? method === "POST" : postPath === path;
    return isThere ? post : undefined;
  }

  async #upgrade(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const conn = await this.#upgrader.upgrade(request, response).catch(() => null); // it is answered
    if (conn === null) return;
    this.#left(socket);
    await serveUntilEnd(conn, this.#options.serveConn);
  }
}

function makeServer(options: HTTPPortOptions, answer: RequestHandler): Server {
  const { headersTimeoutMs = defaultHeadersTimeoutMs, keepAliveTimeoutMs = defaultKeepAliveTimeoutMs } = options;
  const server = createServer(
    {
      maxHeaderSize: options.maxHeaderBytes ?? defaultMaxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(Math.max(headersTimeoutMs / 4, 10), 30_000),
    },
    answer,
  );
  server.emit("listening"); // which is when it begins to look after timeouts
  return server;
}

/** The beginning of what a client of HTTP sends. */
interface First {
  /** All that was read. */
  readonly bytes: Uint8Array;
  /** Where it wants to CONNECT, if that is what it wants, and where its header ends. */
  readonly target: string | null;
  readonly end: number;
}

/** Reads until it is known whether a client wants to CONNECT to a path. */
async function readFirst(conn: ServableConn): Promise<First> {
  const bytes = new Uint8Array(defaultMaxHeaderBytes);
  for (let filled = 0; ; ) {
    const n = await conn.read(bytes.subarray(filled, filled + readBytes));
    filled += n ?? 0;
    const all = bytes.subarray(0, filled);
    const head = readConnectHead(all);
    if (head !== null && head !== "more") return { bytes: all, target: head.target, end: head.byteLength };
    if (head === null || n === null || filled === bytes.byteLength) return { bytes: all, target: null, end: 0 };
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    if (ms > 0) timer = after(ms, () => reject(new TimeoutError()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  const body = "404 page not found\n";
  response.writeHead(404, {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": body.length,
  });
  response.end(body);
}
