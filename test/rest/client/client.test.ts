import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { LimitError, TimeoutError } from "../../../src/net/errors.js";
import { client } from "../../../src/rest/client/client.js";
import { RequestError, ResponseError } from "../../../src/rest/client/errors.js";
import type { ClientOptions } from "../../../src/rest/client/options.js";
import { Problem } from "../../../src/rest/problem.js";
import { json } from "../../../src/rest/represent/json.js";
import { msgpack } from "../../../src/rest/represent/msgpack.js";

type Answer = Response | ((request: Request) => Response | Promise<Response>) | Error;
const base = "http://localhost/v1";
const jsonOf = (value: unknown, init: ResponseInit = {}) => Response.json(value, init);

/** A client of a server that gives one answer after the other, and then 204. */
function serving(answers: readonly Answer[], options: ClientOptions = {}) {
  const requests: Request[] = [];
  const left = [...answers];
  const fetch = async (request: Request) => {
    requests.push(request.clone());
    const answer = left.shift() ?? new Response(null, { status: 204 });
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(request) : answer;
  };
  const retry = { minDelayMs: 1, maxDelayMs: 2 };
  const api = client(base, { fetch, retry, ...options });
  return { api, requests, lines: () => requests.map(({ method, url }) => `${method} ${url}`) };
}
const failure = <T>(promise: Promise<T>) =>
  promise.then(
    () => undefined,
    (err: unknown) => err,
  );
const field = (request: Request | undefined, name: string) => request?.headers.get(name);

describe("paths", () => {
  const asked = async (path: string, options = {}) => {
    const { api, lines } = serving([]);
    await api.get(path, options);
    return lines()[0];
  };
  test.each([
    ["/videos", {}, "/v1/videos"],
    ["videos", {}, "/v1/videos"],
    ["", {}, "/v1/"],
    ["/a?b=c", { query: { d: [1, true], e: undefined, f: "x y" } }, "/v1/a?b=c&d=1&d=true&f=x+y"],
    ["/a", { query: new URLSearchParams("x=1") }, "/v1/a?x=1"],
    ["/videos/{id}", { params: { id: "a/b?c#d" } }, "/v1/videos/a%2Fb%3Fc%23d"],
    ["/files/{path...}", { params: { path: "a b/c" } }, "/v1/files/a%20b/c"],
    ["//evil.example/x", {}, "/v1//evil.example/x"],
    ["/a/../b#top", {}, "/v1/b"],
  ])("%s", async (path, options, expected) => {
    expect(await asked(path, options)).toBe(`GET http://localhost${expected}`);
  });
  test.each([
    ["/../admin", {}],
    ["/a/%2e%2e/../../admin", {}],
    ["/videos/{id}", {}],
    ["/videos/{id}", { params: { id: ".." } }],
    ["/files/{path...}", { params: { path: "a/../../b" } }],
    ["/videos/{constructor}", { params: {} }],
  ])("refuses %s", async (path, options) => {
    expect(await failure(asked(path, options))).toBeInstanceOf(TypeError);
  });
  test("an absolute URL is no way out", async () => {
    expect(await asked("https://evil.example/")).toBe("GET http://localhost/v1/https://evil.example/");
  });
  test("refuses a base that is none", () => {
    expect(() => client("/v1")).toThrow(TypeError);
    expect(() => client("file:///etc")).toThrow(TypeError);
  });
});

describe("values", () => {
  test("go out and come in as JSON", async () => {
    const { api, requests } = serving([async (request) => jsonOf({ got: (await request.json()) as unknown })]);
    const { value, status } = await api.put("/a", { n: 1 });
    expect([value, status]).toEqual([{ got: { n: 1 } }, 200]);
    expect(field(requests[0], "Content-Type")).toBe("application/json");
    expect(field(requests[0], "Accept")).toBe("application/json, text/plain;q=0.9");
  });
  test("go out in the first representation, and come in as what they are", async () => {
    const { api, requests } = serving([jsonOf({ a: 1 })], { represent: [msgpack, json] });
    expect((await api.post("/a", { n: 1 })).value).toEqual({ a: 1 });
    expect(field(requests[0], "Accept")).toBe("application/msgpack, application/json;q=0.9");
    expect(msgpack.decode?.(new Uint8Array(await (requests[0] as Request).arrayBuffer()), { maxDepth: 9 })).toEqual({
      n: 1,
    });
  });
  test("a string is JSON too, unless its type is told", async () => {
    const echo = async (request: Request) =>
      new Response(await request.text(), { headers: { "Content-Type": "text/plain" } });
    const { api, requests } = serving([echo, echo]);
    expect((await api.post("/a", "x")).value).toBe('"x"');
    expect((await api.post("/a", "x", { contentType: "text/csv" })).value).toBe("x");
    expect(field(requests[1], "Content-Type")).toBe("text/csv");
  });
  test("forms, blobs, bytes and streams go out as they are", async () => {
    const { api, requests } = serving([]);
    await api.post("/a", new URLSearchParams("a=b"));
    await api.post("/a", new Blob(["x"], { type: "image/png" }));
    await api.post("/a", new Uint8Array([1, 2]));
    await api.post("/a", new Blob(["streamed"]).stream(), { contentType: "text/plain" });
    expect(requests.map((request) => field(request, "Content-Type"))).toEqual([
      "application/x-www-form-urlencoded;charset=UTF-8",
      "image/png",
      "application/octet-stream",
      "text/plain",
    ]);
    expect(await requests[3]?.text()).toBe("streamed");
  });
  test("patches have the type of what they are", async () => {
    const { api, requests } = serving([]);
    await api.patch("/a", { x: null });
    await api.patch("/a", [{ op: "remove", path: "/x" }]);
    await api.patch("/a", { x: 1 }, { contentType: "application/json" });
    expect(requests.map((request) => field(request, "Content-Type"))).toEqual([
      "application/merge-patch+json",
      "application/json-patch+json",
      "application/json",
    ]);
  });
  test("of nothing are undefined, of types that nobody knows bytes", async () => {
    const { api } = serving([
      new Response(null, { status: 204 }),
      new Response("", { headers: { "Content-Type": "application/json" } }),
      new Response("x", { headers: { "Content-Type": "image/png" } }),
      new Response("\xE9", { headers: { "Content-Type": "text/html; charset=utf-8" } }),
      jsonOf({ a: 1 }, { headers: { "Content-Type": "application/hal+json" } }),
    ]);
    expect((await api.get("/a")).value).toBeUndefined();
    expect((await api.get("/a")).value).toBeUndefined();
    expect((await api.get("/a")).value).toEqual(new TextEncoder().encode("x"));
    expect((await api.get("/a")).value).toBe("é");
    expect((await api.get("/a")).value).toEqual({ a: 1 });
  });
  test("are checked by a schema", async () => {
    const Video = z.object({ id: z.coerce.number() });
    const { api } = serving([jsonOf({ id: "7" }), jsonOf({ id: "x" })]);
    expect((await api.get("/a", { as: Video })).value).toEqual({ id: 7 });
    const error = await failure(api.get("/a", { as: Video }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ status: 200, code: "ERR_REST_RESPONSE", issues: [{ path: ["id"] }] });
  });
  test("that are malformed or too deep are an error", async () => {
    const headers = { "Content-Type": "application/json" };
    const { api } = serving([new Response("{", { headers }), new Response("[".repeat(100_000), { headers })]);
    expect(await failure(api.get("/a"))).toMatchObject({ code: "ERR_REST_RESPONSE" });
    expect(await failure(api.get("/a"))).toMatchObject({ code: "ERR_REST_RESPONSE" });
  });
  test("come with what the header tells", async () => {
    const headers = {
      ETag: '"1"',
      "Last-Modified": "Sat, 21 Nov 2026 14:00:00 GMT",
      Location: "../b?c",
      Link: '</n>; rel="next"',
    };
    const { api } = serving([
      jsonOf(1, { status: 201, headers }),
      jsonOf(1, { headers: { Location: "http://[", "Last-Modified": "x" } }),
    ]);
    expect(await api.post("/a/b/c")).toMatchObject({
      status: 201,
      etag: '"1"',
      lastModified: new Date("2026-11-21T14:00:00Z"),
      location: "http://localhost/v1/a/b?c",
      links: [{ target: "/n", rel: "next" }],
      isCached: false,
    });
    expect(await api.post("/a")).toMatchObject({ location: undefined, lastModified: undefined, etag: undefined });
  });
});

describe("fields", () => {
  test("are those of the client, of the request, and of what it is told", async () => {
    let n = 0;
    const { api, requests } = serving([], { headers: async () => ({ Authorization: `Bearer ${++n}`, "X-A": "1" }) });
    await api.put("/a", 1, { headers: { "X-A": "2", Accept: "text/html" }, ifMatch: '"e"' });
    await api.put("/a", 1, { ifNoneMatch: "*", ifMatch: { etag: '"f"' } });
    expect(Object.fromEntries(requests[0]?.headers ?? [])).toMatchObject({
      authorization: "Bearer 1",
      "x-a": "2",
      accept: "text/html",
      "if-match": '"e"',
    });
    expect(Object.fromEntries(requests[1]?.headers ?? [])).toMatchObject({
      authorization: "Bearer 2",
      "if-none-match": "*",
      "if-match": '"f"',
    });
  });
  test("cannot be smuggled in", async () => {
    const { api, requests } = serving([]);
    expect(await failure(api.get("/a", { headers: { "X-A": "1\r\nX-B: 2" } }))).toBeInstanceOf(TypeError);
    expect(await failure(api.post("/a", 1, { idempotencyKey: "a\nb" }))).toBeInstanceOf(TypeError);
    expect(await failure(api.put("/a", 1, { ifMatch: { etag: undefined } }))).toBeInstanceOf(TypeError);
    expect(requests).toEqual([]);
  });
});

describe("problems", () => {
  const problem = (init: ResponseInit, body: string, type: string) =>
    new Response(body, { ...init, headers: { "Content-Type": type } });
  test("are errors, with all that they tell", async () => {
    const document = {
      type: "https://example.com/low",
      title: "Low credit",
      status: 999,
      detail: "You have 30",
      balance: 30,
    };
    const { api } = serving([problem({ status: 403 }, JSON.stringify(document), "application/problem+json")]);
    const error = await failure(api.get("/a"));
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      status: 403,
      title: "Low credit",
      message: "You have 30",
      extensions: { balance: 30 },
    });
  });
  test.each([
    ["no such video\n", "text/plain", "no such video"],
    ["x".repeat(5000), "text/plain", "x".repeat(1000)],
    ["<h1>Not Found</h1>", "text/html", "Not Found"],
    ["{", "application/problem+json", "Not Found"],
    ["null", "application/json", "Not Found"],
    ["[".repeat(10_000), "application/problem+json", "Not Found"],
    ['{"title":5,"detail":{}}', "application/problem+json", "Not Found"],
    ["", "", "Not Found"],
  ])("tell what can be read of %j", async (body, type, message) => {
    const { api } = serving([problem({ status: 404 }, body, type)]);
    expect(await failure(api.get("/a"))).toMatchObject({ status: 404, message });
  });
});

describe("trying again", () => {
  const busy = (headers = {}, status = 503) => new Response("busy", { status, headers });
  test.each(["GET", "HEAD", "QUERY", "PUT", "DELETE", "OPTIONS"])("%s is tried again", async (method) => {
    const { api, requests } = serving([busy(), new TypeError("Fetch failed")]);
    expect((await api.request(method, "/a")).status).toBe(204);
    expect(requests).toHaveLength(3);
  });
  test.each(["POST", "PATCH"])("%s is not, but with an Idempotency-Key, which stays the same", async (method) => {
    const { api, requests } = serving([busy(), busy(), new TypeError("Fetch failed")]);
    expect(await failure(api.request(method, "/a", {}, { n: 1 }))).toMatchObject({ status: 503 });
    expect(requests).toHaveLength(1);
    await api.request(method, "/a", { idempotencyKey: true }, { n: 1 });
    const keys = requests.slice(1).map((request) => field(request, "Idempotency-Key"));
    expect(keys).toEqual(Array(3).fill(keys[0]));
    expect(keys[0]).toMatch(/^"[\da-f-]{36}"$/);
    expect(await requests[3]?.json()).toEqual({ n: 1 });
  });
  test("what cannot be sent twice is sent once", async () => {
    const { api, requests } = serving([busy()]);
    expect(await failure(api.put("/a", new Blob(["x"]).stream()))).toMatchObject({ status: 503 });
    expect(requests).toHaveLength(1);
  });
  test("a conditional change is tried again only if nothing was done", async () => {
    const { api, requests } = serving([
      busy(),
      new Response("", { status: 502 }),
      busy(),
      new TypeError("Fetch failed"),
    ]);
    expect(await failure(api.put("/a", 1, { ifMatch: '"1"' }))).toMatchObject({ status: 502 });
    expect(await failure(api.put("/a", 1, { ifMatch: '"1"' }))).toBeInstanceOf(RequestError);
    expect(requests).toHaveLength(4);
  });
  test("ends with the last error", async () => {
    const { api, requests } = serving([busy(), busy(), busy({}, 504)]);
    expect(await failure(api.get("/a"))).toMatchObject({ status: 504 });
    expect(requests).toHaveLength(3);
  });
  test("does not begin where it is off, nor for errors that will not pass", async () => {
    const { api, requests } = serving([busy(), busy({}, 500), busy({}, 404)]);
    await failure(api.get("/a", { retry: false }));
    await failure(api.get("/a"));
    await failure(api.get("/a"));
    expect(requests).toHaveLength(3);
  });
  test("waits as long as Retry-After asks, not for a year", async () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-21T14:00:00Z") });
    try {
      const dated = busy({ "Retry-After": "Sat, 21 Nov 2026 14:00:07 GMT" });
      const { api, requests } = serving([busy({ "Retry-After": "5" }), dated, busy({ "Retry-After": "31536000" })]);
      const end = failure(api.get("/a", { retry: { retries: 9 } }));
      await vi.advanceTimersByTimeAsync(4999);
      expect(requests).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(requests).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(2000);
      expect(requests).toHaveLength(3);
      expect(await end).toMatchObject({ status: 503 });
    } finally {
      vi.useRealTimers();
    }
  });
  test.each(["-5", "soon", "1e9", "NaN", ""])("does not understand Retry-After: %s", async (value) => {
    const { api } = serving([busy({ "Retry-After": value })]);
    expect((await api.get("/a")).status).toBe(204);
  });
  test("an abort ends the wait", async () => {
    const aborter = new AbortController();
    const { api } = serving([busy({ "Retry-After": "50" })]);
    const end = failure(api.get("/a", { signal: aborter.signal }));
    await vi.waitFor(() => expect(end).toBeDefined());
    aborter.abort("enough");
    expect(await end).toBe("enough");
  });
});

describe("limits", () => {
  const endless = (chunk: number, each?: () => Promise<unknown>) =>
    new Response(
      new ReadableStream({
        pull: async (controller) => {
          await each?.();
          controller.enqueue(new Uint8Array(chunk));
        },
      }),
    );
  test("a body that never ends is given up", async () => {
    const { api } = serving([endless(1000)], { maxResponseBytes: 5000 });
    expect(await failure(api.get("/a"))).toBeInstanceOf(LimitError);
  });
  test("a body that says how long it is, is not begun", async () => {
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const { api } = serving([new Response(body, { headers: { "Content-Length": "5001" } })], {
      maxResponseBytes: 5000,
    });
    expect(await failure(api.get("/a"))).toBeInstanceOf(LimitError);
    expect(pulled).toBe(0);
  });
  test("a body that drips is cut when time is up", async () => {
    const drip = () => new Promise((resolve) => setTimeout(resolve, 5));
    const { api } = serving([endless(1, drip)], { timeoutMs: 30, retry: false });
    expect(await failure(api.get("/a"))).toBeInstanceOf(TimeoutError);
  });
  test("who never answers, and does not hear of aborts, is left alone", async () => {
    const signals: AbortSignal[] = [];
    const fetch = (request: Request) => {
      signals.push(request.signal);
      return new Promise<Response>(() => {});
    };
    const api = client(base, { fetch, timeoutMs: 5, retry: { retries: 1, minDelayMs: 1 } });
    const error = await failure(api.get("/a"));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: "ERR_TIMEOUT", timeout: true });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
  test("an abort ends a request at once, with its reason", async () => {
    const aborter = new AbortController();
    const api = client(base, { fetch: () => new Promise<Response>(() => {}) });
    const end = failure(api.get("/a", { signal: aborter.signal }));
    aborter.abort("enough");
    expect(await end).toBe("enough");
    expect(await failure(api.get("/a", { signal: aborter.signal }))).toBe("enough");
  });
  test("what breaks says why", async () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
    const { api } = serving([new TypeError("Fetch failed", { cause })], { retry: false });
    const error = await failure(api.get("/a"));
    expect(error).toMatchObject({
      name: "RequestError",
      code: "ECONNREFUSED",
      message: "GET http://localhost/v1/a: connect ECONNREFUSED 127.0.0.1:1",
    });
  });
});

describe("cache", () => {
  const tagged = (value: unknown, etag: string, headers: Record<string, string> = {}) =>
    jsonOf(value, { headers: { ETag: etag, ...headers } });
  const same = (headers = {}) => new Response(null, { status: 304, headers });

  test("asks whether it still holds, and gives what it has", async () => {
    const { api, requests } = serving(
      [tagged({ n: 1 }, '"1"'), same({ "X-A": "new", "Content-Length": "0" }), tagged({ n: 2 }, '"2"'), same()],
      {
        cache: true,
      },
    );
    const replies = [await api.get("/a"), await api.get("/a"), await api.get("/a"), await api.get("/a")];
    expect(replies.map(({ value, isCached, status }) => [value, isCached, status])).toEqual([
      [{ n: 1 }, false, 200],
      [{ n: 1 }, true, 200],
      [{ n: 2 }, false, 200],
      [{ n: 2 }, true, 200],
    ]);
    expect(requests.map((request) => field(request, "If-None-Match"))).toEqual([null, '"1"', '"1"', '"2"']);
    expect(replies[1]?.headers.get("X-A")).toBe("new");
    expect(replies[1]?.headers.get("Content-Type")).toBe("application/json");
    expect(replies[1]?.value).not.toBe(replies[0]?.value);
  });
  test("gives nobody what was meant for another", async () => {
    const { api, requests } = serving(
      [tagged(1, '"1"', { Vary: "X-Lang, Accept" }), tagged(2, '"2"'), tagged(3, '"3"')],
      { cache: true },
    );
    await api.get("/a", { headers: { "X-Lang": "de" } });
    await api.get("/a", { headers: { "X-Lang": "en" } });
    await api.get("/a", { headers: { Authorization: "Bearer b" } });
    expect(requests.map((request) => field(request, "If-None-Match"))).toEqual([null, null, null]);
  });
  test.each<[string, Response]>([
    ["that may not be kept", tagged(1, '"1"', { "Cache-Control": "private, no-store" })],
    ["that depends on everything", tagged(1, '"1"', { Vary: "*" })],
    ["without a tag", jsonOf(1)],
    ["that is too large", tagged("x".repeat(100), '"1"')],
    ["that is in parts", new Response("x", { status: 206, headers: { ETag: '"1"' } })],
  ])("keeps none %s", async (_, answer) => {
    const { api, requests } = serving([answer, jsonOf(2)], { cache: { maxBytes: 50 } });
    await api.get("/a");
    await api.get("/a");
    expect(field(requests[1], "If-None-Match")).toBeNull();
  });
  test("forgets what was changed, and what was used longest ago", async () => {
    const { api, requests } = serving(
      [tagged(1, '"1"'), jsonOf(1), tagged(2, '"2"'), tagged(3, '"b"'), tagged(4, '"c"')],
      {
        cache: { maxEntries: 2 },
      },
    );
    await api.get("/a");
    await api.put("/a", 1);
    await api.get("/a");
    await api.get("/b");
    await api.get("/c");
    expect(requests.map((request) => field(request, "If-None-Match"))).toEqual([null, null, null, null, null]);
    await api.get("/a");
    await api.get("/c", {}).catch(() => {});
    expect(requests.slice(5).map((request) => field(request, "If-None-Match"))).toEqual([null, '"c"']);
  });
  test("a 304 to nothing is an error; to a condition of one's own it is an answer", async () => {
    const { api } = serving([same(), same({ ETag: '"1"' })]);
    expect(await failure(api.get("/a"))).toMatchObject({ code: "ERR_REST_RESPONSE", status: 304 });
    expect(await api.get("/a", { ifNoneMatch: '"1"', as: z.string() })).toMatchObject({
      status: 304,
      value: undefined,
    });
  });
  test("a Vary that names no field harms nobody", async () => {
    const fetch = async () => {
      const response = tagged(1, '"1"');
      response.headers.set("Vary", "a b, @");
      return response;
    };
    const api = client(base, { fetch, cache: true });
    await api.get("/a");
    expect((await api.get("/a")).value).toBe(1);
  });
});

describe("update", () => {
  test("changes what nobody else has changed, and begins again if somebody has", async () => {
    const at = (n: number) => jsonOf({ n }, { headers: { ETag: `"${n}"` } });
    const { api, requests } = serving([at(1), new Response(null, { status: 412 }), at(5), jsonOf({ n: 6 })]);
    const { value } = await api.update<{ n: number }>("/a", ({ n }) => ({ n: n + 1 }));
    expect(value).toEqual({ n: 6 });
    expect(requests.map((request) => [request.method, field(request, "If-Match")])).toEqual([
      ["GET", null],
      ["PUT", '"1"'],
      ["GET", null],
      ["PUT", '"5"'],
    ]);
    expect(await requests[3]?.json()).toEqual({ n: 6 });
  });
  test("gives up in the end, and without an entity tag at once", async () => {
    const always = (request: Request) =>
      request.method === "GET" ? jsonOf(1, { headers: { ETag: '"1"' } }) : new Response(null, { status: 412 });
    const { api, requests } = serving(Array(20).fill(always));
    expect(await failure(api.update("/a", (n) => n, { attempts: 3 }))).toMatchObject({ status: 412 });
    expect(requests).toHaveLength(6);
    const { api: weak } = serving([jsonOf(1, { headers: { ETag: 'W/"1"' } })]);
    expect(await failure(weak.update("/a", (n) => n))).toBeInstanceOf(ResponseError);
  });
});

describe("pages", () => {
  const pageOf = (items: unknown, link?: string) =>
    jsonOf(items, link === undefined ? {} : { headers: { Link: link } });
  const all = async <T>(list: AsyncIterable<T>) => {
    const items: T[] = [];
    for await (const item of list) items.push(item);
    return items;
  };
  test("follow rel=next, absolute or relative, until there is none", async () => {
    const { api, lines, requests } = serving([
      pageOf([1, 2], '</v1/list?cursor=a>; rel="next"'),
      pageOf([3], '<?cursor=b#x>; rel="prev next"'),
      pageOf([], '<http://localhost/other>; rel="next"'),
      pageOf([4], '</v1/list>; rel="first"'),
    ]);
    expect(await all(api.items<number>("/list", { query: { limit: 2 }, headers: { "X-A": "1" } }))).toEqual([
      1, 2, 3, 4,
    ]);
    expect(lines()).toEqual([
      "GET http://localhost/v1/list?limit=2",
      "GET http://localhost/v1/list?cursor=a",
      "GET http://localhost/v1/list?cursor=b",
      "GET http://localhost/other",
    ]);
    expect(requests.every((request) => field(request, "X-A") === "1")).toBe(true);
  });
  test("are fetched when they are asked for, and not after the loop was left", async () => {
    const { api, requests } = serving([pageOf([1, 2], "</n>; rel=next"), pageOf([3])]);
    for await (const item of api.items<number>("/list")) if (item === 2) break;
    expect(requests).toHaveLength(1);
  });
  test.each([
    ["</v1/list>; rel=next", "was there before"],
    ["<http://evil.example/list>; rel=next", "is elsewhere"],
    ["<//evil.example/list>; rel=next", "is elsewhere"],
    ["<https://localhost/list>; rel=next", "is elsewhere"],
    ["<javascript:alert(1)>; rel=next", "is elsewhere"],
    ["<http://[>; rel=next", "is no URL"],
  ])("do not follow %s", async (link, why) => {
    const { api, requests } = serving([pageOf([1], link), pageOf([2])]);
    expect(await failure(all(api.pages("/list")))).toMatchObject({
      code: "ERR_REST_RESPONSE",
      message: expect.stringContaining(why) as string,
    });
    expect(requests).toHaveLength(1);
  });
  test("of a list without an end have one", async () => {
    let n = 0;
    const api = client(base, { fetch: async () => pageOf([n], `</list?${++n}>; rel=next`) });
    expect(await failure(all(api.pages("/list", { maxPages: 20 })))).toBeInstanceOf(LimitError);
    expect(n).toBe(20);
  });
  test("are what a schema says, each; items of no list are an error", async () => {
    const { api } = serving([pageOf(["1"], "</n>; rel=next"), pageOf([{}]), pageOf({ items: [] })]);
    expect(await failure(all(api.items("/list", { as: z.array(z.coerce.number()) })))).toMatchObject({
      issues: [{ path: [0] }],
    });
    expect(await failure(all(api.items("/list")))).toMatchObject({ code: "ERR_REST_RESPONSE" });
  });
});

describe("fetch", () => {
  test("gives the answer unread, whatever its status, and tries again before", async () => {
    const { api, requests } = serving([new Response("", { status: 503 }), new Response("no", { status: 404 })]);
    const response = await api.fetch("GET", "/a/{id}", { params: { id: 1 } });
    expect([response.status, await response.text(), requests.length]).toEqual([404, "no", 2]);
  });
  test("an abort ends a body that is being read", async () => {
    const aborter = new AbortController();
    let signal: AbortSignal | undefined;
    const { api } = serving([
      (request) => {
        signal = request.signal;
        return new Response("x");
      },
    ]);
    await api.fetch("GET", "/a", { signal: aborter.signal });
    expect(signal?.aborted).toBe(false);
    aborter.abort();
    expect(signal?.aborted).toBe(true);
  });
});
