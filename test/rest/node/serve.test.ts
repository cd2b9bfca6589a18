import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { handler } from "../../../src/rest/handler.js";
import { serve } from "../../../src/rest/node/serve.js";
import { parseTarget } from "../../../src/rest/node/target.js";
import { created, reply } from "../../../src/rest/reply.js";
import { resource } from "../../../src/rest/resource.js";
import type { Handler } from "../../../src/rest/types.js";
import { askingAt, send, serving } from "./serving.js";

const json = { "Content-Type": "application/json" };
const echo: Handler = async (request, { url, params, body }) => ({
  method: request.method,
  url: request.url,
  href: url.href,
  params,
  body: await body(),
});

describe("a server", () => {
  test("serves, with the length of what it sends", async () => {
    const server = await serving(handler(resource("/{rest...}", { GET: echo, POST: echo })));
    const ask = askingAt(server.url);
    const { status, headers, value, text } = await ask("POST /a%2Fb/c?q=1", json, '{"n":1}');
    const url = `${server.url}/a%2Fb/c?q=1`;
    expect([status, value]).toEqual([
      200,
      { method: "POST", url, href: url, params: { rest: "a/b/c" }, body: { n: 1 } },
    ]);
    expect(headers.get("Content-Length")).toBe(String(text.length));
    expect((await ask("HEAD /x")).headers.get("Content-Length")).toMatch(/^\d+$/);
  });

  test("sends no body and no length with 204 and 304", async () => {
    const server = await serving(handler(resource("/", { GET: () => reply(1, { etag: "a" }), PUT: () => undefined })));
    const close = "Connection: close";
    expect(await send(server, "PUT / HTTP/1.1", "Host: a", "Content-Length: 0", close)).toMatch(
      /^HTTP\/1\.1 204 No Content\r\nDate: [^\r]+\r\nConnection: close\r\n\r\n$/,
    );
    expect(await send(server, "GET / HTTP/1.1", "Host: a", 'If-None-Match: "a"', close)).toMatch(
      /^HTTP\/1\.1 304 Not Modified\r\nETag: "a"\r\nDate: [^\r]+\r\nConnection: close\r\n\r\n$/,
    );
  });

  test("may be one that its owner has made to listen", async () => {
    const own = createServer();
    const server = await serve(own, handler(resource("/", { GET: () => "here" })));
    expect(() => server.url).toThrow(new TypeError("Server is not listening on a port"));
    own.listen(0, "127.0.0.1");
    await once(own, "listening");
    onTestFinished(() => server[Symbol.asyncDispose]());
    expect((await askingAt(server.url)("GET /")).value).toBe("here");
  });

  test("says what is wrong with an address, or with using it", async () => {
    const fetch = handler(resource("/", { GET: () => 1 }));
    await expect(serve("nowhere", fetch)).rejects.toThrow("address nowhere: missing port in address");
    await expect(serve("127.0.0.1:70000", fetch)).rejects.toThrow("invalid port");
    const server = await serving(fetch);
    await expect(serve(new URL(server.url).host, fetch)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("that shuts down lets answers end, and takes no more", async () => {
    let finish: (value: string) => void = () => {};
    let started = () => {};
    const isStarted = new Promise<void>((resolve) => (started = resolve));
    const slow = () => {
      started();
      return new Promise<string>((resolve) => (finish = resolve));
    };
    const server = await serving(handler(resource("/", { GET: slow })));
    const { url } = server;
    const answer = askingAt(url)("GET /");
    await isStarted;
    const down = server.shutdown();
    finish("done");
    expect((await answer).value).toBe("done");
    await down;
    await expect(askingAt(url)("GET /")).rejects.toThrow(TypeError);
    await server.shutdown();
  });

  test("that shuts down waits no longer than it may", async () => {
    let started = () => {};
    const isStarted = new Promise<void>((resolve) => (started = resolve));
    const never = () => {
      started();
      return new Promise(() => {});
    };
    const server = await serving(handler(resource("/", { GET: never })));
    const answer = askingAt(server.url)("GET /").catch(() => "broken off");
    await isStarted;
    await server.shutdown({ graceMs: 1 });
    expect(await answer).toBe("broken off");
  });
});

describe("targets and hosts", () => {
  const where: Handler = (request, { url, params }) => ({ request: request.url, url: url.href, params });
  const start = () =>
    serving(handler(resource("/{rest...}", { GET: where }), resource("h.example/", { GET: () => "h" })));
  const ask = async (server: Awaited<ReturnType<typeof start>>, target: string, host = "a.example") => {
    const answer = await send(server, `GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close");
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    return { status: Number(head.split(" ")[1]), location: /\r\nLocation: (.*)/.exec(head)?.[1], body };
  };

  test("an absolute target goes before Host", async () => {
    const server = await start();
    expect((await ask(server, "http://h.example:99/x")).body).toBe('"h"');
    expect((await ask(server, "/x", "H.Example:80")).body).toBe('"h"');
    expect(JSON.parse((await ask(server, "http://b.example?q")).body)).toMatchObject({
      request: "http://b.example/?q",
      params: { rest: "" },
    });
  });

  test("what a browser takes for a slash or a host leads nowhere else", async () => {
    const server = await start();
    expect(await ask(server, "//evil.example/..")).toMatchObject({ status: 307, location: "/" });
    expect(await ask(server, "/a//b?c=//d")).toMatchObject({ status: 307, location: "/a/b?c=//d" });
    expect(JSON.parse((await ask(server, "/\\evil.example")).body)).toMatchObject({
      url: "http://a.example/%5Cevil.example",
    });
    expect(await ask(server, "/a/%2e%2e/b")).toMatchObject({ status: 307, location: "/b" });
    expect(JSON.parse((await ask(server, "/..%2f..%2fetc")).body)).toMatchObject({ params: { rest: "../../etc" } });
  });

  test("hosts that are none are 400", async () => {
    const server = await start();
    for (const host of ["a/b", "a?b", "a#b", "a@b", "a b", "a\\b", "[::1", "a:b", "a,b/"]) {
      expect((await ask(server, "/", host)).status, host).toBe(400);
    }
    expect(JSON.parse((await ask(server, "/", "[::1]:8080")).body)).toMatchObject({ url: "http://[::1]:8080/" });
    expect(JSON.parse((await ask(server, "/", "")).body)).toMatchObject({ url: "http://localhost/" });
  });

  test("bytes that no URL has are escaped", async () => {
    const server = await start();
    expect(JSON.parse((await ask(server, '/a"b<|>?q="<')).body)).toMatchObject({
      request: "http://a.example/a%22b%3C%7C%3E?q=%22%3C",
      params: { rest: 'a"b<|>' },
    });
    expect(parseTarget("/\xc3\xa9?\xe9")).toEqual({ authority: null, path: "/%C3%A9", search: "?%E9" });
    expect((await ask(server, "/%zz")).status).toBe(400);
  });

  test("OPTIONS * is about all, other methods have no use for it", async () => {
    const server = await start();
    const options = await send(server, "OPTIONS * HTTP/1.1", "Host: a", "Connection: close");
    expect(options).toMatch(/^HTTP\/1\.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\n/);
    expect((await ask(server, "*")).status).toBe(400);
  });

  test("methods that no Request has are 501", async () => {
    const server = await start();
    for (const method of ["TRACE", "PURGE", "MKCOL"]) {
      expect(await send(server, `${method} / HTTP/1.1`, "Host: a", "Connection: close")).toMatch(/^HTTP\/1\.1 501 /);
    }
  });
});

describe("hostile peers", () => {
  test("one that goes away in the middle of its body leaves nothing behind", async () => {
    let caught: (error: unknown) => void = () => {};
    const failure = new Promise((resolve) => (caught = resolve));
    const heard: unknown[] = [];
    const post: Handler = async (_, { body, signal }) => {
      const aborted = once(signal, "abort");
      try {
        return await body();
      } catch (error) {
        await aborted;
        caught(error);
        throw error;
      }
    };
    const resources = [resource("/", { POST: post })];
    const server = await serving(handler({ resources, onError: (error) => void heard.push(error) }));
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":');
    await once(server.server, "request");
    socket.destroy();
    expect(await failure).toMatchObject({ name: "AbortError" });
    expect(heard).toEqual([]);
  });

  test("one that sends too much is told so, and may ask again on the same connection", async () => {
    const server = await serving(
      handler(resource("/", { POST: (_, { body }) => body(), maxBodyBytes: 100, GET: () => "next" })),
    );
    const post = (...fields: string[]) =>
      ["POST / HTTP/1.1", "Host: a", "Content-Type: application/json", ...fields].join("\r\n");
    const body = "x".repeat(100_000);
    const next = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close";
    const known = await send(server, `${post(`Content-Length: ${body.length}`)}\r\n\r\n${body}${next}`);
    const chunked = await send(
      server,
      `${post("Transfer-Encoding: chunked")}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n${next}`,
    );
    for (const answer of [known, chunked]) {
      expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
      expect(answer).toMatch(/\r\n\r\n"next"$/);
    }
  });

  test("one that expects nothing of the body gets its answer without sending it", async () => {
    const server = await serving(handler(resource("/", { POST: () => created("/1") })));
    const answer = send(server, "POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Connection: close");
    expect(await answer).toMatch(/^HTTP\/1\.1 201 Created\r\nLocation: \/1\r\n/i);
  });

  test("fields of a response that would be more than one are a 500", async () => {
    const evil = new Response("x");
    Object.defineProperty(evil, "headers", { value: new Map([["X-A", "a\r\nSet-Cookie: b=1"]]) });
    const server = await serving(handler(resource("/", { GET: () => evil })));
    const answer = await send(server, "GET / HTTP/1.1", "Host: a", "Connection: close");
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(answer).not.toMatch(/Set-Cookie/i);
  });
});
