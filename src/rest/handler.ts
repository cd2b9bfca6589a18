import { Engine } from "./engine.js";
import type { Fetch, HandlerOptions, Resource } from "./types.js";

/** What is inside of the handlers that were made here: a server that knows it needs no `Response`. */
const engines = new WeakMap<Fetch, Engine>();

/**
 * Serves resources: makes a function that answers a `Request` with a `Response`, as Deno, Bun, workers and browsers call
 * it; `serve` and `toNode` do for Node. It never rejects.
 *
 * @example
 * ```ts
 * import { handler, html, json, resource } from "toolkit/rest";
 *
 * const hello = resource("/hello/{name}", { GET: (_, { params }) => ({ hello: params["name"] }) });
 * const fetch = handler({ resources: [hello], represent: [json, html] });
 *
 * const response = await fetch(new Request("http://localhost/hello/you"));
 * console.log(response.status, await response.text()); // 200 {"hello":"you"}
 * console.log((await fetch(new Request("http://localhost/hello/you", { method: "PUT" }))).headers.get("Allow")); // GET, HEAD, OPTIONS
 * ```
 * @throws {TypeError} the patterns of two resources conflict; in Go's words
 */
export function handler(...resources: readonly Resource[]): Fetch;
/** Serves resources, with options. */
export function handler(options: HandlerOptions): Fetch;
export function handler(...given: readonly (Resource | HandlerOptions)[]): Fetch {
  const [first] = given;
  const isOptions = given.length === 1 && first !== undefined && "resources" in first;
  const engine = new Engine(isOptions ? first : { resources: given as readonly Resource[] });
  const fetch: Fetch = (request) => engine.fetch(request);
  engines.set(fetch, engine);
  return fetch;
}

/** Gives what is inside of a handler, if it was made here. */
export function engineOf(fetch: Fetch): Engine | undefined {
  return engines.get(fetch);
}
