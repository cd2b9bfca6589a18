import type { Bytes } from "../../net/conn.js";

/** What a browser's socket tells its owner. */
export interface TransportEvents {
  /** A message came: text as a string, binary as bytes that are the owner's. */
  message(data: string | Uint8Array<ArrayBuffer>): void;
  /** Less may be unsent than before. */
  drained(): void;
  /** All is over, and nothing follows. */
  closed(end: TransportEnd): void;
}

/** How a browser's socket ended. */
export interface TransportEnd {
  /** The peer's close code; 1005 if it sent none, 1006 if the connection ended without a close message. */
  readonly code: number;
  /** What the peer said about it. */
  readonly reason: string;
  /** Whether messages that the peer sent before may be missing. */
  readonly isLossy: boolean;
}

/** A browser's socket, once it is open: its plain `WebSocket`, or its `WebSocketStream`. */
export interface Transport {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** The extensions that the server chose, as in the header. */
  readonly extensions: string;
  /** Whether it copies all that it is handed, and not only what is small. */
  readonly copies: boolean;
  /** How many bytes were handed over, and not sent by the browser yet. */
  readonly unsent: number;
  /** Begins to tell what happens; called once, before anything can happen. */
  start(events: TransportEvents): void;
  /** Hands over a message. Of what it does not copy the caller keeps its hands off until it is sent. */
  send(data: string | Bytes): void;
  /** Asks for `drained`, again and again, until nothing is unsent or {@link unwatch}. */
  watch(): void;
  /** Ends that. */
  unwatch(): void;
  /** Stops to read, so that the peer has to wait; returns `false` where that cannot be. */
  pause(): boolean;
  /** Reads on. */
  resume(): void;
  /** Begins the closing handshake, behind all that was handed over. Without a code the close message has none. */
  close(code: number | undefined, reason: string): void;
  /** Lets go of it: nothing is told any more, and the browser closes it as soon as it can. */
  release(): void;
}

/** Up to this size the data of a message is copied in any case. */
export const maxCopyBytes = 16_384;

/** Returns bytes as a browser takes them: it refuses shared memory. */
export function unshared(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
