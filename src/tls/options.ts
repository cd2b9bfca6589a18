import type { PeerCertificate } from "node:tls";
import type { Addr, StreamConn } from "../net/conn.js";
import type { ConnectOptions } from "../net/socket/connect.js";
import type { TCPAddr } from "../net/socket/tcp-addr.js";

/** A certificate or key in PEM. */
export type Pem = string | Uint8Array;

/** What a client and a server say alike. */
export interface TLSOptions {
  /** The authorities that vouch for the peer, instead of the well-known ones. */
  ca?: Pem | readonly Pem[] | undefined;
  /** Our certificate, with its chain. */
  cert?: Pem | undefined;
  /** The certificate's key. */
  key?: Pem | undefined;
  /** The key's passphrase. */
  passphrase?: string | undefined;
  /** The protocols on offer (ALPN), best first, as `["h2", "http/1.1"]`. */
  alpnProtocols?: readonly string[] | undefined;
  /** The oldest version to speak. @default "TLSv1.2" */
  minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** The newest version to speak. @default "TLSv1.3" */
  maxVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Whether a peer that fails the check is refused. @default true */
  rejectUnauthorized?: boolean | undefined;
}

/** What a client says. */
export interface TLSClientOptions extends TLSOptions {
  /** The name that the certificate must bear, and that is sent (SNI). @default the host that is dialled */
  serverName?: string | undefined;
}

/** What a server says. */
export interface TLSServerOptions extends TLSOptions {
  /** Whether clients must show a certificate that `ca` vouches for. @default false */
  requestCert?: boolean | undefined;
  /** Certificates for other names (SNI): `*.example.com` or `example.com`. */
  serverNames?: Readonly<Record<string, { cert: Pem; key: Pem; ca?: Pem | readonly Pem[] | undefined }>> | undefined;
  /** How long the handshake may take, in ms, however busy the peer is. @default 10_000 */
  handshakeTimeoutMs?: number | undefined;
}

/** Options of {@link dial}. `timeoutMs` covers the handshake too. */
export interface TLSDialOptions extends TLSClientOptions, ConnectOptions {
  /** Where to connect from. @default the system's choice */
  localAddr?: TCPAddr | undefined;
}

/** Options of {@link listen}. */
export interface TLSListenOptions extends TLSServerOptions {
  /** How many conns may wait to be accepted, and how many be in their handshake. @default 511 */
  backlog?: number | undefined;
  /** Aborts listening: the promise rejects with its reason or, later, the listener closes. */
  signal?: AbortSignal | undefined;
  /** Is told of each handshake that failed; a listener says nothing of them otherwise. */
  onError?: ((err: Error) => void) | undefined;
}

/** Options of {@link upgrade}. */
export interface TLSUpgradeOptions extends TLSClientOptions, Omit<TLSServerOptions, keyof TLSOptions> {
  /** Whether we are the server. @default false */
  isServer?: boolean | undefined;
  /** Aborts the handshake: the promise rejects with the signal's reason, and the conn is closed. */
  signal?: AbortSignal | undefined;
}

/**
 * Tells what a handshake settled.
 * @see {@link https://pkg.go.dev/crypto/tls#ConnectionState | Go tls.ConnectionState}
 */
export interface ConnectionState {
  /** `"TLSv1.3"` or `"TLSv1.2"`. */
  readonly version: string;
  /** The cipher suite's name, as `"TLS_AES_256_GCM_SHA384"`. */
  readonly cipherSuite: string;
  /** The protocol that was agreed on (ALPN), or empty. */
  readonly negotiatedProtocol: string;
  /** The name that the client asked for (SNI), or empty. */
  readonly serverName: string;
  /** Whether the peer's certificate passed the check. */
  readonly verified: boolean;
  /** The peer's certificate, or `null` if it showed none. */
  readonly peerCertificate: PeerCertificate | null;
}

/**
 * Is a TLS conn, its handshake done.
 * @see {@link https://pkg.go.dev/crypto/tls#Conn | Go tls.Conn}
 */
export interface TLSConn<A extends Addr = TCPAddr> extends StreamConn<A> {
  /** What the handshake settled. */
  readonly connectionState: ConnectionState;
  /** Resolves at once, as the handshake is done; here because Deno has it. */
  handshake(): Promise<{ alpnProtocol: string | null }>;
}
