// What is around the core, over real sockets: a client of ours, and plain ones, talk to a server of ours.
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { client } from "../../src/rest/client/client.js";
import { type EventSourceLike, events } from "../../src/rest/events.js";
import { Feed } from "../../src/rest/events-feed.js";
import { eventSource } from "../../src/rest/events-source.js";
import { handler } from "../../src/rest/handler.js";
import { idempotency } from "../../src/rest/idempotency.js";
import { cors } from "../../src/rest/middleware/cors.js";
import { clientAddress } from "../../src/rest/middleware/facts.js";
import { forwarded } from "../../src/rest/middleware/forwarded.js";
import { rateLimit } from "../../src/rest/middleware/rate-limit.js";
import { requestId } from "../../src/rest/middleware/request-id.js";
import { type RestServer, serve } from "../../src/rest/node/serve.js";
import { longPollFeed, pollFeed } from "../../src/rest/polling.js";
import { resource } from "../../src/rest/resource.js";
import type { HandlerOptions } from "../../src/rest/types.js";

let server: RestServer;
afterEach(async () => {
  server?.close();
  await server?.closed;
});

async function serving(options: HandlerOptions): Promise<string> {
  server = await serve("127.0.0.1:0", handler(options));
  return server.url;
}
const servingEvents = (source: EventSourceLike) =>
  serving({ resources: [resource("/events", { GET: (request) => events(request, source) })] });

describe("events", () => {
  test("reach a reader, who goes on where it was cut off", async () => {
    const feed = new Feed<string>();
    for (const data of ["a", "b", "c", "d"]) feed.publish(data);
    const url = await servingEvents(async function* ({ lastEventId, signal }) {
      let left = 2;
      for await (const event of feed.subscribe(Number(lastEventId), signal)) {
        if (left-- === 0) throw new Error("cut");
        yield event;
      }
    });
    const seen: string[] = [];
    for await (const { data } of eventSource(`${url}/events`, { minDelayMs: 1 })) {
      if (seen.push(data) === 4) break;
    }
    expect(seen).toEqual(["a", "b", "c", "d"]);
  });

  test("a client that goes away ends its source", async () => {
    const ended = deferred();
    const url = await servingEvents(async function* ({ signal }) {
      try {
        yield { data: "hello" };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } finally {
        ended.resolve(signal.aborted);
      }
    });
    for await (const _ of eventSource(`${url}/events`)) break;
    expect(await ended.promise).toBe(true);
  });

  test("a client that does not read holds up its source", async () => {
    let sent = 0;
    const url = await servingEvents(async function* () {
      for (;;) yield { data: "x".repeat(65_536), id: ++sent };
    });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "readable");
    let before = -1;
    await vi.waitFor(
      () => {
        const was = before;
        before = sent;
        expect(sent).toBe(was);
      },
      { interval: 100, timeout: 10_000 },
    );
    expect(sent).toBeLessThan(1000);
    socket.destroy();
  });
});

/** A promise that is settled from outside. */
function deferred() {
  let resolve: (value: boolean) => void = () => {};
  const promise = new Promise<boolean>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("long polling", () => {
  test("gives what comes, in order, to a client that polls", async () => {
    const feed = new Feed<number>();
    const url = await serving({ resources: [resource("/news", { GET: (request) => longPollFeed(request, feed) })] });
    let n = 0;
    const publishing = setInterval(() => feed.publish(++n), 2);
    const seen: number[] = [];
    for await (const { data } of pollFeed<number>(client(url), "/news", { after: 0 }))
      if (seen.push(data) === 10) break;
    clearInterval(publishing);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("middleware", () => {
  test("knows the peer, and believes it where it is trusted", async () => {
    const whoami = resource("/", { GET: (request, { url }) => ({ address: clientAddress(request), url: url.href }) });
    const headers = {
      "X-Forwarded-For": "192.0.2.60",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "example.com",
    };
    const trusting = await serving({ resources: [whoami], use: [forwarded({ trust: ["loopback"] })] });
    expect((await client(trusting, { headers }).get("/")).value).toEqual({
      address: "192.0.2.60",
      url: "https://example.com/",
    });
    await server.shutdown();
    const wary = await serving({ resources: [whoami], use: [forwarded({ trust: ["10.0.0.0/8"] })] });
    expect((await client(wary, { headers }).get("/")).value).toEqual({ address: "127.0.0.1", url: `${wary}/` });
  });

  test("sets its fields on problems of the layers within, too", async () => {
    const use = [requestId({ generate: () => "7" }), cors(), rateLimit({ limit: 1, windowSeconds: 60 })];
    const url = await serving({ resources: [resource("/", { GET: () => "hello" })], use });
    const get = () => fetch(url, { headers: { Origin: "https://example.com" } });
    await (await get()).text();
    const refused = await get();
    expect(await refused.json()).toMatchObject({ title: "Quota exceeded", "violated-policies": ["default"] });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "content-type": "application/problem+json",
      "x-request-id": "7",
      "retry-after": "60",
      ratelimit: '"default";r=0;t=60',
    });
  });

  test("a POST whose answer is lost is done once", async () => {
    let done = 0;
    let isLost = true;
    const pay = resource("/pay", {
      POST: async (_request, { body }) => ({ done: ++done, ...(await body<{ amount: number }>()) }),
    });
    const served = handler({ resources: [pay], use: [idempotency()] });
    server = await serve("127.0.0.1:0", async (request) => {
      const answer = await served(request);
      if (!isLost) return answer;
      isLost = false;
      server.server.closeAllConnections();
      return answer;
    });
    const api = client(server.url, { retry: { minDelayMs: 1 } });
    const { value, headers } = await api.post("/pay", { amount: 5 }, { idempotencyKey: true });
    expect([value, headers.get("Idempotency-Replayed"), done]).toEqual([{ done: 1, amount: 5 }, "true", 1]);
  });
});

describe("the client", () => {
  test("says why there is no answer", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const error: unknown = await client(`http://127.0.0.1:${port}`, { retry: false })
      .get("/")
      .catch((err: unknown) => err);
    expect(error).toMatchObject({ name: "RequestError", code: "ECONNREFUSED", timeout: false });
  });

  test("keeps what has not changed", async () => {
    let asked = 0;
    const url = await serving({ resources: [resource("/n", { GET: () => ({ asked: asked++ < 2 }) })] });
    const api = client(url, { cache: true });
    const replies = [await api.get("/n"), await api.get("/n"), await api.get("/n")];
    expect(replies.map(({ value, isCached }) => [value, isCached])).toEqual([
      [{ asked: true }, false],
      [{ asked: true }, true],
      [{ asked: false }, false],
    ]);
  });

  test("an abort ends a request, and the server hears of it", async () => {
    const heard = deferred();
    const waiting = deferred();
    const slow = resource("/slow", {
      GET: (_request, { signal }) => {
        signal.addEventListener("abort", () => heard.resolve(true));
        waiting.resolve(true);
        return new Promise(() => {});
      },
    });
    const url = await serving({ resources: [slow] });
    const aborter = new AbortController();
    const answer = client(url).get("/slow", { signal: aborter.signal });
    const ended = expect(answer).rejects.toBe("enough");
    await waiting.promise;
    aborter.abort("enough");
    await ended;
    expect(await heard.promise).toBe(true);
  });

  test("a state changes step by step, however many change it", async () => {
    let state = { n: 0 };
    const counter = resource("/n", {
      GET: () => state,
      PUT: async (_request, { body }) => {
        state = await body<{ n: number }>();
        return state;
      },
      etag: () => String(state.n),
      requirePrecondition: true,
    });
    const api = client(await serving({ resources: [counter] }));
    const add = () => api.update<{ n: number }>("/n", ({ n }) => ({ n: n + 1 }), { attempts: 50 });
    await Promise.all(Array.from({ length: 10 }, add));
    expect(state).toEqual({ n: 10 });
    await expect(api.put("/n", { n: 0 })).rejects.toMatchObject({ status: 428 });
    await expect(api.put("/n", { n: 0 }, { ifMatch: '"0"' })).rejects.toMatchObject({ status: 412 });
  });
});
