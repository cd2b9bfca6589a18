import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { Problem } from "../../src/rest/problem.js";
import { json } from "../../src/rest/represent/json.js";
import { text } from "../../src/rest/represent/text.js";
import { RequestValue } from "../../src/rest/request-value.js";
import { resource } from "../../src/rest/resource.js";
import type { Handler } from "../../src/rest/types.js";
import { asking } from "./asking.js";

const type = { "Content-Type": "application/json" };

describe("a condition of a write", () => {
  test("asks GET as a GET, without what was for the write", async () => {
    const seen: [string, string[], boolean][] = [];
    const both: Handler = (request) => {
      seen.push([request.method, [...request.headers.keys()], request.body !== null]);
      return { a: 1 };
    };
    const ask = asking(handler(resource("/", { GET: both, PUT: both })));
    const fields = { ...type, "If-Match": "*", Range: "bytes=0-1", Cookie: "a=1", Accept: "text/plain" };
    expect((await ask("PUT /", fields, "{}")).status).toBe(200);
    expect(seen).toEqual([
      ["GET", ["accept", "cookie"], false],
      ["PUT", ["accept", "content-type", "cookie", "if-match", "range"], true],
    ]);
  });

  test("asks it for the user that middleware found out", async () => {
    const user = new RequestValue<string>();
    const GET: Handler = (request) => {
      if (user.get(request) !== "ada") throw new Problem(401);
      return { a: 1 };
    };
    const ask = asking(
      handler({
        resources: [resource("/", { GET, PUT: (request) => user.get(request) })],
        use: [
          (request, next) => {
            user.set(request, "ada");
            return next(request);
          },
        ],
      }),
    );
    expect(await ask("PUT /", { ...type, "If-Match": "*" }, "{}")).toMatchObject({ status: 200, value: "ada" });
  });

  test("is none of OPTIONS, which is about no state", async () => {
    const ask = asking(
      handler(resource("/", { GET: () => 1, OPTIONS: () => "own" }), resource("/b", { GET: () => 1 })),
    );
    expect((await ask("OPTIONS /", { "If-None-Match": "*" })).value).toBe("own");
    expect((await ask("OPTIONS /b", { "If-Match": '"x"' })).status).toBe(204);
  });
});

test("representations that look alike have different tags", async () => {
  const ask = asking(
    handler({ resources: [resource("/", { GET: () => 5, PUT: () => undefined })], represent: [json, text] }),
  );
  const [one, other] = await Promise.all(["application/json", "text/plain"].map((Accept) => ask("GET /", { Accept })));
  expect([one?.text, other?.text]).toEqual(["5", "5"]);
  expect(one?.headers.get("ETag")).not.toBe(other?.headers.get("ETag"));
  for (const answer of [one, other]) {
    const known = answer?.headers.get("ETag") ?? "";
    expect((await ask("PUT /", { ...type, "If-Match": known }, "6")).status).toBe(204);
  }
  const crossed = await ask("GET /", { Accept: "text/plain", "If-None-Match": one?.headers.get("ETag") ?? "" });
  expect(crossed.status).toBe(200);
});
