import type { TLSSocket } from "node:tls";
import type { Addr, Conn } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { splitHostPort } from "../net/host-port.js";
import { connect } from "../net/socket/connect.js";
import { duplexOf } from "../net/socket/duplex.js";
import { hostOf } from "../net/socket/resolve.js";
import { TCPAddr, type TCPAddrParts, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { tlsConn } from "./conn.js";
import { clientOptions, defaultHandshakeTimeoutMs, makeServer, toName } from "./context.js";
import { clientHandshake, type HandshakeLimits, serverHandshake } from "./handshake.js";
import type { TLSConn, TLSDialOptions, TLSUpgradeOptions } from "./options.js";

/**
 * Connects to `host:port` and does the handshake. The certificate must be for the host (or `serverName`), and one of
 * the well-known authorities (or `ca`) must vouch for it.
 *
 * Rejects with an {@link OpError} that says which check failed, such as `dial tls 127.0.0.1:443: tls: failed to verify
 * certificate: x509: certificate is valid for example.com, not localhost`, or with the signal's reason, untouched.
 * @see {@link https://pkg.go.dev/crypto/tls#Dial | Go tls.Dial}
 */
export async function dial(address: string | TCPAddr, options: TLSDialOptions = {}): Promise<TLSConn> {
  const { localAddr: local, timeoutMs, signal } = options;
  const client = clientOptions(options);
  const start = Date.now();
  const addrOf = (endpoint: TCPAddrParts) => new TCPAddr(endpoint);
  const { socket } = await connect("tls", address, { ...options, local, addrOf, share: false });
  const remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort) ?? new TCPAddr();
  const localAddr = tcpAddrOf(socket.localAddress, socket.localPort) ?? new TCPAddr();
  const host = typeof address === "string" ? splitHostPort(address).host : hostOf(address);
  const name = options.serverName ?? (host || "localhost");
  const secured = await clientHandshake(
    socket,
    { ...client, ...toName(name) },
    {
      signal,
      timeoutMs: timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (Date.now() - start)),
      wrap: (cause) => new OpError({ op: "dial", net: "tls", addr: remoteAddr, cause }),
    },
  );
  return tlsConn(secured, "client", localAddr, remoteAddr);
}

/**
 * Goes over to TLS on a conn that is open already (STARTTLS): as client, or as server with `isServer`. The conn belongs
 * to the returned one from then on, and nobody else may read from it or write to it.
 *
 * A client must give `serverName`, as there is no host to check the certificate against, unless `rejectUnauthorized` is
 * off; a server needs `cert` and `key`, or `serverNames`. Rejects as {@link dial} does, and has closed the conn then; with
 * a `TypeError`, and has not touched it, when one of these is missing or does not parse.
 * @see {@link https://pkg.go.dev/crypto/tls#Client | Go tls.Client}
 */
export async function upgrade<A extends Addr>(conn: Conn<A>, options: TLSUpgradeOptions): Promise<TLSConn<A>> {
  const { signal, isServer = false, handshakeTimeoutMs: timeoutMs = defaultHandshakeTimeoutMs } = options;
  signal?.throwIfAborted();
  const { localAddr, remoteAddr } = conn;
  const limits = {
    signal,
    timeoutMs,
    wrap: (cause: Error) => new OpError({ op: "handshake", net: "tls", source: localAddr, addr: remoteAddr, cause }),
  };
  const socket = await (isServer ? upgradeServer : upgradeClient)(conn, options, limits);
  return tlsConn(socket, isServer ? "server" : "client", localAddr, remoteAddr);
}

function upgradeServer(conn: Conn, options: TLSUpgradeOptions, limits: HandshakeLimits): Promise<TLSSocket> {
  const server = makeServer("upgrade as a server", options);
  return serverHandshake(duplexOf(conn), server, limits);
}

function upgradeClient(conn: Conn, options: TLSUpgradeOptions, limits: HandshakeLimits): Promise<TLSSocket> {
  const { serverName, rejectUnauthorized = true } = options;
  if (serverName === undefined && rejectUnauthorized) {
    throw new TypeError("Cannot upgrade as a client: give serverName, or turn rejectUnauthorized off");
  }
  const client = { ...clientOptions(options), ...toName(serverName ?? "") };
  return clientHandshake(duplexOf(conn), client, limits);
}
