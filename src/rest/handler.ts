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
 * const hello = resource("/hello/{name}", { GET: (_, { params }) => ({ hello: params.name }) });
 * const fetch = handler({ resources: [hello], represent: [json, html] });
 *
 * const response = await fetch(new Request("http://localhost/hello/you"));
 * console.log(response.status, await response.text()); // 200 {"hello":"you"}
 * console.log((await fetch(new Request("http://localhost/hello/you", { method: "PUT" }))).headers.get("Allow")); // GET, HEAD, OPTIONS
 * ```
 * @throws {TypeError} the patterns of two resources conflict, in Go's words; or something is no resource
 */
export function handler(...resources: readonly Resource[]): Fetch;
/** Serves resources, with options. */
export function handler(options: HandlerOptions): Fetch;
export function handler(...given: readonly (Resource | HandlerOptions)[]): Fetch {
  const engine = new Engine(optionsOf(given));
  const fetch: Fetch = (request) => engine.fetch(request);
  engines.set(fetch, engine);
  return fetch;
}

function optionsOf(given: readonly (Resource | HandlerOptions)[]): HandlerOptions {
  const [first] = given;
  const options = given.length === 1 && isObject(first) && "resources" in first ? first : { resources: given };
  const { resources } = options as HandlerOptions;
  const areResources = Array.isArray(resources) && resources.every((one) => isObject(one) && "pattern" in one);
  if (areResources) return options as HandlerOptions;
  throw new TypeError("A handler takes resources, one by one, or { resources: […] } with options");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Gives what is inside of a handler, if it was made here. */
export function engineOf(fetch: Fetch): Engine | undefined {
  return engines.get(fetch);
}
