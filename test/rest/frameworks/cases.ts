import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handler } from "../../../src/rest/handler.js";
import { created } from "../../../src/rest/reply.js";
import { form } from "../../../src/rest/represent/form.js";
import { json } from "../../../src/rest/represent/json.js";
import { text } from "../../../src/rest/represent/text.js";
import { resource } from "../../../src/rest/resource.js";

/** An application of a framework, with {@link mounted} under `/api`. */
export interface App {
  readonly server: Server;
  close?(): unknown;
}

const aborts: unknown[] = [];

/** What all applications mount; patterns begin behind `/api` where `isStripped`. */
export function mounted(base: string) {
  return handler({
    represent: [json, text, form],
    resources: [
      resource(`${base}/items/{id}`, {
        GET: (request, { pathValue }) => ({ id: pathValue("id"), url: request.url.replace(/^http:\/\/[^/]+/, "") }),
        PUT: async (_, { body }) => ({ got: await body() }),
        POST: async (request) => ({ got: await request.text() }),
        DELETE: () => undefined,
      }),
      resource(`${base}/items`, { POST: () => created("/api/items/1") }),
      resource(`${base}/dir/`, { GET: () => "dir" }),
      resource(`${base}/echo`, { POST: (request) => request.body }),
      resource(`${base}/fails`, { GET: () => Promise.reject(new Error("secret")) }),
      resource(`${base}/slow`, {
        GET: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              aborts.push(signal.reason);
              reject(signal.reason as Error);
            });
          }),
      }),
    ],
  });
}

/** Checks that a handler does in a framework what it does by itself. */
export function frameworkCases(make: () => App | Promise<App>, base: string): void {
  let app: App;
  let port = 0;
  beforeAll(async () => {
    app = await make();
    if (!app.server.listening) {
      app.server.listen(0, "127.0.0.1");
      await once(app.server, "listening");
    }
    port = (app.server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await app.close?.();
    app.server.close();
    app.server.closeAllConnections();
  });
  const ask = async (line: string, headers: Record<string, string> = {}, body: BodyInit | null = null) => {
    const [method = "", path = ""] = line.split(" ");
    const init = { method, headers: { Connection: "close", ...headers }, body, redirect: "manual", duplex: "half" };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init as RequestInit);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test("verbs, values and statuses", async () => {
    const { status, text: body, headers } = await ask("GET /api/items/a%2Fb?q=1");
    expect([status, JSON.parse(body)]).toEqual([200, { id: "a/b", url: `${base}/items/a%2Fb?q=1` }]);
    expect(headers.get("Content-Length")).toBe(String(body.length));
    expect((await ask("HEAD /api/items/1")).text).toBe("");
    expect((await ask("DELETE /api/items/1")).status).toBe(204);
    const made = await ask("POST /api/items");
    expect([made.status, made.headers.get("Location")]).toEqual([201, "/api/items/1"]);
    expect((await ask("PATCH /api/items/1")).headers.get("Allow")).toBe("DELETE, GET, HEAD, OPTIONS, POST, PUT");
    expect((await ask("GET /api/nowhere")).headers.get("Content-Type")).toBe("application/problem+json");
  });

  test("conditional requests", async () => {
    const ETag = (await ask("GET /api/items/1")).headers.get("ETag") ?? "";
    expect((await ask("GET /api/items/1", { "If-None-Match": ETag })).status).toBe(304);
    expect((await ask("PUT /api/items/1", { "If-Match": '"x"', "Content-Type": "application/json" }, "1")).status).toBe(
      412,
    );
  });

  test("bodies, decoded or raw, whoever else has read them", async () => {
    const put = async (type: string, body: string) => {
      const answer = await ask("PUT /api/items/1", { "Content-Type": type }, body);
      return answer.status === 200 ? (JSON.parse(answer.text) as unknown) : answer.status;
    };
    expect(await put("application/json", '{"a":[1]}')).toEqual({ got: { a: [1] } });
    expect(await put("text/plain", "é")).toEqual({ got: "é" });
    expect(await put("application/x-www-form-urlencoded", "a=1&a=2&b=x+y")).toEqual({
      got: { a: ["1", "2"], b: "x y" },
    });
    expect(await put("image/png", "x")).toBe(415);
    const raw = await ask("POST /api/items/1", { "Content-Type": "application/json" }, "[1]");
    expect(JSON.parse(raw.text)).toEqual({ got: "[1]" });
  });

  test("a body that goes out as it comes in", async () => {
    const big = new Blob([new Uint8Array(3 << 20).fill(65)]);
    const { text: body } = await ask("POST /api/echo", { "Content-Type": "application/octet-stream" }, big.stream());
    expect(body.length).toBe(big.size);
  });

  test("a redirect leads to where the handler is mounted", async () => {
    const { status, headers } = await ask("GET /api/dir?q");
    expect([status, headers.get("Location")]).toEqual([307, "/api/dir/?q"]);
  });

  test("errors say nothing of themselves", async () => {
    const { status, text: body } = await ask("GET /api/fails");
    expect([status, body.includes("secret")]).toEqual([500, false]);
  });

  test("a client that goes away aborts the signal", async () => {
    aborts.length = 0;
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /api/slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(app.server, "request");
    socket.destroy();
    await expect.poll(() => aborts).toEqual([expect.objectContaining({ name: "AbortError" })]);
  });

  test("what the framework serves itself is its own", async () => {
    expect((await ask("GET /own")).text).toBe("own");
  });
}
