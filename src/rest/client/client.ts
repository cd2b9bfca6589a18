import { json } from "../represent/json.js";
import { text } from "../represent/text.js";
import { type Answer, problemOf, type Reading, replyOf } from "./answer.js";
import { attempt, Retrying, readBody, type Use } from "./attempt.js";
import { AnswerCache, type CachedAnswer } from "./cache.js";
import { ResponseError } from "./errors.js";
import { acceptOf, encodeBody } from "./media.js";
import type { BodyOptions, ClientOptions, ClientReply, PathValue, RequestOptions, ValueOptions } from "./options.js";
import { type PagesOptions, pagesOf } from "./pages.js";
import { pause } from "./pause.js";
import { follow, type Outgoing, requestOf } from "./redirect.js";
import { baseOf, targetOf } from "./target.js";

/** A request that is made ready. */
interface Prepared extends Outgoing {
  readonly options: RequestOptions;
}

const safe = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * Asks one API, below one URL: the verbs, representations, and all that goes with them. Made by {@link client}.
 *
 * A path is one below the base URL, with or without a slash at its start; it cannot lead elsewhere. Redirects are followed; to another
 * origin only reads are, without the fields of the header: what is meant for this API is not shown to others.
 */
export class RestClient {
  /** What all paths are below. */
  readonly baseUrl: string;
  readonly #base: URL;
  readonly #options: ClientOptions;
  readonly #reading: Reading;
  readonly #cache: AnswerCache | null;

  /** @internal */
  constructor(baseUrl: string | URL, options: ClientOptions) {
    this.#base = baseOf(baseUrl);
    this.baseUrl = this.#base.href;
    this.#options = options;
    this.#reading = { represent: options.represent ?? [json, text], maxDepth: options.maxDepth ?? 64 };
    const { cache = false } = options;
    this.#cache = cache === false ? null : new AnswerCache(cache === true ? {} : cache);
  }

  /** Gives the state of a resource; a 304 to an `ifNoneMatch` of one's own has `undefined` for it. */
  get<T = unknown, P extends string = string>(path: P, options: ValueOptions<T, P> = {}): Promise<ClientReply<T>> {
    return this.request("GET", path, options);
  }
  /** Gives all but the state. */
  head<P extends string = string>(path: P, options: RequestOptions<P> = {}): Promise<ClientReply<undefined>> {
    return this.request("HEAD", path, options);
  }
  /** Asks what is too long for a URL. */
  query<T = unknown, P extends string = string>(
    path: P,
    body: unknown,
    options: BodyOptions<T, P> = {},
  ): Promise<ClientReply<T>> {
    return this.request("QUERY", path, options, body);
  }
  /** Has something made, or done. It is tried again only with an `idempotencyKey`. */
  post<T = unknown, P extends string = string>(
    path: P,
    body?: unknown,
    options: BodyOptions<T, P> = {},
  ): Promise<ClientReply<T>> {
    return this.request("POST", path, options, body);
  }
  /** Replaces the state of a resource. */
  put<T = unknown, P extends string = string>(
    path: P,
    body: unknown,
    options: BodyOptions<T, P> = {},
  ): Promise<ClientReply<T>> {
    return this.request("PUT", path, options, body);
  }
  /**
   * Changes parts of the state: an object is a JSON Merge Patch (RFC 7396), a list a JSON Patch (RFC 6902), unless
   * `contentType` says otherwise.
   */
  patch<T = unknown, P extends string = string>(
    path: P,
    patch: unknown,
    options: BodyOptions<T, P> = {},
  ): Promise<ClientReply<T>> {
    const contentType = Array.isArray(patch) ? "application/json-patch+json" : "application/merge-patch+json";
    return this.request("PATCH", path, { contentType, ...options }, patch);
  }
  /** Removes a resource. */
  delete<T = unknown, P extends string = string>(path: P, options: ValueOptions<T, P> = {}): Promise<ClientReply<T>> {
    return this.request("DELETE", path, options);
  }

  /**
   * Makes a request with any method.
   * @throws {Problem} when the answer is an error
   * @throws {RequestError} when there is none, {@link TimeoutError} when there is none in time
   * @throws {ResponseError} when the answer is no good, {@link LimitError} when it is too large
   * @throws {TypeError} for a path that leads away from the base URL, or lacks a value
   */
  async request<T = unknown, P extends string = string>(
    method: string,
    path: P,
    options: BodyOptions<T, P> = {},
    body?: unknown,
  ): Promise<ClientReply<T>> {
    const url = this.#target(path, options);
    return this.#ask(method, url, options as BodyOptions<T>, body);
  }

  /**
   * Makes a request and gives the answer as it is, whatever its status, unread: for streams of all kinds. The time limit is
   * for its header.
   */
  async fetch<P extends string = string>(
    method: string,
    path: P,
    options: BodyOptions<unknown, P> = {},
    body?: unknown,
  ): Promise<Response> {
    const prepared = await this.#prepare(method, this.#target(path, options), options as BodyOptions<unknown>, body);
    return this.#send(prepared, ({ response }) => Promise.resolve(response));
  }

  /**
   * Gives the pages of a list, one after the other, by the links `rel="next"` (RFC 8288).
   * @throws {ResponseError} for a link to another origin, which would get what is meant for this one, or to a page that was given before
   */
  pages<T = unknown, P extends string = string>(
    path: P,
    options: PagesOptions<T, P> = {},
  ): AsyncGenerator<ClientReply<T>, void, undefined> {
    const first = () => this.#target(path, options);
    return pagesOf(first, (url) => this.#ask<T>("GET", url, options as ValueOptions<T>), options.maxPages);
  }

  /** Gives the items of a list, from page to page, each of which is an array of them. */
  async *items<T = unknown, P extends string = string>(
    path: P,
    options: PagesOptions<readonly T[], P> = {},
  ): AsyncGenerator<T, void, undefined> {
    for await (const { value, status } of this.pages<readonly T[], P>(path, options)) {
      if (!Array.isArray(value)) throw new ResponseError("page is no array", status);
      yield* value as readonly T[];
    }
  }

  /**
   * Changes a state to what `change` makes of it, and only if nobody else has changed it in between: GET, then PUT with
   * If-Match, again from the start after a 412.
   * @throws {ResponseError} when the resource has no strong entity tag
   */
  async update<T = unknown, P extends string = string>(
    path: P,
    change: (value: T) => T | Promise<T>,
    options: ValueOptions<T, P> & { readonly attempts?: number | undefined } = {},
  ): Promise<ClientReply<T>> {
    for (let left = (options.attempts ?? 5) - 1; ; left--) {
      const { value, etag, status } = await this.get<T, P>(path, options);
      if (etag === undefined || etag.startsWith("W/"))
        throw new ResponseError("answer has no strong entity tag", status);
      try {
        const { as: bodyAs, ...rest } = options;
        return await this.put<T, P>(path, await change(value), {
          ...(rest as RequestOptions<P>),
          bodyAs,
          ifMatch: etag,
        });
      } catch (err) {
        if ((err as { status?: unknown } | null)?.status !== 412 || left <= 0) throw err;
      }
    }
  }

  #target<P extends string>(path: P, { params, query }: RequestOptions<P>): URL {
    return targetOf(this.#base, path, params as Readonly<Record<string, PathValue>> | undefined, query);
  }

  async #ask<T>(method: string, url: URL, options: BodyOptions<T>, body?: unknown): Promise<ClientReply<T>> {
    const prepared = await this.#prepare(method, url, options, body);
    const cached = this.#cached(prepared);
    if (cached !== undefined) prepared.headers.set("If-None-Match", cached.etag);
    const answer = await this.#exchange(prepared, cached);
    if (answer.status >= 400) throw problemOf(answer, this.#reading);
    if (!safe.has(method)) this.#cache?.forget(url.href);
    const isNews = answer.status !== 304 && method !== "HEAD" && answer.body.byteLength > 0;
    return replyOf(answer, this.#reading, isNews || answer.status === 200 ? asOf(method, options) : undefined);
  }

  #cached({ method, url, headers }: Prepared): CachedAnswer | undefined {
    return method === "GET" && !headers.has("If-None-Match") ? this.#cache?.find(url.href, headers) : undefined;
  }

  async #exchange(prepared: Prepared, cached: CachedAnswer | undefined): Promise<Answer> {
    const { method, url, headers: sent } = prepared;
    const max = this.#options.maxResponseBytes ?? 33_554_432;
    const answer = await this.#send(prepared, async ({ response, url: from }, signal) => ({
      status: response.status,
      headers: response.headers,
      url: from,
      body: method === "HEAD" ? new Uint8Array() : await readBody(response, max, signal),
      isCached: false,
    }));
    if (cached !== undefined && answer.status === 304) {
      const { status, headers, body } = this.#cache?.refresh(cached, answer.headers) ?? cached;
      return { ...answer, status, headers, body, isCached: true };
    }
    if (answer.status === 304 && !sent.has("If-None-Match")) throw new ResponseError("answer is a 304 to nothing", 304);
    if (method === "GET" && answer.status === 200) {
      this.#cache?.store(url.href, sent, answer.status, answer.headers, answer.body);
    }
    return answer;
  }

  async #prepare(method: string, url: URL, options: BodyOptions<unknown>, value: unknown): Promise<Prepared> {
    const { represent } = this.#reading;
    const body = await encodeBody(value, options.contentType, represent[0] ?? json, options.bodyAs);
    const common = this.#options.headers;
    const headers = new Headers(typeof common === "function" ? await common() : common);
    if (!headers.has("Accept")) headers.set("Accept", acceptOf(represent));
    if (body.contentType !== undefined) headers.set("Content-Type", body.contentType);
    setConditions(headers, options);
    for (const [name, field] of new Headers(options.headers)) headers.set(name, field);
    return { method, url, headers, body, options };
  }

  /** Sends a request as often as it takes, and may. */
  async #send<T>(prepared: Prepared, use: Use<T>): Promise<T> {
    const { method, headers, body, options } = prepared;
    const { fetch: send = (request: Request) => fetch(request) } = this.#options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? 30_000;
    const following = (request: Request) => follow(request, prepared, send);
    const settings = { fetch: following, timeoutMs, signal: options.signal };
    const retrying = new Retrying(options.retry ?? this.#options.retry ?? {}, method, headers, body.isRepeatable);
    // The caller's signal also ends the body of an answer that is handed out unread.
    const { signal: own } = options;
    const both = (signal: AbortSignal) => (own === undefined ? signal : AbortSignal.any([signal, own]));
    const make = (signal: AbortSignal) => requestOf(prepared, both(signal));
    for (;;) {
      let delay: number | null = null;
      try {
        const result = await attempt(
          make,
          async (arrival, signal) => {
            delay = retrying.afterAnswer(arrival.response);
            if (delay === null) return { value: await use(arrival, signal) };
            await arrival.response.body?.cancel().catch(() => {});
            return null;
          },
          settings,
        );
        if (result !== null) return result.value;
      } catch (err) {
        delay ??= retrying.afterError(err);
        if (delay === null) throw err;
      }
      await pause(delay ?? 0, options.signal);
    }
  }
}

function asOf<T>(method: string, options: ValueOptions<T>): ValueOptions<T>["as"] {
  return method === "HEAD" ? undefined : options.as;
}

function setConditions(headers: Headers, { ifMatch, ifNoneMatch, idempotencyKey }: RequestOptions): void {
  if (ifMatch !== undefined) headers.set("If-Match", tagOf(ifMatch));
  if (ifNoneMatch !== undefined) headers.set("If-None-Match", ifNoneMatch);
  if (idempotencyKey === undefined) return;
  const key = idempotencyKey === true ? crypto.randomUUID() : idempotencyKey;
  if (!/^[ -~]{1,255}$/.test(key)) throw new TypeError("Idempotency-Key is not 1 to 255 characters of ASCII");
  headers.set("Idempotency-Key", `"${key.replace(/["\\]/g, "\\$&")}"`);
}

function tagOf(ifMatch: NonNullable<RequestOptions["ifMatch"]>): string {
  const tag = typeof ifMatch === "string" ? ifMatch : ifMatch.etag;
  if (tag === undefined) throw new TypeError("Reply given as ifMatch has no entity tag");
  return tag;
}

/**
 * Makes a client of one API.
 *
 * @example
 * ```ts
 * import { client, created, handler, Problem, resource } from "toolkit/rest";
 *
 * const videos = resource("/videos", { POST: async (_request, { body }) => created("/videos/1", await body()) });
 * const video = resource("/videos/{id}", { GET: (_request, { params }) => ({ id: params.id, title: "Hello" }) });
 *
 * const api = client("http://localhost/", { fetch: handler(videos, video) }); // or client("https://api.example.com/v1")
 * const { location } = await api.post("/videos", { title: "Hello" });
 * console.log(location); // http://localhost/videos/1
 * const { value } = await api.get<{ title: string }>("/videos/{id}", { params: { id: 1 } });
 * console.log(value.title); // Hello
 * const error = await api.delete("/videos/{id}", { params: { id: 1 } }).catch((err: unknown) => err);
 * console.log(error instanceof Problem && error.status); // 405
 * ```
 * @throws {TypeError} for a base that is no URL of http or https
 */
export function client(baseUrl: string | URL, options: ClientOptions = {}): RestClient {
  return new RestClient(baseUrl, options);
}
