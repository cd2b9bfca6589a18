import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClosedError, TimeoutError } from "../../src/net/errors.js";
import { ReadHalf, type ReadHalfOptions } from "../../src/net/read-half.js";
import { bytes, readText, reasonOf, sequence } from "../support/bytes.js";
import { cut, cuts } from "../support/readers.js";

/** Dresses a cause as an owner would. */
class Dressed extends Error {}
const wrap = (cause: Error) => new Dressed(cause.message, { cause });

function makeHalf(options: Partial<ReadHalfOptions> = {}): ReadHalf {
  return new ReadHalf({ wrap, ...options });
}

/** Returns the cause of what a read rejects with, once it is known to be dressed. */
async function causeOf(read: Promise<unknown>): Promise<unknown> {
  const err = await reasonOf(read);
  expect(err).toBeInstanceOf(Dressed);
  return (err as Dressed).cause;
}

describe("ReadHalf", () => {
  test("readers get what is pushed, in order, whoever is there first", async () => {
    const turns = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1500 }), cuts(), cuts(), turns, async (n, pushes, reads, order) => {
        const half = makeHalf();
        const chunks = cut(sequence(n), pushes);
        const started: { p: Uint8Array; done: Promise<number | null> }[] = [];
        const read = (i: number) => {
          const p = new Uint8Array(reads[i % reads.length] ?? 1);
          started.push({ p, done: half.read(p) });
        };
        for (let i = 0; chunks.length > 0; i++) {
          if (order[i % order.length] === true || i > 3000) {
            const chunk = (chunks.shift() as Uint8Array).slice();
            half.push(chunk);
            chunk.fill(0); // it keeps no reference
          } else read(i);
        }
        half.end();
        for (let i = 0; half.buffered > 0; i++) read(i);
        const parts: number[] = [];
        for (const { p, done } of started) parts.push(...p.subarray(0, (await done) ?? 0));
        expect(Uint8Array.from(parts)).toEqual(sequence(n));
        expect(await half.read(new Uint8Array(1))).toBe(null);
      }),
    );
  });

  test("one chunk serves several readers, and what is left waits", async () => {
    const half = makeHalf();
    const texts = [half, half].map(() => readSome(half, 2));
    half.push(bytes("abcde"));
    expect(await Promise.all(texts)).toEqual(["ab", "cd"]);
    expect(half.buffered).toBe(1);
    expect(await readText(half)).toBe("e");
  });

  test("a read of nothing gives 0, and waits for nobody", async () => {
    const half = makeHalf();
    expect(await half.read(new Uint8Array(0))).toBe(0);
  });

  test("lend gives all that there is for the moment of the call, now or when it comes", async () => {
    const half = makeHalf();
    const lent: string[] = [];
    const taker = (chunk: Uint8Array) => lent.push(new TextDecoder().decode(chunk));
    half.push(bytes("ab"));
    half.push(bytes("c"));
    expect(await half.lend(taker)).toBe(3);
    const later = half.lend(taker);
    half.push(bytes("def"));
    expect(await later).toBe(3);
    expect(lent).toEqual(["abc", "def"]);
    expect(half.buffered).toBe(0);
    half.end();
    expect(await half.lend(taker)).toBe(null);
  });
});

/** Reads up to `n` bytes as text. */
async function readSome(half: ReadHalf, n: number): Promise<string> {
  const p = new Uint8Array(n);
  return new TextDecoder().decode(p.subarray(0, (await half.read(p)) ?? 0));
}

describe("the source", () => {
  test("is stopped when the queue is full, and resumed once when half of it is read", async () => {
    const resume = vi.fn<() => void>();
    const half = makeHalf({ resume, highWaterBytes: 100 });
    expect(half.push(sequence(99))).toBe(true);
    expect(half.push(sequence(1))).toBe(false);
    await half.read(new Uint8Array(49));
    expect(resume).not.toHaveBeenCalled();
    await half.read(new Uint8Array(1));
    expect(resume).toHaveBeenCalledOnce();
    await half.read(new Uint8Array(50));
    expect(resume).toHaveBeenCalledOnce();
  });

  test("is not stopped by what goes to those who wait", async () => {
    const half = makeHalf({ highWaterBytes: 10 });
    const read = half.read(new Uint8Array(100));
    expect(half.push(sequence(100))).toBe(true);
    expect(await read).toBe(100);
  });

  test("is resumed by a discard, and what it gives then is dropped", async () => {
    const resume = vi.fn<() => void>();
    const half = makeHalf({ resume, highWaterBytes: 10 });
    half.push(sequence(10));
    half.discard();
    expect(resume).toHaveBeenCalledOnce();
    expect(half.push(sequence(1000))).toBe(true);
    expect(half.buffered).toBe(0);
    expect(await half.read(new Uint8Array(1))).toBe(null);
  });
});

describe("the end", () => {
  test("comes after what was pushed before, to all who wait", async () => {
    const half = makeHalf();
    half.push(bytes("last"));
    half.end();
    expect(await readText(half)).toBe("last");
    expect(await readText(half)).toBe(null);
    const other = makeHalf();
    const reads = [readText(other), readText(other)];
    other.end();
    expect(await Promise.all(reads)).toEqual([null, null]);
  });

  test("a failure comes after what was pushed before, and stays", async () => {
    const half = makeHalf();
    const reset = new Error("reset");
    half.push(bytes("last"));
    half.fail(reset);
    half.fail(new Error("later news"));
    expect(await readText(half)).toBe("last");
    expect(await causeOf(readText(half))).toBe(reset);
    expect(await causeOf(readText(half))).toBe(reset);
  });

  test("a failure after the end is no news", async () => {
    const half = makeHalf();
    half.end();
    half.fail(new Error("reset"));
    expect(await readText(half)).toBe(null);
  });

  test("a failure rejects each who waits with an error of its own", async () => {
    const half = makeHalf();
    const reads = [readText(half), readText(half)].map(reasonOf);
    half.fail(new Error("reset"));
    const [first, second] = await Promise.all(reads);
    expect(first).toBeInstanceOf(Dressed);
    expect(first).not.toBe(second);
  });

  test("closing drops what waits, and rejects those who wait and those to come", async () => {
    const half = makeHalf();
    const waiting = causeOf(readText(half));
    half.close();
    expect(await waiting).toBeInstanceOf(ClosedError);
    half.push(bytes("late"));
    expect(half.buffered).toBe(0);
    expect(await causeOf(readText(half))).toBeInstanceOf(ClosedError);
    expect(await causeOf(half.read(new Uint8Array(0)))).toBeInstanceOf(ClosedError);
  });
});

describe("a read that is given up", () => {
  test("by its signal, consumes nothing, touches nothing, and rejects with the reason", async () => {
    const half = makeHalf();
    const abort = new AbortController();
    const p = new Uint8Array(4);
    const reason = new Error("enough");
    const aborted = half.read(p, abort.signal);
    const next = readText(half);
    abort.abort(reason);
    half.push(bytes("next"));
    expect(await reasonOf(aborted)).toBe(reason);
    expect(await next).toBe("next");
    expect(p).toEqual(new Uint8Array(4));
    half.push(bytes("more"));
    expect(await reasonOf(half.read(p, AbortSignal.abort(reason)))).toBe(reason);
    expect(half.buffered).toBe(4);
  });

  describe("by a deadline", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test("consumes nothing, and a later deadline mends it", async () => {
      const half = makeHalf();
      const p = new Uint8Array(4);
      half.deadline.set(Date.now() + 100);
      const late = causeOf(half.read(p));
      vi.advanceTimersByTime(100);
      expect(await late).toBeInstanceOf(TimeoutError);
      half.push(bytes("data"));
      expect(await causeOf(half.read(p))).toBeInstanceOf(TimeoutError);
      expect(p).toEqual(new Uint8Array(4));
      half.deadline.set(null);
      expect(await readText(half)).toBe("data");
    });

    test("leaves no timer once all reads are served or the half is closed", async () => {
      const half = makeHalf();
      half.deadline.set(Date.now() + 60_000);
      const reads = [readText(half), causeOf(readText(half))];
      half.push(bytes("a"));
      half.close();
      await Promise.all(reads);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
