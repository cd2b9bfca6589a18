import type { StreamConn } from "../net/conn.js";
import type { ConnectOptions } from "../net/socket/connect.js";
import type { TCPAddr } from "../net/socket/tcp-addr.js";

/** Options of {@link dial}. */
export interface TCPDialOptions extends ConnectOptions {
  /** Where to connect from. @default the system's choice */
  localAddr?: TCPAddr | undefined;
}

/** Options of {@link listen}. */
export interface TCPListenOptions {
  /** How many connections may wait to be accepted; those beyond are reset. @default 511 */
  backlog?: number | undefined;
  /** Aborts listening: the promise rejects with its reason or, later, the listener closes. */
  signal?: AbortSignal | undefined;
  /** Whether small writes of accepted conns leave at once (TCP_NODELAY). @default true */
  noDelay?: boolean | undefined;
  /** Whether idle accepted conns are probed. @default true */
  keepAlive?: boolean | undefined;
  /** How long a connection is idle before it is probed, in ms, rounded up to seconds. @default 15_000 */
  keepAlivePeriodMs?: number | undefined;
}

/**
 * Is a TCP connection. All its limits and its concurrency are those of {@link StreamConn}.
 * @see {@link https://pkg.go.dev/net#TCPConn | Go net.TCPConn}
 */
export interface TCPConn extends StreamConn<TCPAddr> {
  /** Ends our reading side: reads give the end of the stream, and what still arrives is dropped. */
  closeRead(): void;
  /** Sends small writes at once (the default) or lets the system gather them. */
  setNoDelay(on?: boolean): void;
  /** Probes the connection while it is idle (the default), or does not. */
  setKeepAlive(on?: boolean): void;
  /** Sets how long it is idle before it is probed, rounded up to seconds, 0 being the default of 15 s; and probes. */
  setKeepAlivePeriod(ms: number): void;
  /**
   * Chooses what `close` does with unsent bytes: negative (the default) lets the system send them, 0 drops them and
   * resets the connection.
   * @throws {NetError} with code `ERR_NOT_SUPPORTED` for more than 0, as Node cannot wait
   */
  setLinger(seconds: number): void;
}
