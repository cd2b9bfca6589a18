import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/net/errors.js";
import { IP, IPv4, parseIP } from "../../src/net/ip.js";
import { cidrMask, IPMask, IPv4Mask } from "../../src/net/ip-mask.js";
import { IPNet, parseCIDR } from "../../src/net/ip-net.js";

interface CIDRData {
  accepted: [text: string, ip: string, number: string, mask: string, network: string][];
  refused: string[];
}

interface NetData {
  ips: string[];
  networks: [ip: string, mask: string, masked: string | null, text: string, contains: string][];
  prefixes: [network: string, contains: string][];
  cidrMask: [ones: number, bits: number, mask: string | null][];
  masks: [mask: string, text: string, ones: number, bits: number][];
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../testdata/net/${name}`, import.meta.url), "utf8")) as T;
}

function ip(hex: string): IP {
  return new IP(Buffer.from(hex, "hex"));
}

function mask(hex: string): IPMask {
  return new IPMask(Buffer.from(hex, "hex"));
}

function hex(value: { bytes: Uint8Array } | null): string | null {
  return value === null ? null : Buffer.from(value.bytes).toString("hex");
}

const parsing = load<CIDRData>("parse-cidr.json");
const data = load<NetData>("ip-net.json");

describe("parseCIDR", () => {
  test("accepts what Go accepts, with the same address and network", () => {
    for (const [text, ...want] of parsing.accepted) {
      const { ip, network } = parseCIDR(text);
      const got = [hex(ip), hex(network.ip), hex(network.mask), network.toString()];
      expect(got, JSON.stringify(text)).toEqual(want);
    }
  });

  test("refuses what Go refuses, with Go's error", () => {
    for (const text of parsing.refused) {
      expect(() => parseCIDR(text), JSON.stringify(text)).toThrow(new ParseError("CIDR address", text));
    }
  });

  test("throws nothing but a ParseError", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...Array.from("01234567890abf:./")) }),
    );
    fc.assert(
      fc.property(text, (s) => {
        try {
          parseCIDR(s);
        } catch (err) {
          expect(err).toBeInstanceOf(ParseError);
        }
      }),
    );
  });

  test("returns a network that contains the address, and that parses again to itself", () => {
    const cidr = fc.oneof(
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, ones]) => `${address}/${ones}`),
      fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, ones]) => `${address}/${ones}`),
    );
    fc.assert(
      fc.property(cidr, (text) => {
        const { ip, network } = parseCIDR(text);
        expect(network.contains(ip)).toBe(true);
        expect(parseCIDR(network.toString()).network.toString()).toBe(network.toString());
      }),
    );
  });

  test("does what its example says", () => {
    const { ip, network } = parseCIDR("192.0.2.1/24");
    expect(ip.toString()).toBe("192.0.2.1");
    expect(network.toString()).toBe("192.0.2.0/24");
    expect(network.contains(IPv4(192, 0, 2, 77))).toBe(true);
  });
});

describe("IPNet", () => {
  test("prints as in Go", () => {
    for (const [address, bits, , text] of data.networks) {
      expect(new IPNet(ip(address), mask(bits)).toString(), `${address}/${bits}`).toBe(text);
    }
  });

  test("contains what it contains in Go", () => {
    for (const [address, bits, , , want] of data.networks) {
      const network = new IPNet(ip(address), mask(bits));
      const got = data.ips.map((other) => (network.contains(ip(other)) ? "1" : "0"));
      expect(got.join(""), `${address}/${bits}`).toBe(want);
    }
  });

  test("contains an address unless a bit of the prefix differs", () => {
    for (const [text, want] of data.prefixes) {
      const network = parseCIDR(text).network;
      const address = parseIP(text.slice(0, text.indexOf("/"))) ?? new IP();
      const bytes = (address.to4() ?? address).bytes;
      const got = Array.from(want, (_, i) => {
        const flipped = bytes.map((byte, at) => (at === i >> 3 ? byte ^ (0x80 >> (i & 7)) : byte));
        return network.contains(new IP(flipped)) ? "1" : "0";
      });
      expect(got.join(""), text).toBe(want);
    }
  });

  test("is an address of the kind ip+net", () => {
    expect(parseCIDR("10.0.0.0/8").network.transport).toBe("ip+net");
  });
});

describe("IP.mask", () => {
  test("returns Go's bytes", () => {
    for (const [address, bits, want] of data.networks) {
      expect(hex(ip(address).mask(mask(bits))), `${address} & ${bits}`).toBe(want);
    }
  });
});

describe("IPMask", () => {
  test("prints and counts as in Go", () => {
    for (const [bytes, text, ones, bits] of data.masks) {
      expect(mask(bytes).toString(), bytes).toBe(text);
      expect(mask(bytes).size(), bytes).toEqual({ ones, bits });
    }
  });

  test("copies the bytes that it is made of", () => {
    const bytes = Uint8Array.of(255, 0, 0, 0);
    const copy = new IPMask(bytes);
    bytes.fill(0);
    expect(copy.toString()).toBe("ff000000");
  });

  test("is empty without bytes", () => {
    expect(new IPMask().toString()).toBe("<nil>");
  });
});

test("IPv4Mask returns 4 bytes", () => {
  expect(IPv4Mask(255, 255, 240, 0).toString()).toBe("fffff000");
  expect(() => IPv4Mask(255, 255, 256, 0)).toThrow(RangeError);
});

describe("cidrMask", () => {
  test("returns Go's mask, and throws where Go has nil", () => {
    for (const [ones, bits, want] of data.cidrMask) {
      const name = `cidrMask(${ones}, ${bits})`;
      if (want === null) expect(() => cidrMask(ones, bits), name).toThrow(RangeError);
      else expect(hex(cidrMask(ones, bits)), name).toBe(want);
    }
  });

  test("throws for what is no integer", () => {
    expect(() => cidrMask(1.5, 32)).toThrow("ones is 1.5, not an integer from 0 to 32");
    expect(() => cidrMask(Number.NaN, 128)).toThrow(RangeError);
    expect(() => cidrMask(0, Number.NaN)).toThrow("bits is NaN, neither 32 nor 128");
  });
});
