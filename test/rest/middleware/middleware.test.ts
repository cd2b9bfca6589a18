import { describe, expect, test, vi } from "vitest";
import { type CacheDirectives, cacheControl } from "../../../src/rest/middleware/cache-control.js";
import { compose } from "../../../src/rest/middleware/compose.js";
import { type CorsOptions, cors } from "../../../src/rest/middleware/cors.js";
import { clientAddress } from "../../../src/rest/middleware/facts.js";
import { rateLimit } from "../../../src/rest/middleware/rate-limit.js";
import { MemoryRateLimitStore } from "../../../src/rest/middleware/rate-limit-store.js";
import { requestId, requestIdOf } from "../../../src/rest/middleware/request-id.js";
import type { Problem } from "../../../src/rest/problem.js";
import { peerSymbol } from "../../../src/rest/request-value.js";
import type { Middleware } from "../../../src/rest/types.js";

const url = "http://localhost/";
const hello = async () => new Response("hello");
const get = (headers: Record<string, string> = {}, method = "GET") => new Request(url, { method, headers });

describe("compose", () => {
  const tag =
    (name: string): Middleware =>
    async (request, next) => {
      const inner = await next(
        new Request(request, { headers: { "X-In": `${request.headers.get("X-In") ?? ""}${name}` } }),
      );
      return new Response(`${name}(${await inner.text()})`);
    };
  test("puts the first outermost, and passes on what each hands to the next", async () => {
    const all = compose(tag("a"), tag("b"), tag("c"));
    const answer = await all(get(), async ({ headers }) => new Response(headers.get("X-In")));
    expect(await answer.text()).toBe("a(b(c(abc)))");
  });
  test("of nothing passes", async () => {
    expect(await (await compose()(get(), hello)).text()).toBe("hello");
  });
  test("an error of one is an error of all", async () => {
    const failing: Middleware = () => {
      throw new Error("no");
    };
    await expect(Promise.resolve(compose(tag("a"), failing)(get(), hello))).rejects.toThrow("no");
  });
});

describe("requestId", () => {
  const idOf = async (middleware: Middleware, sent: Record<string, string> = {}) => {
    const answer = await middleware(get(sent), async (request) => new Response(requestIdOf(request)));
    const id = await answer.text();
    return [id, answer.headers.get("X-Request-Id") === id];
  };
  test("gives an id to the request and to its answer", async () => {
    expect(await idOf(requestId())).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), true]);
    expect(await idOf(requestId({ generate: () => "7" }))).toEqual(["7", true]);
  });
  test("keeps an id that is sent, if it is plain and accepted", async () => {
    const generate = () => "new";
    expect(await idOf(requestId({ generate }), { "X-Request-Id": "abc-1" })).toEqual(["abc-1", true]);
    expect(await idOf(requestId({ generate, accept: false }), { "X-Request-Id": "abc-1" })).toEqual(["new", true]);
    for (const bad of ["", "a b", "a\tb", "x".repeat(129), "<script>", '"']) {
      expect(await idOf(requestId({ generate }), { "X-Request-Id": bad })).toEqual(["new", true]);
    }
  });
  test("copes with an answer whose header cannot be changed", async () => {
    const answer = await requestId({ generate: () => "7" })(get(), async () =>
      Response.redirect("http://localhost/b", 307),
    );
    expect([answer.status, answer.headers.get("X-Request-Id"), answer.headers.get("Location")]).toEqual([
      307,
      "7",
      "http://localhost/b",
    ]);
  });
});

describe("cacheControl", () => {
  const sent = async (directives: CacheDirectives, response: Response, method = "GET") =>
    (await cacheControl(directives)(get({}, method), async () => response)).headers.get("Cache-Control");

  test("writes all directives", async () => {
    const directives = {
      public: true,
      noCache: true,
      mustRevalidate: true,
      immutable: true,
      maxAgeSeconds: 0,
      sharedMaxAgeSeconds: 1,
      staleWhileRevalidateSeconds: 2,
      staleIfErrorSeconds: 3,
    };
    expect(await sent(directives, new Response())).toBe(
      "public, no-cache, must-revalidate, immutable, max-age=0, s-maxage=1, stale-while-revalidate=2, stale-if-error=3",
    );
  });
  test("speaks of what GET and HEAD succeed with, and of errors", async () => {
    const fresh = { maxAgeSeconds: 60 };
    expect(await sent(fresh, new Response(), "HEAD")).toBe("max-age=60");
    expect(await sent(fresh, new Response(null, { status: 304 }))).toBe("max-age=60");
    expect(await sent(fresh, new Response(), "POST")).toBeNull();
    expect(await sent(fresh, new Response(null, { status: 302 }))).toBeNull();
    expect(await sent(fresh, new Response(null, { status: 404 }))).toBe("no-store");
    expect(await sent(fresh, new Response(null, { status: 500 }), "POST")).toBe("no-store");
  });
  test("leaves alone what the handler says", async () => {
    expect(await sent({ noStore: true }, new Response(null, { headers: { "Cache-Control": "private" } }))).toBe(
      "private",
    );
  });
  test("refuses nonsense", () => {
    expect(() => cacheControl({})).toThrow(TypeError);
    expect(() => cacheControl({ public: true, private: true })).toThrow(TypeError);
    expect(() => cacheControl({ maxAgeSeconds: -1 })).toThrow(RangeError);
    expect(() => cacheControl({ maxAgeSeconds: 1.5 })).toThrow(RangeError);
  });
});

describe("cors", () => {
  const app = "https://app.example.com";
  const allowing = async (request: Request) =>
    request.method === "OPTIONS"
      ? new Response(null, { status: 204, headers: { Allow: "GET, PUT" } })
      : new Response("hello");
  const send = async (options: CorsOptions | undefined, headers: Record<string, string>, method = "GET") => {
    const answer = await cors(options)(get(headers, method), allowing);
    return Object.fromEntries(answer.headers);
  };
  const preflight = { Origin: app, "Access-Control-Request-Method": "PUT" };

  test("lets all read what needs no credentials, and the fields that clients need", async () => {
    const fields = await send(undefined, { Origin: app });
    expect(fields["access-control-allow-origin"]).toBe("*");
    expect(fields["access-control-expose-headers"]).toContain("ETag, Link, Location");
    expect(fields).not.toHaveProperty("vary");
  });
  test("tells so in all answers: a cache may give one to a page that asks later", async () => {
    expect(await send(undefined, {})).toMatchObject({ "access-control-allow-origin": "*" });
    expect(await send(undefined, { Origin: "null" })).toMatchObject({ "access-control-allow-origin": "*" });
    expect(await send({ origin: app }, {})).not.toHaveProperty("access-control-allow-origin");
    expect(await send({ origin: app }, { Origin: "null" })).not.toHaveProperty("access-control-allow-origin");
  });
  test("tells nothing to origins that are not named, and caches that it depends", async () => {
    for (const origin of [app, [app], (from: string) => from === app, async (from: string) => from === app]) {
      const good = await send({ origin, credentials: true }, { Origin: app });
      expect(good).toMatchObject({
        "access-control-allow-origin": app,
        "access-control-allow-credentials": "true",
        vary: "Origin",
      });
      for (const other of ["https://evil.example", "null", `${app}.evil.example`, "http://app.example.com"]) {
        const bad = await send({ origin, credentials: true }, { Origin: other });
        expect(Object.keys(bad).filter((name) => name.startsWith("access-control"))).toEqual([]);
        expect(bad["vary"]).toBe("Origin");
      }
      expect((await send({ origin }, {}))["vary"]).toBe("Origin");
    }
  });
  test("answers a preflight with what the resource allows", async () => {
    const asked = { ...preflight, "Access-Control-Request-Headers": "content-type, x-a, ,<bad>" };
    expect(await send({ origin: app }, asked, "OPTIONS")).toEqual({
      "access-control-allow-origin": app,
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "content-type, x-a",
      "access-control-max-age": "600",
      vary: "Access-Control-Request-Method, Access-Control-Request-Headers, Origin",
    });
  });
  test("answers a preflight with what it is told", async () => {
    const options = {
      methods: ["GET"],
      allowHeaders: ["X-B"],
      maxAgeSeconds: 5,
      privateNetwork: true,
      exposeHeaders: [],
    };
    const asked = { ...preflight, "Access-Control-Request-Private-Network": "true" };
    expect(await send(options, asked, "OPTIONS")).toMatchObject({
      "access-control-allow-methods": "GET",
      "access-control-allow-headers": "X-B",
      "access-control-max-age": "5",
      "access-control-allow-private-network": "true",
    });
    expect(await send({}, asked, "OPTIONS")).not.toHaveProperty("access-control-allow-private-network");
  });
  test("a preflight of an origin that is not allowed allows nothing", async () => {
    const fields = await send({ origin: "https://other.example" }, preflight, "OPTIONS");
    expect(Object.keys(fields)).toEqual(["vary"]);
  });
  test("an OPTIONS that is no preflight reaches the resource", async () => {
    expect((await send(undefined, { Origin: app }, "OPTIONS"))["allow"]).toBe("GET, PUT");
  });
  test("does not list a name twice in Vary, nor add to *", async () => {
    const vary = async (value: string) => {
      const answer = async () => new Response(null, { headers: { Vary: value } });
      return (await cors({ origin: app })(get(), answer)).headers.get("Vary");
    };
    expect(await vary("accept, origin")).toBe("accept, origin");
    expect(await vary("*")).toBe("*");
  });
  test("refuses what would give every page the user's rights, and origins that are none", () => {
    expect(() => cors({ credentials: true })).toThrow(TypeError);
    expect(() => cors({ origin: `${app}/` })).toThrow(TypeError);
    expect(() => cors({ origin: ["example.com"] })).toThrow(TypeError);
  });
});

describe("rateLimit", () => {
  const from = (address: string | undefined) => {
    const request = get();
    if (address !== undefined) Object.defineProperty(request, peerSymbol, { value: address });
    return request;
  };

  test("counts, tells, and refuses what is too much until the window ends", async () => {
    vi.useFakeTimers();
    try {
      const limited = rateLimit({ limit: 2, windowSeconds: 10 });
      const told = async () => (await limited(from("192.0.2.1"), hello)).headers.get("RateLimit");
      expect(await told()).toBe('"default";r=1;t=10');
      vi.advanceTimersByTime(8500);
      expect(await told()).toBe('"default";r=0;t=2');
      const problem = await told().catch((err: unknown) => err as Problem);
      expect(problem).toMatchObject({ status: 429, extensions: { "violated-policies": ["default"] } });
      expect(new Headers((problem as Problem).headers).get("Retry-After")).toBe("2");
      expect(new Headers((problem as Problem).headers).get("RateLimit-Policy")).toBe('"default";q=2;w=10');
      vi.advanceTimersByTime(1500);
      expect(await told()).toBe('"default";r=1;t=10');
    } finally {
      vi.useRealTimers();
    }
  });

  test("counts each client by itself, and a network of IPv6 as one", async () => {
    const limited = rateLimit({ limit: 1, windowSeconds: 10 });
    const ok = async (address: string | undefined) => {
      const answer = Promise.resolve().then(() => limited(from(address), hello));
      return answer.then(
        () => true,
        () => false,
      );
    };
    expect(await ok("192.0.2.1")).toBe(true);
    expect(await ok("::ffff:192.0.2.1")).toBe(false);
    expect(await ok("192.0.2.2")).toBe(true);
    expect(await ok("2001:db8:0:1::1")).toBe(true);
    expect(await ok("2001:db8:0:1:ffff::2")).toBe(false);
    expect(await ok("2001:db8:0:2::1")).toBe(true);
    expect(await ok(undefined)).toBe(true);
    expect(await ok(undefined)).toBe(false);
  });

  test("lets pass what counts against nobody", async () => {
    const limited = rateLimit({ limit: 1, windowSeconds: 10, key: () => null });
    for (let i = 0; i < 3; i++) expect((await limited(get(), hello)).headers.has("RateLimit")).toBe(false);
  });

  test("two policies tell both", async () => {
    const both = compose(
      rateLimit({ limit: 100, windowSeconds: 3600, name: "hourly" }),
      rateLimit({ limit: 5, windowSeconds: 1, name: "burst" }),
    );
    const { headers } = await both(from("192.0.2.1"), hello);
    expect(headers.get("RateLimit-Policy")).toBe('"burst";q=5;w=1, "hourly";q=100;w=3600');
  });

  test("a store that fails lets pass or refuses, as it is told, and is heard of", async () => {
    const onError = vi.fn();
    const store = { take: () => Promise.reject(new Error("no store")) };
    const passing = rateLimit({ limit: 1, windowSeconds: 1, store, onError });
    expect((await passing(get(), hello)).status).toBe(200);
    const refusing = rateLimit({ limit: 1, windowSeconds: 1, store, onError, onStoreError: "refuse" });
    await expect(refusing(get(), hello)).rejects.toMatchObject({ status: 503 });
    expect(onError).toHaveBeenCalledTimes(2);
  });

  test("keeps no more keys than it may, and none whose window is over", () => {
    vi.useFakeTimers();
    try {
      const store = new MemoryRateLimitStore(10);
      const quota = { limit: 1, windowMs: 1000 };
      for (let i = 0; i < 100; i++) store.take(`a${i}`, quota);
      expect(store.size).toBe(10);
      vi.advanceTimersByTime(1000);
      store.take("b", quota);
      expect(store.size).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("refuses nonsense", () => {
    expect(() => rateLimit({ limit: 0, windowSeconds: 1 })).toThrow(RangeError);
    expect(() => rateLimit({ limit: 1, windowSeconds: 0.5 })).toThrow(RangeError);
    expect(() => rateLimit({ limit: 1, windowSeconds: 1, name: 'a"b' })).toThrow(TypeError);
  });
});

test("clientAddress is the peer's where nobody found out more", () => {
  expect(clientAddress(get())).toBeUndefined();
});
