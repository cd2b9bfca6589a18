import type { AddressInfo, Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import type { Listener } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { defaultKeepAlivePeriodMs } from "../net/socket/connect.js";
import { hostOf, resolveEndpoints } from "../net/socket/resolve.js";
import { defaultBacklog, SocketListener } from "../net/socket/socket-listener.js";
import { TCPAddr, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { tlsConn } from "./conn.js";
import { defaultHandshakeTimeoutMs, makeServer } from "./context.js";
import { explainClient } from "./errors.js";
import { Handshakes } from "./handshakes.js";
import type { TLSConn, TLSListenOptions } from "./options.js";

/** Accepts {@link TLSConn}s whose handshake is done. @see {@link https://pkg.go.dev/crypto/tls#NewListener | Go tls.NewListener} */
export type TLSListener = Listener<TLSConn, TCPAddr>;

/**
 * Listens on `host:port`; needs `cert` and `key`. A client that fails its handshake, or takes too long over it, is cut
 * off, and only `onError` hears of it.
 *
 * Rejects with an {@link OpError} such as `listen tls 127.0.0.1:443: bind: permission denied`, or with a `TypeError` for
 * a certificate or key that is missing or does not parse.
 * @see {@link https://pkg.go.dev/crypto/tls#Listen | Go tls.Listen}
 */
export async function listen(address: string | TCPAddr, options: TLSListenOptions): Promise<TLSListener> {
  const { signal, backlog = defaultBacklog, handshakeTimeoutMs = defaultHandshakeTimeoutMs } = options;
  signal?.throwIfAborted();
  const server = makeServer("listen", options, {
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: defaultKeepAlivePeriodMs,
  });
  let addr: TCPAddr | undefined;
  try {
    addr = typeof address === "string" ? await resolve(address) : address;
    await bind(server, { port: addr.port, backlog, ...(hostOf(addr) !== "" && { host: hostOf(addr) }) });
  } catch (cause) {
    throw new OpError({ op: "listen", net: "tls", addr, cause: cause as Error });
  }
  const bound = server.address() as AddressInfo;
  const listenAddr = tcpAddrOf(bound.address, bound.port) ?? addr;
  const handshakes = new Handshakes(Math.max(1, backlog), handshakeTimeoutMs);
  const listener = new SocketListener<TLSConn, TCPAddr>({
    server,
    net: "tls",
    addr: listenAddr,
    backlog,
    onClose: () => handshakes.close(),
  });
  serve(server, listener, handshakes, options.onError);
  closeOnAbort(listener, signal, server);
  return listener;
}

async function resolve(address: string): Promise<TCPAddr> {
  const found = await resolveEndpoints("tcp", address);
  return new TCPAddr(found.find(({ ip }) => ip.to4() !== null) ?? found[0]);
}

function serve(
  server: Server,
  listener: SocketListener<TLSConn, TCPAddr>,
  handshakes: Handshakes,
  onError: ((err: Error) => void) | undefined,
): void {
  server.prependListener("connection", (raw: Socket) => {
    if (handshakes.hasRoom && listener.hasRoom) handshakes.begin(raw);
    else raw.resetAndDestroy();
  });
  server.on("tlsClientError", (err, socket) => {
    socket.destroy();
    if (server.listening) onError?.(explainClient(err, socket));
  });
  server.on("secureConnection", (socket) => {
    socket.allowHalfOpen = true; // not before: a client that ends its side during the handshake has left
    handshakes.done(socket);
    offer(socket, listener);
  });
}

function offer(socket: TLSSocket, listener: SocketListener<TLSConn, TCPAddr>): void {
  socket.on("error", () => {}); // until it has a conn that keeps its failure
  const localAddr = tcpAddrOf(socket.localAddress, socket.localPort);
  const remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort);
  if (localAddr === null || remoteAddr === null || !listener.hasRoom) socket.destroy();
  else listener.offer(tlsConn(socket, "server", localAddr, remoteAddr));
}
