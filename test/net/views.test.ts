import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Bytes } from "../../src/net/conn.js";
import { pipe } from "../../src/net/pipe.js";
import { readableView, writableView } from "../../src/net/views.js";
import { bytes, readAllText, readText, reasonOf, sequence } from "../support/bytes.js";
import { cut, cuts, readerOf } from "../support/readers.js";

/** A conn as far as the views need one. */
function fakeConn(parts: { read?(p: Bytes): Promise<number | null>; write?(p: Bytes): Promise<number> } = {}) {
  return {
    read: vi.fn<(p: Bytes) => Promise<number | null>>(parts.read ?? (() => Promise.resolve(null))),
    write: vi.fn<(p: Bytes) => Promise<number>>(parts.write ?? ((p) => Promise.resolve(p.byteLength))),
    closeWrite: vi.fn<() => Promise<void>>(() => Promise.resolve()),
    close: vi.fn<() => void>(),
  };
}

async function allOf(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const parts: number[] = [];
  for await (const chunk of stream) parts.push(...chunk);
  return parts;
}

describe("readableView", () => {
  test("gives what is read, then ends, and leaves the conn open", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), cuts(), async (n, sizes) => {
        const source = readerOf(...cut(sequence(n), sizes));
        const conn = fakeConn({ read: (p) => source.read(p) });
        expect(Uint8Array.from(await allOf(readableView(conn)))).toEqual(sequence(n));
        expect(conn.close).not.toHaveBeenCalled();
      }),
      { numRuns: 50 },
    );
  });

  test("reads only when it is asked", async () => {
    const conn = fakeConn({ read: (p) => Promise.resolve(p.byteLength > 0 ? 1 : 0) });
    const stream = readableView(conn);
    await new Promise((resolve) => setImmediate(resolve));
    expect(conn.read).not.toHaveBeenCalled();
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    expect(conn.read).toHaveBeenCalledTimes(2);
  });

  test("reads into a buffer that the caller brings", async () => {
    const source = readerOf(bytes("abcdef"));
    const reader = readableView(fakeConn({ read: (p) => source.read(p) })).getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(new ArrayBuffer(8), 2, 4));
    expect([value, value?.byteOffset, value?.buffer.byteLength]).toEqual([bytes("abcd"), 2, 8]);
    const { value: rest } = await reader.read(new Uint8Array(4));
    expect(rest).toEqual(bytes("ef"));
    expect((await reader.read(new Uint8Array(4))).done).toBe(true);
  });

  test("breaks with what the conn rejects with", async () => {
    const err = new Error("reset");
    const conn = fakeConn({ read: () => Promise.reject(err) });
    expect(await reasonOf(allOf(readableView(conn)))).toBe(err);
  });

  test("cancelling, as leaving a loop does, closes the conn", async () => {
    const conn = fakeConn({ read: () => Promise.resolve(1) });
    for await (const _ of readableView(conn)) break;
    expect(conn.close).toHaveBeenCalledOnce();
  });

  test("cancelling while a read is pending closes the conn, and nothing is left unhandled", async () => {
    const [ours, theirs] = pipe();
    const reader = readableView(ours).getReader();
    const pending = reader.read();
    await reader.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    await ours.closed;
    theirs.close();
  });
});

describe("writableView", () => {
  test("writes each chunk to the end, one after the other, and closing it is closeWrite", async () => {
    const got: string[] = [];
    const conn = fakeConn({
      async write(p) {
        await new Promise((resolve) => setImmediate(resolve));
        got.push(new TextDecoder().decode(p.subarray(0, 2)));
        return Math.min(2, p.byteLength); // a writer that takes only a part
      },
    });
    const writer = writableView(conn).getWriter();
    void writer.write(bytes("abc"));
    void writer.write(bytes("de"));
    await writer.close();
    expect(got).toEqual(["ab", "c", "de"]);
    expect(conn.closeWrite).toHaveBeenCalledOnce();
    expect(conn.close).not.toHaveBeenCalled();
  });

  test("aborting it closes the conn", async () => {
    const conn = fakeConn();
    await writableView(conn).abort();
    expect(conn.close).toHaveBeenCalledOnce();
    expect(conn.closeWrite).not.toHaveBeenCalled();
  });

  test("breaks with what the conn rejects with", async () => {
    const err = new Error("reset");
    const writer = writableView(fakeConn({ write: () => Promise.reject(err) })).getWriter();
    const reasons = await Promise.all([writer.write(bytes("a")), writer.closed].map(reasonOf));
    expect(reasons).toEqual([err, err]);
  });
});

test("a stream piped through two conns arrives whole", async () => {
  const [a, b] = pipe();
  const sent = new Blob(["one, ", "two, ", "three"]).stream();
  const [, text] = await Promise.all([sent.pipeTo(a.writable), readAllText(b)]);
  expect(text).toBe("one, two, three");
  const [, back] = await Promise.all([b.write(bytes("back")), readText(a)]);
  expect(back).toBe("back");
  a.close();
  b.close();
});
