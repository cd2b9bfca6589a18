import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseIP } from "../../../src/net/ip.js";
import { connectFirst } from "../../../src/net/socket/happy-eyeballs.js";
import type { Endpoint } from "../../../src/net/socket/resolve.js";
import { reasonOf } from "../../support/bytes.js";

function endpoint(address: string): Endpoint {
  const ip = parseIP(address);
  if (ip === null) throw new Error(`${address} is no address`);
  return { ip, port: 80, zone: "" };
}

const v6 = ["2001:db8::1", "2001:db8::2"].map(endpoint);
const v4 = ["192.0.2.1", "192.0.2.2"].map(endpoint);

/** What an address does when it is tried: answers or refuses after so many ms, or says nothing. */
type Manner = { answers: number } | { refuses: number } | "silent";

describe("connectFirst", () => {
  let began: number;
  /** What was tried, when, and for how long at most. */
  let tried: [address: string, atMs: number, timeoutMs: number][];
  let discarded: string[];
  let aborted: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    began = Date.now();
    [tried, discarded, aborted] = [[], [], []];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Connects to addresses of which each has its manner. */
  function connect(
    manners: Record<string, Manner>,
    timeoutMs = Number.POSITIVE_INFINITY,
    signal = new AbortController().signal,
  ) {
    const attempt = (to: Endpoint, limitMs: number, over: AbortSignal) => {
      const address = to.ip.toString();
      tried.push([address, Date.now() - began, limitMs]);
      return new Promise<string>((resolve, reject) => {
        const manner = manners[address] ?? "silent";
        if (manner !== "silent" && "answers" in manner) setTimeout(resolve, manner.answers, address);
        if (manner !== "silent" && "refuses" in manner) setTimeout(reject, manner.refuses, new Error(`no ${address}`));
        if (Number.isFinite(limitMs)) setTimeout(reject, Math.max(0, limitMs), new Error(`late ${address}`));
        over.addEventListener("abort", () => {
          aborted.push(address);
          reject(new Error(`aborted ${address}`));
        });
      });
    };
    const endpoints = Object.keys(manners).map(endpoint);
    return connectFirst(endpoints, { attempt, discard: (late) => discarded.push(late), timeoutMs }, signal);
  }

  async function settle<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    await vi.runAllTimersAsync();
    return work;
  }

  const addressesTried = () => tried.map(([address]) => address);

  test("one address that answers is the connection", async () => {
    expect(await settle(connect({ "192.0.2.1": { answers: 5 } }))).toBe("192.0.2.1");
    expect(tried).toEqual([["192.0.2.1", 0, Number.POSITIVE_INFINITY]]);
  });

  test("addresses of one family are tried one after the other", async () => {
    const manners = { "192.0.2.1": { refuses: 400 }, "192.0.2.2": { answers: 400 } };
    expect(await settle(connect(manners))).toBe("192.0.2.2");
    expect(tried.map(([address, at]) => [address, at])).toEqual([
      ["192.0.2.1", 0],
      ["192.0.2.2", 400],
    ]);
  });

  test("while the first family answers within 300 ms, the other is not bothered", async () => {
    expect(await settle(connect({ "2001:db8::1": { answers: 299 }, "192.0.2.1": { answers: 1 } }))).toBe("2001:db8::1");
    expect(addressesTried()).toEqual(["2001:db8::1"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("after 300 ms of silence the other family is tried beside the first", async () => {
    expect(await settle(connect({ "2001:db8::1": "silent", "192.0.2.1": { answers: 20 } }))).toBe("192.0.2.1");
    expect(tried[1]?.slice(0, 2)).toEqual(["192.0.2.1", 300]);
    expect(aborted).toContain("2001:db8::1");
  });

  test("a first family that fails gives way at once", async () => {
    expect(await settle(connect({ "192.0.2.1": { refuses: 10 }, "2001:db8::1": { answers: 10 } }))).toBe("2001:db8::1");
    expect(tried[1]?.slice(0, 2)).toEqual(["2001:db8::1", 10]);
  });

  test("the family of the first address goes first, its addresses in order, then those of the other in order", async () => {
    const refuses = { refuses: 1 };
    const manners = { "192.0.2.1": refuses, "2001:db8::1": refuses, "192.0.2.2": refuses, "2001:db8::2": refuses };
    await settle(connect(manners)).catch(() => {});
    expect(addressesTried()).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]);
  });

  test("when nobody answers the error is that of the first address", async () => {
    const refused = connect({
      "2001:db8::1": { refuses: 900 },
      "192.0.2.1": { refuses: 1 },
      "2001:db8::2": { refuses: 1 },
    });
    await expect(settle(refused)).rejects.toThrow("no 2001:db8::1");
    const single = connect({ "192.0.2.1": { refuses: 5 }, "192.0.2.2": { refuses: 1 } });
    await expect(settle(single)).rejects.toThrow("no 192.0.2.1");
  });

  test("a connection that comes too late is discarded, and the winner is not", async () => {
    // This attempt does not hear that it is over, as one does that has just connected.
    const attempt = (to: Endpoint) =>
      new Promise<string>((resolve) => setTimeout(resolve, to === v6[0] ? 350 : 40, to.ip.toString()));
    const { signal } = new AbortController();
    const discard = (late: string) => discarded.push(late);
    const both = [...v6.slice(0, 1), ...v4.slice(0, 1)];
    const won = connectFirst(both, { attempt, discard, timeoutMs: Number.POSITIVE_INFINITY }, signal);
    expect(await settle(won)).toBe("192.0.2.1");
    expect(discarded).toEqual(["2001:db8::1"]);
  });

  test("the time that is left is shared among the addresses that are left, 2 s for each at least", async () => {
    const timedOut = connect({ "192.0.2.1": "silent", "192.0.2.2": "silent", "192.0.2.3": "silent" }, 9000);
    await expect(settle(timedOut)).rejects.toThrow("late 192.0.2.1");
    expect(tried).toEqual([
      ["192.0.2.1", 0, 3000],
      ["192.0.2.2", 3000, 3000],
      ["192.0.2.3", 6000, 3000],
    ]);
    [began, tried] = [Date.now(), []];
    await settle(connect({ "192.0.2.1": "silent", "192.0.2.2": "silent", "192.0.2.3": "silent" }, 3000)).catch(
      () => {},
    );
    expect(tried.slice(0, 2)).toEqual([
      ["192.0.2.1", 0, 2000],
      ["192.0.2.2", 2000, 1000],
    ]);
  });

  test.each([
    ["one family", { "192.0.2.1": "silent", "192.0.2.2": { answers: 1 } }],
    ["both families", { "2001:db8::1": "silent", "192.0.2.1": { answers: 1 } }],
  ] as [string, Record<string, Manner>][])("an abort ends it, and nothing more is tried (%s)", async (_, manners) => {
    const abort = new AbortController();
    const connecting = connect(manners, Number.POSITIVE_INFINITY, abort.signal);
    setTimeout(() => abort.abort(new Error("enough")), 100);
    await reasonOf(settle(connecting));
    expect(tried).toHaveLength(1);
    expect(aborted).toEqual(addressesTried());
    expect(getEventListeners(abort.signal, "abort").length).toBeLessThanOrEqual(1); // that of the fake attempt
  });

  test.each([
    ["one family", { "192.0.2.1": { answers: 1 } }],
    ["both families", { "2001:db8::1": { answers: 1 }, "192.0.2.1": { answers: 1 } }],
  ] as [string, Record<string, Manner>][])("aborted before, it tries nothing (%s)", async (_, manners) => {
    const reason = new Error("enough");
    const connecting = connect(manners, Number.POSITIVE_INFINITY, AbortSignal.abort(reason));
    expect(await reasonOf(settle(connecting))).toBe(reason);
    expect(tried).toEqual([]);
  });
});
