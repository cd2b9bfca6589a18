import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Listener } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { OpError } from "../net/errors.js";
import { joinHostPort } from "../net/host-port.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { type Endpoint, hostOf, resolveEndpoints } from "../net/socket/resolve.js";
import { defaultBacklog } from "../net/socket/socket-listener.js";
import { WSAddr } from "./addr.js";
import type { Conn } from "./conn.js";
import {
  agreement,
  chooseSubprotocol,
  isSameOrigin,
  type Refusal,
  refusalAnswer,
  refusalOf,
  refusalText,
} from "./handshake.js";
import { WebSocketListener } from "./listener.js";
import { defaultHandshakeTimeoutMs, type ListenOptions, settingsOf, withoutUndefined } from "./options.js";
import { takeOver } from "./take-over.js";
import { WebSocketConn } from "./web-socket-conn.js";

/**
 * Listens for WebSockets on `host:port`, with an HTTP server of its own; over TLS if `cert` and `key` are given. No host
 * means all addresses, port 0 a free port. The listener's `addr` prints as the URL to dial.
 *
 * Rejects with an {@link OpError} such as `listen ws 127.0.0.1:80: bind: address already in use`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.2 | RFC 6455 section 4.2}
 */
export async function listen(address: string, options: ListenOptions = {}): Promise<Listener<Conn, WSAddr>> {
  const { signal, backlog = defaultBacklog } = options;
  signal?.throwIfAborted();
  const secure = options.cert !== undefined;
  const net = secure ? "wss" : "ws";
  let server: Server;
  try {
    const [endpoint] = await resolveEndpoints("tcp", address);
    server = makeServer(secure, options);
    await bind(server, { ...whereToBind(endpoint as Endpoint), backlog });
  } catch (err) {
    signal?.throwIfAborted();
    throw new OpError({ op: "listen", net, cause: fromNode(err, "listen") });
  }
  const addr = addrOf(server, secure, options.path ?? "/");
  const listener = new WebSocketListener({ server, net, addr, backlog });
  serve(server, listener, options);
  closeOnAbort(listener, signal);
  return listener;
}

function makeServer(secure: boolean, options: ListenOptions): Server {
  const { handshakeTimeoutMs = defaultHandshakeTimeoutMs, ca, cert, key, passphrase, minVersion, maxVersion } = options;
  const http: ServerOptions = {
    noDelay: true,
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(Math.max(handshakeTimeoutMs / 4, 10), 30_000),
  };
  if (!secure) return createServer(http);
  const tls = withoutUndefined({ ca, cert, key, passphrase, minVersion, maxVersion });
  return createSecureServer({ ...http, ...tls, handshakeTimeout: handshakeTimeoutMs, ALPNProtocols: ["http/1.1"] });
}

function whereToBind(endpoint: Endpoint): { port: number; host?: string } {
  const host = hostOf(endpoint);
  return host === "" ? { port: endpoint.port } : { port: endpoint.port, host };
}

function addrOf(server: Server, secure: boolean, path: string): WSAddr {
  const { address, port } = server.address() as AddressInfo;
  const url = `${secure ? "wss" : "ws"}://${joinHostPort(address, port)}${path}`;
  return new WSAddr({ secure, hostname: address, port, url });
}

function serve(server: Server, listener: WebSocketListener, options: ListenOptions): void {
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Uint8Array) => {
    const refusal = check(request, listener, options);
    if (refusal === null) listener.offer(accept(request, socket, head, options));
    else socket.on("error", () => {}).end(refusalText(refusal));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const refusal = check(request, listener, options);
    if (refusal === null) return; // such a request comes as 'upgrade'
    const { headers, body } = refusalAnswer(refusal);
    response.writeHead(refusal.status, headers).end(body);
  });
}

function check(request: IncomingMessage, listener: WebSocketListener, options: ListenOptions): Refusal | null {
  const path = (request.url ?? "").split("?")[0];
  if (path !== (options.path ?? "/")) return { status: 404, reason: `websocket: no such path: ${path}`, headers: {} };
  const { checkOrigin = isSameOrigin } = options;
  const refusal = refusalOf(request, () => checkOrigin(request));
  if (refusal !== null || listener.hasRoom) return refusal;
  return { status: 503, reason: "websocket: too many connections wait", headers: { "Retry-After": "1" } };
}

function accept(request: IncomingMessage, old: Socket, early: Uint8Array, options: ListenOptions): Conn {
  const { socket, receiver, head } = takeOver(old, early);
  const subprotocol = chooseSubprotocol(request, options.subprotocols ?? []);
  socket.write(agreement(request.headers["sec-websocket-key"] ?? "", subprotocol));
  const secure = options.cert !== undefined;
  return new WebSocketConn({
    socket,
    receiver,
    head,
    subprotocol,
    isServer: true,
    localAddr: new WSAddr({ secure, hostname: socket.localAddress ?? "", port: socket.localPort ?? 0 }),
    remoteAddr: new WSAddr({ secure, hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 }),
    settings: settingsOf(options),
    compression: null,
  });
}
