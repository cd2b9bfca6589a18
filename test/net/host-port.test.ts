import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddrError } from "../../src/net/errors.js";
import { joinHostPort, splitHostPort } from "../../src/net/host-port.js";

interface HostPortData {
  split: [text: string, host: string, port: string][];
  refused: Record<string, string[]>;
  join: [host: string, port: string, text: string][];
}

const file = new URL("../testdata/net/host-port.json", import.meta.url);
const data = JSON.parse(readFileSync(file, "utf8")) as HostPortData;

describe("splitHostPort", () => {
  test("accepts what Go accepts, with the same parts", () => {
    for (const [text, host, port] of data.split) {
      expect(splitHostPort(text), JSON.stringify(text)).toEqual({ host, port });
    }
  });

  test.each(Object.entries(data.refused))("refuses as Go does: %s", (err, texts) => {
    for (const text of texts) {
      expect(() => splitHostPort(text), JSON.stringify(text)).toThrow(new AddrError(err, text));
    }
  });

  test("names the address in its error", () => {
    expect(() => splitHostPort("127.0.0.1")).toThrow("address 127.0.0.1: missing port in address");
  });

  test("does what its example says", () => {
    expect(splitHostPort("[::1]:http")).toEqual({ host: "::1", port: "http" });
  });

  test("throws nothing but an AddrError", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("[", "]", ":", "%", "a") }));
    fc.assert(
      fc.property(text, (s) => {
        try {
          splitHostPort(s);
        } catch (err) {
          expect(err).toBeInstanceOf(AddrError);
        }
      }),
    );
  });
});

describe("joinHostPort", () => {
  test("returns Go's text", () => {
    for (const [host, port, text] of data.join) expect(joinHostPort(host, port), text).toBe(text);
  });

  test("takes a number for a port", () => {
    expect(joinHostPort("::1", 80)).toBe("[::1]:80");
  });

  test("is undone by splitHostPort", () => {
    const without = (...refused: string[]) =>
      fc.string({ unit: "binary" }).filter((s) => !refused.some((bracket) => s.includes(bracket)));
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), without("[", "]"));
    fc.assert(
      fc.property(host, without("[", "]", ":"), (host, port) => {
        expect(splitHostPort(joinHostPort(host, port))).toEqual({ host, port });
      }),
    );
  });
});
