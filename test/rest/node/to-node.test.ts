import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { handler } from "../../../src/rest/handler.js";
import { forwarded } from "../../../src/rest/middleware/forwarded.js";
import { serve } from "../../../src/rest/node/serve.js";
import { toNode } from "../../../src/rest/node/to-node.js";
import { resource } from "../../../src/rest/resource.js";
import type { Middleware } from "../../../src/rest/types.js";
import { send, serving } from "./serving.js";

const big = "x".repeat(1 << 20);
const post = `POST / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: b.example\r\nContent-Length: ${big.length}\r\n\r\n${big}`;
const next = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close";

describe("a body that nobody reads to its end lets the next request pass", () => {
  const touching: Middleware = (request, go) => {
    void request.body;
    return go(request);
  };
  const beginning: Middleware = async (request, go) => {
    await request.body?.getReader().read();
    return go(request);
  };
  const waiting: Middleware = async (request, go) => {
    const reader = request.body?.getReader();
    for (let left = (1 << 20) / (16 << 10); left > 0; left--) void reader?.read().catch(() => {});
    return go(request);
  };
  test.each<[string, Middleware[]]>([
    ["untouched", []],
    ["touched", [touching]],
    ["begun", [beginning]],
    ["being read", [waiting]],
    ["handed on", [forwarded({ trust: ["loopback"] })]],
  ])("%s", async (_, use) => {
    const server = await serving(handler({ resources: [resource("/", { POST: () => 1, GET: () => "next" })], use }));
    expect(await send(server, post + next)).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n"next"$/);
  });
});

describe("framing", () => {
  const stream = (text: string) =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  test.each([3, 50])("a stream that is not as long as it was said to be breaks off: %i", async (length) => {
    const heard: unknown[] = [];
    const GET = () =>
      new Response(stream("hello\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), { headers: { "Content-Length": `${length}` } });
    const server = await serving(
      handler({ resources: [resource("/", { GET })], onError: (error) => void heard.push(error) }),
    );
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow(TypeError);
    expect(heard).toEqual([expect.objectContaining({ code: "ERR_HTTP_CONTENT_LENGTH_MISMATCH" })]);
  });

  test("is the server's, whatever a Response from elsewhere says", async () => {
    const headers = { "Transfer-Encoding": "gzip, chunked", "Keep-Alive": "timeout=900" };
    const server = await serving(handler(resource("/", { GET: () => new Response("abc", { headers }) })));
    const answer = await send(server, next);
    expect(answer.match(/transfer-encoding: .*/gi)).toEqual(["Transfer-Encoding: chunked"]);
    expect(answer).not.toMatch(/keep-alive:/i);
  });

  test("two hosts are a 400: a proxy may have looked at the other", async () => {
    const server = await serving(handler(resource("/", { GET: () => 1 })));
    for (const line of ["Host: b", "host: a"]) {
      expect(await send(server, `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\nConnection: close`)).toMatch(
        /^HTTP\/1\.1 400 /,
      );
    }
  });
});

/** Does what body parsers do, and gives the answer of a handler behind it. */
async function behind(parse: (message: IncomingMessage & { body?: unknown }, text: string) => void, body: BodyInit) {
  const heard: unknown[] = [];
  const inner = toNode(
    handler({
      resources: [resource("/", { POST: (_, { body: read }) => read() })],
      onError: (e) => void heard.push(e),
    }),
  );
  const listener = async (message: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const chunk of message) text += String(chunk);
    parse(message, text);
    inner(message, response);
  };
  const server = createServer((...both) => void listener(...both)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const isZipped = typeof body !== "string";
  const headers = { "Content-Type": "application/json", ...(isZipped ? { "Content-Encoding": "gzip" } : {}) };
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body,
    headers: { ...headers, Connection: "close" },
  });
  return { status: response.status, text: await response.text(), heard };
}

describe("behind a body parser", () => {
  test("that inflates, the coding is no matter any more", async () => {
    const parsed = await behind((message) => void (message.body = { a: 1 }), gzipSync('{"a":1}'));
    expect(parsed).toEqual({ status: 200, text: '{"a":1}', heard: [] });
  });
  test("that leaves nothing, the developer is told", async () => {
    const { status, heard } = await behind(() => {}, '{"a":1}');
    expect([status, heard]).toEqual([500, [new TypeError("The body was read before: see toNode on body parsers")]]);
  });
});

test("what is no handler is refused at once", async () => {
  const message = "What is served is no function: resources are served by rest.handler(…)";
  expect(() => toNode(resource("/", { GET: () => 1 }) as never)).toThrow(new TypeError(message));
  await expect(serve(8080 as never, handler())).rejects.toThrow(
    new TypeError('Address is 8080: write "127.0.0.1:8080", or ":8080"'),
  );
});

test("a function that is no handler of ours may answer at once, and answers HEAD without a body", async () => {
  const server = await serving((() => new Response("abc", { headers: { "Content-Length": "3" } })) as never);
  expect(await send(server, next)).toMatch(/\r\n\r\nabc$/);
  expect(await send(server, next.replace("GET", "HEAD"))).toMatch(/content-length: 3\r\n[^]*\r\n\r\n$/i);
});
