import fc from "fast-check";
import * as gob from "toolkit/gob";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { client } from "../../src/rest/client/client.js";
import { handler } from "../../src/rest/handler.js";
import { reply } from "../../src/rest/reply.js";
import { form } from "../../src/rest/represent/form.js";
import { html } from "../../src/rest/represent/html.js";
import { json } from "../../src/rest/represent/json.js";
import { msgpack } from "../../src/rest/represent/msgpack.js";
import { text } from "../../src/rest/represent/text.js";
import { xml } from "../../src/rest/represent/xml.js";
import { resource } from "../../src/rest/resource.js";
import type { Representation } from "../../src/rest/types.js";

const Base = gob.struct("Base", { Id: gob.int64 });
const Mail = gob.struct("Mail", {
  Base: gob.embedded(Base),
  Sent: gob.time,
  Body: gob.bytes,
  Size: gob.uint64.as("bigint"),
  Read: gob.bool,
  Tags: gob.slice(gob.string),
  Marks: gob.map(gob.int, gob.float32),
  Reply: gob.optional(gob.string),
});
type Mail = gob.Infer<typeof Mail>;

const mail: Mail = {
  Base: { Id: 2n ** 62n + 1n },
  Sent: new gob.GoTime(1_795_000_000, 123_456_789, 5400),
  Body: Uint8Array.of(0, 255, 1),
  Size: 2n ** 64n - 1n,
  Read: true,
  Tags: ["a", "b"],
  Marks: new Map([
    [7, Math.fround(0.1)],
    [-1, 0.5],
  ]),
  Reply: null,
};
const mailText =
  '{"Id":4611686018427387905,"Sent":"2026-11-18T12:36:40.123456789+01:30","Body":"AP8B","Size":18446744073709551615,' +
  '"Read":true,"Tags":["a","b"],"Marks":{"7":0.1,"-1":0.5},"Reply":null}';

let got: unknown;
const represent = [json, xml, msgpack, form, text, html];
const answers = handler({
  represent,
  resources: [
    resource("/mails", {
      GET: {
        query: gob.struct({ From: gob.time, Ids: gob.slice(gob.int64), Read: gob.bool, Max: gob.int }),
        handle: (_, c) => void (got = c.parsedQuery()),
      },
      POST: {
        body: Mail,
        reply: Mail,
        handle: async (_, { body }) => (got = await body()),
      },
      PATCH: { body: Mail, reply: Mail, handle: async (_, { patch }) => (got = await patch(mail)) },
      PUT: {
        body: z.object({ Id: z.number() }),
        handle: async (_, { body, input }) => (got = [await body(), await input(gob.struct({ Id: gob.bigInt }))]),
      },
    }),
    resource("/mails/1", {
      GET: { reply: Mail, handle: () => ({ ...mail, secret: "x" }) },
      PUT: { body: Mail, handle: async (_, { body }) => void (got = await body()) },
    }),
    resource("/none", { POST: { reply: Mail, handle: () => reply(null) } }),
    resource("/wrong", { GET: { reply: Mail, handle: () => ({ ...mail, Size: -1 }) } }),
  ],
});

function send(method: string, path: string, body?: BodyInit, type = "application/json", accept = "application/json") {
  got = undefined;
  const headers = { "Content-Type": type, Accept: accept };
  return answers(new Request(`http://localhost${path}`, { method, headers, body: body ?? null }));
}

describe("a schema of gob", () => {
  test("means Go's JSON, in the body and in the answer", async () => {
    const response = await send("POST", "/mails", mailText.replace('"Id"', '"id"').replace(/}$/, ',"More":1}'));
    expect(got).toEqual(mail);
    expect(await response.text()).toBe(mailText);
  });

  test("has zeros for what is missing, but needs a body", async () => {
    const { status } = await send("POST", "/mails", '{"Tags":null}');
    expect([status, got]).toEqual([200, Mail.zero()]);
    const nothing = await answers(new Request("http://localhost/mails", { method: "POST" }));
    expect(nothing.status).toBe(422);
  });

  test("tells all that does not fit, with pointers", async () => {
    const response = await send(
      "POST",
      "/mails",
      '{"Sent":"today","Tags":["a",1],"Marks":{"x":1},"Body":"%","Id":1.5}',
    );
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { detail: string; pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(["#/Sent", "#/Tags/1", "#/Marks/x", "#/Body", "#/Id"]);
    expect(errors[0]?.detail).toBe("json: cannot unmarshal string into Go struct field Mail.Sent of type time.Time");
  });

  test("is one way to read a body, another vendor's another", async () => {
    await send("PUT", "/mails", '{"Id":9007199254740993}');
    expect(got).toEqual([{ Id: 9_007_199_254_740_992 }, { Id: 9_007_199_254_740_993n }]);
  });

  test("writes its fields, and nothing else that an object has", async () => {
    expect(await (await send("GET", "/mails/1")).text()).toBe(mailText);
  });

  test("has null for null, and no answer for what is not of it", async () => {
    expect(await (await send("POST", "/none")).text()).toBe("null");
    expect((await send("GET", "/wrong")).status).toBe(500);
  });

  test("reads numbers, booleans, times and lists out of a query", async () => {
    await send("GET", "/mails?From=2026-11-21T00:00:00Z&Ids=1&Ids=9223372036854775807&read=true&Max=5");
    const time = new gob.GoTime(Date.UTC(2026, 10, 21) / 1000);
    expect(got).toEqual({ From: time, Ids: [1, 9_223_372_036_854_775_807n], Read: true, Max: 5 });
    await send("GET", "/mails?Ids=1");
    expect(got).toEqual({ From: gob.GoTime.zero(), Ids: [1], Read: false, Max: 0 });
    const response = await send("GET", "/mails?Max=five&Ids=x");
    const { errors } = (await response.json()) as { errors: { parameter: string }[] };
    expect([response.status, errors.map(({ parameter }) => parameter)]).toEqual([422, ["Max", "Ids.0"]]);
  });

  test("reads them out of a form as well, and out of XML from elsewhere", async () => {
    const wanted = { ...Mail.zero(), Base: { Id: 2n ** 62n }, Read: true, Tags: ["x"], Body: Uint8Array.of(1, 2) };
    await send(
      "POST",
      "/mails",
      "Id=4611686018427387904&Read=true&Tags=x&Body=AQI=",
      "application/x-www-form-urlencoded",
    );
    expect(got).toEqual(wanted);
    const feed = "<m><Id>4611686018427387904</Id><Read>true</Read><Tags>x</Tags><Body>AQI=</Body></m>";
    await send("POST", "/mails", feed, "application/xml");
    expect(got).toEqual(wanted);
  });

  test("is patched as JSON, and read again", async () => {
    const merge = '{"Tags":["c"],"Reply":"r","Id":null,"Marks":{"7":null,"8":1}}';
    const wanted = {
      ...mail,
      Base: { Id: 0 },
      Tags: ["c"],
      Reply: "r",
      Marks: new Map([
        [-1, 0.5],
        [8, 1],
      ]),
    };
    await send("PATCH", "/mails", merge, "application/merge-patch+json");
    expect(got).toEqual(wanted);
    const operations = '[{"op":"test","path":"/Id","value":4611686018427387905},{"op":"remove","path":"/Sent"}]';
    await send("PATCH", "/mails", operations, "application/json-patch+json");
    expect(got).toEqual({ ...mail, Sent: gob.GoTime.zero() });
    const { status } = await send("PATCH", "/mails", '{"Sent":1}', "application/merge-patch+json");
    expect(status).toBe(422);
  });

  test("is shown to humans", async () => {
    const shown = await (await send("GET", "/mails/1", undefined, undefined, "text/html")).text();
    expect(shown).toContain("<dd>18446744073709551615</dd>");
    expect(shown).toContain("<dd>2026-11-18T12:36:40.123456789+01:30</dd>");
    const plain = await (await send("GET", "/mails/1", undefined, undefined, "text/plain")).text();
    expect(plain).toContain('"Body": "AP8B"');
  });
});

describe("a client with a schema of gob", () => {
  const api = (one: Representation) => client("http://localhost/", { fetch: answers, represent: [one] });

  test.each([json, xml, msgpack])("sends and gets values as they are: $mediaType", async (one) => {
    const { value } = await api(one).post("/mails", mail, { as: Mail, bodyAs: Mail });
    expect([got, value]).toEqual([mail, mail]);
  });

  test("changes a state", async () => {
    await api(json).update("/mails/1", (value: Mail) => ({ ...value, Size: value.Size - 1n }), { as: Mail });
    expect(got).toEqual({ ...mail, Size: 2n ** 64n - 2n });
  });

  test("sends bytes as a value, where they are one", async () => {
    const echo = handler(
      resource("/", {
        POST: { body: gob.bytes, reply: gob.optional(gob.bytes), handle: async (_, { body }) => reply(await body()) },
      }),
    );
    const { value } = await client("http://localhost/", { fetch: echo }).post("/", Uint8Array.of(1, 2), {
      bodyAs: gob.bytes,
    });
    expect(value).toEqual(Uint8Array.of(1, 2));
  });

  test("says what is wrong with an answer", async () => {
    const other = handler(resource("/", { GET: () => ({ Id: "x" }) }));
    const answer = client("http://localhost/", { fetch: other }).get("/", { as: Mail });
    await expect(answer).rejects.toThrow(
      "json: cannot unmarshal string into Go struct field Mail.Base.Id of type int64",
    );
  });
});

test("JSON, XML and MessagePack carry all integers, texts and bytes", async () => {
  const One = gob.struct({
    I: gob.int64.as("bigint"),
    S: gob.string,
    B: gob.bytes,
    M: gob.map(gob.string, gob.uint64.as("bigint")),
  });
  const echo = handler({
    represent: [json, xml, msgpack],
    resources: [resource("/", { POST: { body: One, reply: One, handle: (_, { body }) => body() } })],
  });
  const sayable = fc.string({ unit: "grapheme-ascii", maxLength: 5 });
  const value = fc.record({
    I: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    S: sayable,
    B: fc.uint8Array({ maxLength: 5 }).map((bytes) => Uint8Array.from(bytes)),
    M: fc
      .dictionary(
        sayable.filter((key) => key !== "__proto__"),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        { maxKeys: 3 },
      )
      .map((all) => new Map(Object.entries(all))),
  });
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(json, xml, msgpack), async (one, representation) => {
      const api = client("http://localhost/", { fetch: echo, represent: [representation] });
      expect((await api.post("/", one, { as: One, bodyAs: One })).value).toEqual(one);
    }),
    { numRuns: 150 },
  );
});
