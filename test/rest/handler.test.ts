import { describe, expect, expectTypeOf, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { Problem } from "../../src/rest/problem.js";
import { created, reply } from "../../src/rest/reply.js";
import { resource } from "../../src/rest/resource.js";
import type { Handler } from "../../src/rest/types.js";
import { asking } from "./asking.js";

const json = { "Content-Type": "application/json" };

describe("what a handler returns", () => {
  const returned = new Map<string, () => unknown>([
    ["state", () => ({ a: 1 })],
    ["string", () => "text"],
    ["zero", () => 0],
    ["nothing", () => undefined],
    ["null", () => null],
    ["promise", () => Promise.resolve([1])],
    ["response", () => new Response("as it is", { status: 203, headers: { "X-Own": "1" } })],
    ["created", () => created("/videos/7", { id: 7 })],
    ["accepted", () => reply({ queued: true }, { status: 202, headers: { "Retry-After": "5" } })],
    ["empty", () => reply(undefined, { status: 205 })],
    ["bytes", () => new Uint8Array([104, 105])],
    ["blob", () => new Blob(["<svg/>"], { type: "image/svg+xml" })],
    ["stream", () => new Blob(["streamed"]).stream()],
    ["problem", () => Promise.reject(new Problem(409, "taken"))],
    ["error", () => Promise.reject(new Error("secret"))],
    ["function", () => () => 1],
  ]);
  const of = (_: Request, { pathValue }: { pathValue(name: string): string }) => returned.get(pathValue("what"))?.();
  const ask = asking(handler(resource("/{what}", { GET: of, POST: of, PUT: of, PATCH: of, DELETE: of })));
  const statusOf = async (line: string) => {
    const { status, text } = await ask(line);
    return [status, text];
  };

  test("a value is the state, in a representation", async () => {
    expect(await statusOf("GET /state")).toEqual([200, '{"a":1}']);
    expect(await statusOf("GET /string")).toEqual([200, '"text"']);
    expect(await statusOf("GET /zero")).toEqual([200, "0"]);
    expect(await statusOf("GET /promise")).toEqual([200, "[1]"]);
    expect(await statusOf("POST /null")).toEqual([200, "null"]);
  });

  test("nothing is 204, and 404 for those who only ask", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"])
      expect(await statusOf(`${method} /nothing`)).toEqual([204, ""]);
    for (const path of ["/nothing", "/null"])
      expect(await ask(`GET ${path}`)).toMatchObject({ status: 404, value: { status: 404 } });
    expect(await statusOf("GET /empty")).toEqual([205, ""]);
  });

  test("a response goes out as it is", async () => {
    const { status, text, headers } = await ask("GET /response");
    expect([status, text, headers.get("X-Own")]).toEqual([203, "as it is", "1"]);
  });

  test("created is 201 with Location, and the state", async () => {
    const { status, value, headers } = await ask("POST /created");
    expect([status, value, headers.get("Location")]).toEqual([201, { id: 7 }, "/videos/7"]);
  });

  test("reply has a status and fields of its own", async () => {
    const { status, headers } = await ask("POST /accepted");
    expect([status, headers.get("Retry-After")]).toEqual([202, "5"]);
  });

  test("content is sent as it is", async () => {
    expect(await statusOf("GET /bytes")).toEqual([200, "hi"]);
    const { text, headers } = await ask("GET /blob");
    expect([text, headers.get("Content-Type")]).toEqual(["<svg/>", "image/svg+xml"]);
    expect(await statusOf("GET /stream")).toEqual([200, "streamed"]);
  });

  test("a problem is the answer; what else is thrown says nothing of itself", async () => {
    expect((await ask("GET /problem")).value).toEqual({
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: "taken",
    });
    for (const path of ["/error", "/function"]) {
      const { status, text } = await ask(`GET ${path}`);
      expect([status, JSON.parse(text)]).toEqual([
        500,
        { type: "about:blank", title: "Internal Server Error", status: 500 },
      ]);
    }
  });
});

describe("methods", () => {
  const ask = asking(
    handler(
      resource("/all", { GET: () => "é", POST: () => 1, PATCH: () => 1, QUERY: () => 1 }),
      resource("/own", {
        GET: () => 1,
        HEAD: () => reply(undefined, { status: 200, headers: { "X-Own": "1" } }),
        OPTIONS: () => 2,
      }),
      resource("/write", { PUT: () => 1, DELETE: { handle: () => undefined } }),
    ),
  );

  test("HEAD is GET without its body, with the same fields", async () => {
    const [get, head] = [await ask("GET /all"), await ask("HEAD /all")];
    const { "content-length": length, ...fields } = Object.fromEntries(head.headers);
    expect([head.status, head.text, length]).toEqual([200, "", "4"]);
    expect(fields).toEqual(Object.fromEntries(get.headers));
    expect((await ask("HEAD /own")).headers.get("X-Own")).toBe("1");
    expect((await ask("HEAD /nowhere")).text).toBe("");
  });

  test("what a resource does not have is 405 with Allow", async () => {
    const { status, headers, value } = await ask("DELETE /all");
    expect([status, headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS, PATCH, POST, QUERY"]);
    expect(value).toMatchObject({ status: 405 });
    expect((await ask("GET /write")).headers.get("Allow")).toBe("DELETE, OPTIONS, PUT");
  });

  test("OPTIONS tells what there is, and what bodies are taken", async () => {
    const { status, headers, text } = await ask("OPTIONS /all");
    expect([status, text, headers.get("Allow")]).toEqual([204, "", "GET, HEAD, OPTIONS, PATCH, POST, QUERY"]);
    expect(headers.get("Accept-Patch")).toBe("application/merge-patch+json, application/json-patch+json");
    expect(headers.get("Accept-Post")).toBe("application/json, application/*+json");
    expect(headers.get("Accept-Query")).toBe("application/json, application/*+json");
    expect((await ask("OPTIONS /own")).value).toBe(2);
    expect((await ask("OPTIONS /nowhere")).status).toBe(404);
  });

  test("methods that are not known are 501, wherever", async () => {
    for (const line of ["BREW /all", "REPORT /all", "PURGE /nowhere"]) expect((await ask(line)).status).toBe(501);
  });
});

describe("resource", () => {
  test("refuses what it does not understand", () => {
    const none = () => 1;
    expect(() => resource("/a", {})).toThrow(new TypeError("Resource /a has no verb: write { GET: … }"));
    expect(() => resource("/a", { get: none } as object)).toThrow(
      new TypeError("Resource /a has no place for get: verbs are in capitals, as GET"),
    );
    expect(() => resource("/a", { FETCH: none } as object)).toThrow(
      new TypeError("Resource /a has no place for FETCH"),
    );
    for (const GET of [1, { handler: none }]) {
      expect(() => resource("/a", { GET } as object)).toThrow(
        new TypeError("Resource /a has no function for GET: write a function, or { handle: a function }"),
      );
    }
    expect(() => resource("/a{b}", { GET: none })).toThrow(SyntaxError);
    expect(() => resource("/a/:id", { GET: none })).toThrow(
      "a wildcard is written {name}, not :id; write %3A for a colon",
    );
    expect(resource("/a/%3Aid", { GET: none }).pattern).toBe("/a/%3Aid");
    expect(() => resource("GET /a", { GET: none })).toThrow(
      'parsing "GET /a": at offset 0: the pattern of a resource has no method: write { GET: … } beside it',
    );
  });

  test("two that conflict cannot be served together", () => {
    const [one, other] = ["/a/{x}", "/{y}/b"].map((pattern) => resource(pattern, { GET: () => 1 }));
    expect(() => handler(...[one, other].filter((r) => r !== undefined))).toThrow(
      /^pattern "\/\{y\}\/b" conflicts with pattern "\/a\/\{x\}":\n/,
    );
  });
});

describe("context", () => {
  test("knows the wildcards of its pattern by their names", () => {
    resource("/{a}/{rest...}", {
      GET: (_, { params }) => expectTypeOf(params).toEqualTypeOf<{ readonly a: string; readonly rest: string }>(),
      PUT: { handle: (_, { params }) => expectTypeOf(params.a).toEqualTypeOf<string>() },
      // @ts-expect-error there is no such wildcard
      etag: (_, { params }) => String(params.b),
    });
    resource("/{$}", { GET: (_, { params }) => expectTypeOf<keyof typeof params>().toEqualTypeOf<never>() });
    const any: Handler = (_, { params }) => params["a"];
    const pattern: string = "/{a}";
    expect(resource(pattern, { GET: any }).handlers).toEqual(resource("/{a}", { GET: any }).handlers);
  });

  test("has no name in its query that would be a prototype where it is copied", async () => {
    const GET: Handler = (_, { parsedQuery }) => Object.entries(parsedQuery());
    const ask = asking(handler(resource("/", { GET })));
    expect((await ask("GET /?__proto__=a&__proto__=b&a=1&a=2&constructor=3")).value).toEqual([
      ["a", ["1", "2"]],
      ["constructor", "3"],
    ]);
  });

  test("may be taken apart", async () => {
    const ask = asking(
      handler(
        resource("/{a}/{rest...}", {
          POST: async (request, { url, query, params, pathValue, body, signal, parsedQuery }) => ({
            url: url.href,
            q: query.getAll("q"),
            params,
            rest: pathValue("rest"),
            none: pathValue("none"),
            body: await body(),
            again: await body(),
            aborted: signal.aborted,
            parsed: parsedQuery(),
            method: request.method,
          }),
        }),
      ),
    );
    expect((await ask("POST /x%2Fy/b/c%20d?q=1&q=2&r=%C3%A9", json, '{"n":1}')).value).toEqual({
      url: "http://localhost/x%2Fy/b/c%20d?q=1&q=2&r=%C3%A9",
      q: ["1", "2"],
      params: { a: "x/y", rest: "b/c d" },
      rest: "b/c d",
      none: "",
      body: { n: 1 },
      again: { n: 1 },
      aborted: false,
      parsed: { q: ["1", "2"], r: "é" },
      method: "POST",
    });
  });
});

describe("errors", () => {
  test("onError hears what is no problem, and may give one", async () => {
    const heard: unknown[] = [];
    const onError = (error: unknown) => {
      heard.push(error);
      return error instanceof Error && error.message === "busy"
        ? new Problem(503, { headers: { "Retry-After": "1" } })
        : undefined;
    };
    const thrown = [new Error("busy"), new Error("other"), "a string", new Problem(404)];
    const throwing = (error: unknown) => () => {
      throw error;
    };
    const resources = thrown.map((error, i) => resource(`/${i}`, { GET: throwing(error) }));
    const ask = asking(handler({ resources, onError }));
    const statuses = [];
    for (const i of thrown.keys()) statuses.push((await ask(`GET /${i}`)).status);
    expect(statuses).toEqual([503, 500, 500, 404]);
    expect(heard).toEqual(thrown.slice(0, 3));
  });

  test("an onError that throws is a 500 as well", async () => {
    const throws = () => {
      throw new Error("again");
    };
    const ask = asking(handler({ resources: [resource("/", { GET: throws })], onError: throws }));
    expect((await ask("GET /")).status).toBe(500);
  });

  test("fields that cannot be sent are a 500, and never another field", async () => {
    const evil = "x\r\nSet-Cookie: a=1";
    const ask = asking(
      handler(
        resource("/header", { GET: () => reply(1, { headers: { "X-A": evil } }) }),
        resource("/etag", { GET: () => reply(1, { etag: evil }) }),
        resource("/location", { POST: () => created(`/é/${evil}`) }),
      ),
    );
    for (const path of ["/header", "/etag"]) expect((await ask(`GET ${path}`)).status).toBe(500);
    const { headers } = await ask("POST /location");
    expect([...headers]).toEqual([["location", "/%C3%A9/x%0D%0ASet-Cookie:%20a=1"]]);
  });
});

describe("middleware", () => {
  const trail: string[] = [];
  const layer = (name: string) => async (request: Request, next: (request: Request) => Promise<Response>) => {
    trail.push(`${name}>`);
    const response = await next(request);
    trail.push(`<${name}`);
    response.headers.append("X-Layer", name);
    return response;
  };

  test("stands around resources, misses and problems, the first outermost", async () => {
    const resources = [
      resource("/a", { GET: () => ({ a: 1 }), use: [layer("c")] }),
      resource("/fails", { GET: () => Promise.reject(new Error("x")), use: [layer("c")] }),
    ];
    const ask = asking(handler({ resources, use: [layer("a"), layer("b")] }));
    const { value, headers } = await ask("GET /a");
    expect([value, headers.get("X-Layer")]).toEqual([{ a: 1 }, "c, b, a"]);
    expect(trail.splice(0)).toEqual(["a>", "b>", "c>", "<c", "<b", "<a"]);
    for (const [line, status] of [
      ["GET /fails", 500],
      ["GET /none", 404],
      ["PUT /a", 405],
      ["BREW /a", 501],
    ] as const) {
      const answer = await ask(line);
      expect([answer.status, answer.headers.get("X-Layer")?.endsWith("b, a")]).toEqual([status, true]);
    }
  });

  test("what a layer throws is an answer for the layers around it", async () => {
    const limit = () => Promise.reject(new Problem(429));
    const ask = asking(handler({ resources: [resource("/", { GET: () => 1 })], use: [layer("a"), limit] }));
    const { status, headers } = await ask("GET /");
    expect([status, headers.get("X-Layer"), headers.get("Content-Type")]).toEqual([
      429,
      "a",
      "application/problem+json",
    ]);
  });

  test("may answer by itself, and pass another request on", async () => {
    const moved = (request: Request, next: (request: Request) => Promise<Response>) =>
      request.url.endsWith("/own")
        ? new Response("own")
        : next(new Request(request.url.replace("/old", "/new"), request));
    const ask = asking(handler({ resources: [resource("/new", { POST: (_, { body }) => body() })], use: [moved] }));
    expect((await ask("GET /own")).text).toBe("own");
    expect((await ask("POST /old", json, "[1]")).value).toEqual([1]);
  });
});
