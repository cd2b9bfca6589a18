import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Bytes, Reader, Writer } from "../../src/net/conn.js";
import { LimitError, UnexpectedEOFError } from "../../src/net/errors.js";
import { copy, limitReader, readAll, readFull, writeAll, writeTo } from "../../src/net/io.js";
import { bytes, reasonOf, sequence } from "../support/bytes.js";
import { cut, cuts, readerOf } from "../support/readers.js";

/** A writer that takes at most `most` bytes a call. */
function writerOf(most = Number.POSITIVE_INFINITY): Writer & { readonly got: number[] } {
  const got: number[] = [];
  return {
    got,
    async write(p) {
      const n = Math.min(most, p.byteLength);
      got.push(...p.subarray(0, n));
      return n;
    },
  };
}

function broken(err: Error): Reader {
  return { read: () => Promise.reject(err) };
}

const lengths = fc.integer({ min: 0, max: 2000 });

describe("readFull", () => {
  test("fills its buffer, however the bytes arrive, and reads no byte more", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, lengths, cuts(), async (n, more, sizes) => {
        const all = sequence(n + more);
        const r = readerOf(...cut(all, sizes));
        const p = new Uint8Array(n);
        expect(await readFull(r, p)).toBe(n);
        expect(p).toEqual(all.subarray(0, n));
        expect(r.left).toBe(more);
      }),
    );
  });

  test("gives null when the stream ends before the first byte", async () => {
    expect(await readFull(readerOf(), new Uint8Array(4))).toBe(null);
  });

  test("rejects when the stream ends midway, and says how far it came", async () => {
    const err = await reasonOf(readFull(readerOf(bytes("ab"), bytes("c")), new Uint8Array(4)));
    expect(err).toBeInstanceOf(UnexpectedEOFError);
    expect((err as UnexpectedEOFError).bytesRead).toBe(3);
  });

  test("asks nobody for nothing", async () => {
    const read = vi.fn<Reader["read"]>();
    expect(await readFull({ read }, new Uint8Array(0))).toBe(0);
    expect(read).not.toHaveBeenCalled();
  });

  test("passes on what its reader rejects with", async () => {
    const err = new Error("broken");
    expect(await reasonOf(readFull(broken(err), new Uint8Array(1)))).toBe(err);
  });
});

describe("readAll", () => {
  test("gives everything up to the end, however it arrives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20_000 }), cuts(), async (n, sizes) => {
        const all = sequence(n);
        const chunks = cut(
          all,
          sizes.map((size) => size * 17),
        );
        expect(Buffer.compare(await readAll(readerOf(...chunks)), all)).toBe(0);
      }),
    );
  });

  test.each([0, 1, 10, 4095, 4096, 4097, 10_000])(
    "takes %i bytes under a limit of as many, and not one more",
    async (n) => {
      const take = (length: number) => readAll(readerOf(sequence(length)), { maxBytes: n });
      expect(await take(n)).toHaveLength(n);
      const err = await reasonOf(take(n + 1));
      expect(err).toBeInstanceOf(LimitError);
      expect(String(err)).toContain("maxBytes");
    },
  );

  test("reads little more than its limit of an endless stream", async () => {
    let given = 0;
    const endless: Reader = {
      async read(p) {
        given += p.byteLength;
        return p.byteLength;
      },
    };
    await expect(readAll(endless, { maxBytes: 100_000 })).rejects.toBeInstanceOf(LimitError);
    expect(given).toBe(100_001);
  });
});

describe("writeAll", () => {
  test("goes on until a writer that takes only a part has taken all", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 300 }), async (n, most) => {
        const w = writerOf(most);
        await writeAll(w, sequence(n));
        expect(Uint8Array.from(w.got)).toEqual(sequence(n));
      }),
    );
  });

  test("gives up on a writer that takes nothing", async () => {
    await expect(writeAll(writerOf(0), bytes("a"))).rejects.toMatchObject({ code: "ERR_SHORT_WRITE" });
  });

  test("an empty write reaches the writer, which may want to say that it is closed", async () => {
    const write = vi.fn<Writer["write"]>(() => Promise.reject(new Error("closed")));
    await expect(writeAll({ write }, new Uint8Array(0))).rejects.toThrow("closed");
  });
});

describe("copy", () => {
  test("copies all, and tells how much", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, cuts(), fc.integer({ min: 1, max: 300 }), async (n, sizes, most) => {
        const w = writerOf(most);
        expect(await copy(w, readerOf(...cut(sequence(n), sizes)))).toBe(n);
        expect(Uint8Array.from(w.got)).toEqual(sequence(n));
      }),
    );
  });

  test("ends with what either side rejects with", async () => {
    const err = new Error("broken");
    expect(await reasonOf(copy(writerOf(), broken(err)))).toBe(err);
    expect(await reasonOf(copy({ write: () => Promise.reject(err) }, readerOf(bytes("a"))))).toBe(err);
  });

  test("leaves it to a reader that knows how to write itself", async () => {
    const dst = writerOf();
    const write = vi.fn<(w: Writer) => Promise<number>>(() => Promise.resolve(42));
    const src = { read: () => Promise.resolve(null), [writeTo]: write };
    expect(await copy(dst, src)).toBe(42);
    expect(write).toHaveBeenCalledExactlyOnceWith(dst);
  });
});

describe("limitReader", () => {
  test("ends after so many bytes, or where its reader does, and takes no byte more from it", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, lengths, cuts(), async (n, limit, sizes) => {
        const r = readerOf(...cut(sequence(n), sizes));
        expect(await readAll(limitReader(r, limit))).toEqual(sequence(n).slice(0, limit));
        expect(r.left).toBe(Math.max(0, n - limit));
      }),
    );
  });

  test("goes on where it was after its reader failed", async () => {
    const r = readerOf(bytes("abcdef"));
    let fails = true;
    const limited = limitReader({ read: (p: Bytes) => (fails ? Promise.reject(new Error("late")) : r.read(p)) }, 3);
    await expect(limited.read(new Uint8Array(9))).rejects.toThrow("late");
    fails = false;
    expect(await readAll(limited)).toEqual(bytes("abc"));
  });
});
