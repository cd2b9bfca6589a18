import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { bundleForBrowser } from "../support/bundle.js";

const root = fileURLToPath(new URL("../../src/rest/", import.meta.url));
/** What Deno, Bun, workers and browsers have. */
const web =
  `Request Response Headers URL URLSearchParams AbortController AbortSignal ReadableStream DecompressionStream TextEncoder TextDecoder
  Blob FormData DOMException crypto structuredClone setTimeout clearTimeout fetch ArrayBuffer Uint8Array`.split(/\s+/);

/** Does a bit of everything; runs where there is nothing but the web's own. */
const program = `(async () => {
  const { client, cors, events, Feed, forwarded, handler, html, idempotency, json, msgpack, rateLimit, readEvents, requestId, resource, text, xml } = rest;
  const feed = new Feed();
  feed.publish("hello");
  const fetch = handler({
    resources: [
      resource("/v/{id}", { GET: (_, { params }) => ({ id: params.id }), PUT: (_, { body }) => body() }),
      resource("/events", { GET: (request) => events(request, [{ data: "hello" }]) }),
      resource("/bytes", { GET: () => new TextEncoder().encode("0123456789") }),
    ],
    represent: [json, xml, html, text, msgpack],
    use: [requestId(), cors(), rateLimit({ limit: 99, windowSeconds: 9 }), idempotency(), forwarded({ trust: [] })],
  });
  const api = client("http://localhost", { fetch, cache: true, represent: [json, xml] });
  const seen = [];
  for (const Accept of ["application/xml", "text/html", "application/msgpack"]) {
    seen.push((await fetch(new Request("http://localhost/v/1", { headers: { Accept } }))).status);
  }
  seen.push((await api.put("/v/{id}", { a: 1 }, { params: { id: 7 } })).value);
  seen.push((await api.get("/v/7")).value, (await api.get("/v/7")).isCached);
  for await (const { data } of readEvents(await fetch(new Request("http://localhost/events")))) seen.push(data);
  const part = await fetch(new Request("http://localhost/bytes", { headers: { Range: "bytes=2-3" } }));
  seen.push(part.status, await part.text(), typeof process, typeof Buffer);
  return JSON.stringify(seen);
})()`;

test("all but serve runs where there is nothing but the web's own: no process, no Buffer, no node:*", async () => {
  const source = await bundleForBrowser("./src/rest/index.ts", "rest");
  const context = createContext(Object.fromEntries(web.map((name) => [name, Reflect.get(globalThis, name)])));
  runInContext(source, context);
  const seen: unknown = JSON.parse(String(await runInContext(program, context)));
  expect(seen).toEqual([200, 200, 200, { a: 1 }, { id: "7" }, true, "hello", 206, "23", "undefined", "undefined"]);
});

test("only src/rest/node knows of Node, and of its modules no more than the types", () => {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const lines = readFileSync(root + file, "utf8").match(/^(?:import|export) .*?from "node:.*$/gms) ?? [];
    expect([file, lines.filter((line) => !line.startsWith("import type "))]).toEqual([file, []]);
    if (!file.startsWith("node/")) expect([file, lines]).toEqual([file, []]);
  }
});
