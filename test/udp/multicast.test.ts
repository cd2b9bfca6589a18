import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { type IP, IPv4, NetError, parseIP } from "../../src/net/index.js";
import * as udp from "../../src/udp/index.js";
import { bytes, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { raisesNothing } from "../support/handles.js";

raisesNothing();
const keep = closing();
const group = IPv4(239, 77, 3, 1);
/** An interface through which packets could leave this machine; none here does, as their hop limit is 0. */
const outer = Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => !internal))?.[0];
const loopback =
  Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal))?.[0] ?? "lo";

/** Receives one datagram as text; `null` if none comes in a moment. */
async function hear(conn: udp.UDPConn): Promise<string | null> {
  const p = new Uint8Array(64);
  conn.setReadDeadline(Date.now() + 60);
  try {
    const { n } = await conn.readFrom(p);
    return new TextDecoder().decode(p.subarray(0, n));
  } catch (err) {
    if ((err as NetError).timeout) return null;
    throw err;
  }
}

/** Sets up sending to a group over loopback; returns why that cannot be tried here. */
function missing(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (err) {
    return `this system has no multicast on ${loopback}: ${(err as Error).message}`;
  }
}

async function sender(): Promise<udp.UDPConn> {
  const conn = keep(await udp.listen("127.0.0.1:0"));
  conn.setMulticastInterface(loopback);
  return conn;
}

describe("a multicast group", () => {
  test("is heard from joining to leaving", async ({ skip }) => {
    const member = keep(await udp.listenUDP("udp4", null));
    const reason = missing(() => member.joinGroup(group, loopback));
    if (reason !== undefined) return skip(reason);
    const to = new udp.UDPAddr({ ip: group, port: member.localAddr.port });
    const from = await sender();
    await from.writeTo(bytes("to all"), to);
    expect(await hear(member)).toBe("to all");
    member.leaveGroup(group, "127.0.0.1");
    await from.writeTo(bytes("to others"), to);
    expect(await hear(member)).toBeNull();
  });

  test("is heard on a conn that serves both protocols", async ({ skip }) => {
    const member = keep(await udp.listen(":0"));
    const reason = missing(() => member.joinGroup("239.77.3.2", "127.0.0.1"));
    if (reason !== undefined) return skip(reason);
    await (await sender()).writeTo(
      bytes("x"),
      new udp.UDPAddr({ ip: IPv4(239, 77, 3, 2), port: member.localAddr.port }),
    );
    expect(await hear(member)).toBe("x");
    member.setMulticastInterface(loopback);
    await member.writeTo(bytes("self"), new udp.UDPAddr({ ip: IPv4(239, 77, 3, 2), port: member.localAddr.port }));
    expect(await hear(member)).toBe("self");
  });

  test("is not heard by the sender's machine without loopback", async ({ skip }) => {
    const member = keep(await udp.listenUDP("udp4", null));
    const from = keep(await udp.listenUDP("udp4", null));
    if (outer === undefined) return skip("this machine has but a loopback interface, which hears everything");
    const reason = missing(() => {
      member.joinGroup(group, outer);
      from.setMulticastInterface(outer);
    });
    if (reason !== undefined) return skip(reason);
    const to = new udp.UDPAddr({ ip: group, port: member.localAddr.port });
    from.setMulticastTTL(0);
    from.setMulticastLoopback(false);
    await from.writeTo(bytes("secret"), to);
    expect(await hear(member)).toBeNull();
    from.setMulticastLoopback();
    await from.writeTo(bytes("heard"), to);
    expect(await hear(member)).toBe("heard");
  });

  test("may have one sender alone", async ({ skip }) => {
    const ssm = "232.77.3.1";
    const member = keep(await udp.listenUDP("udp4", null));
    const reason = missing(() => member.joinSourceSpecificGroup(ssm, "127.0.0.1", loopback));
    if (reason !== undefined) return skip(reason);
    const to = new udp.UDPAddr({ ip: parseIP(ssm) as IP, port: member.localAddr.port });
    const [from, other] = [await sender(), keep(await udp.listen("127.0.0.2:0"))];
    other.setMulticastInterface(loopback);
    await other.writeTo(bytes("other"), to);
    await from.writeTo(bytes("the one"), to);
    expect(await hear(member)).toBe("the one");
    member.leaveSourceSpecificGroup(ssm, IPv4(127, 0, 0, 1), loopback);
    await from.writeTo(bytes("too late"), to);
    expect(await hear(member)).toBeNull();
  });

  test("is listened for by many at once, as listenMulticastUDP and listen do", async ({ skip }) => {
    const first = await udp
      .listenMulticastUDP("udp", loopback, new udp.UDPAddr({ ip: group }))
      .catch((err: Error) => err);
    if (first instanceof Error) return skip(first.message);
    keep(first);
    expect(first.localAddr.hostname).toBe("0.0.0.0");
    const to = new udp.UDPAddr({ ip: group, port: first.localAddr.port });
    const second = keep(await udp.listenMulticastUDP("udp4", "127.0.0.1", to));
    const third = keep(await udp.listen(to));
    third.joinGroup(group, loopback);
    await (await sender()).writeTo(bytes("to all"), to);
    for (const conn of [first, second, third]) expect(await hear(conn)).toBe("to all");
  });

  test("over IPv6 names its interface", async ({ skip }) => {
    const member = await udp.listenUDP("udp6", null).catch((err: Error) => err);
    if (member instanceof Error) return skip(`no IPv6 here: ${member.message}`);
    keep(member);
    if (outer === undefined) return skip("this machine has but a loopback interface, on which IPv6 knows no groups");
    const v6 = parseIP("ff02::7703") as IP;
    const reason = missing(() => {
      member.joinGroup(v6, outer);
      member.setMulticastInterface(outer);
      member.setMulticastTTL(0);
    });
    if (reason !== undefined) return skip(reason);
    const port = member.localAddr.port;
    for (const zone of ["", outer]) {
      const sent = await member.writeTo(bytes("x"), new udp.UDPAddr({ ip: v6, port, zone })).catch((err: Error) => err);
      if (sent instanceof Error) return skip(`no IPv6 multicast on ${outer}: ${sent.message}`);
      expect(await hear(member)).toBe("x");
    }
    member.leaveGroup(v6, outer);
    await member.writeTo(bytes("x"), new udp.UDPAddr({ ip: v6, port }));
    expect(await hear(member)).toBeNull();
  });

  test("cannot be joined over an interface that there is not, or if it is no group", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    const set = `set udp ${String(conn.localAddr)}: `;
    expect(() => conn.joinGroup(group, "nosuch0")).toThrow(`${set}route ip+net: no such network interface`);
    expect(() => conn.joinGroup("ff02::1", "nosuch0")).toThrow(`${set}route ip+net: no such network interface`);
    expect(() => conn.setMulticastInterface("nosuch0")).toThrow(`${set}route ip+net: no such network interface`);
    expect(() => conn.joinGroup("127.0.0.1")).toThrow(`${set}setsockopt: invalid argument`);
    expect(() => conn.leaveGroup(group)).toThrow(NetError);
  });
});

describe("options", () => {
  test("are set, or refused by the system", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    conn.setTTL(64);
    conn.setMulticastTTL(4);
    const want = `set udp ${String(conn.localAddr)}: setsockopt: invalid argument`;
    expect(() => conn.setTTL(0)).toThrow(want);
    expect(() => conn.setTTL(256)).toThrow(want);
    expect(() => conn.setMulticastTTL(256)).toThrow(want);
    expect(() => conn.setTTL("64" as unknown as number)).toThrow(TypeError);
  });

  test("ask the system for buffers, which it tells", async () => {
    const small = keep(await udp.listen("127.0.0.1:0", { readBufferBytes: 20_000, writeBufferBytes: 20_000 }));
    expect(small.readBufferBytes).toBeGreaterThanOrEqual(20_000);
    expect(small.writeBufferBytes).toBeGreaterThanOrEqual(20_000);
    const [read, write] = [small.readBufferBytes, small.writeBufferBytes];
    small.setReadBuffer(80_000);
    small.setWriteBuffer(80_000);
    expect(small.readBufferBytes).toBeGreaterThan(read);
    expect(small.writeBufferBytes).toBeGreaterThan(write);
    expect(() => small.setReadBuffer(2 ** 32 - 1)).not.toThrow(TypeError);
    expect(() => small.setReadBuffer(-1)).toThrow(TypeError);
    const usual = keep(await udp.listen("127.0.0.1:0"));
    expect(usual.readBufferBytes).toBeGreaterThan(read);
  });

  test("allow broadcast from the start, and forbid it", async ({ skip }) => {
    const conn = keep(await udp.listenUDP("udp4", null));
    const everybody = new udp.UDPAddr({ ip: IPv4(255, 255, 255, 255), port: 9 });
    const sent = await conn.writeTo(bytes("x"), everybody).catch((err: NetError) => err);
    if (sent instanceof Error && sent.code !== "EACCES") return skip(`no broadcast here: ${sent.message}`);
    expect(sent).toBe(1);
    conn.setBroadcast(false);
    expect(await reasonOf(conn.writeTo(bytes("x"), everybody))).toMatchObject({
      message: `write udp4 ${String(conn.localAddr)}->255.255.255.255:9: sendto: permission denied`,
      code: "EACCES",
    });
  });

  test("allow broadcast over loopback, which everybody on it hears", async ({ skip }) => {
    const hearer = keep(await udp.listenUDP("udp4", null));
    const from = keep(await udp.listen("127.0.0.1:0"));
    const to = new udp.UDPAddr({ ip: IPv4(127, 255, 255, 255), port: hearer.localAddr.port });
    const sent = await from.writeTo(bytes("to all"), to).catch((err: Error) => err);
    if (sent instanceof Error) return skip(`no broadcast on loopback: ${sent.message}`);
    expect(await hear(hearer)).toBe("to all");
  });
});
