import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnySchema } from "../../src/gob/any-schema.js";
import { int, slice, string, struct } from "../../src/gob/index.js";
import { handler } from "../../src/rest/handler.js";
import { resource } from "../../src/rest/resource.js";
import { asking } from "./asking.js";

const type = { "Content-Type": "application/json" };
const Video = z.object({ title: z.string().min(1), "a/b~c": z.array(z.object({ n: z.number() })).default([]) });
const Query = z.object({
  limit: z.coerce.number().max(10).default(5),
  tag: z.union([z.string(), z.array(z.string())]).optional(),
});
const Person = struct("Person", { Name: string, Tags: slice(int) });
const later: AnySchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) =>
      value === 1 ? { value: 2 } : { issues: [{ message: "not one", path: [{ key: "é" }, "\ud800"] }] },
  },
};

const ask = asking(
  handler(
    resource("/videos", {
      GET: { query: Query, handle: (_, { parsedQuery }) => parsedQuery() },
      POST: { body: Video, handle: (_, { body }) => body() },
      PATCH: { body: Video, handle: (_, { patch }) => patch({ title: "a" }) },
    }),
    resource("/people", { POST: { body: Person, handle: (_, { body }) => body() } }),
    resource("/later", { POST: (_, { input }) => input(later) }),
  ),
);

describe("a body", () => {
  test("that is valid is what the schema makes of it", async () => {
    expect((await ask("POST /videos", type, '{"title":"x","more":1}')).value).toEqual({ title: "x", "a/b~c": [] });
    expect((await ask("POST /people", type, '{"Name":"Ada","Tags":[1]}')).value).toEqual({ Name: "Ada", Tags: [1] });
    expect((await ask("POST /later", type, "1")).value).toBe(2);
  });

  test("that is not is 422, with a pointer for each issue", async () => {
    const { status, value } = await ask("POST /videos", type, '{"title":"","a/b~c":[{"n":1},{"n":"2"}]}');
    expect([status, value]).toMatchObject([
      422,
      {
        title: "Unprocessable Content",
        detail: "The body is not valid",
        errors: [{ pointer: "#/title" }, { pointer: "#/a~1b~0c/1/n" }],
      },
    ]);
    expect((await ask("POST /people", type, '{"Name":1,"Tags":["x"]}')).value).toMatchObject({
      errors: [{ pointer: "#/Name" }, { pointer: "#/Tags/0" }],
    });
    expect((await ask("POST /later", type, "3")).value).toMatchObject({
      errors: [{ detail: "not one", pointer: "#/%C3%A9/%EF%BF%BD" }],
    });
    expect((await ask("POST /videos", type, "5")).value).toMatchObject({ errors: [{ pointer: "#" }] });
  });

  test("that is missing is not valid", async () => {
    expect((await ask("POST /videos")).status).toBe(422);
  });

  test("is validated after it is patched", async () => {
    const merge = { "Content-Type": "application/merge-patch+json" };
    expect((await ask("PATCH /videos", merge, '{"title":"b"}')).value).toEqual({ title: "b", "a/b~c": [] });
    expect((await ask("PATCH /videos", merge, '{"title":null}')).value).toMatchObject({
      errors: [{ pointer: "#/title" }],
    });
  });

  test("with more issues than anybody reads tells the first hundred", async () => {
    const many = JSON.stringify({ title: "x", "a/b~c": Array.from({ length: 500 }, () => ({})) });
    const { errors } = (await ask("POST /videos", type, many)).value as { errors: unknown[] };
    expect(errors).toHaveLength(100);
  });
});

describe("a query", () => {
  test("is what the schema makes of it", async () => {
    expect((await ask("GET /videos?limit=3&tag=a&tag=b")).value).toEqual({ limit: 3, tag: ["a", "b"] });
    expect((await ask("GET /videos")).value).toEqual({ limit: 5 });
  });

  test("that is not valid is 422, with the names of the parameters", async () => {
    const { status, value } = await ask("GET /videos?limit=11");
    expect([status, value]).toMatchObject([
      422,
      { detail: "The query is not valid", errors: [{ parameter: "limit" }] },
    ]);
  });
});
