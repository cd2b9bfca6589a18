import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { form } from "../../src/rest/represent/form.js";
import { html } from "../../src/rest/represent/html.js";
import { json } from "../../src/rest/represent/json.js";
import { msgpack } from "../../src/rest/represent/msgpack.js";
import { text } from "../../src/rest/represent/text.js";
import { xml } from "../../src/rest/represent/xml.js";
import { Representations } from "../../src/rest/representations.js";
import { resource } from "../../src/rest/resource.js";
import { asking } from "./asking.js";

const all = [json, xml, html, text, msgpack];

describe("Accept", () => {
  const represent = new Representations(all);
  test.each<[string, string | undefined]>([
    ["*/*", "application/json"],
    ["", "application/json"],
    ["text/html", "text/html"],
    ["TEXT/HTML", "text/html"],
    ["text/*", "text/html"],
    ["text/plain, text/html", "text/plain"],
    ["application/json;q=0.5, text/html", "text/html"],
    ["application/json;q=0, */*", "application/xml"],
    ["text/*;q=0.2, text/plain;q=0.9, */*;q=0.5", "text/plain"],
    ["application/xml;q=0.1, */*;q=0.2", "application/json"],
    ["application/json;charset=utf-8", "application/json"],
    ["application/json;version=2", undefined],
    ["image/png, image/*;q=0.8", undefined],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"],
    ["application/msgpack, application/json;q=0.9", "application/msgpack"],
    ["json", undefined],
    ["application/json;q=2, text/html;q=x", "application/json"],
    [`${"a/b,".repeat(1000)}text/html`, "application/json"],
  ])("%s", (accept, mediaType) => {
    expect(represent.choose(accept)?.mediaType).toBe(mediaType);
    expect(represent.choose(accept)?.mediaType).toBe(mediaType); // also when it is remembered
  });

  test("without it the first representation is sent", () => {
    expect(represent.choose(null)).toBe(json);
  });

  test("what is remembered has a bound, and what is not is chosen all the same", () => {
    for (let i = 0; i < 300; i++) expect(represent.choose(`text/html;q=0.${i}1, text/x-${i}`)).toBe(html);
  });
});

test("a resource needs one representation of each type", () => {
  expect(() => new Representations([])).toThrow(new TypeError("A resource needs a representation"));
  expect(() => new Representations([json, json])).toThrow(
    new TypeError("Two representations have the same media type"),
  );
});

describe("one resource in five representations", () => {
  const state = { id: 1, name: "<Ada>", tags: ["a"] };
  const ask = asking(
    handler({
      resources: [
        resource("/state", { GET: () => state, POST: () => state, DELETE: () => undefined }),
        resource("/json", { GET: () => state, represent: [json] }),
        resource("/fails", { GET: () => null }),
      ],
      represent: all,
    }),
  );

  test("each has its Content-Type, and Vary says that there are others", async () => {
    for (const { mediaType, contentType = mediaType } of all) {
      const { status, headers } = await ask("GET /state", { Accept: mediaType });
      expect([status, headers.get("Content-Type"), headers.get("Vary")]).toEqual([200, contentType, "Accept"]);
    }
    expect((await ask("GET /json")).headers.has("Vary")).toBe(false);
  });

  test("406 lists what there is", async () => {
    const { status, headers, value } = await ask("GET /state", { Accept: "image/png" });
    expect([status, headers.get("Vary")]).toEqual([406, "Accept"]);
    expect(value).toMatchObject({ status: 406, available: all.map(({ mediaType }) => mediaType) });
    expect((await ask("GET /json", { Accept: "text/html" })).headers.get("Vary")).toBe("Accept");
  });

  test("what has been changed is told in the first where nothing fits", async () => {
    const { status, headers } = await ask("POST /state", { Accept: "image/png" });
    expect([status, headers.get("Content-Type")]).toEqual([200, "application/json"]);
    expect((await ask("DELETE /state", { Accept: "image/png" })).status).toBe(204);
  });

  test("problems are written in the format that is asked for", async () => {
    const typeOf = async (Accept: string) => {
      const { status, headers, text: body } = await ask("GET /fails", { Accept });
      expect(status).toBe(404);
      expect(body).toContain("Not Found");
      return headers.get("Content-Type");
    };
    expect(await typeOf("application/json")).toBe("application/problem+json");
    expect(await typeOf("application/problem+json")).toBe("application/problem+json");
    expect(await typeOf("application/xml")).toBe("application/problem+xml; charset=utf-8");
    expect(await typeOf("text/html,*/*;q=0.1")).toBe("text/html; charset=utf-8");
    expect(await typeOf("text/plain")).toBe("text/plain; charset=utf-8");
    expect(await typeOf("application/msgpack")).toBe("application/problem+json");
    expect(await typeOf("image/png")).toBe("application/problem+json");
  });

  test("what has no format for problems of its own has JSON", async () => {
    const onlyForms = asking(handler({ resources: [resource("/", { GET: () => null })], represent: [form] }));
    const { headers, value } = await onlyForms("GET /");
    expect([headers.get("Content-Type"), value]).toMatchObject(["application/problem+json", { status: 404 }]);
  });
});
