import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import type { Reply } from "toolkit/rpc";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Diagnostics, type DiagnosticsMessage } from "../../src/rpc/observe/diagnostics.js";
import { clientObserver, serverObserver } from "../../src/rpc/observe/observers.js";
import { connected } from "./arith.js";
import { callOf, watch } from "./observe-wire.js";

/** Replies with what came along. */
class Witness {
  Meta(_args: unknown, reply: Reply<Readonly<Record<string, string>>>): void {
    reply.value = reply.call.meta;
  }
}

type Event = "start" | "end" | "asyncStart" | "asyncEnd" | "error";
const events: readonly Event[] = ["start", "end", "asyncStart", "asyncEnd", "error"];

/** Writes down what is published until the test ends. */
function listen(side: "client" | "server", told: (event: Event, message: DiagnosticsMessage) => void): void {
  const channel = tracingChannel<unknown, DiagnosticsMessage>(`toolkit:rpc:${side}`);
  const subscriber = Object.fromEntries(
    events.map((event) => [event, (message: DiagnosticsMessage) => told(event, message)]),
  ) as Record<Event, (message: DiagnosticsMessage) => void>;
  channel.subscribe(subscriber);
  stop.push(() => channel.unsubscribe(subscriber));
}

const stop: (() => void)[] = [];

afterEach(() => {
  for (const each of stop.splice(0)) each();
  vi.unstubAllGlobals();
});

describe("isActive", () => {
  test.each([
    ["client", clientObserver],
    ["server", serverObserver],
  ] as const)("is true while somebody subscribes to toolkit:rpc:%s", (side, make) => {
    const observer = make();
    expect(observer.isActive).toBe(false);
    listen(side, () => {});
    expect(observer.isActive).toBe(true);
    expect((side === "client" ? serverObserver() : clientObserver()).isActive).toBe(false);
    stop.pop()?.();
    expect(observer.isActive).toBe(false);
  });

  test("is true for a subscriber of one event alone", () => {
    const onError = () => {};
    subscribe("tracing:toolkit:rpc:client:error", onError);
    stop.push(() => unsubscribe("tracing:toolkit:rpc:client:error", onError));
    expect(clientObserver().isActive).toBe(true);
  });
});

describe("a call", () => {
  test("that succeeds publishes start, end, asyncStart and asyncEnd with one message, and resolves to the reply", async () => {
    const seen: [Event, DiagnosticsMessage][] = [];
    listen("client", (event, message) => seen.push([event, message]));
    const call = callOf({ codec: "gob", meta: { who: "me" } });
    await expect(watch(clientObserver().observe, call, () => Promise.resolve(56))).resolves.toBe(56);
    expect(seen.map(([event]) => event)).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
    expect(new Set(seen.map(([, message]) => message)).size).toBe(1);
    expect(seen[0]?.[1]).toEqual({ ...call, result: 56 });
  });

  test("that fails publishes the error before it is over, and rejects with it", async () => {
    const seen: Event[] = [];
    const errors: unknown[] = [];
    listen("server", (event, { error }) => {
      seen.push(event);
      errors.push(error);
    });
    const why = new Error("divide by zero");
    await expect(watch(serverObserver().observe, callOf({ side: "server" }), () => Promise.reject(why))).rejects.toBe(
      why,
    );
    expect(seen).toEqual(["start", "end", "error", "asyncStart", "asyncEnd"]);
    expect(errors).toEqual([undefined, undefined, why, why, why]);
  });

  test("has its start before it goes on, and its end when it is under way", async () => {
    const order: string[] = [];
    listen("client", (event) => order.push(event));
    await watch(clientObserver().observe, callOf(), async () => {
      order.push("sent");
      await Promise.resolve();
      order.push("answered");
    });
    expect(order).toEqual(["start", "sent", "end", "answered", "asyncStart", "asyncEnd"]);
  });

  test("carries what a subscriber of start puts into meta, and leaves the caller's own alone", async () => {
    listen("client", (event, message) => {
      if (event === "start") message.meta["traced"] = "yes";
    });
    const { client } = connected([new Witness()]);
    const mine = Object.freeze({ who: "me" });
    expect(await client.call("Witness.Meta", null, { meta: mine })).toEqual({ who: "me", traced: "yes" });
    client.close();
  });

  test("runs in the store that a subscriber binds to start", async () => {
    const storage = new AsyncLocalStorage<string>();
    const channel = tracingChannel<string, DiagnosticsMessage>("toolkit:rpc:server");
    channel.start.bindStore(storage, ({ serviceMethod }) => serviceMethod);
    stop.push(() => channel.start.unbindStore(storage));
    const method = async () => {
      await Promise.resolve();
      return storage.getStore();
    };
    expect(await watch(serverObserver().observe, callOf({ side: "server" }), method)).toBe("Arith.Multiply");
  });
});

test("a client and a server publish without being asked to", async () => {
  const seen: string[] = [];
  listen("client", (event, { kind, result }) => seen.push(`client ${kind} ${event} ${String(result)}`));
  listen("server", (event, { kind, result }) => seen.push(`server ${kind} ${event} ${String(result)}`));
  const { client } = connected();
  expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  client.close();
  expect(seen.filter((line) => /start/.test(line))).toEqual([
    "client call start undefined",
    "server call start undefined",
  ]);
  expect(seen.filter((line) => /asyncEnd/.test(line))).toEqual(["server call asyncEnd 56", "client call asyncEnd 56"]);
});

test("where there is no such module, as in a browser, the channels are idle and calls go through", async () => {
  vi.stubGlobal("process", undefined);
  const observer = new Diagnostics("client");
  vi.unstubAllGlobals();
  listen("client", () => expect.unreachable());
  expect(observer.isActive).toBe(false);
  expect(await watch(observer.observe, callOf(), () => Promise.resolve(56))).toBe(56);
});
