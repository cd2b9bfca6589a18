import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { Problem } from "../../src/rest/problem.js";
import { html } from "../../src/rest/represent/html.js";
import { json } from "../../src/rest/represent/json.js";
import { text } from "../../src/rest/represent/text.js";
import { xml } from "../../src/rest/represent/xml.js";
import { resource } from "../../src/rest/resource.js";
import { asking } from "./asking.js";

const parts = {
  type: "https://example.com/probs/out-of-credit",
  title: "You do not have enough credit.",
  detail: "Your current balance is <30>.",
  instance: "/account/12345/msgs/abc",
  extensions: { balance: 30, accounts: ["/account/1"], status: 200, title: "no" },
  headers: { "Retry-After": "9" },
  cause: new Error("secret"),
};

describe("Problem", () => {
  test("says what RFC 9457 has, and no more", () => {
    expect(new Problem(404).toJSON()).toEqual({ type: "about:blank", title: "Not Found", status: 404 });
    const { type, title, detail, instance } = parts;
    const document = { type, title, status: 403, detail, instance, balance: 30, accounts: ["/account/1"] };
    expect(new Problem(403, parts).toJSON()).toEqual(document);
    expect(JSON.parse(JSON.stringify(new Problem(403, parts)))).toEqual(document);
    expect(new Problem(418).title).toBe("Client Error");
  });

  test("is an error with a message", () => {
    expect(new Problem(409, "taken")).toMatchObject({
      name: "Problem",
      message: "taken",
      detail: "taken",
      status: 409,
    });
    expect(new Problem(409).message).toBe("Conflict");
    expect(new Problem(500, parts).cause).toBe(parts.cause);
  });

  test("has a status of an error", () => {
    for (const status of [0, 200, 399, 600, 404.5, Number.NaN]) expect(() => new Problem(status)).toThrow(RangeError);
  });

  test("is read again, without what has a wrong type", () => {
    const document = new Problem(403, parts).toJSON();
    expect(Problem.from(document, 403).toJSON()).toEqual(document);
    expect(Problem.from({ type: 1, title: null, status: "x", more: 1 }, 400).toJSON()).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      more: 1,
    });
    for (const junk of [null, 1, "x", []]) expect(Problem.from(junk, 500).status).toBe(500);
  });
});

describe("a problem that is thrown", () => {
  const thrown: Record<string, unknown> = {
    own: new Problem(403, parts),
    circular: new Problem(400, { detail: "d", extensions: { self: undefined, big: 1n } }),
    foreign: Object.assign(new Error("x"), { name: "Problem", status: 409, toJSON: () => ({ detail: "theirs" }) }),
    fake: Object.assign(new Error("x"), { name: "Problem", status: 200, toJSON: () => ({}) }),
  };
  const ask = asking(
    handler({
      resources: [
        resource("/{which}", {
          GET: (_, { pathValue }) => {
            throw thrown[pathValue("which")];
          },
        }),
      ],
      represent: [json, xml, html, text],
    }),
  );

  test("is written in each format, escaped, with its fields, without its cause", async () => {
    const expected: Record<string, string> = {
      "application/json": '"detail":"Your current balance is <30>."',
      "application/xml": "<detail>Your current balance is &lt;30&gt;.</detail>",
      "text/html": "<dd>Your current balance is &lt;30&gt;.</dd>",
      "text/plain": "403 You do not have enough credit.\nYour current balance is <30>.\n",
    };
    for (const [Accept, part] of Object.entries(expected)) {
      const { status, headers, text: body } = await ask("GET /own", { Accept });
      expect([status, headers.get("Retry-After"), headers.get("Vary")]).toEqual([403, "9", "Accept"]);
      expect(body).toContain(part);
      expect(body).not.toContain("secret");
    }
  });

  test("loses extensions that cannot be written, and nothing else", async () => {
    expect((await ask("GET /circular")).value).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: "d",
    });
  });

  test("may be of another copy of the package, but has to be one", async () => {
    expect((await ask("GET /foreign")).value).toMatchObject({ status: 409, detail: "theirs" });
    expect((await ask("GET /fake")).status).toBe(500);
  });
});
