import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BufReader, type BufReaderOptions } from "../../src/net/buf-reader.js";
import type { Reader } from "../../src/net/conn.js";
import { LimitError, UnexpectedEOFError } from "../../src/net/errors.js";
import { readAll } from "../../src/net/io.js";
import { pipe } from "../../src/net/pipe.js";
import { bytes, reasonOf, sequence } from "../support/bytes.js";
import { cut, cuts, readerOf } from "../support/readers.js";

function reader(text: string, options?: BufReaderOptions): BufReader {
  return new BufReader(readerOf(bytes(text)), options);
}

async function linesOf(r: BufReader): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await r.readLine(); line !== null; line = await r.readLine()) lines.push(line);
  return lines;
}

const readBytes = fc.constantFrom(1, 2, 16, 65_536);

describe("BufReader", () => {
  test("passes through what it reads, however it arrives and however it is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2000 }), cuts(), cuts(), readBytes, async (n, sizes, reads, into) => {
        const r = new BufReader(readerOf(...cut(sequence(n), sizes)), { readBytes: into });
        const got: number[] = [];
        for (let i = 0; ; i++) {
          const p = new Uint8Array(reads[i % reads.length] ?? 1);
          const length = await r.read(p);
          if (length === null) break;
          got.push(...p.subarray(0, length));
        }
        expect(Uint8Array.from(got)).toEqual(sequence(n));
      }),
    );
  });

  test("a read of nothing gives 0, at the end too", async () => {
    const r = reader("");
    expect(await r.read(new Uint8Array(1))).toBe(null);
    expect(await r.read(new Uint8Array(0))).toBe(0);
    expect(await r.readFull(new Uint8Array(0))).toBe(0);
  });

  test("what one way of reading leaves is there for the next", async () => {
    const r = reader("line\nkey=value\r\n1234rest");
    expect(await r.readLine()).toBe("line");
    expect(await r.readUntil("=")).toEqual(bytes("key="));
    expect(await r.peek(3)).toEqual(bytes("val"));
    expect(r.buffered).toBe(15);
    expect(await r.readLine()).toBe("value");
    const p = new Uint8Array(4);
    expect([await r.readFull(p), p]).toEqual([4, bytes("1234")]);
    expect(await readAll(r)).toEqual(bytes("rest"));
  });

  test("a deadline of its source consumes nothing", async () => {
    const [client, server] = pipe();
    const r = new BufReader(server);
    await Promise.all([client.write(bytes("half")), r.peek(4)]);
    server.setReadDeadline(0);
    await expect(r.readLine()).rejects.toThrow("i/o timeout");
    await expect(r.readFull(new Uint8Array(9))).rejects.toThrow("i/o timeout");
    await expect(r.readUntil("\n")).rejects.toThrow("i/o timeout");
    await expect(r.peek(9)).rejects.toThrow("i/o timeout");
    server.setReadDeadline(null);
    await Promise.all([client.write(bytes(" and half\n")), r.peek(14)]);
    expect(await r.readLine()).toBe("half and half");
    client.close();
    server.close();
  });
});

describe("readFull", () => {
  test("gives null at the end, and rejects in the middle with the bytes left to be read", async () => {
    const r = reader("abc");
    const err = await reasonOf(r.readFull(new Uint8Array(4)));
    expect(err).toBeInstanceOf(UnexpectedEOFError);
    expect((err as UnexpectedEOFError).bytesRead).toBe(3);
    expect(await r.readFull(new Uint8Array(3))).toBe(3);
    expect(await r.readFull(new Uint8Array(3))).toBe(null);
  });

  test("reads more than maxBytes, since the caller has the memory", async () => {
    const p = new Uint8Array(1000);
    expect(await new BufReader(readerOf(sequence(1000)), { maxBytes: 10, readBytes: 7 }).readFull(p)).toBe(1000);
    expect(p).toEqual(sequence(1000));
  });
});

describe("readLine", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "ß", "€", "😀", "\uFEFF", "\t", " "), maxLength: 20 });
  const end = fc.constantFrom("\n", "\r\n");

  test("gives back the lines that were joined, however they arrive", async () => {
    const lines = fc.array(fc.tuple(text, end), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, cuts(), readBytes, async (list, sizes, into) => {
        const chunks = cut(bytes(list.flat().join("")), sizes);
        const r = new BufReader(readerOf(...chunks), { readBytes: into });
        expect(await linesOf(r)).toEqual(list.map(([line]) => line));
      }),
    );
  });

  test.each([
    ["", []],
    ["\n", [""]],
    ["a", ["a"]],
    ["a\n\nb", ["a", "", "b"]],
    ["a\rb\r\n", ["a\rb"]],
    ["a\r\r\nb\r", ["a\r", "b"]],
  ])("%j has the lines %j", async (all, lines) => {
    expect(await linesOf(reader(all))).toEqual(lines);
  });

  test("what is no UTF-8 is replaced", async () => {
    const r = new BufReader(readerOf(Uint8Array.of(0x61, 0xff, 0x0a, 0x62)));
    expect(await linesOf(r)).toEqual(["a\uFFFD", "b"]);
  });

  test.each([1, 3, 64])(
    "takes a line as long as the limit, refuses a longer one, and consumes nothing then (%i)",
    async (readBytes) => {
      const options = { maxBytes: 4, readBytes };
      expect(await reader("abcd\n", options).readLine()).toBe("abcd");
      expect(await reader("abcd", options).readLine()).toBe("abcd");
      for (const all of ["abcde\nrest", "abcde"]) {
        const r = reader(all, options);
        expect(await reasonOf(r.readLine())).toBeInstanceOf(LimitError);
        expect(await reasonOf(r.readLine())).toBeInstanceOf(LimitError);
        expect(await readAll(r)).toEqual(bytes(all));
      }
    },
  );
});

describe("readUntil", () => {
  test("includes the delimiter, given as a number or as a character", async () => {
    const r = reader("a;b;c");
    expect(await r.readUntil(";")).toEqual(bytes("a;"));
    expect(await r.readUntil(0x3b)).toEqual(bytes("b;"));
    const err = await reasonOf(r.readUntil(";"));
    expect(err).toBeInstanceOf(UnexpectedEOFError);
    expect((err as UnexpectedEOFError).bytesRead).toBe(1);
    expect(await readAll(r)).toEqual(bytes("c"));
    expect(await r.readUntil(";")).toBe(null);
  });

  test("gives a copy that later reads leave alone", async () => {
    const r = reader("first\nsecond\n", { readBytes: 4 });
    const first = await r.readUntil("\n");
    await r.readUntil("\n");
    expect(first).toEqual(bytes("first\n"));
  });

  test("takes as much as the limit, delimiter included, and refuses more", async () => {
    expect(await reader("abc;", { maxBytes: 4 }).readUntil(";")).toEqual(bytes("abc;"));
    for (const readBytes of [1, 64]) {
      const r = reader("abcd;", { maxBytes: 4, readBytes });
      expect(await reasonOf(r.readUntil(";"))).toBeInstanceOf(LimitError);
      expect(await readAll(r)).toEqual(bytes("abcd;"));
    }
  });
});

describe("peek", () => {
  test("gives fewer bytes where the stream ends before, and consumes none", async () => {
    const r = reader("abc", { readBytes: 2 });
    expect(await r.peek(2)).toEqual(bytes("ab"));
    expect(await r.peek(9)).toEqual(bytes("abc"));
    expect(await readAll(r)).toEqual(bytes("abc"));
    expect(await r.peek(1)).toEqual(bytes(""));
  });

  test("refuses more than the limit without asking its source", async () => {
    const source: Reader = { read: () => Promise.reject(new Error("asked")) };
    expect(await reasonOf(new BufReader(source, { maxBytes: 4 }).peek(5))).toBeInstanceOf(LimitError);
  });
});
