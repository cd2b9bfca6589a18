import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, holdsIfRange } from "../../src/rest/conditional.js";
import { formatETag, parseETags } from "../../src/rest/etag.js";
import { handler } from "../../src/rest/handler.js";
import { formatHttpDate, parseHttpDate } from "../../src/rest/http-date.js";
import { Problem } from "../../src/rest/problem.js";
import { created, reply } from "../../src/rest/reply.js";
import { json } from "../../src/rest/represent/json.js";
import { text } from "../../src/rest/represent/text.js";
import { resource } from "../../src/rest/resource.js";
import type { Handlers } from "../../src/rest/types.js";
import { asking } from "./asking.js";

const changed = "Tue, 02 Jan 2024 03:04:05 GMT";
const before = "Tue, 02 Jan 2024 03:04:04 GMT";
const after = "Tue, 02 Jan 2024 03:04:06 GMT";
const there = { exists: true, etags: ['"v1"'], lastModified: Date.parse(changed) };
const nothing = { exists: false, etags: [] };

/** The fields are written by their initials: M If-Match, N If-None-Match, S If-Modified-Since, U If-Unmodified-Since. */
const names = { M: "if-match", N: "if-none-match", S: "if-modified-since", U: "if-unmodified-since" } as const;
type Given = Partial<Record<keyof typeof names, string>>;
const fieldOf = (given: Given) => (name: string) =>
  Object.entries(given).find(([initial]) => names[initial as "M"] === name)?.[1] ?? null;

describe("evaluate, in the order of RFC 9110 section 13.2.2", () => {
  test.each<[string, Given, typeof there | typeof nothing, 304 | 412 | null]>([
    ["GET", {}, there, null],
    ["PUT", { M: '"v1"' }, there, null],
    ["PUT", { M: '"v0", "v1"' }, there, null],
    ["PUT", { M: '"v0"' }, there, 412],
    ["PUT", { M: 'W/"v1"' }, there, 412],
    ["PUT", { M: "v1" }, there, 412],
    ["PUT", { M: "*" }, there, null],
    ["PUT", { M: "*" }, nothing, 412],
    ["GET", { M: '"v0"' }, there, 412],
    ["PUT", { U: changed }, there, null],
    ["PUT", { U: before }, there, 412],
    ["PUT", { U: "yesterday" }, there, null],
    ["PUT", { M: '"v1"', U: before }, there, null],
    ["PUT", { M: '"v0"', U: after }, there, 412],
    ["GET", { N: '"v1"' }, there, 304],
    ["HEAD", { N: 'W/"v1"' }, there, 304],
    ["QUERY", { N: '"v1"' }, there, 304],
    ["GET", { N: '"v0", W/"v1"' }, there, 304],
    ["GET", { N: '"v0"' }, there, null],
    ["GET", { N: "*" }, there, 304],
    ["PUT", { N: "*" }, there, 412],
    ["PUT", { N: "*" }, nothing, null],
    ["PUT", { N: '"v1"' }, there, 412],
    ["GET", { S: changed }, there, 304],
    ["GET", { S: after }, there, 304],
    ["GET", { S: before }, there, null],
    ["GET", { S: "2024-01-02" }, there, null],
    ["PUT", { S: after }, there, null],
    ["GET", { N: '"v0"', S: after }, there, null],
    ["GET", { N: '"v1"', S: before }, there, 304],
    ["GET", { M: '"v1"', N: '"v1"' }, there, 304],
    ["PUT", { M: '"v1"', N: '"v1"' }, there, 412],
  ])("%s %j of %j is %j", (method, given, version, status) => {
    expect(evaluate(method, fieldOf(given), version)).toBe(status);
  });

  test("times count in whole seconds", () => {
    const version = { exists: true, etags: [], lastModified: Date.parse(changed) + 999 };
    expect(evaluate("GET", fieldOf({ S: changed }), version)).toBe(304);
    expect(evaluate("PUT", fieldOf({ U: changed }), version)).toBeNull();
  });
});

test("If-Range holds for the same strong tag, and for the same time that is past", () => {
  const holds = (value: string, etag: string | null, time: number | null) =>
    holdsIfRange((name) => (name === "if-range" ? value : null), etag, time);
  expect(holds('"a"', '"a"', null)).toBe(true);
  expect(holds('W/"a"', 'W/"a"', null)).toBe(false);
  expect(holds('"a"', null, null)).toBe(false);
  expect(holds(changed, null, Date.parse(changed))).toBe(true);
  expect(holds(after, null, Date.parse(changed))).toBe(false);
  const now = Math.floor(Date.now() / 1000) * 1000 + 60_000;
  expect(holds(formatHttpDate(now), null, now)).toBe(false);
  expect(holdsIfRange(() => null, null, null)).toBe(true);
});

describe("entity tags", () => {
  const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]{0,20}$/);

  test("a list comes back as it was written, commas inside and all", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ opaque, weak: fc.boolean() })),
        fc.constantFrom(",", ", ", " ,\t", ",,"),
        (tags, comma) => {
          const written = tags.map(({ opaque: inner, weak }) => `${weak ? "W/" : ""}"${inner}"`);
          expect(parseETags(written.join(comma))).toEqual(written);
        },
      ),
    );
  });

  test("get quotes where they have none, and refuse what no tag has", () => {
    expect([formatETag("v1"), formatETag('"v1"'), formatETag('W/"v1"')]).toEqual(['"v1"', '"v1"', 'W/"v1"']);
    for (const bad of ["a b", 'a"b', "\r\n", "€", 'W/"']) expect(() => formatETag(bad)).toThrow(RangeError);
  });
});

describe("HTTP-dates", () => {
  test("what is written is read", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }), (date) => {
        expect(parseHttpDate(formatHttpDate(date))).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  test("the obsolete forms are read, and nothing else", () => {
    const time = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(time);
    expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT")).toBe(time);
    expect(parseHttpDate("Sun Nov  6 08:49:37 1994")).toBe(time);
    const bad = [
      "",
      "0",
      "1994-11-06",
      "Sun, 06 Nov 1994 08:49:37",
      "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT",
    ];
    for (const one of bad) expect(parseHttpDate(one)).toBeNull();
  });
});

describe("a resource", () => {
  const items = new Map<string, unknown>();
  const handlers: Handlers = {
    GET: (_, { pathValue }) => items.get(pathValue("id")),
    PUT: async (_, { pathValue, body }) => {
      const isNew = !items.has(pathValue("id"));
      items.set(pathValue("id"), await body());
      return isNew ? created(`/items/${pathValue("id")}`) : undefined;
    },
    DELETE: (_, { pathValue }) => void items.delete(pathValue("id")),
  };
  const type = { "Content-Type": "application/json" };
  const ask = asking(handler({ resources: [resource("/items/{id}", handlers)], represent: [json, text] }));

  test("has the hash of each representation as its tag, and answers 304 to who has it", async () => {
    items.set("1", { n: 1 });
    const tags = new Set<string>();
    for (const Accept of ["application/json", "text/plain"]) {
      const first = await ask("GET /items/1", { Accept });
      const ETag = first.headers.get("ETag") ?? "";
      expect(ETag).toMatch(/^"[\w-]+\.(?:json|plain)"$/);
      tags.add(ETag);
      const again = await ask("GET /items/1", { Accept, "If-None-Match": `"x", W/${ETag}` });
      expect([again.status, again.text]).toEqual([304, ""]);
      expect([...again.headers]).toEqual([
        ["etag", ETag],
        ["vary", "Accept"],
      ]);
      expect((await ask("HEAD /items/1", { Accept, "If-None-Match": ETag })).status).toBe(304);
    }
    expect(tags.size).toBe(2);
    expect((await ask("GET /items/none", { "If-None-Match": "*" })).status).toBe(404);
  });

  test("is changed by whoever has seen its state, in any representation, and by no other", async () => {
    for (const Accept of ["application/json", "text/plain"]) {
      items.set("1", { n: Accept });
      const ETag = (await ask("GET /items/1", { Accept })).headers.get("ETag") ?? "";
      expect((await ask("PUT /items/1", { ...type, "If-Match": '"other"' }, "2")).status).toBe(412);
      expect((await ask("PUT /items/1", { ...type, "If-Match": ETag }, "2")).status).toBe(204);
      expect((await ask("PUT /items/1", { ...type, "If-Match": ETag }, "3")).status).toBe(412);
      expect(items.get("1")).toBe(2);
    }
  });

  test("is made once with If-None-Match: *, and never with If-Match", async () => {
    items.clear();
    expect((await ask("PUT /items/2", { ...type, "If-Match": "*" }, "1")).status).toBe(412);
    expect((await ask("PUT /items/2", { ...type, "If-None-Match": "*" }, "1")).status).toBe(201);
    expect((await ask("PUT /items/2", { ...type, "If-None-Match": "*" }, "2")).status).toBe(412);
    expect((await ask("DELETE /items/2", { "If-Match": "*" })).status).toBe(204);
    expect((await ask("DELETE /items/2", { "If-Match": "*" })).status).toBe(412);
  });

  test("that asks for a condition is 428 without one", async () => {
    const guarded = asking(handler(resource("/items/{id}", { ...handlers, requirePrecondition: true, POST: () => 1 })));
    for (const method of ["PUT", "DELETE"]) {
      const { status, value } = await guarded(`${method} /items/1`, type, method === "PUT" ? "1" : undefined);
      expect([status, value]).toMatchObject([428, { title: "Precondition Required" }]);
    }
    expect((await guarded("PUT /items/9", { ...type, "If-None-Match": "*" }, "1")).status).toBe(201);
    expect((await guarded("POST /items/9")).status).toBe(200);
  });

  test("may have no tags", async () => {
    const bare = asking(handler({ resources: [resource("/", { GET: () => 1 })], etag: false }));
    expect((await bare("GET /")).headers.has("ETag")).toBe(false);
  });

  test("whose GET fails is not changed, and says how GET failed", async () => {
    const closed = resource("/", { GET: () => Promise.reject(new Problem(403)), PUT: () => 1 });
    expect((await asking(handler(closed))("PUT /", { "If-Match": '"1"' })).status).toBe(403);
    const gone = resource("/", { GET: () => Promise.reject(new Problem(410)), PUT: () => 1 });
    expect((await asking(handler(gone))("PUT /", { "If-Match": '"1"' })).status).toBe(412);
    const blind = resource("/", { PUT: () => 1 });
    expect((await asking(handler(blind))("PUT /", { "If-Match": '"1"' })).status).toBe(412);
  });
});

describe("versions that functions tell", () => {
  let runs = 0;
  const count = () => {
    runs += 1;
    return "state";
  };
  const versions: Handlers = { GET: count, PUT: count, etag: () => "v1", lastModified: () => new Date(changed) };

  test("decide before the handler runs", async () => {
    const ask = asking(handler(resource("/", versions)));
    const { headers } = await ask("GET /");
    expect([headers.get("ETag"), headers.get("Last-Modified")]).toEqual(['"v1"', changed]);
    runs = 0;
    const unchanged = await ask("GET /", { "If-None-Match": '"v1"' });
    expect([unchanged.status, ...unchanged.headers]).toEqual([304, ["etag", '"v1"'], ["last-modified", changed]]);
    expect((await ask("GET /", { "If-Modified-Since": changed })).status).toBe(304);
    expect((await ask("PUT /", { "If-Match": '"v0"' })).status).toBe(412);
    expect((await ask("PUT /", { "If-Unmodified-Since": before })).status).toBe(412);
    expect(runs).toBe(0);
    expect((await ask("PUT /", { "If-Match": '"v1"' })).status).toBe(200);
    expect((await ask("GET /", { "If-None-Match": '"v0"' })).status).toBe(200);
    expect(runs).toBe(2);
  });

  test("are one for each representation, any of which is good for If-Match", async () => {
    const ask = asking(handler({ resources: [resource("/", versions)], represent: [json, text] }));
    const tagOf = async (Accept: string) => (await ask("GET /", { Accept })).headers.get("ETag");
    expect([await tagOf("application/json"), await tagOf("text/plain")]).toEqual(['"v1.json"', '"v1.plain"']);
    expect((await ask("GET /", { Accept: "text/plain", "If-None-Match": '"v1.json"' })).status).toBe(200);
    expect((await ask("GET /", { Accept: "text/plain", "If-None-Match": '"v1.plain"' })).status).toBe(304);
    expect((await ask("PUT /", { "If-Match": '"v1.plain"' })).status).toBe(200);
    expect((await ask("PUT /", { "If-Match": '"v1"' })).status).toBe(412);
  });

  test("may say that there is nothing", async () => {
    const ask = asking(
      handler(resource("/", { ...versions, GET: () => undefined, etag: () => null, lastModified: () => null })),
    );
    expect((await ask("PUT /", { "If-Match": "*" })).status).toBe(412);
    expect((await ask("PUT /", { "If-None-Match": "*" })).status).toBe(200);
    expect((await ask("GET /", { "If-None-Match": "*" })).status).toBe(404);
  });

  test("of a reply go first, weak ones stay as they are", async () => {
    const get = ({ headers }: Request) =>
      reply("x", { etag: headers.get("x-tag") ?? "", lastModified: Date.parse(before) });
    const ask = asking(handler({ resources: [resource("/", { ...versions, GET: get })], represent: [json, text] }));
    const { headers } = await ask("GET /", { "X-Tag": 'W/"own"' });
    expect([headers.get("ETag"), headers.get("Last-Modified")]).toEqual(['W/"own"', before]);
  });

  test("of a response count as well", async () => {
    const response = () => new Response("x", { headers: { ETag: '"r"', "Content-Type": "text/css" } });
    const ask = asking(handler(resource("/", { GET: response, PUT: () => 1 })));
    const unchanged = await ask("GET /", { "If-None-Match": '"r"' });
    expect([unchanged.status, unchanged.text, ...unchanged.headers]).toEqual([304, "", ["etag", '"r"']]);
    expect((await ask("PUT /", { "If-Match": '"r"' })).status).toBe(200);
    expect((await ask("PUT /", { "If-Match": '"s"' })).status).toBe(412);
    expect((await ask("GET /", { "If-Match": '"s"' })).status).toBe(412);
  });
});
