// In a file of its own, as what is loaded stays loaded.
import { createRequire } from "node:module";
import { afterEach, expect, test, vi } from "vitest";
import { clientObserver, serverObserver } from "../../src/rpc/observe/observers.js";
import { connected } from "./arith.js";
import { callOf, carry, watch } from "./observe-wire.js";

const registered = Symbol.for("opentelemetry.js.api.1");
const { cache } = createRequire(import.meta.url);
const loaded = () => Object.keys(cache).filter((file) => file.includes("@opentelemetry"));

afterEach(() => {
  Reflect.deleteProperty(globalThis, registered);
  vi.unstubAllGlobals();
});

test("without an SDK nobody is active, nothing is loaded, and a call goes through as it is", async () => {
  const [client, server] = [clientObserver(), serverObserver()];
  const call = callOf({ meta: { who: "me" } });
  expect([client.isActive, server.isActive]).toEqual([false, false]);
  await expect(watch(client.observe, call, (same) => Promise.resolve(same))).resolves.toBe(call);
  await expect(carry(client.observe, server.observe, () => Promise.resolve(56))).resolves.toBe(56);
  const over = connected();
  await expect(over.client.call("Arith.Multiply", { A: 7, B: 8 })).resolves.toBe(56);
  over.client.close();
  expect(loaded()).toEqual([]);
});

test("an API that has other things registered, but no tracer, stays unloaded too", () => {
  Object.assign(globalThis, { [registered]: { version: "1.9.1", diag: {} } });
  expect(clientObserver().isActive).toBe(false);
  expect(loaded()).toEqual([]);
});

test("an API that cannot be loaded leaves calls alone, and is not asked for again", async () => {
  Object.assign(globalThis, { [registered]: { version: "1.9.1", trace: {} } });
  const observer = clientObserver();
  expect(observer.isActive).toBe(true);
  const createRequire = vi.fn(() => () => {
    throw new Error("Cannot find module");
  });
  vi.stubGlobal("process", { cwd: () => "/", getBuiltinModule: () => ({ createRequire }) });
  await expect(watch(observer.observe, callOf(), () => Promise.resolve(56))).resolves.toBe(56);
  const asked = createRequire.mock.calls.length;
  await expect(watch(observer.observe, callOf(), () => Promise.resolve(56))).resolves.toBe(56);
  expect(asked).toBeGreaterThan(0);
  expect(createRequire).toHaveBeenCalledTimes(asked);
  expect(observer.isActive).toBe(false);
});

test("with a tracer the API is loaded at the first call, once", async () => {
  Object.assign(globalThis, { [registered]: { version: "1.9.1", trace: { getTracer: () => tracer } } });
  const span = { setAttribute: vi.fn(), setStatus: vi.fn(), recordException: vi.fn(), end: vi.fn() };
  const tracer = { startSpan: vi.fn(() => span) };
  const observer = clientObserver();
  expect(loaded()).toEqual([]);
  await watch(observer.observe, callOf(), () => Promise.resolve(56));
  expect(loaded()).not.toEqual([]);
  expect(tracer.startSpan).toHaveBeenCalledTimes(1);
  expect(span.end).toHaveBeenCalledTimes(1);
});
