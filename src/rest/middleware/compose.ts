import type { Middleware } from "../types.js";

/**
 * Joins middleware to one: the first is the outermost.
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
  return middleware.reduceRight<Middleware>(
    (inner, outer) => (request, next) => outer(request, async (passed) => inner(passed, next)),
    (request, next) => next(request),
  );
}
