import { parseIP } from "../../net/ip.js";
import { cidrMask } from "../../net/ip-mask.js";
import { Problem } from "../problem.js";
import type { Middleware } from "../types.js";
import { clientAddress, withHeaders } from "./facts.js";
import { MemoryRateLimitStore, type RateLimitState, type RateLimitStore } from "./rate-limit-store.js";

/** Options of {@link rateLimit}. */
export interface RateLimitOptions {
  /** How many requests a client may make in a window. */
  readonly limit: number;
  /** How long a window is. */
  readonly windowSeconds: number;
  /** What the policy is called in the header. @default "default" */
  readonly name?: string | undefined;
  /**
   * Tells whose quota a request counts against; `null` for nobody's.
   * @default the client's address, of IPv6 the first 64 bits; those without a known address share one quota
   */
  readonly key?: ((request: Request) => string | null | Promise<string | null>) | undefined;
  /** Where requests are counted. @default in memory */
  readonly store?: RateLimitStore | undefined;
  /** What happens while the store fails: requests pass uncounted, or are refused with 503. @default "pass" */
  readonly onStoreError?: "pass" | "refuse" | undefined;
  /** Hears of failures of the store. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Lets each client make so many requests in a window: more are a 429 with Retry-After. All answers tell the quota in
 * RateLimit-Policy and RateLimit.
 *
 * @example
 * ```ts
 * import { handler, rateLimit, resource } from "toolkit/rest";
 *
 * const hello = resource("/", { GET: () => "hello" });
 * const api = handler({ resources: [hello], use: [rateLimit({ limit: 1, windowSeconds: 60 })] });
 * const first = await api(new Request("http://localhost/"));
 * console.log(first.status, first.headers.get("RateLimit")); // 200 "default";r=0;t=60
 * const second = await api(new Request("http://localhost/"));
 * console.log(second.status, second.headers.get("Retry-After")); // 429 60
 * ```
 * @throws {RangeError} for a limit or a window that is no whole number from 1 on
 * @throws {TypeError} for a name that cannot stand in a header
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ | RateLimit header fields for HTTP}
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { limit, windowSeconds, name = "default", key = addressKey } = options;
  checkWhole("limit", limit);
  checkWhole("windowSeconds", windowSeconds);
  if (!/^[ !#-[\]-~]{1,64}$/.test(name)) throw new TypeError(`Name of a policy is ${JSON.stringify(name)}`);
  const quota = { limit, windowMs: windowSeconds * 1000 };
  const count = counter(options);
  const policy = `"${name}";q=${limit};w=${windowSeconds}`;
  return async (request, next) => {
    const whose = await key(request);
    const state = whose === null ? null : await count(whose, quota);
    if (state === null) return next(request);
    const resetSeconds = Math.max(1, Math.ceil(state.resetMs / 1000));
    const fields = {
      "RateLimit-Policy": policy,
      RateLimit: `"${name}";r=${Math.max(0, limit - state.used)};t=${resetSeconds}`,
    };
    if (state.used > limit) throw exceeded(name, { ...fields, "Retry-After": String(resetSeconds) });
    return withHeaders(await next(request), (headers) => {
      for (const [field, value] of Object.entries(fields)) headers.append(field, value);
    });
  };
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${name} is ${value}, not a whole number from 1 on`);
}

function exceeded(name: string, headers: Record<string, string>): Problem {
  return new Problem(429, {
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Quota exceeded",
    detail: `Too many requests: try again in ${headers["Retry-After"]} s`,
    extensions: { "violated-policies": [name] },
    headers,
  });
}

type Count = (key: string, quota: { limit: number; windowMs: number }) => Promise<RateLimitState | null>;

function counter({ store = new MemoryRateLimitStore(), onStoreError, onError }: RateLimitOptions): Count {
  return async (key, quota) => {
    try {
      return await store.take(key, quota);
    } catch (err) {
      onError?.(err);
      if (onStoreError === "refuse") throw new Problem(503, { headers: { "Retry-After": "1" }, cause: err });
      return null;
    }
  };
}

/** Whoever has one IPv6 address has 2^64 of them. */
function addressKey(request: Request): string {
  const text = clientAddress(request) ?? "";
  const ip = parseIP(text.replace(/%.*$/, ""));
  if (ip === null || ip.to4() !== null) return ip?.toString() ?? text;
  return ip.mask(cidrMask(64, 128))?.toString() ?? text;
}
