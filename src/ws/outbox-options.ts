import type { Duplex } from "node:stream";
import type { Deflater } from "./deflate.js";

/** What an outbox is made of. */
export interface OutboxOptions {
  socket: Duplex;
  /** Whether payloads are masked: we are the client. */
  masked: boolean;
  /** What compresses, if the handshake agreed on it, and from how many bytes on. */
  deflater: Deflater | null;
  thresholdBytes: number;
  /** How much may wait before writes are refused. */
  maxQueuedBytes: number;
  readonly owner: OutboxOwner;
}

/** How an outbox speaks to its owner. */
export interface OutboxOwner {
  /** Dresses a cause for the writer, as an OpError with the conn's addresses. */
  wrapWrite(cause: Error, bytesWritten: number): Error;
  /** Is told when the system has taken our close message. */
  closeTaken(): void;
}
