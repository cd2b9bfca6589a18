import type { AnySchema } from "../../gob/any-schema.js";
import type { Link } from "../pagination-link.js";
import type { Representation } from "../types.js";
import type { WildcardName } from "../wildcards.js";

/** What goes into the place of a wildcard of a path. */
export type PathValue = string | number | bigint;

/** The wildcards of a path, which have to be filled: `{ id: … }` for `"/videos/{id}"`. */
export type PathParams<P extends string> = string extends P
  ? Readonly<Record<string, PathValue>>
  : P extends `${string}{${infer Name}}${infer Rest}`
    ? { readonly [K in WildcardName<Name>]: PathValue } & PathParams<Rest>
    : unknown;

/** The parameters of a query; `undefined` leaves one out, a list gives it several times. */
export type QueryInit =
  | URLSearchParams
  | Readonly<
      Record<string, string | number | bigint | boolean | undefined | readonly (string | number | bigint | boolean)[]>
    >;

/** When and how often a client tries again. */
export interface RetryOptions {
  /** How often, after the first attempt. @default 2 */
  readonly retries?: number | undefined;
  /** The first wait, of which half is left to chance; it doubles each time. @default 200 */
  readonly minDelayMs?: number | undefined;
  /** No wait is longer, but for what Retry-After asks for. @default 10_000 */
  readonly maxDelayMs?: number | undefined;
  /** A Retry-After that asks for more is not waited for: its answer is the error. @default 60_000 */
  readonly maxRetryAfterMs?: number | undefined;
  /** The statuses after which to try again. @default 408, 425, 429, 502, 503, 504 */
  readonly statuses?: readonly number[] | undefined;
}

/** What a client keeps of answers that have an entity tag. */
export interface ClientCacheOptions {
  /** How many answers. @default 100 */
  readonly maxEntries?: number | undefined;
  /** How many bytes of bodies. @default 8_388_608 */
  readonly maxBytes?: number | undefined;
}

/** Options of {@link client}. */
export interface ClientOptions {
  /** What makes the requests: `fetch`, one with an agent of one's own, or a `rest.handler` of the same process. @default fetch */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** The representations that it understands, the preferred one first; bodies are sent in the first. @default [rest.json, rest.text] */
  readonly represent?: readonly Representation[] | undefined;
  /** Fields of all requests; a function is asked each time, as for a token that expires. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
  /** How long an attempt may take, up to the last byte of the answer; `Infinity` for any time. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** When to try again; `false` for never. */
  readonly retry?: RetryOptions | false | undefined;
  /** Whether to keep answers, and to ask whether they still hold with `If-None-Match`. @default false */
  readonly cache?: boolean | ClientCacheOptions | undefined;
  /** How many bytes an answer may have. @default 33_554_432 */
  readonly maxResponseBytes?: number | undefined;
  /** How deep an answer may nest. @default 64 */
  readonly maxDepth?: number | undefined;
}

/** Options of all requests. */
export interface RequestOptions<P extends string = string> {
  /** What the wildcards of the path stand for: `{ id: 7 }` for `"/videos/{id}"`. */
  readonly params?: PathParams<P> | undefined;
  /** The query. */
  readonly query?: QueryInit | undefined;
  /** More fields of the header. */
  readonly headers?: HeadersInit | undefined;
  /** Ends the request, with its reason as the error. */
  readonly signal?: AbortSignal | undefined;
  /** @default that of the client */
  readonly timeoutMs?: number | undefined;
  /** @default that of the client */
  readonly retry?: RetryOptions | false | undefined;
  /** Do it only if the resource still has this entity tag, or that of this reply: 412 else. `"*"` is any. */
  readonly ifMatch?: string | { readonly etag: string | undefined } | undefined;
  /** Do it only if the resource has another entity tag. `"*"`: only if it does not exist. */
  readonly ifNoneMatch?: string | undefined;
  /** The Idempotency-Key, without quotes, or `true` for a new one: a POST or PATCH may then be tried again. */
  readonly idempotencyKey?: string | true | undefined;
}

/** Options of requests that give a value. */
export interface ValueOptions<T, P extends string = string> extends RequestOptions<P> {
  /** What the answer must be; it gives the type of the value. By a schema of `toolkit/gob` it is read as Go's JSON. */
  readonly as?: AnySchema<T> | undefined;
}

/** Options of requests that send a value. */
export interface BodyOptions<T, P extends string = string> extends ValueOptions<T, P> {
  /** The media type of the body, which then goes out as it is if it is a string or bytes. */
  readonly contentType?: string | undefined;
  /** What the body is: by a schema of `toolkit/gob` it is written as Go's JSON has it. Those of others change nothing. */
  readonly bodyAs?: AnySchema | undefined;
}

/** What a server answered. */
export interface ClientReply<T = unknown> {
  /** The state that it sent; `undefined` where there is none. */
  readonly value: T;
  /** The status: 200 to 399. */
  readonly status: number;
  /** The header. */
  readonly headers: Headers;
  /** What was asked for in the end, behind redirects. */
  readonly url: string;
  /** The entity tag, as it was sent, if there is one. */
  readonly etag: string | undefined;
  /** When the state was last changed, if it says. */
  readonly lastModified: Date | undefined;
  /** Where the resource is that was made, as an absolute URL. */
  readonly location: string | undefined;
  /** Its links. */
  readonly links: readonly Link[];
  /** Whether the value is one that was kept, and still holds. */
  readonly isCached: boolean;
}
