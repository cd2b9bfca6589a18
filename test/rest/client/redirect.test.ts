import { describe, expect, test } from "vitest";
import { client } from "../../../src/rest/client/client.js";
import { ResponseError } from "../../../src/rest/client/errors.js";
import type { ClientOptions } from "../../../src/rest/client/options.js";

const secrets = { Authorization: "Bearer s", "X-Api-Key": "k", Cookie: "c=1" };

/** A client of a web in which each URL leads to another, or gives what it was asked. */
function web(leads: Readonly<Record<string, readonly [number, string]>>, options: ClientOptions = {}) {
  const asked: { line: string; fields: string[]; body: string }[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const { method, url, headers } = request;
    asked.push({ line: `${method} ${url}`, fields: [...headers.keys()], body: await request.text() });
    const [status, Location] = leads[url] ?? [];
    if (status !== undefined) return new Response(null, { status, headers: { Location: Location ?? "" } });
    return Response.json(url, { headers: { ETag: '"1"' } });
  };
  return { api: client("http://a.example/", { fetch, headers: secrets, ...options }), asked };
}

describe("a redirect", () => {
  test.each([
    [301, "GET http://a.example/end"],
    [302, "GET http://a.example/end"],
    [303, "GET http://a.example/end"],
    [307, "POST http://a.example/end"],
    [308, "POST http://a.example/end"],
  ])("%i of a POST is followed as the standard says", async (status, line) => {
    const { api, asked } = web({ "http://a.example/start": [status, "end"] });
    const { url } = await api.post("/start", { a: 1 }, { idempotencyKey: "k" });
    expect(url).toBe("http://a.example/end");
    expect(asked.map((one) => one.line)).toEqual(["POST http://a.example/start", line]);
    const isGet = line.startsWith("GET");
    expect(asked[1]?.body).toBe(isGet ? "" : '{"a":1}');
    const kept = ["accept", "authorization", "cookie", "x-api-key"];
    expect(asked[1]?.fields).toEqual(
      isGet ? kept : expect.arrayContaining([...kept, "content-type", "idempotency-key"]),
    );
  });

  test.each([302, 303, 307, 308])(
    "%i to another origin takes none of the header along, and does not get it back",
    async (status) => {
      const { api, asked } = web({
        "http://a.example/start": [status, "http://b.example/x"],
        "http://b.example/x": [302, "http://a.example/end"],
      });
      expect((await api.get("/start")).value).toBe("http://a.example/end");
      expect(asked.map(({ fields }) => fields.includes("x-api-key"))).toEqual([true, false, false]);
      expect(asked[1]?.fields).toEqual(["accept"]);
    },
  );

  test.each(["http://b.example/", "https://a.example/", "http://a.example:8080/"])(
    "takes no body to %s",
    async (elsewhere) => {
      const { api, asked } = web({ "http://a.example/start": [307, elsewhere] });
      await expect(api.put("/start", { a: 1 })).rejects.toThrow(ResponseError);
      expect(asked).toHaveLength(1);
    },
  );

  test.each(["javascript:alert(1)", "file:///etc/passwd", "http://[", "data:,x"])(
    "to %s is an error",
    async (where) => {
      const { api } = web({ "http://a.example/start": [302, where] });
      await expect(api.get("/start")).rejects.toThrow(ResponseError);
    },
  );

  test("of a stream, which cannot be sent again, is an error; but for a 303", async () => {
    const { api } = web({ "http://a.example/a": [307, "/end"], "http://a.example/b": [303, "/end"] });
    const stream = () => new Blob(["1"]).stream();
    await expect(api.post("/a", stream())).rejects.toThrow("the body cannot be sent again");
    expect((await api.post("/b", stream())).value).toBe("http://a.example/end");
  });

  test("that leads in a circle ends", async () => {
    const { api, asked } = web({ "http://a.example/a": [302, "/a"] });
    await expect(api.get("/a")).rejects.toThrow("answer leads on and on: http://a.example/a");
    expect(asked).toHaveLength(21);
  });

  test("that a browser does not show is followed by the browser, where that can do no harm", async () => {
    const modes: string[] = [];
    const fetch = async ({ redirect }: Request) => {
      modes.push(redirect);
      if (redirect === "follow") return Response.json("end");
      return Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });
    };
    const { api } = web({}, { fetch });
    expect((await api.get("/start")).value).toBe("end");
    expect(modes).toEqual(["manual", "follow"]);
    await expect(api.post("/start")).rejects.toThrow(ResponseError);
    expect(modes).toEqual(["manual", "follow", "manual"]);
  });
});

test("what a caller does to a reply does nothing to what is kept", async () => {
  const fetch = async ({ headers }: Request) =>
    headers.get("If-None-Match") === '"1"'
      ? new Response(null, { status: 304 })
      : new Response("abc", { headers: { ETag: '"1"', "Content-Type": "application/octet-stream" } });
  const { api } = web({}, { fetch, cache: true });
  for (const isCached of [false, true, true]) {
    const reply = await api.get<Uint8Array>("/a");
    expect([reply.isCached, new TextDecoder().decode(reply.value), reply.headers.get("X-A")]).toEqual([
      isCached,
      "abc",
      null,
    ]);
    reply.value.fill(0);
    reply.headers.set("X-A", "1");
  }
});
