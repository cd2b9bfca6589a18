import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { type IP, IPv4, parseIP } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket } from "../support/handles.js";

leavesNoSocket();
const keep = closing();
const v6 = (text: string): IP => parseIP(text) as IP;

describe("TCPAddr", () => {
  test("prints as Go's does", () => {
    const print = (parts: tcp.TCPAddrParts) => new tcp.TCPAddr(parts).toString();
    expect(print({})).toBe(":0");
    expect(print({ port: 80 })).toBe(":80");
    expect(print({ ip: IPv4(127, 0, 0, 1), port: 80 })).toBe("127.0.0.1:80");
    expect(print({ ip: v6("::ffff:127.0.0.1"), port: 80 })).toBe("127.0.0.1:80");
    expect(print({ ip: v6("::1"), port: 80 })).toBe("[::1]:80");
    expect(print({ ip: v6("fe80::1"), port: 80, zone: "eth0" })).toBe("[fe80::1%eth0]:80");
  });

  test("tells its parts", () => {
    const addr = new tcp.TCPAddr({ ip: v6("fe80::1"), port: 80, zone: "eth0" });
    expect(addr).toMatchObject({ transport: "tcp", port: 80, zone: "eth0", hostname: "fe80::1%eth0" });
    expect(new tcp.TCPAddr().hostname).toBe("");
    expect(new tcp.TCPAddr()).toMatchObject({ transport: "tcp", port: 0, zone: "" });
  });

  test("has no port but a port", () => {
    for (const port of [-1, 65_536, 1.5, Number.NaN]) expect(() => new tcp.TCPAddr({ port })).toThrow(RangeError);
  });
});

describe("resolveTCPAddr", () => {
  const cases: readonly [network: tcp.TCPNetwork, address: string, want: string][] = [
    ["tcp", "127.0.0.1:80", "127.0.0.1:80"],
    ["tcp4", "127.0.0.1:80", "127.0.0.1:80"],
    ["tcp", "[::1]:80", "[::1]:80"],
    ["tcp6", "[::1]:80", "[::1]:80"],
    ["tcp", "[fe80::1%lo]:80", "[fe80::1%lo]:80"],
    ["tcp", ":80", ":80"],
    ["tcp4", ":80", ":80"],
    ["tcp6", ":80", ":80"],
    ["tcp", "", ":0"],
    ["tcp", "127.0.0.1:", "127.0.0.1:0"],
    ["tcp", "127.0.0.1:+80", "127.0.0.1:80"],
    ["tcp", "127.0.0.1:http", "127.0.0.1:80"],
    ["tcp", "127.0.0.1:HTTPS", "127.0.0.1:443"],
    ["tcp", "localhost:80", "127.0.0.1:80"],
  ];
  for (const [network, address, want] of cases) {
    test(`${network} ${JSON.stringify(address)}`, async () => {
      const addr = await tcp.resolveTCPAddr(network, address);
      expect(addr).toBeInstanceOf(tcp.TCPAddr);
      expect(addr.toString()).toBe(want);
    });
  }
});

describe("a listener's address", () => {
  const cases: readonly [address: string, want: RegExp][] = [
    ["127.0.0.1:0", /^127\.0\.0\.1:[1-9][0-9]*$/],
    ["localhost:0", /^127\.0\.0\.1:[1-9][0-9]*$/],
    ["[::1]:0", /^\[::1\]:[1-9][0-9]*$/],
    [":0", /^\[::\]:[1-9][0-9]*$/],
    ["", /^\[::\]:[1-9][0-9]*$/],
  ];
  for (const [address, want] of cases) {
    test(`for ${JSON.stringify(address)} names the port that was chosen`, async () => {
      const listener = keep(await tcp.listen(address));
      expect(listener.addr.toString()).toMatch(want);
      expect(listener.addr.transport).toBe("tcp");
    });
  }

  test("is the one that was asked for", async () => {
    const { addr } = await tcp.listen("127.0.0.1:0").then((first) => {
      first.close();
      return first;
    });
    const listener = keep(await tcp.listen(addr.toString()));
    expect(listener.addr).toEqual(addr);
  });
});

describe("families", () => {
  test("tcp4 listens on all IPv4 addresses, and IPv6 does not reach it", async () => {
    const listener = keep(await tcp.listenTCP("tcp4", new tcp.TCPAddr()));
    expect(listener.addr.hostname).toBe("0.0.0.0");
    await meet(listener, tcp.dial(`127.0.0.1:${listener.addr.port}`));
    await expect(tcp.dial(`[::1]:${listener.addr.port}`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("tcp6 listens on all IPv6 addresses, and IPv4 does not reach it", async () => {
    const listener = keep(await tcp.listenTCP("tcp6", new tcp.TCPAddr()));
    expect(listener.addr.hostname).toBe("::");
    await meet(listener, tcp.dial(`[::1]:${listener.addr.port}`));
    await expect(tcp.dial(`127.0.0.1:${listener.addr.port}`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a listener without a host serves both, and prints IPv4 peers as such", async () => {
    const listener = keep(await tcp.listen(":0"));
    const { port } = listener.addr;
    const four = await meet(listener, tcp.dial(`127.0.0.1:${port}`));
    expect(four.accepted.remoteAddr.toString()).toBe(four.dialled.localAddr.toString());
    expect(four.accepted.remoteAddr.hostname).toBe("127.0.0.1");
    const six = await meet(listener, tcp.dial(`[::1]:${port}`));
    expect(six.accepted.remoteAddr.hostname).toBe("::1");
    await meet(listener, tcp.dial(`:${port}`));
    await meet(listener, tcp.dial(listener.addr)); // [::] is this machine
    await meet(listener, tcp.dialTCP("tcp4", null, new tcp.TCPAddr({ port })));
    await meet(listener, tcp.dialTCP("tcp6", null, new tcp.TCPAddr({ port })));
  });

  test("a name is reached in whichever family listens", async () => {
    const four = keep(await tcp.listen("127.0.0.1:0"));
    await meet(four, tcp.dial(`localhost:${four.addr.port}`));
  });

  test("both ends know their addresses", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const { dialled, accepted } = await meet(listener, tcp.dialTCP("tcp4", null, listener.addr));
    expect(dialled.remoteAddr).toEqual(listener.addr);
    expect(accepted.localAddr).toEqual(listener.addr);
    expect(accepted.remoteAddr).toEqual(dialled.localAddr);
  });

  test("a conn can be dialled from an address and a port of one's choice", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const from = new tcp.TCPAddr({ ip: IPv4(127, 0, 0, 2) });
    const first = await meet(listener, tcp.dialTCP("tcp", from, listener.addr));
    expect(first.accepted.remoteAddr.hostname).toBe("127.0.0.2");
    const free = await tcp.listen("127.0.0.1:0");
    free.close();
    const second = await meet(listener, tcp.dial(listener.addr, { localAddr: free.addr }));
    expect(second.accepted.remoteAddr).toEqual(free.addr);
    const third = await tcp.listen("127.0.0.1:0");
    third.close();
    const portOnly = new tcp.TCPAddr({ port: third.addr.port });
    const { dialled } = await meet(listener, tcp.dial(listener.addr, { localAddr: portOnly }));
    expect(dialled.localAddr.port).toBe(third.addr.port);
  });
});

const linkLocal = Object.entries(networkInterfaces())
  .flatMap(([zone, found = []]) => found.map(({ address, family }) => ({ zone, address, family })))
  .find(({ address, family }) => family === "IPv6" && address.startsWith("fe80:"));

describe.skipIf(linkLocal === undefined)("a link-local address of this machine (skipped where there is none)", () => {
  test("is listened on and dialled with its zone", async () => {
    const { zone, address } = linkLocal as { zone: string; address: string };
    const listener = keep(await tcp.listen(`[${address}%${zone}]:0`));
    expect(listener.addr).toMatchObject({ zone, hostname: `${address}%${zone}` });
    const { dialled, accepted } = await meet(listener, tcp.dial(listener.addr.toString()));
    expect(dialled.remoteAddr.toString()).toBe(listener.addr.toString());
    expect(accepted.remoteAddr.toString()).toBe(dialled.localAddr.toString());
    expect(accepted.remoteAddr.zone).toBe(zone);
    await meet(listener, tcp.dial(listener.addr));
  });
});

/** Accepts what is dialled. */
async function meet(
  listener: tcp.TCPListener,
  dialling: Promise<tcp.TCPConn>,
): Promise<{ dialled: tcp.TCPConn; accepted: tcp.TCPConn }> {
  const [dialled, accepted] = await Promise.all([dialling, listener.accept()]);
  return { dialled: keep(dialled), accepted: keep(accepted) };
}
