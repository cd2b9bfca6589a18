import type { Addr, Bytes, PacketConn } from "../net/conn.js";
import { equal, equalBytes } from "./assert.js";
import { defineCase, type Task } from "./task.js";
import { traitsOf } from "./traits.js";
import type { PacketConnCase, PacketConnPair } from "./types.js";

/** Defines a case for two packet conns. */
export function packetConnCase(
  name: string,
  property: string,
  body: (pair: PacketConnPair, t: Task) => Promise<void>,
): PacketConnCase {
  return defineCase({ name, needs: [], property, body, traitsOf: ({ p1 }) => traitsOf(p1.localAddr) });
}

/** Sends `p` as one datagram and requires the conn to say that it sent all of it. */
export async function send(from: PacketConn, to: Addr, p: Bytes): Promise<void> {
  equal(await from.writeTo(p, to), p.byteLength, "count of a writeTo");
}

/** Receives one datagram, requires it to be `want`, and resolves to its sender. */
export async function receive(on: PacketConn, want: Bytes, what: string): Promise<Addr> {
  const p = new Uint8Array(want.byteLength + 16);
  const { n, addr } = await on.readFrom(p);
  equalBytes(p.subarray(0, n), want, what);
  return addr;
}

/** Requires that a datagram of p1 reaches p2, and the answer p1. */
export async function exchange({ p1, p2 }: PacketConnPair): Promise<void> {
  const [question, answer] = [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5])];
  await send(p1, p2.localAddr, question);
  const addr = await receive(p2, question, "datagram of p1");
  equal(addr.toString(), p1.localAddr.toString(), "sender of the datagram");
  equal(addr.transport, p1.localAddr.transport, "transport of the sender");
  await send(p2, addr, answer);
  await receive(p1, answer, "answer of p2");
}
