import * as rest from "toolkit/rest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Nginx, startNginx } from "../../examples/nginx/nginx.js";
import { requireTool } from "../support/tools.js";

const nginx = requireTool("nginx");

/** A caching reverse proxy: what it has is stale at once, and revalidated. */
const config = (port: number, upstream: string) => `
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path temp/body;
  proxy_temp_path temp/proxy;
  fastcgi_temp_path temp/fastcgi;
  uwsgi_temp_path temp/uwsgi;
  scgi_temp_path temp/scgi;
  proxy_cache_path temp/cache keys_zone=cache:1m;
  gzip on;
  gzip_min_length 1;
  gzip_types application/json;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache cache;
      proxy_cache_revalidate on;
      add_header X-Cache $upstream_cache_status always;
    }
  }
}
`;

describe.skipIf(nginx === undefined)("behind nginx with a cache (skipped unless nginx is on PATH)", () => {
  let proxy: Nginx;
  let server: rest.RestServer;
  let url = "";
  let state: unknown;
  /** What came to us: the method, and the condition of the proxy. */
  const seen: [method: string, condition: string | null, status: number][] = [];

  const watch: rest.Middleware = async (request, next) => {
    const response = await next(request);
    response.headers.set("Cache-Control", "max-age=0, s-maxage=1");
    seen.push([request.method, request.headers.get("If-None-Match"), response.status]);
    return response;
  };
  const handlers = { GET: () => state, PUT: async (_: Request, { body }: rest.Context) => void (state = await body()) };

  beforeAll(async () => {
    const resources = ["/json", "/both", "/if"].map((path) =>
      rest.resource(path, path === "/both" ? { ...handlers, represent: [rest.json, rest.xml] } : handlers),
    );
    server = await rest.serve("127.0.0.1:0", rest.handler({ resources, use: [watch] }));
    proxy = await startNginx((port) => config(port, server.url));
    url = `http://127.0.0.1:${proxy.ports[0]}`;
  });
  beforeEach(() => {
    state = { n: 1 };
    seen.length = 0;
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, { headers: { Connection: "close", ...headers } });
    return { response, cache: response.headers.get("X-Cache"), text: await response.text() };
  };

  /** Asks until the proxy has had to ask us again. */
  const getRevalidated = async (path: string) => {
    await expect
      .poll(async () => (await get(path)).cache, { timeout: 10_000, interval: 200 })
      .toMatch(/REVALIDATED|EXPIRED/);
  };

  test("the proxy revalidates what it has with our ETag, and our 304 keeps it", async () => {
    expect(await get("/json")).toMatchObject({ cache: "MISS", text: '{"n":1}' });
    expect((await get("/json")).cache).toBe("HIT");
    expect(seen).toEqual([["GET", null, 200]]);
    await getRevalidated("/json");
    expect(seen[1]).toEqual(["GET", expect.stringMatching(/^"[\w-]+"$/), 304]);

    state = { n: 2 };
    await getRevalidated("/json");
    expect(seen.at(-1)).toMatchObject(["GET", seen[1]?.[1], 200]);
    expect((await get("/json")).text).toBe('{"n":2}');
  });

  test("Vary keeps representations apart", async () => {
    const types = ["application/json", "application/xml"];
    for (const type of [...types, ...types]) {
      const { response } = await get("/both", { Accept: type });
      expect(response.headers.get("Content-Type")).toContain(type);
    }
    expect(seen).toHaveLength(2);
  });

  test("a client's condition is answered by the proxy; a write goes through, with a tag that gzip has made weak", async () => {
    const { response } = await get("/if", { "Accept-Encoding": "gzip" });
    const tag = response.headers.get("ETag") ?? "";
    expect([response.headers.get("Content-Encoding"), tag.startsWith("W/")]).toEqual(["gzip", true]);
    expect((await get("/if", { "If-None-Match": tag })).response.status).toBe(304);
    const put = (etag: string) =>
      fetch(`${url}/if`, {
        method: "PUT",
        body: "3",
        headers: { Connection: "close", "Content-Type": "application/json", "If-Match": etag },
      });
    expect((await put(tag)).status).toBe(412); // weak tags guard nothing
    expect((await put(tag.slice(2))).status).toBe(204);
    expect(state).toBe(3);
  });
});
