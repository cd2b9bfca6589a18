import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { AsyncQueue } from "../../src/internal/async-queue.js";
import { reasonOf } from "../support/bytes.js";

describe("AsyncQueue", () => {
  test("hands every item over once, in order, whether the taker or the item came first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("push", "take", "poll"), { maxLength: 60 }), async (steps) => {
        const queue = new AsyncQueue<number>(Number.POSITIVE_INFINITY);
        const taken: Promise<number>[] = [];
        let pushed = 0;
        let waiting = 0;
        for (const step of steps) {
          if (step === "push") {
            queue.push(pushed++);
            waiting = Math.max(0, waiting - 1);
          } else if (step === "take") {
            if (queue.length === 0) waiting++;
            taken.push(queue.take());
          } else {
            const item = queue.poll();
            if (item !== undefined) taken.push(Promise.resolve(item));
          }
        }
        while (waiting-- > 0) queue.push(pushed++);
        expect(await Promise.all(taken)).toEqual(taken.map((_, i) => i));
        expect(queue.length).toBe(pushed - taken.length);
      }),
    );
  });

  test("refuses what is more than its limit, and takes it again when there is room", () => {
    const queue = new AsyncQueue<string>(2);
    expect([queue.push("a"), queue.push("b"), queue.push("c")]).toEqual([true, true, false]);
    expect(queue.hasRoom).toBe(false);
    expect(queue.poll()).toBe("a");
    expect(queue.hasRoom).toBe(true);
    expect(queue.push("d")).toBe(true);
    expect([queue.poll(), queue.poll(), queue.poll()]).toEqual(["b", "d", undefined]);
  });

  test("with a limit of 0 it gives to those who wait and keeps nothing", async () => {
    const queue = new AsyncQueue<string>(0);
    expect(queue.push("lost")).toBe(false);
    const taken = queue.take();
    expect(queue.hasRoom).toBe(true);
    expect(queue.push("given")).toBe(true);
    expect(await taken).toBe("given");
  });

  test("an aborted take takes nothing", async () => {
    const queue = new AsyncQueue<string>(10);
    const abort = new AbortController();
    const aborted = queue.take(abort.signal);
    const waiting = queue.take();
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await reasonOf(aborted)).toBe(reason);
    queue.push("a");
    expect(await waiting).toBe("a");
    queue.push("b");
    expect(await reasonOf(queue.take(AbortSignal.abort(reason)))).toBe(reason);
    expect(queue.length).toBe(1);
  });

  test("removes an item that waits, and only that", () => {
    const queue = new AsyncQueue<string>(10);
    for (const item of ["a", "b", "c"]) queue.push(item);
    queue.remove("b");
    queue.remove("b");
    expect([queue.poll(), queue.poll(), queue.poll()]).toEqual(["a", "c", undefined]);
  });

  test("rejectTakers rejects those who wait now, and goes on", async () => {
    const queue = new AsyncQueue<string>(10);
    const waits = [queue.take(), queue.take()];
    let count = 0;
    queue.rejectTakers(() => new Error(`no ${++count}`));
    expect((await Promise.all(waits.map(reasonOf))).map(String)).toEqual(["Error: no 1", "Error: no 2"]);
    queue.push("a");
    expect(await queue.take()).toBe("a");
  });

  test("closing rejects all takers, now and later, and returns what nobody took", async () => {
    const full = new AsyncQueue<string>(10);
    full.push("a");
    full.push("b");
    const closed = () => new Error("closed");
    expect(full.close(closed)).toEqual(["a", "b"]);
    expect(full.close(closed)).toEqual([]);
    expect(full.push("c")).toBe(false);
    expect(full.hasRoom).toBe(false);
    await expect(full.take()).rejects.toThrow("closed");

    const empty = new AsyncQueue<string>(10);
    const waiting = empty.take();
    expect(empty.close(closed)).toEqual([]);
    await expect(waiting).rejects.toThrow("closed");
  });

  test("tells when the last taker has left", async () => {
    const onIdle = vi.fn<() => void>();
    const queue = new AsyncQueue<string>(10, onIdle);
    const waits = [queue.take(), queue.take()];
    queue.push("a");
    expect(onIdle).not.toHaveBeenCalled();
    queue.push("b");
    expect(onIdle).toHaveBeenCalledOnce();
    await Promise.all(waits);
  });
});
