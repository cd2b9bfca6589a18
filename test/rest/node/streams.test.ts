import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { handler } from "../../../src/rest/handler.js";
import { resource } from "../../../src/rest/resource.js";
import type { Handler } from "../../../src/rest/types.js";
import { serving } from "./serving.js";

const chunk = new Uint8Array(64 * 1024);
const portOf = ({ url }: { url: string }) => Number(new URL(url).port);

describe("a body that goes out", () => {
  test("is written no faster than it is read, and cancelled when the reader goes away", async () => {
    let pulled = 0;
    let cancelled: (reason: unknown) => void = () => {};
    const reason = new Promise((resolve) => (cancelled = resolve));
    let aborted = false;
    const endless: Handler = (_, { signal }) => {
      signal.addEventListener("abort", () => (aborted = true));
      return new ReadableStream({
        pull: (controller) => {
          pulled += 1;
          controller.enqueue(chunk);
        },
        cancel: (why) => cancelled(why),
      });
    };
    const server = await serving(handler(resource("/", { GET: endless })));
    const socket = connect(portOf(server), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "readable");
    let before = -1;
    await vi.waitUntil(() => before === (before = pulled), { interval: 100 }); // full: nobody reads
    expect(pulled * chunk.length).toBeLessThan(64 << 20);
    socket.destroy();
    expect(await reason).toMatchObject({ name: "AbortError" });
    expect(aborted).toBe(true);
  });

  test("that fails breaks off the answer", async () => {
    const failing = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array([1])),
        pull: (controller) => controller.error(new Error("secret")),
      });
    const server = await serving(handler(resource("/", { GET: failing })));
    const response = await fetch(server.url).catch(() => null);
    await expect(response?.text() ?? Promise.reject(new TypeError())).rejects.toThrow(TypeError);
  });

  test("may be a blob, and is not read for HEAD", async () => {
    const big = new Blob([chunk, chunk, chunk]);
    let cancelled = false;
    const stream = () => new ReadableStream({ cancel: () => void (cancelled = true) });
    const server = await serving(handler(resource("/blob", { GET: () => big }), resource("/stream", { GET: stream })));
    const response = await fetch(`${server.url}/blob`, { headers: { Connection: "close" } });
    expect(response.headers.get("Content-Length")).toBe(String(big.size));
    expect((await response.arrayBuffer()).byteLength).toBe(big.size);
    expect((await fetch(`${server.url}/stream`, { method: "HEAD", headers: { Connection: "close" } })).status).toBe(
      200,
    );
    expect(cancelled).toBe(true);
  });
});

describe("a body that comes in", () => {
  test("is read no faster than the handler reads it", async () => {
    let go = () => {};
    const mayRead = new Promise<void>((resolve) => (go = resolve));
    const slow: Handler = async (request) => {
      await mayRead;
      let length = 0;
      for await (const part of request.body as ReadableStream<Uint8Array>) length += part.byteLength;
      return length;
    };
    const server = await serving(handler(resource("/", { POST: slow })));
    const socket = connect(portOf(server), "127.0.0.1");
    const total = 32 << 20;
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${total}\r\n\r\n`);
    let sent = 0;
    const fill = () => {
      while (sent < total) {
        sent += chunk.length;
        if (!socket.write(chunk)) break;
      }
    };
    socket.on("drain", fill);
    fill();
    let before = -1;
    await vi.waitUntil(() => before === (before = socket.bytesWritten), { interval: 100 });
    expect(sent).toBeLessThan(total);
    go();
    let answer = "";
    for await (const part of socket as AsyncIterable<Buffer>) answer += part.toString();
    expect(answer.endsWith(String(total))).toBe(true);
  });

  test("goes out again as it comes in", async () => {
    const server = await serving(handler(resource("/", { POST: (request) => request.body })));
    const parts = ["one", "two", "three"];
    const body = new ReadableStream({
      pull: (controller) => {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { Connection: "close" } } as RequestInit;
    expect(await (await fetch(server.url, init)).text()).toBe("onetwothree");
  });

  test("that breaks off is an error of the stream", async () => {
    let caught: (error: unknown) => void = () => {};
    const failure = new Promise((resolve) => (caught = resolve));
    const read: Handler = (request) => request.text().catch(caught);
    const server = await serving(handler(resource("/", { POST: read })));
    const socket = connect(portOf(server), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    await once(server.server, "request");
    socket.destroy();
    expect(await failure).toBeInstanceOf(Error);
  });
});

describe("the request", () => {
  test("is a Request, whatever is asked of it", async () => {
    const all: Handler = async (request) => {
      const copy = request.clone();
      const other = new Request("http://other/", request.clone());
      const again = new Request(request, { headers: { "X-New": "1" } });
      return {
        isRequest: request instanceof Request,
        tag: Object.prototype.toString.call(request),
        method: request.method,
        cookie: request.headers.get("cookie"),
        same: request.headers === request.headers && request.signal === request.signal,
        copy: [copy.method, await copy.text()],
        again: [again.method, again.headers.get("x-new"), await again.text()],
        other: [other.method, other.headers.get("content-type"), await other.text()],
        used: request.bodyUsed,
        rest: [request.cache, request.credentials, request.redirect],
      };
    };
    const server = await serving(handler(resource("/", { POST: all })));
    const headers = { "Content-Type": "text/x", Cookie: "a=1", Connection: "close" };
    const response = await fetch(server.url, { method: "POST", body: "body", headers });
    expect(await response.json()).toEqual({
      isRequest: true,
      tag: "[object Request]",
      method: "POST",
      cookie: "a=1",
      same: true,
      copy: ["POST", "body"],
      again: ["POST", "1", "body"],
      other: ["POST", "text/x", "body"],
      used: true,
      rest: ["default", "same-origin", "follow"],
    });
  });

  test("can be read by the handler first, and by nobody then", async () => {
    const twice: Handler = async (request, { body }) => [
      await request.text(),
      await body().catch((error: Error) => error.name),
    ];
    const server = await serving(handler(resource("/", { POST: twice })));
    const init = { method: "POST", body: "1", headers: { "Content-Type": "application/json", Connection: "close" } };
    expect(await (await fetch(server.url, init)).json()).toEqual(["1", "TypeError"]);
  });

  test("knows its peer", async () => {
    const peer = Symbol.for("toolkit.rest.peer");
    const server = await serving(
      handler(resource("/", { GET: (request) => (request as unknown as Record<symbol, string>)[peer] })),
    );
    expect(await (await fetch(server.url, { headers: { Connection: "close" } })).json()).toBe("127.0.0.1");
  });
});

test("a signal that nobody asked for is not made, and one that is asked for late is aborted at once", async () => {
  let late: (signal: AbortSignal) => void = () => {};
  const asked = new Promise<AbortSignal>((resolve) => (late = resolve));
  let went = () => {};
  const gone = new Promise<void>((resolve) => (went = resolve));
  const get: Handler = async (_, context) => {
    await gone;
    late(context.signal);
    return 1;
  };
  const server = await serving(handler(resource("/", { GET: get })));
  server.server.on("request", (_, response) => void response.on("close", went));
  const socket = connect(portOf(server), "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(server.server, "request");
  socket.destroy();
  expect((await asked).aborted).toBe(true);
});

test("middleware costs a body no stream: what it passes on goes out with its length", async () => {
  const mark = async (request: Request, next: (request: Request) => Promise<Response>) => {
    const response = await next(request);
    response.headers.set("X-Mark", "1");
    return response;
  };
  const server = await serving(handler({ resources: [resource("/", { GET: () => ({ a: "é" }) })], use: [mark] }));
  const response = await fetch(server.url, { headers: { Connection: "close" } });
  expect([response.headers.get("Content-Length"), response.headers.get("X-Mark")]).toEqual(["10", "1"]);
  expect(await response.json()).toEqual({ a: "é" });
});
