import type { IncomingMessage } from "node:http";
import type { SecureContextOptions } from "node:tls";

/** Options of every conn. */
export interface ConnOptions {
  /** The most bytes of a message; a larger one ends the conn with 1009. 0 for no limit. @default 33_554_432 */
  maxMessageBytes?: number | undefined;
  /** How long a closing handshake may take, in ms, before the connection is cut. @default 5000 */
  closeTimeoutMs?: number | undefined;
}

/** The default of `maxMessageBytes`: 32 MiB. */
export const defaultMaxMessageBytes = 32 * 1024 * 1024;
/** The default of `closeTimeoutMs`. */
export const defaultCloseTimeoutMs = 5000;
/** The default of the time for a client's handshake, in ms, as gorilla's. */
export const defaultDialTimeoutMs = 45_000;
/** The default of the time for a server's handshake, in ms. */
export const defaultHandshakeTimeoutMs = 10_000;

/** What of Node's TLS options a conn knows; certificates and keys in PEM. */
export type TLSOptions = Pick<SecureContextOptions, "ca" | "cert" | "key" | "passphrase" | "minVersion" | "maxVersion">;

/** Options of {@link dial}. The last ones are for `wss` alone. */
export interface DialOptions extends ConnOptions, TLSOptions {
  /** Aborts dialling: the promise rejects with the signal's reason, and the socket is released. */
  signal?: AbortSignal | undefined;
  /** How long dialling may take, with name look-up and all handshakes, in ms. @default 45_000 */
  timeoutMs?: number | undefined;
  /** What the client can speak; the server chooses one or none. @default none */
  subprotocols?: readonly string[] | undefined;
  /** More header fields of the request, as `Authorization`, `Cookie` or `Origin`. */
  headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Whether the server's certificate must be good. @default true */
  rejectUnauthorized?: boolean | undefined;
  /** The name that the server's certificate must have. @default the host of the URL */
  serverName?: string | undefined;
}

/** Options of {@link listen}. With `cert` and `key` it listens for `wss`. */
export interface ListenOptions extends ConnOptions, TLSOptions {
  /** The path of the URL; requests for others are answered with 404. @default "/" */
  path?: string | undefined;
  /** What the server can speak: the first that the client offers is chosen. @default none */
  subprotocols?: readonly string[] | undefined;
  /** Decides by its `Origin` whether a request is served. @default that of the same host, or none */
  checkOrigin?: ((request: IncomingMessage) => boolean) | undefined;
  /** How long a client may take for the handshake, in ms. @default 10_000 */
  handshakeTimeoutMs?: number | undefined;
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
