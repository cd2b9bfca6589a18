import fc from "fast-check";
import { GoTime } from "toolkit/gob";
import { describe, expect, test } from "vitest";
import { hexDump, parseHex } from "../../src/cli/hex.js";
import { parseJSON } from "../../src/cli/json-in.js";
import { formatJSON } from "../../src/cli/json-out.js";
import { describeBytes, prefixed } from "../../src/cli/message-text.js";
import { printable } from "../../src/cli/printable.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { describe as describeEvent } from "../../src/cli/ws/events.js";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("JSON", () => {
  test.each([
    [12345678901234567890n, "12345678901234567890"],
    [bytes(0, 1, 255), '{"$bytes":"AAH/"}'],
    [Number.NaN, '{"$float":"NaN"}'],
    [-Infinity, '{"$float":"-Infinity"}'],
    [-0, "-0"],
    [undefined, "null"],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [new Map([["a", 1n]]), '{"a":1}'],
    [new Map([[2n, 1]]), '{"2":1}'],
    [new Map([[[1], 1]]), "[[[1],1]]"],
    [Float64Array.of(1.5, 2), "[1.5,2]"],
    [new GoTime(0, 5), '"1970-01-01T00:00:00.000000005Z"'],
    ["\u001b[31m\u009b\u202e", '"\\u001b[31m\\u009b\\u202e"'],
  ])("%o is %s", (value, text) => {
    expect(formatJSON(value)).toBe(text);
  });

  test("is indented as JSON.stringify does it", () => {
    const value = { a: [1, { b: "x" }], c: {}, d: [], e: null };
    expect(formatJSON(value, 2)).toBe(JSON.stringify(value, null, 2));
  });

  test("what JSON has words for comes back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 2), (value, indent) => {
        expect(JSON.parse(formatJSON(value, indent))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test.each(["7", '{"A":12345678901234567890,"B":[{"$bytes":"AAH/"}]}', '{"$float":"NaN"}', '{"$other":"x"}', "[]"])(
    "%s comes back as it was",
    (text) => {
      expect(formatJSON(parseJSON(text))).toBe(text);
    },
  );

  test.each(["", "{a", "'x'", '{"$bytes":"?"}', "1 2"])("%j is refused", (text) => {
    expect(() => parseJSON(text)).toThrow(UsageError);
  });
});

describe("for eyes", () => {
  test("nothing of a peer drives the terminal", () => {
    expect(printable("a\u001b[2Jb\u009bc\n\u202ed")).toBe("a\\x1b[2Jb\\x9bc\\n\\u202ed");
    expect(printable("a\n\tb\r", "\n\t")).toBe("a\n\tb\\r");
  });

  test("bytes are text, or a dump", () => {
    expect(describeBytes(new TextEncoder().encode("grüße\n"))).toBe("grüße");
    expect(describeBytes(bytes(0, 0x41, 0xff))).toBe(
      "binary, 3 bytes\n00000000  00 41 ff                                          |.A.|",
    );
    expect(prefixed("#1 ", "a\nb")).toBe("#1 a\n#1 b");
  });

  test("a dump has 16 bytes a line, and ends where it is told to", () => {
    const lines = hexDump(
      Uint8Array.from({ length: 40 }, (_, i) => i + 0x40),
      32,
    ).split("\n");
    expect(lines).toEqual([
      "00000000  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDEFGHIJKLMNO|",
      "00000010  50 51 52 53 54 55 56 57  58 59 5a 5b 5c 5d 5e 5f  |PQRSTUVWXYZ[\\]^_|",
      "… 8 bytes more",
    ]);
    expect(parseHex("4 0")).toEqual(bytes(0x40));
    expect(parseHex("4")).toBeNull();
  });

  test("events of a WebSocket", () => {
    expect(describeEvent({ event: "close", code: 1000, reason: "" })).toBe("< close 1000");
    expect(describeEvent({ event: "close", code: 4000, reason: "a\u001b" })).toBe("< close 4000 a\\x1b");
    expect(describeEvent({ event: "pong", data: bytes(0x61), ms: 1.5 })).toBe("< pong a after 1.5 ms");
    expect(describeEvent({ event: "open", url: "ws://h", subprotocol: "chat" })).toBe(
      "connected to ws://h, subprotocol chat",
    );
  });
});
