import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Listener } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { bind, closeOnAbort } from "../net/socket/bind.js";
import { defaultKeepAlivePeriodMs } from "../net/socket/connect.js";
import { hostOf, resolveEndpoints } from "../net/socket/resolve.js";
import { defaultBacklog, SocketListener } from "../net/socket/socket-listener.js";
import { TCPAddr, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { tlsConn } from "./conn.js";
import { serverOptions } from "./context.js";
import { explain } from "./errors.js";
import type { TLSConn, TLSListenOptions } from "./options.js";

/** Accepts {@link TLSConn}s whose handshake is done. @see {@link https://pkg.go.dev/crypto/tls#NewListener | Go tls.NewListener} */
export type TLSListener = Listener<TLSConn, TCPAddr>;

/**
 * Listens on `host:port`; needs `cert` and `key`. A client that fails its handshake, or takes too long over it, is cut
 * off, and only `onError` hears of it.
 *
 * Rejects with an {@link OpError} such as `listen tls 127.0.0.1:443: bind: permission denied`, or with Node's error for
 * a certificate or key that does not parse.
 * @see {@link https://pkg.go.dev/crypto/tls#Listen | Go tls.Listen}
 */
export async function listen(address: string | TCPAddr, options: TLSListenOptions): Promise<TLSListener> {
  const { signal, backlog = defaultBacklog, handshakeTimeoutMs = 10_000 } = options;
  signal?.throwIfAborted();
  if ((options.cert === undefined || options.key === undefined) && options.serverNames === undefined) {
    throw new TypeError("Cannot listen as TLS needs a certificate: give cert and key, or serverNames");
  }
  const server = createServer({
    ...serverOptions(options),
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: defaultKeepAlivePeriodMs,
    handshakeTimeout: handshakeTimeoutMs,
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
  const listener = new SocketListener<TLSConn, TCPAddr>({ server, net: "tls", addr: listenAddr, backlog });
  serve(server, listener, backlog, options.onError);
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
  backlog: number,
  onError: ((err: Error) => void) | undefined,
): void {
  let shaking = 0; // handshakes under way; each ends in one of the two events below
  server.prependListener("connection", (raw: Socket) => {
    if (++shaking > backlog || !listener.hasRoom) raw.resetAndDestroy();
  });
  server.on("tlsClientError", (err, socket) => {
    shaking--;
    socket.destroy();
    onError?.(explain(err, "handshake"));
  });
  server.on("secureConnection", (socket) => {
    shaking--;
    offer(socket, listener);
  });
}

function offer(socket: TLSSocket, listener: SocketListener<TLSConn, TCPAddr>): void {
  socket.on("error", () => {}); // until it has a conn that keeps its failure
  const localAddr = tcpAddrOf(socket.localAddress, socket.localPort);
  const remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort);
  if (localAddr === null || remoteAddr === null || !listener.hasRoom) socket.destroy();
  else listener.offer(tlsConn(socket, localAddr, remoteAddr));
}
