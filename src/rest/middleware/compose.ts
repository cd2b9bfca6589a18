import { around, joined } from "../layers.js";
import type { Middleware } from "../types.js";

/**
 * Joins middleware to one: the first is the outermost. In a `use` it is as if its parts stood there one by one.
 *
 * @example
 * ```ts
 * import { compose, cors, requestId } from "toolkit/rest";
 *
 * const edge = compose(requestId({ generate: () => "7" }), cors({ origin: "https://example.com" }));
 * const answer = await edge(new Request("http://localhost/"), async () => new Response("hello"));
 * console.log(answer.headers.get("X-Request-Id"), answer.headers.get("Vary")); // 7 Origin
 * ```
 */
export function compose(...middleware: readonly Middleware[]): Middleware {
  const rethrow = (error: unknown): never => {
    throw error;
  };
  const composed: Middleware = (request, next) => around(middleware, next, rethrow)(request);
  return joined(composed, middleware);
}
