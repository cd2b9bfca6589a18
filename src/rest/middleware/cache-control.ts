import type { Middleware } from "../types.js";
import { withHeaders } from "./facts.js";

/**
 * Says who may keep an answer, and how long.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 | RFC 9111 section 5.2.2}
 */
export interface CacheDirectives {
  /** Shared caches may keep it, also where they would not by themselves. */
  readonly public?: boolean | undefined;
  /** Shared caches may not. */
  readonly private?: boolean | undefined;
  /** It may be kept, but is not used without asking the origin: `If-None-Match`. */
  readonly noCache?: boolean | undefined;
  /** It is not kept at all. */
  readonly noStore?: boolean | undefined;
  /** Once it is stale it is not used without asking, not even while the origin is down. */
  readonly mustRevalidate?: boolean | undefined;
  /** It will never change. */
  readonly immutable?: boolean | undefined;
  /** How long it is fresh. */
  readonly maxAgeSeconds?: number | undefined;
  /** How long it is fresh for shared caches. */
  readonly sharedMaxAgeSeconds?: number | undefined;
  /** How long it may be used stale while it is asked for anew (RFC 5861). */
  readonly staleWhileRevalidateSeconds?: number | undefined;
  /** How long it may be used stale while the origin fails (RFC 5861). */
  readonly staleIfErrorSeconds?: number | undefined;
}

const flags = {
  public: "public",
  private: "private",
  noCache: "no-cache",
  noStore: "no-store",
  mustRevalidate: "must-revalidate",
  immutable: "immutable",
} as const;

const times = {
  maxAgeSeconds: "max-age",
  sharedMaxAgeSeconds: "s-maxage",
  staleWhileRevalidateSeconds: "stale-while-revalidate",
  staleIfErrorSeconds: "stale-if-error",
} as const;

function names<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}

function format(directives: CacheDirectives): string {
  const parts: string[] = names(flags)
    .filter((name) => directives[name] === true)
    .map((name) => flags[name]);
  for (const name of names(times)) {
    const seconds = directives[name];
    if (seconds !== undefined) parts.push(`${times[name]}=${checkSeconds(name, seconds)}`);
  }
  if (directives.public === true && directives.private === true) throw new TypeError("Both public and private are set");
  if (parts.length === 0) throw new TypeError("No directive is set");
  return parts.join(", ");
}

function checkSeconds(name: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new RangeError(`${name} is ${seconds}, not a whole number of seconds`);
}

/**
 * Sets Cache-Control where the answer has none: the given directives for what GET and HEAD succeed with, and `no-store`
 * for errors, of which caches would otherwise keep some at their own discretion.
 *
 * @example
 * ```ts
 * import { cacheControl } from "toolkit/rest";
 *
 * const cached = cacheControl({ public: true, maxAgeSeconds: 60 });
 * const answer = await cached(new Request("http://localhost/"), async () => new Response("hello"));
 * console.log(answer.headers.get("Cache-Control")); // public, max-age=60
 * ```
 * @throws {TypeError} for no directive, or two that contradict each other
 * @throws {RangeError} for a time that is no whole number of seconds
 */
export function cacheControl(directives: CacheDirectives): Middleware {
  const value = format(directives);
  return async (request, next) => {
    const response = await next(request);
    if (response.headers.has("Cache-Control")) return response;
    const isRead = request.method === "GET" || request.method === "HEAD";
    const { ok, status } = response;
    const said = status >= 400 ? "no-store" : isRead && (ok || status === 304) ? value : null;
    return said === null ? response : withHeaders(response, (headers) => headers.set("Cache-Control", said));
  };
}
