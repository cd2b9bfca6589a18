import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import * as udp from "../../src/udp/index.js";
import { type Peer, PeerTable, type PeerTableParts } from "../../src/udp/peers.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { raisesNothing } from "../support/handles.js";

raisesNothing();
const keep = closing();

class TestPeer implements Peer {
  readonly peer: { readonly host: string; readonly port: number };
  readonly got: Uint8Array[] = [];
  heardAt = 0;
  room = Number.POSITIVE_INFINITY;
  readonly #table: () => PeerTable<TestPeer>;

  constructor(host: string, port: number, table: () => PeerTable<TestPeer>) {
    this.peer = { host, port };
    this.#table = table;
  }
  deliver(data: Uint8Array): boolean {
    return this.got.length < this.room && this.got.push(data) > 0;
  }
  expire(): void {
    this.#table().remove(this);
  }
}

function newTable(parts: Partial<PeerTableParts<TestPeer>> = {}): { table: PeerTable<TestPeer>; met: TestPeer[] } {
  const met: TestPeer[] = [];
  const table: PeerTable<TestPeer> = new PeerTable<TestPeer>({
    maxPeers: 4,
    idleTimeoutMs: Number.POSITIVE_INFINITY,
    admit(host, port, data) {
      const peer = new TestPeer(host, port, () => table);
      peer.deliver(data);
      met.push(peer);
      return peer;
    },
    ...parts,
  });
  return { table, met };
}

/** Waits for what the event loop brings sooner or later. */
function until(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { interval: 1, timeout: 5000 });
}

describe("a peer table", () => {
  test("gives each datagram to the peer that sent it", () => {
    const { table, met } = newTable();
    const senders = [
      ["10.0.0.1", 5],
      ["10.0.0.2", 5],
      ["10.0.0.1", 261], // falls into the same slot
      ["::1", 5],
    ] as const;
    for (let round = 0; round < 3; round++) {
      for (const [i, [host, port]] of senders.entries()) table.deliver(host, port, new Uint8Array([i, round]));
    }
    expect(met.map(({ peer }) => [peer.host, peer.port])).toEqual(senders);
    for (const [i, { got }] of met.entries()) expect(got.map((p) => [...p])).toEqual([0, 1, 2].map((r) => [i, r]));
  });

  test("does not grow in a flood of forged senders, and harms nobody who is in", () => {
    const { table, met } = newTable({ maxPeers: 100 });
    table.deliver("10.0.0.1", 5, bytes("friend"));
    for (let i = 0; i < 200_000; i++)
      table.deliver(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1024 + (i % 50_000), bytes("?"));
    expect(table.size).toBe(100);
    expect(met).toHaveLength(100);
    expect(table.refused).toBe(200_000 - 99);
    table.deliver("10.0.0.1", 5, bytes("still here"));
    expect(met[0]?.got).toHaveLength(2);
  });

  test("counts what its peers drop", () => {
    const { table, met } = newTable();
    table.deliver("10.0.0.1", 5, bytes("1"));
    (met[0] as TestPeer).room = 2;
    for (let i = 0; i < 4; i++) table.deliver("10.0.0.1", 5, bytes("2"));
    expect(table.dropped).toBe(3);
  });

  test("ends who was silent for all of the timeout, and nobody else", () => {
    const { table, met } = newTable();
    table.deliver("10.0.0.1", 5, bytes("silent"));
    for (let i = 0; i < 8; i++) {
      table.deliver("10.0.0.2", 5, bytes("talks"));
      table.tick();
    }
    expect(table.size).toBe(2);
    table.tick();
    expect(table.size).toBe(1);
    table.deliver("10.0.0.1", 5, bytes("comes back"));
    expect(met).toHaveLength(3);
  });

  test("keeps no timer when it is empty, and none for ever", () => {
    vi.useFakeTimers();
    try {
      const patient = newTable();
      patient.table.deliver("10.0.0.1", 5, bytes("x"));
      expect(vi.getTimerCount()).toBe(0);
      const { table } = newTable({ idleTimeoutMs: 800 });
      table.deliver("10.0.0.1", 5, bytes("x"));
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(800);
      expect(table.size).toBe(1);
      vi.advanceTimersByTime(100);
      expect(table.size).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a peer listener", () => {
  async function listening(options?: udp.UDPPeersOptions): Promise<udp.UDPPeerListener> {
    return keep(await udp.listenPeers("127.0.0.1:0", options));
  }

  /** Opens a socket of Node's own, and sends. */
  async function raw(to: udp.UDPAddr, ...texts: string[]): Promise<Socket> {
    const socket = createSocket("udp4");
    let open = true;
    socket.once("close", () => {
      open = false;
    });
    keep({ close: () => open && socket.close() });
    for (const text of texts) await new Promise((resolve) => socket.send(text, to.port, "127.0.0.1", resolve));
    return socket;
  }

  async function accepted(listener: udp.UDPPeerListener): Promise<udp.UDPPeerConn> {
    return keep(await listener.accept());
  }

  test("gives each peer a conn, whose first read is the peer's first datagram", async () => {
    const listener = await listening();
    const sockets = [await raw(listener.addr, "a1", "a2"), await raw(listener.addr, "b1")];
    const [a, b] = [await accepted(listener), await accepted(listener)];
    expect(a.localAddr).toBe(listener.addr);
    expect([a, b].map((conn) => conn.remoteAddr.toString())).toEqual(
      sockets.map((socket) => `127.0.0.1:${socket.address().port}`),
    );
    expect([await readText(b), await readText(a), await readText(a)]).toEqual(["b1", "a1", "a2"]);
    const answer = once(sockets[1] as Socket, "message") as Promise<[Buffer]>;
    await b.write(bytes("hello b"));
    expect((await answer)[0].toString()).toBe("hello b");
    expect(listener.peers).toBe(2);
  });

  test("ends a silent peer: reads give what waits and then null, writes fail, and the address may come again", async () => {
    const listener = await listening({ idleTimeoutMs: 40 });
    const socket = await raw(listener.addr, "one", "two");
    const conn = await accepted(listener);
    await conn.closed;
    expect(listener.peers).toBe(0);
    const p = new Uint8Array(8);
    expect([await conn.read(p), await conn.read(p), await conn.read(p), await conn.read(p)]).toEqual([
      3,
      3,
      null,
      null,
    ]);
    expect(await reasonOf(conn.write(bytes("x")))).toMatchObject({
      message: `write udp ${String(listener.addr)}->${String(conn.remoteAddr)}: write: broken pipe`,
      code: "EPIPE",
    });
    conn.close();
    expect(await reasonOf(conn.read(p))).toMatchObject({ code: "ERR_CLOSED" });
    socket.send("again", listener.addr.port, "127.0.0.1");
    const next = await accepted(listener);
    expect(next).not.toBe(conn);
    expect(await readText(next)).toBe("again");
  });

  test("wakes a read that waits when the peer is silent", async () => {
    const listener = await listening({ idleTimeoutMs: 16 });
    await raw(listener.addr, "one");
    const conn = await accepted(listener);
    expect(await readText(conn)).toBe("one");
    expect(await conn.read(new Uint8Array(8))).toBeNull();
  });

  test("forgets who was silent before it was accepted", async () => {
    const listener = await listening({ idleTimeoutMs: 80, backlog: 1 });
    await raw(listener.addr, "gone");
    await until(() => expect(listener.peers).toBe(1));
    await until(() => expect(listener.peers).toBe(0));
    await raw(listener.addr, "here");
    expect(await readText(await accepted(listener))).toBe("here");
  });

  test("is bounded in a flood of senders, serves those that are in, and recovers", async () => {
    const listener = await listening({ maxPeers: 10, idleTimeoutMs: 200 });
    const friend = keep(await udp.dial(listener.addr));
    await friend.write(bytes("friend"));
    const conn = await accepted(listener);
    const flood = await Promise.all(Array.from({ length: 60 }, () => raw(listener.addr, "?", "?")));
    await until(() => expect(listener.refusedDatagrams).toBe(120 - 2 * 9));
    expect(listener.peers).toBe(10);
    expect(await readText(conn)).toBe("friend");
    for (const socket of flood) socket.close();
    while (listener.peers > 1) {
      await friend.write(bytes("talks"));
      await readText(conn);
    }
    const late = keep(await udp.dial(listener.addr));
    await late.write(bytes("late"));
    await until(() => expect(listener.peers).toBe(2));
  });

  test("bounds who waits to be accepted", async () => {
    const listener = await listening({ backlog: 2 });
    for (const text of ["a", "b", "c"]) await raw(listener.addr, text);
    await until(() => expect(listener.refusedDatagrams).toBe(1));
    expect([await readText(await accepted(listener)), await readText(await accepted(listener))]).toEqual(["a", "b"]);
    const accept = accepted(listener);
    await raw(listener.addr, "d");
    expect(await readText(await accept)).toBe("d");
  });

  test("bounds what waits of one peer", async () => {
    const listener = await listening({ maxQueuedDatagrams: 3, maxQueuedBytes: 10 });
    await raw(listener.addr, "1", "2", "3", "4", "5");
    await raw(listener.addr, "12345678", "9", "0", "-");
    await until(() => expect(listener.droppedDatagrams).toBe(3));
    const [a, b] = [await accepted(listener), await accepted(listener)];
    expect([a.droppedDatagrams, b.droppedDatagrams]).toEqual([2, 1]);
    expect([await readText(a), await readText(a), await readText(a)]).toEqual(["1", "2", "3"]);
  });

  test("bounds what waits of all peers, and counts again what is read or closed", async () => {
    const listener = await listening({ maxTotalQueuedDatagrams: 3 });
    await raw(listener.addr, "a1", "a2");
    await raw(listener.addr, "b1", "b2");
    await raw(listener.addr, "c1");
    await until(() => expect(listener.refusedDatagrams).toBe(1)); // a stranger who has no room is no peer
    expect(listener.droppedDatagrams).toBe(1);
    const [a, b] = [await accepted(listener), await accepted(listener)];
    await readText(b);
    a.close();
    const d = await raw(listener.addr, "d1", "d2", "d3", "d4");
    const conn = await accepted(listener);
    expect(conn.remoteAddr.port).toBe(d.address().port);
    expect([await readText(conn), await readText(conn), await readText(conn)]).toEqual(["d1", "d2", "d3"]);
  });

  test("makes a new conn of an address whose conn was closed", async () => {
    const listener = await listening();
    const socket = await raw(listener.addr, "one");
    const first = await accepted(listener);
    first.close();
    await first.closed;
    expect(listener.peers).toBe(0);
    socket.send("two", listener.addr.port, "127.0.0.1");
    expect(await readText(await accepted(listener))).toBe("two");
  });

  test("leaves the socket to its conns when it closes, and the last one closes it", async () => {
    const listener = await listening();
    const socket = await raw(listener.addr, "one");
    const conn = await accepted(listener);
    await raw(listener.addr, "nobody accepts me");
    await until(() => expect(listener.peers).toBe(2));
    listener.close();
    expect(listener.peers).toBe(1);
    await readText(conn);
    socket.send("two", listener.addr.port, "127.0.0.1");
    expect(await readText(conn)).toBe("two");
    await raw(listener.addr, "stranger");
    await until(() => expect(listener.refusedDatagrams).toBe(1));
    expect(await reasonOf(udp.listen(listener.addr))).toMatchObject({ code: "EADDRINUSE" });
    conn.close();
    await conn.closed;
    keep(await udp.listen(listener.addr));
  });

  test("serves both protocols where it listens on any address", async () => {
    const listener = keep(await udp.listenPeers(":0"));
    for (const host of ["127.0.0.1", "[::1]"]) {
      const client = keep(await udp.dial(`${host}:${listener.addr.port}`));
      await client.write(bytes("ping"));
      const conn = await accepted(listener);
      expect(conn.remoteAddr.toString()).toBe(client.localAddr.toString());
      expect(await readText(conn)).toBe("ping");
      await conn.write(bytes("pong"));
      expect(await readText(client)).toBe("pong");
    }
  });

  test("refuses options that make no sense", async () => {
    const wrong: udp.UDPPeersOptions[] = [
      { maxPeers: 0 },
      { idleTimeoutMs: 0 },
      { idleTimeoutMs: Number.NaN },
      { backlog: -1 },
      { maxTotalQueuedBytes: 0 },
      { maxTotalQueuedDatagrams: 0 },
    ];
    for (const options of wrong) {
      expect(await reasonOf(udp.listenPeers("127.0.0.1:0", options))).toBeInstanceOf(RangeError);
    }
  });
});
