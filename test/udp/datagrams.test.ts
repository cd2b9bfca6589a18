import { networkInterfaces } from "node:os";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type IP, IPv4, parseIP } from "../../src/net/index.js";
import * as udp from "../../src/udp/index.js";
import { bytes, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { raisesNothing } from "../support/handles.js";

raisesNothing();
const keep = closing();

async function meet(options: udp.UDPListenOptions = {}): Promise<[server: udp.UDPConn, client: udp.ConnectedUDPConn]> {
  const server = keep(await udp.listen("127.0.0.1:0", options));
  return [server, keep(await udp.dial(server.localAddr))];
}

/** Sends to itself, and waits until Node has received all that was sent to any socket of this process before. */
async function settled(): Promise<void> {
  const self = await udp.listen("127.0.0.1:0");
  for (let i = 0; i < 2; i++) {
    await self.writeTo(new Uint8Array(1), self.localAddr);
    await self.readFrom(new Uint8Array(1));
    await setImmediate();
  }
  self.close();
}

describe("the size of a datagram", () => {
  test("is 65,507 bytes at most over IPv4", async () => {
    const [server, client] = await meet();
    const largest = sequence(65_507);
    expect(await client.write(largest)).toBe(65_507);
    const p = new Uint8Array(65_536);
    const { n, addr } = await server.readFrom(p);
    sameBytes(p.subarray(0, n), largest);
    expect(await server.writeTo(largest, addr)).toBe(65_507);
    expect(await client.read(p)).toBe(65_507);
  });

  test("is too large for the system beyond, and the conn goes on", async () => {
    const [server, client] = await meet();
    const between = `${String(client.localAddr)}->${String(server.localAddr)}`;
    for (const size of [65_508, 65_536, 1_000_000]) {
      expect(await reasonOf(client.write(new Uint8Array(size)))).toMatchObject({
        message: `write udp ${between}: write: message too long`,
        code: "EMSGSIZE",
        bytesWritten: 0,
      });
      expect(await reasonOf(server.writeTo(new Uint8Array(size), client.localAddr))).toMatchObject({
        message: `write udp ${String(server.localAddr)}->${String(client.localAddr)}: sendto: message too long`,
      });
    }
    await client.write(bytes("still here"));
    expect((await server.readFrom(new Uint8Array(64))).n).toBe(10);
  });

  test("may be 0, which read tells from the end of a stream", async () => {
    const [server, client] = await meet();
    await client.write(new Uint8Array(0));
    const { n, addr } = await server.readFrom(new Uint8Array(8));
    expect([n, addr.port]).toEqual([0, client.localAddr.port]);
    await server.writeTo(new Uint8Array(0), addr);
    expect(await client.read(new Uint8Array(8))).toBe(0);
  });

  test("that does not fit is cut off: the rest is lost, the next one is whole", async () => {
    const [server, client] = await meet();
    await client.write(bytes("too long"));
    await client.write(bytes("next"));
    const p = new Uint8Array(8);
    expect((await server.readFrom(p.subarray(0, 3))).n).toBe(3);
    expect(new TextDecoder().decode(p)).toBe("too\0\0\0\0\0");
    expect((await server.readFrom(p)).n).toBe(4);
  });

  test("is cut off to nothing by an empty buffer; but read with one takes none, as in Go", async () => {
    const [server, client] = await meet();
    for (const text of ["one", "two"]) await client.write(bytes(text));
    const empty = new Uint8Array(0);
    expect(await server.read(empty)).toBe(0);
    expect((await server.readFrom(empty)).n).toBe(0);
    const p = new Uint8Array(8);
    const n = await server.read(p);
    expect(new TextDecoder().decode(p.subarray(0, n ?? 0))).toBe("two");
  });
});

describe("what waits to be read", () => {
  test("is bounded in number: the newest are dropped and counted", async () => {
    const [server, client] = await meet({ maxQueuedDatagrams: 3 });
    for (let i = 0; i < 5; i++) await client.write(new Uint8Array([i]));
    await settled();
    expect(server.droppedDatagrams).toBe(2);
    const p = new Uint8Array(1);
    for (let i = 0; i < 3; i++) {
      await server.readFrom(p);
      expect(p[0]).toBe(i);
    }
    await client.write(new Uint8Array([9]));
    await server.readFrom(p);
    expect(p[0]).toBe(9);
  });

  test("is bounded in bytes, but one datagram always has room", async () => {
    const [server, client] = await meet({ maxQueuedBytes: 100 });
    for (const size of [60_000, 1, 1]) await client.write(new Uint8Array(size));
    await settled();
    expect(server.droppedDatagrams).toBe(2);
    const p = new Uint8Array(65_536);
    expect((await server.readFrom(p)).n).toBe(60_000);
    for (const size of [60, 40, 1]) await client.write(new Uint8Array(size));
    await settled();
    expect(server.droppedDatagrams).toBe(3);
  });

  test("has limits that make sense", async () => {
    const wrong: udp.UDPListenOptions[] = [
      { maxQueuedDatagrams: 0 },
      { maxQueuedBytes: -1 },
      { readBufferBytes: Number.NaN },
      { writeBufferBytes: 0 },
    ];
    for (const options of wrong) {
      expect(await reasonOf(udp.listen("127.0.0.1:0", options))).toBeInstanceOf(RangeError);
      expect(await reasonOf(udp.dial("127.0.0.1:9", options))).toBeInstanceOf(RangeError);
      expect(await reasonOf(udp.listenPeers("127.0.0.1:0", options))).toBeInstanceOf(RangeError);
    }
  });
});

describe("reads", () => {
  test("of both kinds are served in one order", async () => {
    const [server, client] = await meet();
    const buffers = [0, 1, 2].map(() => new Uint8Array(1));
    const [a, b, c] = buffers as [Uint8Array, Uint8Array, Uint8Array];
    const reads = Promise.all([server.readFrom(a), server.read(b), server.readFrom(c)]);
    for (let i = 1; i <= 3; i++) await client.write(new Uint8Array([i]));
    const [first, second, third] = await reads;
    expect([first.n, second, third.n]).toEqual([1, 1, 1]);
    expect(buffers.map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  test("that are aborted take no datagram", async () => {
    const [server, client] = await meet();
    const abort = new AbortController();
    const reason = new Error("enough");
    const read = reasonOf(server.readFrom(new Uint8Array(1), { signal: abort.signal }));
    abort.abort(reason);
    expect(await read).toBe(reason);
    expect(await reasonOf(server.readFrom(new Uint8Array(1), { signal: abort.signal }))).toBe(reason);
    await client.write(bytes("x"));
    expect((await server.readFrom(new Uint8Array(1))).n).toBe(1);
  });
});

describe("writes", () => {
  test("with an aborted signal reject with its reason", async () => {
    const [server, client] = await meet();
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    for (const write of [
      client.write(bytes("x"), { signal }),
      server.write(bytes("x"), { signal }),
      server.writeTo(bytes("x"), client.localAddr, { signal }),
      client.writeTo(bytes("x"), server.localAddr, { signal }),
    ]) {
      expect(await reasonOf(write)).toBe(reason);
    }
  });

  test("after closeWrite fail, reads go on, and the peer learns nothing", async () => {
    const [server, client] = await meet();
    await client.write(bytes("before"));
    const { addr } = await server.readFrom(new Uint8Array(8));
    await client.closeWrite();
    await client.closeWrite();
    expect(await reasonOf(client.write(bytes("after")))).toMatchObject({
      message: `write udp ${String(client.localAddr)}->${String(server.localAddr)}: write: broken pipe`,
      code: "EPIPE",
    });
    await server.writeTo(bytes("hello"), addr);
    expect(await client.read(new Uint8Array(8))).toBe(5);
    await settled();
    server.setReadDeadline(1);
    expect(await reasonOf(server.readFrom(new Uint8Array(8)))).toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("may use one buffer again and again", async () => {
    const [server, client] = await meet();
    const p = new Uint8Array(4);
    for (let i = 0; i < 20; i++) {
      const written = client.write(p.fill(i));
      p.fill(255);
      await written;
    }
    for (let i = 0; i < 20; i++) {
      await server.read(p);
      expect([...p]).toEqual([i, i, i, i]);
    }
  });
});

describe("addresses", () => {
  test("of one sender are one object, though others send in between", async () => {
    const server = keep(await udp.listen("127.0.0.1:0"));
    const [a, b] = [keep(await udp.dial(server.localAddr)), keep(await udp.dial(server.localAddr))];
    const seen: udp.UDPAddr[] = [];
    for (const client of [a, b, a, b, a]) {
      await client.write(bytes("x"));
      seen.push((await server.readFrom(new Uint8Array(1))).addr);
    }
    expect(seen.map(({ port }) => port)).toEqual([a, b, a, b, a].map(({ localAddr }) => localAddr.port));
    const sameSlot = a.localAddr.port % 256 === b.localAddr.port % 256;
    if (!sameSlot) expect(new Set(seen).size).toBe(2);
  });

  test("of IPv4 senders are IPv4 on a conn that serves both protocols", async () => {
    const both = keep(await udp.listen(":0"));
    expect(both.localAddr.toString()).toBe(`[::]:${both.localAddr.port}`);
    for (const host of ["127.0.0.1", "[::1]"]) {
      const client = keep(await udp.dial(`${host}:${both.localAddr.port}`));
      await client.write(bytes("ping"));
      const { addr } = await both.readFrom(new Uint8Array(8));
      expect(addr.toString()).toBe(client.localAddr.toString());
      await both.writeTo(bytes("pong"), addr);
      expect(await client.read(new Uint8Array(8))).toBe(4);
      const made = new udp.UDPAddr({ ip: client.localAddr.ip, port: client.localAddr.port });
      await both.writeTo(bytes("again"), made);
      expect(await client.read(new Uint8Array(8))).toBe(5);
    }
  });

  test("that name no address mean this machine", async () => {
    for (const network of ["udp", "udp4", "udp6"] as const) {
      const server = keep(await udp.listenUDP(network, null));
      const client = keep(await udp.dialUDP(network, null, new udp.UDPAddr({ port: server.localAddr.port })));
      expect(client.remoteAddr.ip.isLoopback()).toBe(true);
      await client.write(bytes("ping"));
      expect((await server.readFrom(new Uint8Array(8))).addr.toString()).toBe(client.localAddr.toString());
    }
  });

  test("listening at 0.0.0.0 serves both protocols on udp, as in Go, and one on udp4", async () => {
    const addr = new udp.UDPAddr({ ip: IPv4(0, 0, 0, 0) });
    const [both, one] = [keep(await udp.listenUDP("udp", addr)), keep(await udp.listenUDP("udp4", addr))];
    expect(both.localAddr.hostname).toBe("::");
    expect(one.localAddr.hostname).toBe("0.0.0.0");
  });

  test("of other senders than the peer are not heard on a dialled conn", async () => {
    const [server, client] = await meet();
    const stranger = keep(await udp.listen("127.0.0.1:0"));
    await stranger.writeTo(bytes("stranger"), client.localAddr);
    await server.writeTo(bytes("peer"), client.localAddr);
    expect(await client.read(new Uint8Array(16))).toBe(4);
    expect(client.remoteAddr.toString()).toBe(server.localAddr.toString());
  });

  test("of the link have a zone", async ({ skip }) => {
    const found = linkLocal();
    if (found === undefined) return skip("no interface here has a link-local IPv6 address");
    const server = keep(await udp.listen(`[${found}]:0`));
    const client = keep(await udp.dial(server.localAddr));
    expect(client.remoteAddr.hostname).toBe(found);
    await client.write(bytes("ping"));
    const { addr } = await server.readFrom(new Uint8Array(8));
    expect(addr.hostname).toBe(found);
    await server.writeTo(bytes("pong"), addr);
    expect(await client.read(new Uint8Array(8))).toBe(4);
    const made = new udp.UDPAddr({ ip: parseIP(addr.ip.toString()) as IP, port: addr.port, zone: addr.zone });
    await server.writeTo(bytes("again"), made);
    expect(await client.read(new Uint8Array(8))).toBe(5);
  });
});

describe("web streams", () => {
  test("leave empty datagrams out", async () => {
    const [server, client] = await meet();
    await client.write(bytes("hello"));
    const { addr } = await server.readFrom(new Uint8Array(8));
    const reader = client.readable.getReader();
    for (const text of ["", "one", "", "", "two"]) await server.writeTo(bytes(text), addr);
    for (const want of ["one", "two"]) {
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value)).toBe(want);
    }
  });
});

test("a conn closes when the signal that it was made with is aborted, and is not made if it is already", async () => {
  const abort = new AbortController();
  const { signal } = abort;
  const conn = await udp.listen("127.0.0.1:0", { signal });
  const listener = await udp.listenPeers("127.0.0.1:0", { signal });
  const [pending, accept] = [reasonOf(conn.readFrom(new Uint8Array(1))), reasonOf(listener.accept())];
  const reason = new Error("enough");
  abort.abort(reason);
  expect(await pending).toMatchObject({ code: "ERR_CLOSED" });
  expect(await accept).toMatchObject({ code: "ERR_CLOSED" });
  await conn.closed;
  expect(await reasonOf(udp.listen("127.0.0.1:0", { signal }))).toBe(reason);
  expect(await reasonOf(udp.listenPeers("127.0.0.1:0", { signal }))).toBe(reason);
  expect(await reasonOf(udp.dial("127.0.0.1:9", { signal }))).toBe(reason);
});

/** An address of the link on this machine, with its zone. */
function linkLocal(): string | undefined {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(({ address }) => address.startsWith("fe80:"));
    if (found !== undefined) return `${found.address}%${name}`;
  }
  return undefined;
}
