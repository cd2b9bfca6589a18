import { expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { idempotency } from "../../src/rest/idempotency.js";
import { clientAddress } from "../../src/rest/middleware/facts.js";
import { forwarded } from "../../src/rest/middleware/forwarded.js";
import { requestId, requestIdOf } from "../../src/rest/middleware/request-id.js";
import { RequestValue } from "../../src/rest/request-value.js";
import { resource } from "../../src/rest/resource.js";
import type { Middleware } from "../../src/rest/types.js";
import { asking } from "./asking.js";

test("a value goes along with a request that takes the place of another, both ways", async () => {
  const user = new RequestValue<string>();
  const tenant = new RequestValue<number>();
  let outside: unknown;
  const outer: Middleware = async (request, next) => {
    user.set(request, "ada");
    const response = await next(request);
    outside = tenant.get(request);
    return response;
  };
  const POST = (request: Request) => {
    tenant.set(request, 7);
    return [user.get(request), requestIdOf(request), clientAddress(request), new URL(request.url).host];
  };
  const use = [outer, requestId(), forwarded({ trust: ["loopback"], peer: () => "127.0.0.1" }), idempotency()];
  const ask = asking(handler({ resources: [resource("/", { POST })], use }));
  const fields = {
    "Content-Type": "application/json",
    "Idempotency-Key": '"k"',
    "X-Request-Id": "id-1",
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Host": "example.com",
  };
  expect((await ask("POST /", fields, "{}")).value).toEqual(["ada", "id-1", "192.0.2.7", "example.com"]);
  expect(outside).toBe(7);
});

test("a value is of its request alone, and of its kind", () => {
  const [one, other] = [new RequestValue<number>(), new RequestValue<number>()];
  const [a, b] = [new Request("http://localhost/"), new Request("http://localhost/")];
  one.set(a, 1);
  expect([one.get(a), one.get(b), other.get(a)]).toEqual([1, undefined, undefined]);
});
