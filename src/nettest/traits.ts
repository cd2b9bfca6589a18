import type { Addr } from "../net/conn.js";

/** States what a transport can do, so that no case asks for what cannot be had. */
export interface Traits {
  /** Bytes arrive complete, in order and without boundaries; else each write is a datagram, and may be lost. */
  readonly stream: boolean;
  /** A reader learns of the peer's end: `read` gives `null` after the last byte. */
  readonly end: boolean;
  /** One direction may end while the other goes on. */
  readonly halfClose: boolean;
  /** A peer that does not read makes writes wait. */
  readonly backPressure: boolean;
  /** A write may resolve before the peer reads, and a dial before the listener accepts. */
  readonly buffered: boolean;
  /** A dial meets the listener, so that a closed listener refuses it; else the first datagram announces the conn. */
  readonly handshake: boolean;
}

const stream: Traits = {
  stream: true,
  end: true,
  halfClose: true,
  backPressure: true,
  buffered: true,
  handshake: true,
};
const memory: Traits = { ...stream, buffered: false };
const webSocket: Traits = { ...stream, halfClose: false };
const datagrams: Traits = {
  stream: false,
  end: false,
  halfClose: false,
  backPressure: false,
  buffered: true,
  handshake: false,
};

const table: Readonly<Record<string, Traits>> = {
  pipe: memory,
  tcp: stream,
  tls: stream,
  unix: stream,
  ws: webSocket,
  wss: webSocket,
  udp: datagrams,
};

/**
 * Returns the traits of the transport that `addr` belongs to. A transport that is not in the table is taken for an
 * in-memory pipe: everything is expected of it but buffers.
 */
export function traitsOf(addr: Addr): Traits {
  return Object.hasOwn(table, addr.transport) ? (table[addr.transport] ?? memory) : memory;
}
