import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { PendingList } from "../../src/internal/pending.js";
import { reasonOf } from "../support/bytes.js";

describe("PendingList", () => {
  test("gives those who wait back in the order in which they came", async () => {
    const list = new PendingList<string, number>();
    const waits = [1, 2, 3].map((n) => list.add(n));
    expect([...list.contexts()]).toEqual([1, 2, 3]);
    for (let entry = list.shift(); entry !== undefined; entry = list.shift()) entry.resolve(`got ${entry.context}`);
    expect(await Promise.all(waits)).toEqual(["got 1", "got 2", "got 3"]);
    expect(list.length).toBe(0);
  });

  test("shows who came first without removing it", () => {
    const list = new PendingList<void, string>();
    expect(list.first).toBeUndefined();
    void list.add("a");
    void list.add("b");
    expect(list.first?.context).toBe("a");
    expect(list.length).toBe(2);
  });

  test("an aborted one leaves, and rejects with the signal's reason, untouched", async () => {
    const list = new PendingList<void, string>();
    const abort = new AbortController();
    void list.add("a");
    const aborted = list.add("b", abort.signal);
    void list.add("c");
    const reason = { not: "an error" };
    abort.abort(reason);
    expect(await reasonOf(aborted)).toBe(reason);
    expect([...list.contexts()]).toEqual(["a", "c"]);
  });

  test.each(["resolve", "reject", "abort"])("leaves no listener on the signal after %s", async (end) => {
    const list = new PendingList<void, string>();
    const abort = new AbortController();
    const wait = list.add("a", abort.signal);
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(1);
    if (end === "resolve") list.shift()?.resolve();
    else if (end === "reject") list.rejectAll(() => new Error("over"));
    else abort.abort();
    await wait.catch(() => {});
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(0);
  });

  test("an abort after the end changes nothing", async () => {
    const list = new PendingList<string, string>();
    const abort = new AbortController();
    const settled = list.add("a", abort.signal);
    const waiting = list.add("b");
    list.shift()?.resolve("done");
    abort.abort();
    expect(await settled).toBe("done");
    expect([...list.contexts()]).toEqual(["b"]);
    list.shift()?.resolve("done");
    await waiting;
  });

  test("settles the one that waits for a thing, wherever it stands, and says whether it was there", async () => {
    const list = new PendingList<string, string>();
    const [a, b, c] = ["a", "b", "c"].map((context) => list.add(context));
    expect(list.resolve("b", "found")).toBe(true);
    expect(list.reject("c", "refused")).toBe(true);
    expect(list.resolve("b", "again")).toBe(false);
    expect(list.reject("nobody", "")).toBe(false);
    expect(await b).toBe("found");
    expect(await reasonOf(c as Promise<string>)).toBe("refused");
    expect([...list.contexts()]).toEqual(["a"]);
    list.resolve("a", "");
    await a;
  });

  test("rejectAll asks for a reason for each", async () => {
    const list = new PendingList<void, string>();
    const waits = ["a", "b"].map((context) => list.add(context));
    list.rejectAll(({ context }) => `no ${context}`);
    expect(await Promise.all(waits.map(reasonOf))).toEqual(["no a", "no b"]);
  });

  test("one who comes while all are rejected stays", async () => {
    const list = new PendingList<string, string>();
    const first = list.add("a");
    let second: Promise<string> | undefined;
    list.rejectAll(() => {
      second = list.add("b");
      return "over";
    });
    expect(await reasonOf(first)).toBe("over");
    expect([...list.contexts()]).toEqual(["b"]);
    list.shift()?.resolve("served");
    expect(await second).toBe("served");
  });

  test("tells each time that the last one has left, however it left", async () => {
    const onEmpty = vi.fn<() => void>();
    const list = new PendingList<void, number>(onEmpty);
    const abort = new AbortController();
    const waits = [list.add(1), list.add(2)];
    list.shift()?.resolve();
    expect(onEmpty).not.toHaveBeenCalled();
    list.shift()?.resolve();
    expect(onEmpty).toHaveBeenCalledTimes(1);
    waits.push(list.add(3));
    list.resolve(3);
    expect(onEmpty).toHaveBeenCalledTimes(2);
    const aborted = list.add(4, abort.signal);
    abort.abort();
    expect(onEmpty).toHaveBeenCalledTimes(3);
    const rejected = list.add(5);
    list.rejectAll(() => "over");
    expect(onEmpty).toHaveBeenCalledTimes(4);
    list.rejectAll(() => "over");
    list.shift();
    expect(onEmpty).toHaveBeenCalledTimes(4);
    await Promise.all(waits);
    await Promise.allSettled([aborted, rejected]);
  });
});
