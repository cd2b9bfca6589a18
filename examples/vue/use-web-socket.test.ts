// The composable without a page: in an effect scope, against a real server.
import * as ws from "toolkit/ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EffectScope, effectScope, type Ref, shallowRef, watch } from "vue";
import { type UseWebSocket, type UseWebSocketOptions, useWebSocket } from "./use-web-socket.js";

let listener: ws.WSListener;
let scope: EffectScope;
beforeEach(async () => {
  listener = await ws.listen("127.0.0.1:0");
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  listener.close();
});

function use(options: UseWebSocketOptions = {}, url: Ref<string> | string = listener.addr.toString()): UseWebSocket {
  return scope.run(() => useWebSocket(url, options)) as UseWebSocket;
}

/** Resolves when a ref has that value. */
function becomes<T>(ref: Readonly<Ref<T>>, value: T): Promise<void> {
  return new Promise((resolve) => {
    const done = (now: T) => {
      if (now !== value) return;
      resolve();
      queueMicrotask(() => stop());
    };
    const stop = watch(ref, done, { immediate: true, flush: "sync" });
  });
}

test("connects, takes messages, sends text and bytes", async () => {
  const socket = use();
  expect(socket.state.value).toBe("connecting");
  await expect(socket.send("too early")).rejects.toThrow("The WebSocket is not open");
  const conn = await listener.accept();
  await becomes(socket.state, "open");
  expect([socket.isOpen.value, socket.closed.value, socket.error.value]).toEqual([true, null, null]);
  const two = new Promise<void>((resolve) => {
    scope.run(() => watch(socket.messages, ({ length }) => length === 2 && resolve(), { flush: "sync" }));
  });
  await conn.writeMessage(ws.TextMessage, "one");
  await conn.writeJSON({ two: 2 });
  await two;
  expect(socket.messages.value.map((message) => message.text())).toEqual(["one", '{"two":2}']);
  expect(socket.message.value?.json()).toEqual({ two: 2 });
  await socket.send("text");
  await socket.send(Uint8Array.of(1, 2));
  expect(await conn.readMessage()).toMatchObject({ type: ws.TextMessage });
  expect(await conn.readMessage()).toMatchObject({ type: ws.BinaryMessage, data: Uint8Array.of(1, 2) });
});

test("closes with 1000 when its scope ends, and does not come back", async () => {
  const socket = use({ reconnect: true });
  const conn = await listener.accept();
  await becomes(socket.state, "open");
  scope.stop();
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
  expect(socket.state.value).toBe("closed");
  expect(socket.closed.value).toEqual({ code: 1000, reason: "" });
});

test("does not even connect when its scope ends before", async () => {
  const socket = use({ reconnect: true });
  scope.stop();
  expect(socket.state.value).toBe("closed");
  const other = await ws.dial(listener.addr.toString());
  expect((await listener.accept()).remoteAddr.toString()).toBe(other.localAddr.toString());
  other.close();
});

test("tells how the server closed", async () => {
  const socket = use();
  const conn = await listener.accept();
  await becomes(socket.state, "open");
  conn.close(4000, "no more");
  await becomes(socket.state, "closed");
  expect(socket.closed.value).toEqual({ code: 4000, reason: "no more" });
  expect(socket.error.value).toBeInstanceOf(ws.CloseError);
  socket.open();
  await listener.accept();
  await becomes(socket.state, "open");
  expect([socket.closed.value, socket.error.value]).toEqual([null, null]);
});

test("an end with 1000 is no error, and is not made good", async () => {
  const socket = use({ reconnect: true });
  const conn = await listener.accept();
  await becomes(socket.state, "open");
  conn.close();
  await becomes(socket.state, "closed");
  expect([socket.closed.value, socket.error.value]).toEqual([{ code: 1000, reason: "" }, null]);
});

test("connects again when the connection breaks, if that is wanted", async () => {
  const socket = use({ reconnect: true, firstPauseMs: 5 });
  const first = await listener.accept();
  await becomes(socket.state, "open");
  first.closeNow();
  await becomes(socket.state, "waiting");
  expect(socket.closed.value?.code).toBe(1006);
  const second = await listener.accept();
  await becomes(socket.state, "open");
  await socket.send("again");
  expect((await second.readMessage()).text()).toBe("again");
});

test("tells that nobody listens, and tries until it is told not to", async () => {
  const nowhere = await ws.listen("127.0.0.1:0");
  const url = nowhere.addr.toString();
  nowhere.close();
  const once = use({}, url);
  await becomes(once.state, "closed");
  expect(once.error.value?.message).toContain("connection refused");
  const again = use({ reconnect: true, firstPauseMs: 1 }, url);
  for (let i = 0; i < 3; i++) {
    await becomes(again.state, "waiting");
    await becomes(again.state, "connecting");
  }
  again.close();
  expect(again.state.value).toBe("closed");
});

test("goes where its URL points to", async () => {
  const other = await ws.listen("127.0.0.1:0");
  const url = shallowRef(listener.addr.toString());
  const socket = use({}, url);
  const first = await listener.accept();
  await becomes(socket.state, "open");
  url.value = other.addr.toString();
  await expect(first.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
  await other.accept();
  await becomes(socket.state, "open");
  other.close();
});

test("keeps as many messages as it was told to, and closes with what it was told", async () => {
  const socket = use({ immediate: false, keep: 2 });
  expect(socket.state.value).toBe("closed");
  socket.open();
  socket.open(); // is on its way already
  const conn = await listener.accept();
  await becomes(socket.state, "open");
  const texts: string[] = [];
  const four = new Promise<void>((resolve) => {
    const take = (message: ws.Message | undefined) => texts.push(message?.text() ?? "") === 4 && resolve();
    scope.run(() => watch(socket.message, take, { flush: "sync" }));
  });
  for (const text of ["a", "b", "c", "d"]) await conn.writeMessage(ws.TextMessage, text);
  await four;
  expect(texts).toEqual(["a", "b", "c", "d"]);
  expect(socket.messages.value.map((message) => message.text())).toEqual(["c", "d"]);
  socket.close(4001, "enough");
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 4001, text: "enough" });
  expect(socket.closed.value).toEqual({ code: 4001, reason: "enough" });
});
