import fc from "fast-check";
import { LimitError } from "toolkit/net";
import { ProtocolError } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { type FramerOptions, JSONFramer } from "../../src/rpc/json/framer.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Cuts a stream that arrives in pieces of `step` bytes; `~` marks a line that is broken. */
function cut(text: string | Uint8Array, step: number, options?: FramerOptions): string[] {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  const framer = new JSONFramer(options);
  const found: string[] = [];
  let start = 0;
  for (let end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
    while (start < end) {
      const n = framer.scan(bytes, start, end);
      if (n === 0) break;
      if (!framer.isBlank)
        found.push((framer.isBroken ? "~" : "") + decoder.decode(bytes.subarray(start, start + n)).trim());
      start += n;
    }
    if (end === bytes.length) return found;
  }
}

const anyStep = fc.integer({ min: 1, max: 40 });

describe("a stream of JSON values", () => {
  test("is cut at their ends, however its bytes arrive", () => {
    const text =
      '{"a":[1,2,{"b":"}]\\"\\\\"}]} [] "x\\u00e9\\\\" true\r\n\tfalse null 12 -0.5e+7 {}{}[[]]"\u20ac""\\/"1 ';
    const values = [
      '{"a":[1,2,{"b":"}]\\"\\\\"}]}',
      "[]",
      '"x\\u00e9\\\\"',
      "true",
      "false",
      "null",
      "12",
      "-0.5e+7",
      "{}",
      "{}",
      "[[]]",
      '"\u20ac"',
      '"\\/"',
      "1",
    ];
    for (let step = 1; step < 20; step++) expect(cut(text, step)).toEqual(values);
    expect(cut(text, 1000)).toEqual(values);
  });

  test("gives back whatever values it is made of", () => {
    const blank = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.json({ maxDepth: 5 }), blank)), anyStep, (values, step) => {
        // Two numbers need something in between.
        const text = values.map(([value, space]) => `${value}${space} `).join("");
        expect(cut(text, step)).toEqual(values.map(([value]) => value.trim()));
      }),
    );
  });

  test("takes what JSON.parse takes, and refuses what it refuses", () => {
    const pieces = fc.constantFrom(
      ...Array.from("{}[],:\"\\ \n01-+.eEtrufalsn\u0001\u00e9'"),
      "true",
      "null",
      '"a"',
      "\\u",
      "00ff",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), anyStep, (parts, step) => {
        const text = parts.join("");
        const isValue = parses(text);
        let found: string[] | null = null;
        try {
          found = cut(`${text}\n`, step);
        } catch (err) {
          expect(err).toBeInstanceOf(ProtocolError);
        }
        const isOne = found?.length === 1 && found[0] === text.trim();
        // Values may follow each other with nothing in between, which JSON.parse does not take.
        expect(isOne).toBe(isValue);
        for (const value of found ?? []) expect(parses(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("is refused at once where it is no JSON", () => {
    const bad: [string, string][] = [
      ["{i", "invalid character 'i' looking for beginning of object key string"],
      ["[1,]", "invalid character ']' looking for beginning of value"],
      ['{"a"1', "invalid character '1' after object key"],
      ['{"a":1;', "invalid character ';' after object key:value pair"],
      ["[1 2", "invalid character '2' after array element"],
      ['"\n', "invalid character '\\n' in string literal"],
      ['"\\x', "invalid character 'x' in string escape code"],
      ['"\\u00g', "invalid character 'g' in \\u hexadecimal character escape"],
      ["nul1", "invalid character '1' in literal"],
      ["-a", "invalid character 'a' in numeric literal"],
      ["1.x", "invalid character 'x' after decimal point in numeric literal"],
      ["1ex", "invalid character 'x' in exponent of numeric literal"],
      ["'", "invalid character '\\'' looking for beginning of value"],
      ["[01", "invalid character '1' after array element"],
    ];
    for (const [text, message] of bad) {
      for (const step of [1, 2, 100]) expect(() => cut(text, step), text).toThrow(new ProtocolError(message));
    }
  });

  test("never has a byte of it read twice", () => {
    const bytes = encoder.encode(`  {"text":"${"x".repeat(500)}\\n","list":[1,2,[3]],"n":-1.5e3} `);
    const reads = new Map<number, number>();
    const counting = new Proxy(bytes, {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads.set(Number(key), (reads.get(Number(key)) ?? 0) + 1);
        return Reflect.get(target, key) as unknown;
      },
    });
    const framer = new JSONFramer();
    let start = 0;
    for (let end = 1; end <= bytes.length; end++) start += framer.scan(counting, start, end);
    expect(start).toBe(bytes.length);
    // What begins a value, or ends a number, is looked at for what it is too.
    expect(Math.max(...reads.values())).toBeLessThanOrEqual(2);
    expect([...reads.values()].filter((times) => times > 1).length).toBeLessThan(12);
  });
});

describe("bounds", () => {
  test("on bytes hold, wherever the value begins", () => {
    expect(cut(`${" ".repeat(100)}"12345678" `, 3, { maxMessageBytes: 10 })).toEqual(['"12345678"']);
    for (const text of ['"123456789"', "[1,2,3,4,5,6]", "12345678901 ", `[${" ".repeat(20)}`]) {
      for (const step of [1, 7, 100]) expect(() => cut(text, step, { maxMessageBytes: 10 }), text).toThrow(LimitError);
    }
  });

  test("on depth hold", () => {
    expect(cut("[[{}]]", 1, { maxDepth: 3 })).toHaveLength(1);
    expect(() => cut("[[{", 1, { maxDepth: 2 })).toThrow("json: nested deeper than 2 (option maxDepth)");
    expect(() => cut("[".repeat(1_000_000), 4096)).toThrow("json: nested deeper than 100 (option maxDepth)");
  });

  test("on items hold: lists, objects and their members", () => {
    expect(cut('[{"a":1},[]]', 5, { maxItems: 4 })).toHaveLength(1);
    expect(() => cut('[{"a":1},[]]', 5, { maxItems: 3 })).toThrow(LimitError);
  });

  test("are not needed for white space: it is passed over as it comes", () => {
    const framer = new JSONFramer({ maxMessageBytes: 1 });
    const blank = new Uint8Array(1000).fill(0x20);
    for (let i = 0; i < 100; i++) {
      expect(framer.scan(blank, 0, 1000)).toBe(1000);
      expect(framer.isBlank).toBe(true);
    }
  });
});

describe("a line that is no JSON", () => {
  const lines = { skipsLines: true };

  test("is passed over where each value had a line of its own", () => {
    for (const step of [1, 2, 3, 1000]) {
      expect(cut('{"a":1}\n{bad, "x"} [\n[2]\n', step, lines)).toEqual(['{"a":1}', '~{bad, "x"} [', "[2]"]);
      expect(cut('1\n"half\n2\n]\n3\n', step, lines)).toEqual(["1", '~"half', "2", "~]", "3"]);
    }
  });

  test("ends the stream where values do not have lines of their own, or this one has more than one", () => {
    for (const step of [1, 2, 1000]) {
      for (const text of ["{bad}\n1\n", "1 2\n{bad}\n", "1{bad}\n", "1\n[\n{bad}]\n"]) {
        expect(() => cut(text, step, lines), text).toThrow(ProtocolError);
      }
    }
  });

  test("is bounded as values are", () => {
    expect(() => cut(`1\n!${"x".repeat(100)}`, 10, { ...lines, maxMessageBytes: 50 })).toThrow(LimitError);
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
