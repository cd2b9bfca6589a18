import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConnectionOptions, SecureContextOptions } from "node:tls";
import type { Conn as NetConn } from "../net/conn.js";
import type { CompressionOptions } from "./compression.js";
import type { ConnOptions } from "./conn-options.js";
import type { CookieJar } from "./cookies.js";
import type { HeaderInit } from "./dial-headers.js";
import type { HandshakeError } from "./handshake-error.js";
import type { ProxyOption } from "./proxy.js";

export { type ConnOptions, type ConnSettings, type HeartbeatOptions, settingsOf } from "./conn-options.js";

/** The default of the time for a client's handshake, in ms, as gorilla's. */
export const defaultDialTimeoutMs = 45_000;
/** The default of the time for a server's handshake, in ms. */
export const defaultHandshakeTimeoutMs = 10_000;

/** What of Node's TLS options a conn knows; certificates and keys in PEM. */
export type TLSOptions = Pick<SecureContextOptions, "ca" | "cert" | "key" | "passphrase" | "minVersion" | "maxVersion">;

/** What of Node's TLS options says where to connect, which is for the URL to say. */
type Elsewhere = "host" | "port" | "path" | "socket" | "timeout" | "allowHalfOpen" | "lookup" | "servername";

/** Node's options for a TLS client: `ca`, `cert`, `key`, `rejectUnauthorized`, `checkServerIdentity` and so on. */
export interface ClientTLSOptions extends Omit<ConnectionOptions, Elsewhere | "ALPNProtocols"> {
  /** The name that the server's certificate must have, and that is sent (SNI). @default the host of the URL */
  serverName?: string | undefined;
  /** The protocols on offer; WebSocket is spoken over `http/1.1` alone. @default ["http/1.1"] */
  ALPNProtocols?: readonly string[] | undefined;
}

/**
 * Connects to `host:port`, or to the path of a Unix socket. Whoever dials heeds the signal; a conn that comes after its
 * end is closed.
 */
export type NetDial = (
  network: "tcp" | "unix",
  address: string,
  options: { signal: AbortSignal },
) => NetConn | Promise<NetConn>;

/** Options of a {@link Dialer}. What a function among them throws reaches the caller of `dial` untouched. */
export interface DialerOptions extends ConnOptions {
  /**
   * How long dialling may take, with name look-up, the proxy and all handshakes, in ms; 0 for no limit, as in gorilla.
   * A negative time is over at once. @default 45_000
   */
  handshakeTimeoutMs?: number | undefined;
  /** What the client can speak, best first; the server chooses one or none. @default none */
  subprotocols?: readonly string[] | undefined;
  /** Whether to offer permessage-deflate, and how. @default false */
  enableCompression?: boolean | CompressionOptions | undefined;
  /**
   * The proxy to go through: `http:` and `https:` (CONNECT), `socks5:` and `socks5h:` (the proxy looks names up with
   * both), with a user and a password where it wants them; or a function that chooses one for a URL, or `null` for none.
   * Unix sockets are reached without. @default none
   */
  proxy?: ProxyOption;
  /** TLS, for `wss` and for `https` proxies; `serverName` is for the server alone. @default the well-known authorities */
  tls?: ClientTLSOptions | undefined;
  /** Where the cookies come from that are sent, and where those of the answer go, also of one that refuses. */
  jar?: CookieJar | undefined;
  /** Connects instead of us: to the proxy if there is one, to the server otherwise. */
  netDial?: NetDial | undefined;
  /** Connects and does TLS instead of us and {@link netDial}, to whom we would speak TLS first: `tls` is not for it. */
  netDialTLS?: NetDial | undefined;
  /** The path of a Unix socket to connect to; the URL then says only what to ask for. @default none */
  socketPath?: string | undefined;
}

/** Options of {@link dial}: those of a {@link Dialer}, and those of one dialling. The TLS options may stand alone. */
export interface DialOptions extends DialerOptions, TLSOptions {
  /** Aborts dialling: the promise rejects with the signal's reason, and the socket is released. */
  signal?: AbortSignal | undefined;
  /**
   * How long dialling may take, in ms: `handshakeTimeoutMs` by the name that all adapters have for it, but 0 is over at
   * once. @default 45_000
   */
  timeoutMs?: number | undefined;
  /** More header fields of the request, as `Authorization`, `Cookie` or `Origin`. */
  headers?: HeaderInit | undefined;
  /** Whether the server's certificate must be good. @default true */
  rejectUnauthorized?: boolean | undefined;
  /** The name that the server's certificate must have. @default the host of the URL */
  serverName?: string | undefined;
}

/** Options of an {@link Upgrader}. */
export interface UpgraderOptions extends ConnOptions {
  /** Is taken for gorilla's sake, and changes nothing: all conns read into one buffer. */
  readBufferSize?: number | undefined;
  /** Is taken for gorilla's sake, and changes nothing: what is written in a tick leaves in one system call. */
  writeBufferSize?: number | undefined;
  /**
   * How long an upgrade may take, in ms, until the system has taken the answer; then the connection is cut. 0 for no
   * limit. How long the request may take to arrive is for the HTTP server to say (`headersTimeout`); `listen` sets both.
   * @default 10_000
   */
  handshakeTimeoutMs?: number | undefined;
  /**
   * What the server can speak: the first that the client offers is chosen, or none. Without the option, the subprotocol
   * is what the response header has as `Sec-WebSocket-Protocol`. @default none
   */
  subprotocols?: readonly string[] | undefined;
  /**
   * Decides by its `Origin` whether a request is served; `() => true` serves the pages of all sites, with the cookies of
   * their visitors. @default that of the same host and port, or none
   */
  checkOrigin?: ((request: IncomingMessage) => boolean | Promise<boolean>) | undefined;
  /** Whether to agree to permessage-deflate, and how, or who decides that for a request. @default false */
  enableCompression?: EnableCompression | ((request: IncomingMessage) => EnableCompression) | undefined;
  /**
   * Answers a request that is refused, instead of us; the reason is meant for the log. A function that does not answer
   * leaves that to whoever catches the {@link HandshakeError}: to the framework's error handler, for example.
   * @default the status and its name, as text
   */
  error?: RefusalHandler | undefined;
}

/** Whether there is compression, and how. */
export type EnableCompression = boolean | CompressionOptions;

/** Answers a request that is refused. */
export type RefusalHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  reason: HandshakeError,
) => void | Promise<void>;

/** Options of {@link listen}. With `cert` and `key` it listens for `wss`. */
export interface ListenOptions extends UpgraderOptions, TLSOptions {
  /** The path of the URL; requests for others are answered with 404. @default "/" */
  path?: string | undefined;
  /** How long a client may take for the handshake, from connecting to our answer, in ms. @default 10_000 */
  handshakeTimeoutMs?: number | undefined;
  /** The most bytes of a request's header; a longer one is answered with 431. @default 16_384 */
  maxHeaderBytes?: number | undefined;
  /** How many conns may wait to be accepted; requests beyond are answered with 503. @default 511 */
  backlog?: number | undefined;
  /** Aborts listening: the promise rejects with its reason or, later, the listener closes. */
  signal?: AbortSignal | undefined;
}

/** The same properties, none of which is there and undefined. */
export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined, which Node takes for a value. */
export function withoutUndefined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}
