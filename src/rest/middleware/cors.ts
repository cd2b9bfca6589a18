import type { Fetch, Middleware } from "../types.js";
import { vary, withHeaders } from "./facts.js";

/** Tells whether pages of an origin, as `"https://example.com"`, may read answers. */
export type OriginTest = (origin: string, request: Request) => boolean | Promise<boolean>;

/** Options of {@link cors}. */
export interface CorsOptions {
  /** Which origins may read answers: `"*"` for all, one, some, or a function that tells. @default "*" */
  readonly origin?: string | readonly string[] | OriginTest | undefined;
  /** The methods that they may use. @default what Allow says of the resource */
  readonly methods?: readonly string[] | undefined;
  /** The fields that they may send. @default all that they ask for */
  readonly allowHeaders?: readonly string[] | undefined;
  /** The fields of answers that they may read. @default ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id */
  readonly exposeHeaders?: readonly string[] | undefined;
  /** Whether they may send cookies and the like. @default false */
  readonly credentials?: boolean | undefined;
  /** How long a browser may keep the answer to a preflight. @default 600 */
  readonly maxAgeSeconds?: number | undefined;
  /** Whether public pages may reach this server in a private network. @default false */
  readonly privateNetwork?: boolean | undefined;
}

const exposed = ["ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"];
const usualMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, QUERY";
const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * Lets pages of other origins read answers, and answers the preflights that browsers make before they send. It keeps
 * nobody out who is no browser.
 *
 * @example
 * ```ts
 * import { cors, handler, resource } from "toolkit/rest";
 *
 * const hello = resource("/", { GET: () => "hello", DELETE: () => undefined });
 * const api = handler({ resources: [hello], use: [cors({ origin: ["https://app.example.com"] })] });
 * const preflight = new Request("http://localhost/", {
 *   method: "OPTIONS",
 *   headers: { Origin: "https://app.example.com", "Access-Control-Request-Method": "DELETE" },
 * });
 * console.log((await api(preflight)).headers.get("Access-Control-Allow-Methods")); // DELETE, GET, HEAD, OPTIONS
 * ```
 * @throws {TypeError} for all origins with credentials, which would give every page the user's rights; for an origin that is none
 * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol | Fetch: CORS protocol}
 */
export function cors(options: CorsOptions = {}): Middleware {
  const { origin = "*", credentials = false } = options;
  if (origin === "*" && credentials) throw new TypeError("Credentials with any origin: name the origins");
  const isAllowed = origin === "*" ? () => true : originTest(origin);
  return async (request, next) => {
    const from = request.headers.get("Origin");
    // "*" is for all requests: a cache may give the answer to a page that asks next.
    const allowed = origin === "*" ? "*" : from !== null && (await isAllowed(from, request)) ? from : null;
    const answer = isPreflight(request) ? await preflight(request, next, options, allowed) : await next(request);
    return withHeaders(answer, (headers) => {
      if (origin !== "*") vary(headers, "Origin"); // also where there is none: caches must tell the two apart
      if (allowed === null) return;
      headers.set("Access-Control-Allow-Origin", allowed);
      if (credentials) headers.set("Access-Control-Allow-Credentials", "true");
      if (isPreflight(request)) return;
      const { exposeHeaders = exposed } = options;
      if (exposeHeaders.length > 0) headers.set("Access-Control-Expose-Headers", exposeHeaders.join(", "));
    });
  };
}

function originTest(origin: string | readonly string[] | OriginTest): OriginTest {
  if (typeof origin === "function") return origin;
  const list = typeof origin === "string" ? [origin] : origin;
  for (const each of list) {
    if (each !== "null" && !(URL.canParse(each) && new URL(each).origin === each)) {
      throw new TypeError(`Origin ${JSON.stringify(each)} is none, as "https://example.com" is`);
    }
  }
  return (from) => list.includes(from);
}

function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("Origin") && headers.has("Access-Control-Request-Method");
}

async function preflight(
  request: Request,
  next: Fetch,
  options: CorsOptions,
  allowed: string | null,
): Promise<Response> {
  const headers = new Headers({ Vary: "Access-Control-Request-Method, Access-Control-Request-Headers" });
  if (allowed === null) return new Response(null, { status: 204, headers });
  headers.set("Access-Control-Allow-Methods", options.methods?.join(", ") ?? (await allowOf(request, next)));
  const fields = options.allowHeaders?.join(", ") ?? askedFor(request);
  if (fields !== "") headers.set("Access-Control-Allow-Headers", fields);
  headers.set("Access-Control-Max-Age", String(options.maxAgeSeconds ?? 600));
  const isPrivate = request.headers.get("Access-Control-Request-Private-Network") === "true";
  if (isPrivate && options.privateNetwork === true) headers.set("Access-Control-Allow-Private-Network", "true");
  return new Response(null, { status: 204, headers });
}

/** Asks the resource, which knows. */
async function allowOf(request: Request, next: Fetch): Promise<string> {
  const answer = await next(request);
  await answer.body?.cancel();
  return answer.headers.get("Allow") ?? usualMethods;
}

function askedFor({ headers }: Request): string {
  const asked = (headers.get("Access-Control-Request-Headers") ?? "").split(",").map((name) => name.trim());
  return asked.filter((name) => token.test(name)).join(", ");
}
