import type { Addr, Conn } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { splitHostPort } from "../net/host-port.js";
import { connect } from "../net/socket/connect.js";
import { duplexOf } from "../net/socket/duplex.js";
import { hostOf } from "../net/socket/resolve.js";
import { TCPAddr, type TCPAddrParts, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { tlsConn } from "./conn.js";
import { clientOptions, serverOptions } from "./context.js";
import { clientHandshake, serverHandshake } from "./handshake.js";
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
  const start = Date.now();
  const addrOf = (endpoint: TCPAddrParts) => new TCPAddr(endpoint);
  const { socket } = await connect("tls", address, { ...options, local, addrOf, share: false });
  const remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort) ?? new TCPAddr();
  const localAddr = tcpAddrOf(socket.localAddress, socket.localPort) ?? new TCPAddr();
  const host = typeof address === "string" ? splitHostPort(address).host : hostOf(address);
  const secured = await clientHandshake(socket, clientOptions(options, host || "localhost"), {
    signal,
    timeoutMs: timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (Date.now() - start)),
    wrap: (cause) => new OpError({ op: "dial", net: "tls", addr: remoteAddr, cause }),
  });
  return tlsConn(secured, localAddr, remoteAddr);
}

/**
 * Goes over to TLS on a conn that is open already (STARTTLS): as client, or as server with `isServer`. The conn belongs
 * to the returned one from then on, and nobody else may read from it or write to it.
 *
 * A client must give `serverName`, as there is no host to check the certificate against, unless `rejectUnauthorized` is
 * off. Rejects as {@link dial} does, and has closed the conn then; with a `TypeError` when `serverName` is missing.
 * @see {@link https://pkg.go.dev/crypto/tls#Client | Go tls.Client}
 */
export async function upgrade<A extends Addr>(conn: Conn<A>, options: TLSUpgradeOptions): Promise<TLSConn<A>> {
  const { signal, isServer = false, serverName, rejectUnauthorized = true, handshakeTimeoutMs = 10_000 } = options;
  signal?.throwIfAborted();
  if (!isServer && serverName === undefined && rejectUnauthorized) {
    throw new TypeError("Cannot upgrade as a client: give serverName, or turn rejectUnauthorized off");
  }
  const { localAddr, remoteAddr } = conn;
  const limits = {
    signal,
    timeoutMs: handshakeTimeoutMs,
    wrap: (cause: Error) => new OpError({ op: "handshake", net: "tls", source: localAddr, addr: remoteAddr, cause }),
  };
  const stream = duplexOf(conn);
  const socket = isServer
    ? await serverHandshake(stream, serverOptions(options), limits)
    : await clientHandshake(stream, clientOptions(options, serverName ?? ""), limits);
  return tlsConn(socket, localAddr, remoteAddr);
}
