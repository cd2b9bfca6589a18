/**
 * TLS conns and listeners over TCP, and TLS on any conn: Go's `crypto/tls` as far as dialling and listening goes.
 *
 * @example
 * ```ts
 * import { copy, pipe } from "toolkit/net";
 * import * as tls from "toolkit/tls";
 * import { generate } from "selfsigned";
 *
 * const own = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048, algorithm: "sha256" });
 * const listener = await tls.listen("localhost:0", { cert: own.cert, key: own.private });
 * void (async () => {
 *   for await (const conn of listener) void copy(conn, conn).finally(() => conn.close());
 * })();
 *
 * const conn = await tls.dial(`localhost:${listener.addr.port}`, { ca: own.cert });
 * console.log(conn.connectionState.version, conn.connectionState.verified); // TLSv1.3 true
 * conn.close();
 * listener.close();
 * ```
 *
 * ## Concurrency
 * As for every stream conn: reads in order, writes whole and in order, writes of one tick in one record.
 *
 * ## Limits
 * A server gives a client 10 s for its handshake (`handshakeTimeoutMs`), lets 511 handshakes run at once and 511 conns
 * wait (`backlog`), and resets those beyond. TLS 1.2 is the oldest version spoken.
 *
 * ## Errors
 * {@link OpError} that says which check failed, `code` being Node's name for it: `dial tls 127.0.0.1:443: tls: failed to
 * verify certificate: x509: certificate has expired`. With TLS 1.3 a server's refusal of a client's certificate comes
 * after the client's handshake, with its first read.
 *
 * ## Differences from Go
 * The handshake is done before `dial` and `accept` give a conn. `close` settles everything at once, as always, but what was
 * handed over still goes out, and close_notify behind it, for up to 5 s; `closed` tells when. The end of a stream that was
 * cut in the middle of a record is an end like any other: Node does not tell.
 *
 * @module toolkit/tls
 */
export { TCPAddr, type TCPAddrParts } from "../net/socket/tcp-addr.js";
export { dial, upgrade } from "./dial.js";
export { listen, type TLSListener } from "./listen.js";
export type {
  ConnectionState,
  Pem,
  TLSClientOptions,
  TLSConn,
  TLSDialOptions,
  TLSListenOptions,
  TLSOptions,
  TLSServerOptions,
  TLSUpgradeOptions,
} from "./options.js";
