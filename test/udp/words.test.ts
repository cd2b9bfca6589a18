import { describe, expect, test } from "vitest";
import { ClosedError, IP, IPv4, isClosed, isTimeout, parseIP } from "../../src/net/index.js";
import { TCPAddr } from "../../src/tcp/index.js";
import * as udp from "../../src/udp/index.js";
import { reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { raisesNothing } from "../support/handles.js";

// All of these texts are Go's.
raisesNothing();
const keep = closing();
const one = new Uint8Array(1);
const addrOf = (ip: string, port: number) => new udp.UDPAddr({ ip: parseIP(ip) as IP, port });
const textOf = async (work: Promise<unknown>) => (await reasonOf(work)) as Error & { code: string };

describe("listening fails", () => {
  const cases: readonly [network: string, addr: udp.UDPAddr, want: string][] = [
    ["foo", addrOf("127.0.0.1", 53), "listen foo 127.0.0.1:53: unknown network foo"],
    ["udp4", addrOf("::1", 0), "listen udp4 [::1]:0: address ::1: non-IPv4 address"],
    ["udp6", addrOf("127.0.0.1", 0), "listen udp6 127.0.0.1:0: bind: invalid argument"],
    ["udp", addrOf("203.0.113.1", 0), "listen udp 203.0.113.1:0: bind: cannot assign requested address"],
  ];
  for (const [network, addr, want] of cases) {
    test(want, async () => {
      expect(await textOf(udp.listenUDP(network as udp.UDPNetwork, addr))).toMatchObject({
        message: want,
        op: "listen",
      });
    });
  }

  for (const [address, want] of [
    ["1", "listen udp: address 1: missing port in address"],
    ["127.0.0.1:99999", "listen udp: address 99999: invalid port"],
  ] as const) {
    test(want, async () => {
      expect((await textOf(udp.listen(address))).message).toBe(want);
      expect((await textOf(udp.listenPeers(address))).message).toBe(want);
    });
  }

  test("at an address that is in use", async () => {
    const { localAddr } = keep(await udp.listen("127.0.0.1:0"));
    const want = { message: `listen udp ${String(localAddr)}: bind: address already in use`, code: "EADDRINUSE" };
    expect(await reasonOf(udp.listen(localAddr))).toMatchObject(want);
    expect(await reasonOf(udp.listenPeers(localAddr.toString()))).toMatchObject(want);
  });

  test("for a group that is none", async () => {
    const gaddr = addrOf("127.0.0.1", 0);
    const want = "listen udp 127.0.0.1:0: setsockopt: invalid argument";
    expect((await textOf(udp.listenMulticastUDP("udp", null, gaddr))).message).toBe(want);
  });
});

describe("dialling fails", () => {
  for (const [address, want] of [
    ["", "dial udp: missing address"],
    ["1", "dial udp: address 1: missing port in address"],
    ["127.0.0.1:99999", "dial udp: address 99999: invalid port"],
    ["127.0.0.1:0", "dial udp 127.0.0.1:0: connect: invalid argument"],
  ] as const) {
    test(want, async () => {
      expect(await textOf(udp.dial(address))).toMatchObject({ message: want, op: "dial", net: "udp" });
    });
  }

  const cases: readonly [network: string, laddr: udp.UDPAddr | null, raddr: udp.UDPAddr, want: string][] = [
    ["foo", null, addrOf("::1", 9), "dial foo [::1]:9: unknown network foo"],
    ["udp4", null, addrOf("::1", 9), "dial udp4 [::1]:9: address ::1: non-IPv4 address"],
    ["udp", null, null as unknown as udp.UDPAddr, "dial udp: missing address"],
    ["udp", addrOf("127.0.0.1", 0), null as unknown as udp.UDPAddr, "dial udp 127.0.0.1:0: missing address"],
    [
      "udp",
      addrOf("203.0.113.1", 0),
      addrOf("127.0.0.1", 9),
      "dial udp 203.0.113.1:0->127.0.0.1:9: bind: cannot assign requested address",
    ],
  ];
  for (const [network, laddr, raddr, want] of cases) {
    test(want, async () => {
      expect((await textOf(udp.dialUDP(network as udp.UDPNetwork, laddr, raddr))).message).toBe(want);
    });
  }

  test("from an address that is in use", async () => {
    const { localAddr } = keep(await udp.listen("127.0.0.1:0"));
    const want = `dial udp ${String(localAddr)}->127.0.0.1:9: bind: address already in use`;
    expect((await textOf(udp.dial("127.0.0.1:9", { localAddr }))).message).toBe(want);
  });
});

describe("on a conn that listens", () => {
  test("a write has no destination", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    expect(await textOf(conn.write(one))).toMatchObject({
      message: `write udp ${String(conn.localAddr)}: write: destination address required`,
      code: "EDESTADDRREQ",
      bytesWritten: 0,
    });
  });

  test("a datagram needs an address that the socket can speak to", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    const both = keep(await udp.listen(":0"));
    const from = (c: udp.UDPConn) => `write udp ${String(c.localAddr)}`;
    const cases: readonly [udp.UDPConn, unknown, string][] = [
      [conn, null, `${from(conn)}: missing address`],
      [conn, new TCPAddr({ ip: IPv4(127, 0, 0, 1), port: 9 }), `${from(conn)}->127.0.0.1:9: invalid argument`],
      [conn, addrOf("::1", 9), `${from(conn)}->[::1]:9: address ::1: non-IPv4 address`],
      [conn, addrOf("127.0.0.1", 0), `${from(conn)}->127.0.0.1:0: sendto: invalid argument`],
      [
        both,
        new udp.UDPAddr({ ip: new IP([1, 2, 3]), port: 9 }),
        `${from(both)}->?010203:9: address ?010203: non-IPv6 address`,
      ],
    ];
    for (const [c, addr, want] of cases) {
      expect((await textOf(c.writeTo(one, addr as udp.UDPAddr))).message).toBe(want);
    }
  });

  test("readFrom times out, and is closed", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    conn.setReadDeadline(1);
    const late = await textOf(conn.readFrom(one));
    expect(late.message).toBe(`read udp ${String(conn.localAddr)}: i/o timeout`);
    expect(isTimeout(late)).toBe(true);
    conn.setReadDeadline(null);
    const pending = textOf(conn.readFrom(one));
    conn.close();
    const closed = await pending;
    expect(closed.message).toBe(`read udp ${String(conn.localAddr)}: use of closed network connection`);
    expect(closed).toBeInstanceOf(ClosedError);
  });
});

describe("on a dialled conn", () => {
  async function meet(): Promise<[server: udp.UDPConn, client: udp.ConnectedUDPConn, between: string]> {
    const server = keep(await udp.listen("127.0.0.1:0"));
    const client = keep(await udp.dial(server.localAddr));
    return [server, client, `udp ${String(client.localAddr)}->${String(server.localAddr)}`];
  }

  test("writeTo is refused", async () => {
    const [server, client, between] = await meet();
    expect((await textOf(client.writeTo(one, server.localAddr))).message).toBe(
      `write ${between}: use of WriteTo with pre-connected connection`,
    );
  });

  test("a refused connection is an error once, of the next read or write, and the conn goes on", async () => {
    const [server, client, between] = await meet();
    server.close();
    await server.closed;
    await client.write(one);
    expect(await textOf(client.read(one))).toMatchObject({
      message: `read ${between}: read: connection refused`,
      code: "ECONNREFUSED",
    });
    await client.write(one);
    expect(await textOf(client.readFrom(one))).toMatchObject({
      message: `read ${between}: recvfrom: connection refused`,
    });
    await client.write(one);
    expect(await textOf(client.write(one))).toMatchObject({
      message: `write ${between}: write: connection refused`,
      code: "ECONNREFUSED",
      bytesWritten: 0,
    });
    const again = keep(await udp.listen(server.localAddr));
    await client.write(one);
    expect((await again.readFrom(new Uint8Array(8))).n).toBe(1);
  });

  test("a refused connection that nobody waits for is kept for whoever comes next", async () => {
    const [server, client, between] = await meet();
    server.close();
    await server.closed;
    await client.write(one);
    await heard(client); // by now the system has told, and nobody was there
    expect((await textOf(client.write(one))).message).toBe(`write ${between}: write: connection refused`);
    expect(await client.write(one)).toBe(1);
  });

  test("reads and writes time out, and are closed", async () => {
    const [, client, between] = await meet();
    client.setDeadline(1);
    expect((await textOf(client.read(one))).message).toBe(`read ${between}: i/o timeout`);
    expect((await textOf(client.write(one))).message).toBe(`write ${between}: i/o timeout`);
    client.close();
    for (const [op, work] of [
      ["read", client.read(one)],
      ["write", client.write(one)],
      ["read", client.readFrom(one)],
      ["close", client.closeWrite()],
    ] as const) {
      const err = await textOf(work);
      expect(err.message).toBe(`${op} ${between}: use of closed network connection`);
      expect(isClosed(err)).toBe(true);
    }
  });

  test("options of a closed conn cannot be set", async () => {
    const [, client] = await meet();
    client.close();
    const want = `set udp ${String(client.localAddr)}: use of closed network connection`;
    for (const set of [
      () => client.setReadBuffer(1000),
      () => client.setWriteBuffer(1000),
      () => client.setBroadcast(),
      () => client.setTTL(1),
      () => client.setMulticastTTL(1),
      () => client.setMulticastLoopback(),
      () => client.setMulticastInterface("lo"),
      () => client.joinGroup("239.1.1.1"),
      () => client.leaveGroup("239.1.1.1"),
    ]) {
      expect(set).toThrow(want);
    }
    expect(client.readBufferBytes).toBe(0);
    expect(client.writeBufferBytes).toBe(0);
  });
});

/** Waits until what the system sent to a socket before has been received: another socket's datagram came after it. */
async function heard(_after: udp.UDPConn): Promise<void> {
  const self = keep(await udp.listen("127.0.0.1:0"));
  await self.writeTo(one, self.localAddr);
  await self.readFrom(new Uint8Array(1));
}
