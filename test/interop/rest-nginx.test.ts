import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as rest from "toolkit/rest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requireTool } from "../support/tools.js";

const nginx = requireTool("nginx");

/** A caching reverse proxy: what it has is stale at once, and revalidated. */
const config = (folder: string, port: number, upstream: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=cache:1m;
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

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts nginx; resolves when it listens, to `null` if somebody else has its port. */
async function startNginx(folder: string, text: string): Promise<ChildProcess | null> {
  await writeFile(join(folder, "nginx.conf"), text);
  const child = spawn(nginx as string, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes("event method")) return child; // it listens by then
  }
  return null;
}

describe.skipIf(nginx === undefined)("behind nginx with a cache (skipped unless nginx is on PATH)", () => {
  let folder = "";
  let proxy: ChildProcess | null = null;
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
    folder = await mkdtemp(join(tmpdir(), "nginx-"));
    const resources = ["/json", "/both", "/if"].map((path) =>
      rest.resource(path, path === "/both" ? { ...handlers, represent: [rest.json, rest.xml] } : handlers),
    );
    server = await rest.serve("127.0.0.1:0", rest.handler({ resources, use: [watch] }));
    for (let tries = 0; proxy === null && tries < 5; tries++) {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      proxy = await startNginx(folder, config(folder, port, server.url));
    }
    if (proxy === null) throw new Error("nginx does not start");
  });
  beforeEach(() => {
    state = { n: 1 };
    seen.length = 0;
  });
  afterAll(async () => {
    if (proxy !== null) {
      proxy.kill();
      await once(proxy, "exit");
    }
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
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
