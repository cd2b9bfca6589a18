import { parsePattern } from "./pattern.js";
import { methods } from "./served.js";
import type { Handlers, Resource } from "./types.js";

const settings = ["represent", "use", "etag", "lastModified", "requirePrecondition", "maxBodyBytes", "maxDepth"];
const known: ReadonlySet<string> = new Set([...methods, ...settings]);

/**
 * Makes a resource: which URLs it has, and what its verbs do.
 *
 * `pattern` is one of Go's ServeMux, without a method: `/videos/{id}`, `/files/{path...}`, `/{$}`, `example.com/`.
 *
 * @example
 * ```ts
 * import { handler, resource } from "toolkit/rest";
 *
 * const video = resource("/videos/{id}", { GET: (_, { params }) => ({ id: params.id }) });
 * const response = await handler(video)(new Request("http://localhost/videos/7"));
 * console.log(await response.text()); // {"id":"7"}
 * ```
 * @throws {SyntaxError} the pattern is none; in Go's words
 * @throws {TypeError} a verb is not known, or is no function, or there is none
 * @see {@link https://pkg.go.dev/net/http#hdr-Patterns-ServeMux | Go ServeMux, patterns}
 */
export function resource<P extends string>(pattern: P, handlers: Handlers<P>): Resource {
  parsePattern(pattern);
  for (const name of Object.keys(handlers)) {
    if (known.has(name)) continue;
    const hint = known.has(name.toUpperCase()) ? `: verbs are in capitals, as ${name.toUpperCase()}` : "";
    throw new TypeError(`Resource ${pattern} has no place for ${name}${hint}`);
  }
  const verbs = methods.filter((method) => handlers[method] !== undefined);
  if (verbs.length === 0) throw new TypeError(`Resource ${pattern} has no verb: write { GET: … }`);
  for (const method of verbs) {
    const verb = handlers[method];
    const handle = typeof verb === "object" ? verb.handle : verb;
    if (typeof handle !== "function") {
      throw new TypeError(
        `Resource ${pattern} has no function for ${method}: write a function, or { handle: a function }`,
      );
    }
  }
  return { pattern, handlers: handlers as Handlers };
}
