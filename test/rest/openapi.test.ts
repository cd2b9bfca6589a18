import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { int, lazy, map, optional, type Schema, slice, string, struct, time } from "../../src/gob/index.js";
import { handler } from "../../src/rest/handler.js";
import { openapi, openapiResource } from "../../src/rest/openapi.js";
import { openapiPage } from "../../src/rest/openapi-page.js";
import { json } from "../../src/rest/represent/json.js";
import { msgpack } from "../../src/rest/represent/msgpack.js";
import { text } from "../../src/rest/represent/text.js";
import { xml } from "../../src/rest/represent/xml.js";
import { resource } from "../../src/rest/resource.js";

interface Comment {
  Text: string;
  Replies: Comment[];
}
const Comment: Schema<Comment> = struct("Comment", { Text: string, Replies: slice(lazy(() => Comment)) });
const Person = struct("Person", { Name: string, Born: optional(time) });
const Video = struct("Video", {
  Title: string,
  By: Person,
  Views: int,
  Comments: slice(Comment),
  Tags: map(string, string),
});
const NewVideo = z
  .object({ title: z.string().min(1).max(100), year: z.int().min(1888).optional() })
  .meta({ id: "NewVideo" });
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});
const handle = () => undefined;

const resources = [
  resource("/videos", {
    GET: {
      summary: "Lists videos",
      tags: ["videos"],
      query: z.object({ q: z.string().describe("What to look for"), limit: z.string().optional() }),
      reply: slice(Video),
      handle,
    },
    POST: { body: NewVideo, reply: Video, status: 201, tags: ["videos"], handle },
    QUERY: { body: z.object({ text: z.string() }), reply: slice(Video), handle },
  }),
  resource("/videos/{id}", {
    GET: { reply: Video, problems: [404], handle },
    PUT: { body: NewVideo, status: 204, handle },
    PATCH: handle,
    DELETE: { handle, deprecated: true, status: 204 },
    represent: [json, msgpack, xml, text],
    requirePrecondition: true,
  }),
  resource("/files/{path...}", { GET: handle, HEAD: handle }),
  resource("/files/{$}", { GET: handle }),
  resource("/trees", { GET: { reply: Tree, handle }, PUT: { body: Tree, handle } }),
  resource("admin.example.com/videos/{id}/owner", { GET: { reply: Person, handle, operationId: "owner" } }),
];
const info = {
  title: "Videos",
  version: "1.2.3",
  description: "All of `them`.\n\nReally.",
  tags: [{ name: "videos" }],
};
const document = openapi(resources, info);
const operation = (path: string, verb: string) => (document.paths[path]?.[verb] ?? {}) as Record<string, never>;
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

describe("openapi", () => {
  test("gives what a validator of OpenAPI 3.1 accepts", async () => {
    const validator = new Validator();
    expect(await validator.validate(plain(document))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });
  test("of nothing is valid, too", async () => {
    const empty = openapi([], { title: "", version: "" });
    expect(await new Validator().validate(plain(empty))).toEqual({ valid: true });
  });
  test("every reference leads somewhere", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"/]+)/g)].map(
      ([, name]) => name,
    );
    expect(refs.length).toBeGreaterThan(10);
    for (const name of refs) expect(document.components.schemas).toHaveProperty([name ?? ""]);
    expect(JSON.stringify(document)).not.toMatch(/"\$ref":"#(?!\/components)/);
  });
  test("has a path for each pattern", () => {
    expect(Object.keys(document.paths)).toEqual([
      "/videos",
      "/videos/{id}",
      "/files/{path}",
      "/files/",
      "/trees",
      "/videos/{id}/owner",
    ]);
    expect(Object.keys(document.paths["/videos"] ?? {})).toEqual(["get", "post", "x-query"]);
    expect(document.paths["/videos/{id}/owner"]).toMatchObject({ servers: [{ url: "//admin.example.com" }] });
  });
  test("makes ids that are unique, where there are none", () => {
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain("getVideosId");
    expect(ids).toContain("owner");
    const twice = openapi([resource("/a/b", { GET: handle }), resource("/a-b", { GET: handle })], info);
    expect(JSON.stringify(twice)).toContain('"getAB2"');
  });
  test("describes parameters of the path and of the query", () => {
    expect(operation("/videos/{id}", "get")["parameters"]).toEqual([
      { name: "id", in: "path", required: true, schema: { type: "string" } },
    ]);
    expect(operation("/videos", "get")["parameters"]).toEqual([
      {
        name: "q",
        in: "query",
        required: true,
        description: "What to look for",
        schema: { type: "string", description: "What to look for" },
      },
      { name: "limit", in: "query", required: false, schema: { type: "string" } },
    ]);
  });
  test("describes bodies in all representations that can be read, and answers in all that there are", () => {
    const put = operation("/videos/{id}", "put") as unknown as { requestBody: { content: object } };
    expect(Object.keys(put.requestBody.content)).toEqual([
      "application/json",
      "application/msgpack",
      "application/xml",
      "text/plain",
    ]);
    const get = operation("/videos/{id}", "get") as unknown as { responses: Record<string, { content: object }> };
    expect(get.responses["200"]?.content).toMatchObject({
      "application/json": { schema: { $ref: "#/components/schemas/Video" } },
    });
    expect(Object.keys(get.responses)).toEqual(["200", "404", "default"]);
    const patch = operation("/videos/{id}", "patch") as unknown as { requestBody: { content: object } };
    expect(Object.keys(patch.requestBody.content)).toEqual([
      "application/merge-patch+json",
      "application/json-patch+json",
    ]);
  });
  test("tells the problems that schemas and preconditions bring", () => {
    const put = operation("/videos/{id}", "put") as unknown as { responses: object; parameters: { name: string }[] };
    expect(Object.keys(put.responses)).toEqual(["204", "400", "412", "413", "415", "422", "428", "default"]);
    expect(put.parameters.map(({ name }) => name)).toEqual(["id", "If-Match"]);
  });
  test("defines what has a name once, of gob and of zod", () => {
    expect(Object.keys(document.components.schemas).toSorted()).toEqual([
      "Comment",
      "NewVideo",
      "Person",
      "Problem",
      "Schema",
      "Schema2",
      "Video",
    ]);
    expect(document.components.schemas["Comment"]).toMatchObject({
      properties: { Replies: { type: "array", items: { $ref: "#/components/schemas/Comment" } } },
    });
    expect(document.components.schemas["NewVideo"]).toMatchObject({ required: ["title"] });
  });
  test("keeps apart what has the same name and is not alike", () => {
    const other = struct("Person", { Age: int });
    const { components } = openapi(
      [resource("/a", { GET: { reply: Person, handle } }), resource("/b", { GET: { reply: other, handle } })],
      info,
    );
    expect(Object.keys(components.schemas)).toEqual(["Person", "Problem", "Person2"]);
  });
  test("a schema whose vendor tells nothing, or cannot, takes anything", () => {
    const silent = { "~standard": { version: 1 as const, vendor: "x", validate: (value: unknown) => ({ value }) } };
    const paths = openapi([resource("/a", { PUT: { body: silent, reply: z.date(), handle } })], info).paths;
    expect(paths["/a"]).toMatchObject({
      put: { requestBody: { required: true, content: { "application/json": { schema: {} } } } },
    });
  });
  test("names and data that look like keywords are left alone", async () => {
    const odd = z.object({ enum: z.literal("#/$defs/x"), default: NewVideo, constructor: z.string() });
    const document = openapi([resource("/a", { PUT: { body: odd, handle } })], info);
    expect(JSON.stringify(document)).toContain('"const":"#/$defs/x"');
    expect(JSON.stringify(document)).toContain('"default":{"$ref":"#/components/schemas/NewVideo"}');
    expect(await new Validator().validate(plain(document))).toEqual({ valid: true });
  });
});

describe("openapiResource", () => {
  const fetch = handler(...resources, openapiResource("/openapi", resources, info));
  const ask = (accept: string) => fetch(new Request("http://localhost/openapi", { headers: { Accept: accept } }));

  test("serves the document to tools", async () => {
    for (const accept of ["*/*", "application/json"]) {
      expect(await (await ask(accept)).json()).toEqual(plain(document));
    }
    const vendor = await ask("application/vnd.oai.openapi+json");
    expect(vendor.headers.get("Content-Type")).toBe("application/vnd.oai.openapi+json;version=3.1");
  });
  test("serves a page to browsers", async () => {
    const response = await ask("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toBe(openapiPage(document));
  });
});

describe("the page", () => {
  const page = openapiPage(document);
  test("needs nothing from elsewhere, and runs nothing", () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!example)|@import|url\(/);
    expect(page).toContain("default-src 'none'");
  });
  test("leads to all that it names", () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });
  test("escapes what others wrote", () => {
    const evil = '"><script>alert(1)</script>';
    const tree = z.object({ [evil]: z.string().describe(evil).default(evil) }).meta({ title: evil });
    const verb = {
      summary: evil,
      description: evil,
      tags: [evil],
      operationId: evil,
      body: tree,
      reply: tree,
      query: tree,
      handle,
    };
    const all = [resource("/a/{x}", { POST: verb })];
    const html = openapiPage(openapi(all, { title: evil, version: evil, description: evil, servers: [{ url: evil }] }));
    expect(html).not.toContain("<script");
    expect(html).not.toContain('"">');
  });
});
