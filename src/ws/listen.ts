import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { maxDelayMs } from "../internal/after.js";
import type { Bytes } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { OpError } from "../net/errors.js";
import { joinHostPort } from "../net/host-port.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { type Endpoint, hostOf, resolveEndpoints } from "../net/socket/resolve.js";
import { defaultBacklog } from "../net/socket/socket-listener.js";
import { WSAddr } from "./addr.js";
import { notUpgrading, type Refusal } from "./handshake.js";
import { afterEarlier, Hijacker } from "./hijack.js";
import { WebSocketListener, type WSListener } from "./listener.js";
import { defaultHandshakeTimeoutMs, type ListenOptions, withoutUndefined } from "./options.js";
import { orEnd, refuse } from "./refuse.js";
import { Upgrader } from "./upgrader.js";

/**
 * Listens for WebSockets on `host:port`, with an HTTP server of its own; over TLS if `cert` and `key` are given. No host
 * means all addresses, port 0 a free port. The listener's `addr` prints as the URL to dial. A request that an
 * {@link Upgrader} with these options would refuse is answered by it, and accepts nothing.
 *
 * To serve WebSockets beside other things, {@link attach} to a server of yours, and use an {@link Upgrader}.
 *
 * Rejects with an {@link OpError} such as `listen ws ws://127.0.0.1:80/: bind: address already in use`, or with a
 * `RangeError` when an option makes no sense.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.2 | RFC 6455 section 4.2}
 */
export async function listen(address: string, options: ListenOptions = {}): Promise<WSListener> {
  const { signal, backlog = defaultBacklog } = options;
  signal?.throwIfAborted();
  const secure = options.cert !== undefined;
  const net = secure ? "wss" : "ws";
  const upgrader = new Upgrader(options);
  const path = options.path ?? "/";
  let server: Server;
  let wanted: WSAddr | undefined;
  try {
    const [endpoint] = (await resolveEndpoints("tcp", address)) as [Endpoint];
    wanted = addrOf({ address: hostOf(endpoint), port: endpoint.port }, secure, path);
    server = makeServer(secure, options);
    await bind(server, { ...whereToBind(endpoint), backlog });
  } catch (err) {
    signal?.throwIfAborted();
    throw new OpError({ op: "listen", net, addr: wanted, cause: fromNode(err, "listen") });
  }
  const addr = addrOf(server.address() as AddressInfo, secure, path);
  const listener = new WebSocketListener({ server, addr, backlog });
  serve(server, listener, upgrader, options);
  closeOnAbort(listener, signal);
  return listener;
}

function makeServer(secure: boolean, options: ListenOptions): Server {
  const { handshakeTimeoutMs = defaultHandshakeTimeoutMs, maxHeaderBytes } = options;
  const isLimited = handshakeTimeoutMs > 0 && Number.isFinite(handshakeTimeoutMs);
  const limitMs = isLimited ? handshakeTimeoutMs : 0; // Node's 0 is no limit
  const http: ServerOptions = {
    noDelay: true,
    ...(maxHeaderBytes !== undefined && { maxHeaderSize: maxHeaderBytes }),
    headersTimeout: limitMs,
    requestTimeout: limitMs,
    connectionsCheckingInterval: isLimited ? Math.min(Math.max(limitMs / 4, 10), 30_000) : 30_000,
  };
  if (!secure) return createServer(http);
  const { ca, cert, key, passphrase, minVersion, maxVersion } = options;
  const tls = withoutUndefined({ ca, cert, key, passphrase, minVersion, maxVersion });
  return createSecureServer({
    ...http,
    ...tls,
    handshakeTimeout: isLimited ? limitMs : maxDelayMs,
    ALPNProtocols: ["http/1.1"],
  });
}

function whereToBind(endpoint: Endpoint): { port: number; host?: string } {
  const host = hostOf(endpoint);
  return host === "" ? { port: endpoint.port } : { port: endpoint.port, host };
}

function addrOf({ address, port }: Pick<AddressInfo, "address" | "port">, secure: boolean, path: string): WSAddr {
  const url = `${secure ? "wss" : "ws"}://${joinHostPort(address, port)}${path}`;
  return new WSAddr({ secure, hostname: address, port, url });
}

/** Serves a path with an upgrader, and refuses all else. */
function serve(server: Server, listener: WebSocketListener, upgrader: Upgrader, options: ListenOptions): void {
  const upgrade = async (request: IncomingMessage, response: ServerResponse) => {
    const refusal = check(request, listener, options);
    if (refusal !== null) throw await refuse(request, response, refusal, options.error);
    return upgrader.upgrade(request, response);
  };
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Bytes) => {
    afterEarlier(socket, () => {
      if (socket.destroyed) return;
      const { response } = new Hijacker(request, socket, head);
      listener.take(socket, orEnd(response, upgrade(request, response)));
    });
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false;
    orEnd(response, upgrade(request, response)).catch(() => {}); // such a request comes as 'upgrade'
  });
}

function check(request: IncomingMessage, listener: WebSocketListener, options: ListenOptions): Refusal | null {
  const path = (request.url ?? "").split("?")[0];
  if (path !== (options.path ?? "/")) return { status: 404, reason: `websocket: no such path: ${path}` };
  if (request.headers.upgrade === undefined) return notUpgrading;
  if (listener.hasRoom) return null;
  const reason = "websocket: too many connections wait, or the server is about to go";
  return { status: 503, reason, headers: { "Retry-After": "1" } };
}
