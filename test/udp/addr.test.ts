import { describe, expect, test } from "vitest";
import { type IP, IPv4, parseIP } from "../../src/net/index.js";
import * as udp from "../../src/udp/index.js";
import { reasonOf } from "../support/bytes.js";

const v6 = (text: string): IP => parseIP(text) as IP;

describe("UDPAddr", () => {
  test("prints as Go's does", () => {
    const print = (parts: udp.UDPAddrParts) => new udp.UDPAddr(parts).toString();
    expect(print({})).toBe(":0");
    expect(print({ port: 53 })).toBe(":53");
    expect(print({ ip: IPv4(127, 0, 0, 1), port: 53 })).toBe("127.0.0.1:53");
    expect(print({ ip: v6("::1"), port: 53 })).toBe("[::1]:53");
    expect(print({ ip: v6("fe80::1"), port: 53, zone: "eth0" })).toBe("[fe80::1%eth0]:53");
  });

  test("tells its parts", () => {
    const addr = new udp.UDPAddr({ ip: v6("fe80::1"), port: 53, zone: "eth0" });
    expect(addr).toMatchObject({ transport: "udp", port: 53, zone: "eth0", hostname: "fe80::1%eth0" });
    expect(new udp.UDPAddr()).toMatchObject({ transport: "udp", port: 0, zone: "", hostname: "" });
  });

  test("has no port but a port", () => {
    for (const port of [-1, 65_536, 1.5, Number.NaN]) expect(() => new udp.UDPAddr({ port })).toThrow(RangeError);
  });
});

describe("resolveUDPAddr", () => {
  const cases: readonly [network: udp.UDPNetwork, address: string, want: string][] = [
    ["udp", "127.0.0.1:53", "127.0.0.1:53"],
    ["udp4", "127.0.0.1:53", "127.0.0.1:53"],
    ["udp", "[::1]:53", "[::1]:53"],
    ["udp6", "[::1]:53", "[::1]:53"],
    ["udp", "[fe80::1%lo]:53", "[fe80::1%lo]:53"],
    ["udp", ":53", ":53"],
    ["udp", "", ":0"],
    ["udp", "127.0.0.1:domain", "127.0.0.1:53"],
    ["udp", "localhost:53", "127.0.0.1:53"],
  ];
  for (const [network, address, want] of cases) {
    test(`${network} ${JSON.stringify(address)}`, async () => {
      const addr = await udp.resolveUDPAddr(network, address);
      expect(addr).toBeInstanceOf(udp.UDPAddr);
      expect(addr.toString()).toBe(want);
    });
  }

  const failures: readonly [network: string, address: string, want: string][] = [
    ["foo", "127.0.0.1:53", "unknown network foo"],
    ["udp", "1", "address 1: missing port in address"],
    ["udp", "127.0.0.1:99999", "address 99999: invalid port"],
    ["udp", "127.0.0.1:nosuch", "lookup udp/nosuch: unknown port"],
    ["udp4", "[::1]:53", "address ::1: no suitable address found"],
  ];
  for (const [network, address, want] of failures) {
    test(`refuses ${network} ${JSON.stringify(address)}`, async () => {
      expect(await reasonOf(udp.resolveUDPAddr(network as udp.UDPNetwork, address))).toMatchObject({ message: want });
    });
  }
});
