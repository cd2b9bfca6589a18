import type { UDPAddr } from "./addr.js";

/**
 * How much may wait to be read. Node receives whether or not anybody reads, and cannot be stopped: a datagram that finds
 * no place is dropped, and counted.
 */
export interface UDPQueueOptions {
  /** How many datagrams may wait. @default 1024 */
  maxQueuedDatagrams?: number | undefined;
  /** How many bytes may wait, in all those datagrams; one alone may be larger. @default 1_048_576 */
  maxQueuedBytes?: number | undefined;
}

/** Options of every socket here. */
export interface UDPSocketOptions extends UDPQueueOptions {
  /**
   * How many bytes the system is asked to keep until Node receives them (SO_RCVBUF). It may grant less, without a word:
   * `readBufferBytes` of the conn tells. @default 1_048_576
   */
  readBufferBytes?: number | undefined;
  /** How many bytes the system is asked to keep until they leave (SO_SNDBUF). @default the system's choice */
  writeBufferBytes?: number | undefined;
}

/** Options of {@link dial}. */
export interface UDPDialOptions extends UDPSocketOptions {
  /** Aborts dialling: the promise rejects with the signal's reason, and the socket is released. */
  signal?: AbortSignal | undefined;
  /** How long dialling, which is looking a name up mostly, may take, in ms. @default as long as the system tries */
  timeoutMs?: number | undefined;
  /** Where to send from. @default the system's choice */
  localAddr?: UDPAddr | undefined;
}

/** Options of {@link listen}. */
export interface UDPListenOptions extends UDPSocketOptions {
  /** Aborts listening: the promise rejects with its reason or, later, the conn closes. */
  signal?: AbortSignal | undefined;
  /**
   * Whether other sockets may be bound to the same address (SO_REUSEADDR): all of them then receive what is sent to a
   * multicast group. @default false
   */
  reuseAddr?: boolean | undefined;
  /** Whether a worker of `node:cluster` has the address for itself, and does not share it with the others. @default false */
  exclusive?: boolean | undefined;
}

/** Options of {@link listenPeers}. */
export interface UDPPeersOptions extends UDPSocketOptions {
  /** Aborts listening: the promise rejects with its reason or, later, the listener closes. */
  signal?: AbortSignal | undefined;
  /**
   * How long a peer may be silent, in ms: its conn then ends. It takes up to an eighth longer to be noticed. Infinity
   * lets peers be silent for ever. @default 60_000
   */
  idleTimeoutMs?: number | undefined;
  /** How many peers there may be at a time; what new ones send is dropped while there are so many. @default 1024 */
  maxPeers?: number | undefined;
  /** How many of them may wait to be accepted. @default 511 */
  backlog?: number | undefined;
  /** How many datagrams of one peer may wait. @default 128 */
  maxQueuedDatagrams?: number | undefined;
  /** How many bytes of one peer may wait. @default 262_144 */
  maxQueuedBytes?: number | undefined;
  /** How many datagrams of all peers may wait. @default 8192 */
  maxTotalQueuedDatagrams?: number | undefined;
  /** How many bytes of all peers may wait. @default 8_388_608 */
  maxTotalQueuedBytes?: number | undefined;
}

/** The default of `readBufferBytes`. */
export const defaultReadBufferBytes = 1_048_576;
/** The default of `idleTimeoutMs`. */
export const defaultIdleTimeoutMs = 60_000;
/** The default of `maxPeers`. */
export const defaultMaxPeers = 1024;
