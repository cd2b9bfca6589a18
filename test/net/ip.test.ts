import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddrError } from "../../src/net/errors.js";
import * as ips from "../../src/net/ip.js";
import { IP, IPv4, parseIP } from "../../src/net/ip.js";

type Predicate =
  | "isUnspecified"
  | "isLoopback"
  | "isPrivate"
  | "isMulticast"
  | "isInterfaceLocalMulticast"
  | "isLinkLocalMulticast"
  | "isLinkLocalUnicast"
  | "isGlobalUnicast";

interface ParseData {
  accepted: [text: string, bytes: string][];
  refused: string[];
}

interface IPData {
  predicates: Predicate[];
  addresses: [bytes: string, text: string, defaultMask: string | null, answers: string][];
  forms: [bytes: string, to4: string | null, to16: string | null, text: string | null, error: string | null][];
  equal: [bytes: string, answers: string][];
  wellKnown: [name: keyof typeof ips, bytes: string][];
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../testdata/net/${name}`, import.meta.url), "utf8")) as T;
}

function ip(hex: string): IP {
  return new IP(Buffer.from(hex, "hex"));
}

function hex(value: { bytes: Uint8Array } | null): string | null {
  return value === null ? null : Buffer.from(value.bytes).toString("hex");
}

const parsing = load<ParseData>("parse-ip.json");
const data = load<IPData>("ip.json");

describe("parseIP", () => {
  test("accepts what Go accepts, with the same bytes", () => {
    for (const [text, bytes] of parsing.accepted) expect(hex(parseIP(text)), JSON.stringify(text)).toBe(bytes);
  });

  test("refuses what Go refuses", () => {
    for (const text of parsing.refused) expect(hex(parseIP(text)), JSON.stringify(text)).toBeNull();
  });

  test("never throws", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...Array.from("0123456789abfF:.%/[]x -")) }),
    );
    fc.assert(fc.property(text, (s) => [null, 16].includes(parseIP(s)?.bytes.length ?? null)));
  });

  test("refuses a long text at once", () => {
    for (const part of ["1", "1.", "1:", "::", ":", "."]) expect(parseIP(part.repeat(1_000_000))).toBeNull();
  });

  test("is text in the console", () => {
    expect(inspect({ ip: parseIP("192.0.2.1") })).toBe("{ ip: IP(192.0.2.1) }");
  });

  test("returns what was printed", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const sparse = bytes.map((b) => b.map((byte) => (byte < 0xc0 ? 0 : byte)));
    fc.assert(
      fc.property(fc.oneof(bytes, sparse), (b) => {
        expect(parseIP(new IP(b).toString())?.bytes).toEqual(b);
      }),
    );
  });

  test("accepts every valid text, and prints it one way only", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const printed = parseIP(text)?.toString() ?? "";
        expect(parseIP(printed)?.toString()).toBe(printed);
      }),
    );
  });

  test("agrees with the URL standard on how IPv6 is written", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseIP(text);
        // The standard writes the longer form of IPv4 with colons, Go with dots.
        fc.pre(address?.to4() === null);
        expect(`[${String(address)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
    );
  });
});

describe("IP", () => {
  test("prints as in Go", () => {
    for (const [bytes, text] of data.addresses) expect(ip(bytes).toString(), bytes).toBe(text);
  });

  test("has Go's mask by default", () => {
    for (const [bytes, , mask] of data.addresses) expect(hex(ip(bytes).defaultMask()), bytes).toBe(mask);
  });

  test.each(data.predicates.map((name, i) => ({ name, i })))("$name answers as in Go", ({ name, i }) => {
    for (const [bytes, text, , answers] of data.addresses) expect(ip(bytes)[name](), text).toBe(answers[i] === "1");
  });

  test("equals what it equals in Go", () => {
    for (const [bytes, answers] of data.equal) {
      const equal = data.equal.map(([other]) => (ip(bytes).equal(ip(other)) ? "1" : "0"));
      expect(equal.join(""), bytes).toBe(answers);
    }
  });

  test("to4 and to16 return Go's bytes; to16 the empty address where Go has nil", () => {
    for (const [bytes, to4, to16] of data.forms) {
      expect(hex(ip(bytes).to4()), bytes).toBe(to4);
      expect(hex(ip(bytes).to16()), bytes).toBe(to16 ?? "");
    }
  });

  test("is written to JSON as Go marshals it", () => {
    for (const [bytes, , , text, error] of data.forms) {
      if (error === null) expect(JSON.stringify({ ip: ip(bytes) }), bytes).toBe(JSON.stringify({ ip: text }));
      else expect(() => JSON.stringify(ip(bytes)), bytes).toThrow(new AddrError("invalid IP address", bytes));
    }
  });

  test("copies the bytes that it is made of", () => {
    const bytes = Buffer.from([10, 0, 0, 1]);
    const address = new IP(bytes);
    bytes.fill(0xff);
    expect(address.toString()).toBe("10.0.0.1");
    expect(Object.getPrototypeOf(address.bytes)).toBe(Uint8Array.prototype);
  });

  test("does not share bytes between the forms of an address", () => {
    const address = IPv4(10, 0, 0, 1);
    address.to4()?.bytes.fill(0xff);
    expect(address.toString()).toBe("10.0.0.1");
  });

  test("is made of numbers, too, and is empty without any", () => {
    expect(new IP([10, 0, 0, 1]).toString()).toBe("10.0.0.1");
    expect(new IP().toString()).toBe("<nil>");
  });

  test.each([256, -1, 1.5, Number.NaN])("refuses %d for a byte", (byte) => {
    expect(() => new IP([10, 0, 0, byte])).toThrow(RangeError);
    expect(() => IPv4(10, byte, 0, 1)).toThrow(`byte 1 is ${byte}, not an integer from 0 to 255`);
  });
});

test("IPv4 returns 16 bytes", () => {
  expect(hex(IPv4(192, 0, 2, 1))).toBe("00000000000000000000ffffc0000201");
});

test("the well-known addresses are Go's", () => {
  for (const [name, bytes] of data.wellKnown) {
    const known = ips[name];
    expect(known instanceof IP ? hex(known) : known, name).toBe(bytes);
  }
});
