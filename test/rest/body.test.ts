import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { form } from "../../src/rest/represent/form.js";
import { json } from "../../src/rest/represent/json.js";
import { msgpack } from "../../src/rest/represent/msgpack.js";
import { text } from "../../src/rest/represent/text.js";
import { xml } from "../../src/rest/represent/xml.js";
import { resource } from "../../src/rest/resource.js";
import type { Handler } from "../../src/rest/types.js";
import { asking, type Fields } from "./asking.js";

const echo: Handler = async (_, { body }) => ({ got: await body() });
const ask = asking(
  handler({
    resources: [
      resource("/echo", { POST: echo, PUT: echo, PATCH: echo, QUERY: echo }),
      resource("/small", { POST: echo, maxBodyBytes: 10, maxDepth: 2 }),
      resource("/strict", { POST: { handle: () => "not read", accepts: ["image/*"] } }),
      resource("/raw", { POST: async (request) => ({ length: (await request.arrayBuffer()).byteLength }) }),
    ],
    represent: [json, xml, text, msgpack, form],
  }),
);
const type = (value: string): Fields => ({ "Content-Type": value });
const bytes = (...values: number[]) => new Uint8Array(values);
const encode = (value: string) => new TextEncoder().encode(value);

describe("bodies", () => {
  test.each<[string, BodyInit, unknown]>([
    ["application/json", '{"a":[1,"é"]}', { a: [1, "é"] }],
    ["application/json; charset=UTF-8", "null", null],
    ["APPLICATION/JSON", "\ufeff1", 1],
    ["application/vnd.api+json", "[]", []],
    ["application/xml", "<a><b>1</b></a>", { b: "1" }],
    ["text/xml; charset=iso-8859-1", bytes(0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e), "é"],
    ["application/atom+xml", "<a/>", ""],
    ["text/plain", "é", "é"],
    ["text/plain; charset=latin1", bytes(0xe9), "é"],
    ['text/plain; charset="utf-16le"', bytes(0xe9, 0), "é"],
    ["application/msgpack", bytes(0x81, 0xa1, 0x61, 0x01), { a: 1 }],
    ["application/x-www-form-urlencoded", "a=1&b=x+y&a=%C3%A9", { a: ["1", "é"], b: "x y" }],
  ])("of %s are decoded", async (contentType, body, value) => {
    expect((await ask("POST /echo", type(contentType), body)).value).toEqual({ got: value });
  });

  test.each<[string, BodyInit]>([
    ["application/json", ""],
    ["application/json", "{"],
    ["application/json", "{'a':1}"],
    ["application/json", bytes(0x22, 0xff, 0x22)],
    ["application/json", bytes(0xff, 0xfe, 0x31, 0)],
    ["application/json", '{"__proto__":1}'],
    ["application/x-www-form-urlencoded", "a=1&__proto__=1"],
    ["application/json", '{"a":[{"\\u005f_proto_\\u005f" :1}]}'],
    ["application/json", `${"[".repeat(65)}${"]".repeat(65)}`],
    ["application/json", "[".repeat(500_000)],
    ["application/json", '{"a":'.repeat(100_000)],
    ["application/xml", "<a>".repeat(65) + "</a>".repeat(65)],
    ["application/xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ["application/xml", "<a>&nbsp;</a>"],
    ["application/xml", "<a><__proto__>1</__proto__></a>"],
    ["text/plain", bytes(0xff)],
    ["application/msgpack", bytes(0xc1)],
    ["application/msgpack", new Uint8Array(100_000).fill(0x91)],
    ["application/msgpack", bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ])("of %s that are malformed, or nest too deep, are 400 (%#)", async (contentType, body) => {
    const { status, value } = await ask("POST /echo", type(contentType), body);
    expect([status, value]).toMatchObject([400, { title: "Bad Request" }]);
  });

  test("that only look as if they had a bad name are taken", async () => {
    const value = { text: '"__proto__":', a__proto__b: 1 };
    expect((await ask("POST /echo", type("application/json"), JSON.stringify(value))).value).toEqual({ got: value });
    const deep = JSON.parse(`${"[".repeat(64)}"[[[\\"{"${"]".repeat(64)}`) as unknown;
    expect((await ask("POST /echo", type("application/json"), JSON.stringify(deep))).value).toEqual({ got: deep });
  });

  test("are nothing where there are none", async () => {
    expect((await ask("POST /echo")).value).toEqual({});
  });

  test("of other types are 415, which says what is taken", async () => {
    const accepted =
      "application/json, application/*+json, application/xml, text/xml, application/*+xml, text/plain, " +
      "application/msgpack, application/vnd.msgpack, application/x-msgpack, application/x-www-form-urlencoded";
    const patches = "application/merge-patch+json, application/json-patch+json";
    for (const [method, field, list] of [
      ["POST", "Accept-Post", accepted],
      ["PUT", "Accept", accepted],
      ["PATCH", "Accept-Patch", `${patches}, ${accepted}`],
      ["QUERY", "Accept-Query", accepted],
    ] as const) {
      for (const contentType of ["image/png", "json", "", "text/plain2"]) {
        const { status, headers } = await ask(`${method} /echo`, type(contentType), "x");
        expect([status, headers.get(field)]).toEqual([415, list]);
      }
    }
    expect((await ask("POST /echo", {}, bytes(1))).status).toBe(415);
  });

  test("in a charset that is not known, or not allowed, are 415", async () => {
    for (const contentType of [
      "text/plain; charset=klingon",
      "application/json; charset=latin1",
      "application/xml; charset=x",
    ]) {
      expect((await ask("POST /echo", type(contentType), "1")).status).toBe(415);
    }
  });

  test("are refused before the handler runs where the verb names its types", async () => {
    const refused = await ask("POST /strict", type("application/json"), "1");
    expect([refused.status, refused.headers.get("Accept-Post")]).toEqual([415, "image/*"]);
    expect((await ask("POST /strict", type("image/png"), "1")).value).toBe("not read");
    expect((await ask("POST /strict")).value).toBe("not read");
  });

  test("may be read by the handler itself", async () => {
    expect((await ask("POST /raw", type("image/png"), bytes(1, 2, 3))).value).toEqual({ length: 3 });
  });
});

describe("limits", () => {
  test("a body of as many bytes is read, and of one more is 413", async () => {
    expect((await ask("POST /small", type("text/plain"), "x".repeat(10))).status).toBe(200);
    const { status, value } = await ask("POST /small", type("text/plain"), "x".repeat(11));
    expect([status, value]).toMatchObject([413, { title: "Content Too Large", limit: 10 }]);
    expect((await ask("POST /echo", type("text/plain"), "x".repeat(1 << 20))).status).toBe(200);
    expect((await ask("POST /echo", type("text/plain"), "x".repeat((1 << 20) + 1))).status).toBe(413);
  });

  test("a length that says too much is believed before a byte is read", async () => {
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    expect((await ask("POST /small", { ...type("text/plain"), "Content-Length": "11" }, body)).status).toBe(413);
    expect(pulled).toBe(0);
  });

  test("an endless body is read up to the limit, and let go", async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(bytes(1, 2, 3)),
      cancel: () => void (cancelled = true),
    });
    expect((await ask("POST /small", type("text/plain"), endless)).status).toBe(413);
    expect(cancelled).toBe(true);
  });

  test("depth has its own", async () => {
    expect((await ask("POST /small", type("application/json"), "[[1]]")).status).toBe(200);
    expect((await ask("POST /small", type("application/json"), "[[[1]]]")).status).toBe(400);
    expect((await ask("POST /small", type("text/xml"), "<a/>")).status).toBe(200);
    expect((await ask("POST /small", type("application/msgpack"), bytes(0x91, 0x91, 0x91, 1))).status).toBe(400);
  });
});

describe("content codings", () => {
  const coded = (coding: string) => ({ ...type("application/json"), "Content-Encoding": coding });

  test("gzip and deflate are inflated", async () => {
    const body = encode('{"a":1}');
    for (const [coding, sent] of [
      ["gzip", gzipSync(body)],
      ["X-GZIP", gzipSync(body)],
      ["deflate", deflateSync(body)],
      ["identity", body],
    ] as const) {
      expect((await ask("POST /echo", coded(coding), new Uint8Array(sent))).value).toEqual({ got: { a: 1 } });
    }
  });

  test("a bomb is 413, whatever it weighs on the wire", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(20 << 20).fill(32)));
    expect(bomb.byteLength).toBeLessThan(1 << 20);
    expect((await ask("POST /echo", coded("gzip"), bomb)).status).toBe(413);
  });

  test("what is broken is 400, and what is not known 415 with what is", async () => {
    expect((await ask("POST /echo", coded("gzip"), encode("not gzip"))).status).toBe(400);
    const { status, headers } = await ask("POST /echo", coded("br"), encode("x"));
    expect([status, headers.get("Accept-Encoding")]).toEqual([415, "gzip, deflate, identity"]);
    expect((await ask("POST /echo", coded("gzip, gzip"), encode("x"))).status).toBe(415);
  });
});
