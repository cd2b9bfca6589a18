import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { compose } from "../../src/rest/middleware/compose.js";
import { cors } from "../../src/rest/middleware/cors.js";
import { rateLimit } from "../../src/rest/middleware/rate-limit.js";
import { Problem } from "../../src/rest/problem.js";
import { reply } from "../../src/rest/reply.js";
import { json } from "../../src/rest/represent/json.js";
import { resource } from "../../src/rest/resource.js";
import type { Handler, Middleware, Resource } from "../../src/rest/types.js";
import { asking } from "./asking.js";
import { askingAt, serving } from "./node/serving.js";

const get = (GET: Handler) => resource("/", { GET });
const hello = get(() => ({ a: 1 }));
const bare = { type: "about:blank", title: "Internal Server Error", status: 500 };

/** Asks the same handler as a function and over the wire; both answers, and what `onError` heard. */
async function both(one: Resource, ...use: Middleware[]) {
  const heard: unknown[] = [];
  const fetch = handler({ resources: [one], use, onError: (error) => void heard.push(error) });
  const { url } = await serving(fetch);
  const answers = await Promise.all([asking(fetch)("GET /"), askingAt(url)("GET /")]);
  return { answers: answers.map(({ status, value }) => [status, value]), heard };
}

describe("what cannot be sent is a bare 500, of which onError hears", () => {
  test.each<[string, Handler]>([
    ["a status that is none", () => reply("x", { status: 99 })],
    ["a field that is none", () => reply("x", { headers: { "X-A": "\u0100" } })],
    ["a problem with a field that is none", () => Promise.reject(new Problem(401, { headers: { "X-A": "\n\u0100" } }))],
    ["a tag that is none", () => reply("x", { etag: 'a"b' })],
    [
      "a Response that was read",
      async () => {
        const response = new Response("x");
        await response.text();
        return response;
      },
    ],
  ])("%s", async (_, give) => {
    const { answers, heard } = await both(get(give));
    for (const [status, value] of answers) {
      expect(status).toBe(500);
      expect([undefined, bare]).toContainEqual(value);
    }
    expect(heard).toHaveLength(2);
  });

  test.each<[string, Middleware]>([
    ["nothing", () => undefined as never],
    ["another function", () => (() => new Response()) as never],
    ["text", () => "x" as never],
    [
      "a Response that it has read",
      async (request, next) => {
        const response = await next(request);
        await response.text();
        return response;
      },
    ],
  ])("a middleware that gives %s", async (_, layer) => {
    const { answers, heard } = await both(hello, layer);
    expect(answers).toEqual([
      [500, bare],
      [500, bare],
    ]);
    expect(heard).toEqual([expect.any(TypeError), expect.any(TypeError)]);
  });

  test("what a middleware throws is told to nobody else, be it undefined", async () => {
    for (const thrown of [undefined, new Error("secret"), "secret"] as Error[]) {
      const { answers, heard } = await both(hello, () => Promise.reject(thrown));
      expect(answers).toEqual([
        [500, bare],
        [500, bare],
      ]);
      expect(heard).toEqual([thrown, thrown]);
    }
  });

  test("a stream that breaks off is heard of", async () => {
    let hear: (error: unknown) => void = () => {};
    const heard = new Promise((resolve) => (hear = resolve));
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(9)),
      pull: (controller) => controller.error(new Error("disk")),
    });
    const fetch = handler({ resources: [get(() => broken)], onError: hear });
    const { url } = await serving(fetch);
    await expect(askingAt(url)("GET /")).rejects.toThrow(TypeError);
    expect(await heard).toEqual(new Error("disk"));
  });
});

test("middleware may answer by itself, or ask twice", async () => {
  const twice: Middleware = async (request, next) => {
    await next(request);
    return next(request);
  };
  expect((await both(hello, () => Response.json("own"))).answers).toEqual([
    [200, "own"],
    [200, "own"],
  ]);
  expect((await both(hello, twice)).answers).toEqual([
    [200, { a: 1 }],
    [200, { a: 1 }],
  ]);
});

test("joined middleware is as good as its parts: a problem of one passes through the others", async () => {
  const edge = compose(cors({ origin: "https://a.example" }), rateLimit({ limit: 1, windowSeconds: 9 }));
  const ask = asking(handler({ resources: [hello], use: [edge] }));
  const fields = { Origin: "https://a.example" };
  expect((await ask("GET /", fields)).status).toBe(200);
  const refused = await ask("GET /", fields);
  expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")]).toEqual([429, "https://a.example"]);
});

test("what is no resource, no list and no middleware is refused when the handler is made", () => {
  const options = "A handler takes resources, one by one, or { resources: […] } with options";
  for (const wrong of [[hello], undefined, "/", { resources: hello }, { resources: [[hello]] }, () => 1]) {
    expect(() => handler(wrong as never)).toThrow(new TypeError(options));
  }
  expect(() => handler(hello, { use: [] } as never)).toThrow(new TypeError(options));
  const use = "What is used is a list of middleware: write use: [cors(), …]";
  expect(() => handler({ resources: [hello], use: cors() as never })).toThrow(new TypeError(use));
  expect(() => handler(resource("/", { GET: () => 1, use: [cors(), 1] as never }))).toThrow(new TypeError(use));
  const represent = "What represents is a list: write represent: [json, …]";
  expect(() => handler({ resources: [hello], represent: json as never })).toThrow(new TypeError(represent));
});
