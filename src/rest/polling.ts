import type { RestClient } from "./client/client.js";
import { ResponseError } from "./client/errors.js";
import type { ClientReply, ValueOptions } from "./client/options.js";
import { pause } from "./client/pause.js";
import { formatETag, isVariantOf, parseETags } from "./etag.js";
import { type Feed, type FeedEvent, feedId } from "./events-feed.js";
import { formatLinks } from "./pagination-link.js";
import { Reply } from "./reply.js";

/** A state, and which version of it. */
export interface Versioned<T> {
  /** The state. */
  readonly value: T;
  /** A tag of its version, with or without quotes. */
  readonly etag: string;
}

/** A state that changes, for {@link longPoll}. */
export interface Watched<T> {
  /** Gives the state as it is. */
  read(): Versioned<T> | Promise<Versioned<T>>;
  /** Resolves when the state has changed, or may have; is called before `read`, so that no change is missed. */
  changed(signal: AbortSignal): Promise<unknown>;
}

/** Options of {@link longPoll} and {@link longPollFeed}. */
export interface LongPollOptions {
  /** How long a request waits that does not say so. @default 25_000 */
  readonly waitMs?: number | undefined;
  /** How long it waits at most, whatever it says. @default 60_000 */
  readonly maxWaitMs?: number | undefined;
}

/**
 * Answers when there is something new: a request whose `If-None-Match` is the current version waits until there is
 * another, and is a 304 if there is none in time. One without waits for nothing. `Prefer: wait=10` (RFC 7240) says how many
 * seconds to wait.
 *
 * @example
 * ```ts
 * import { handler, longPoll, resource } from "toolkit/rest";
 *
 * let price = 1;
 * const bell = new EventTarget();
 * const watched = {
 *   read: () => ({ value: { price }, etag: String(price) }),
 *   changed: (signal: AbortSignal) =>
 *     new Promise((resolve) => bell.addEventListener("ring", resolve, { once: true, signal })),
 * };
 * const fetch = handler(resource("/price", { GET: (request) => longPoll(request, watched) }));
 *
 * const answer = fetch(new Request("http://localhost/price", { headers: { "If-None-Match": '"1"' } }));
 * setTimeout(() => {
 *   price = 2;
 *   bell.dispatchEvent(new Event("ring"));
 * }, 10);
 * console.log(await (await answer).text()); // {"price":2}
 * ```
 */
export async function longPoll<T>(
  request: Request,
  watched: Watched<T>,
  options: LongPollOptions = {},
): Promise<Reply> {
  const known = parseETags(request.headers.get("If-None-Match") ?? "");
  const wait = new Wait(request, options);
  try {
    for (;;) {
      const changed = wait.during(watched.changed(wait.signal));
      const { value, etag } = await watched.read();
      const tag = formatETag(etag);
      if (!known.some((one) => isVariantOf(tag, one)) || !(await changed)) {
        return new Reply(value, { etag: tag, headers: wait.headers });
      }
    }
  } finally {
    wait.end();
  }
}

/**
 * Answers with the events of a feed behind `?after=id`, as soon as there is one: `{ events, last, missed }`. None in time is
 * a 204. Either way Link says what to ask for next; without `after` it is for the events to come.
 *
 * @example
 * ```ts
 * import { client, Feed, handler, longPollFeed, pollFeed, resource } from "toolkit/rest";
 *
 * const feed = new Feed<string>();
 * const news = resource("/news", { GET: (request) => longPollFeed(request, feed) });
 * const api = client("http://localhost/", { fetch: handler(news) });
 * setTimeout(() => feed.publish("hello"), 10);
 * for await (const { id, data } of pollFeed<string>(api, "/news", { after: 0 })) {
 *   console.log(id, data); // 1 hello
 *   break;
 * }
 * ```
 */
export async function longPollFeed<T>(request: Request, feed: Feed<T>, options: LongPollOptions = {}): Promise<Reply> {
  const after = feedId(new URL(request.url).searchParams.get("after")) ?? feed.last;
  const wait = new Wait(request, options);
  try {
    await wait.during(feed.changed(after, wait.signal));
    const newer = feed.after(after);
    const headers = new Headers({ ...wait.headers, "Cache-Control": "no-store" });
    headers.set("Link", nextLink(new URL(request.url), newer.last));
    return newer.events.length === 0 ? new Reply(undefined, { status: 204, headers }) : new Reply(newer, { headers });
  } finally {
    wait.end();
  }
}

function nextLink(url: URL, last: number): string {
  url.searchParams.set("after", String(last));
  return formatLinks([{ target: url.search, rel: "next" }]);
}

/** One wait: ends when time is up, or the client is gone. */
class Wait {
  readonly headers: Record<string, string>;
  readonly #request: Request;
  readonly #aborter = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #over: Promise<false>;

  constructor(request: Request, { waitMs = 25_000, maxWaitMs = 60_000 }: LongPollOptions) {
    const [, seconds] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})/i.exec(request.headers.get("Prefer") ?? "") ?? [];
    const ms = Math.min(seconds === undefined ? waitMs : Number(seconds) * 1000, maxWaitMs);
    const applied = `wait=${Math.floor(ms / 1000)}`;
    this.headers = seconds === undefined ? {} : { "Preference-Applied": applied };
    this.#request = request;
    this.#timer = setTimeout(this.#onAbort, ms);
    this.#over = new Promise((resolve) => {
      this.#aborter.signal.addEventListener("abort", () => resolve(false), { once: true });
    });
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (request.signal.aborted) this.#onAbort();
  }

  /** Aborted when the wait is over. */
  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /** Tells whether something happened in time; what then fails because it was aborted is no error. */
  during(happening: Promise<unknown>): Promise<boolean> {
    const happened = happening.then(
      () => true,
      (err: unknown) => {
        if (this.signal.aborted) return false;
        throw err;
      },
    );
    const first = Promise.race([happened, this.#over]);
    first.catch(() => {}); // nobody may ask for it
    return first;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#onAbort);
    this.#onAbort();
  }

  readonly #onAbort = (): void => this.#aborter.abort();
}

/** Options of {@link poll}. */
export interface PollOptions<T, P extends string = string> extends ValueOptions<T, P> {
  /** How long to wait between two requests; with `waitSeconds`, at the least between two answers that have no news. @default 1_000 */
  readonly intervalMs?: number | undefined;
  /** Asks the server to wait so long for news: long polling. @default none: short polling */
  readonly waitSeconds?: number | undefined;
}

/**
 * Watches a resource: gives its state, and then each that is another, until the loop is left or the signal aborts. It asks at intervals, or, with
 * `waitSeconds`, has the server answer when there is something new. The resource needs an entity tag.
 *
 * @example
 * ```ts
 * import { client, handler, poll, resource } from "toolkit/rest";
 *
 * let n = 0;
 * const api = client("http://localhost/", { fetch: handler(resource("/n", { GET: () => ({ n: n++ >> 1 }) })) });
 * for await (const { value } of poll<{ n: number }>(api, "/n", { intervalMs: 1 })) {
 *   console.log(value.n); // 0
 *   if (value.n === 1) break;
 * }
 * ```
 * @throws {ResponseError} when the resource has no entity tag
 */
export async function* poll<T = unknown, P extends string = string>(
  api: RestClient,
  path: P,
  options: PollOptions<T, P> = {},
): AsyncGenerator<ClientReply<T>, void, undefined> {
  const { intervalMs = 1000, waitSeconds, ...rest } = options;
  const headers = new Headers(options.headers);
  if (waitSeconds !== undefined) headers.set("Prefer", `wait=${waitSeconds}`);
  const timeoutMs = options.timeoutMs ?? (waitSeconds === undefined ? undefined : timeoutFor(waitSeconds));
  for (let known: string | undefined; ; ) {
    const reply: ClientReply<T> = await api.get<T, P>(path, { ...rest, headers, timeoutMs, ifNoneMatch: known });
    const isNews = reply.status !== 304 && (known === undefined || reply.etag !== known);
    known = reply.etag ?? known;
    if (known === undefined) throw new ResponseError("answer has no entity tag to tell news by", reply.status);
    if (isNews) yield reply;
    // A server that does not wait must not be asked without a pause.
    if (waitSeconds === undefined || !isNews) await pause(intervalMs, options.signal);
  }
}

/** Options of {@link pollFeed}. */
export interface PollFeedOptions<P extends string = string> extends ValueOptions<unknown, P> {
  /** From which event on. @default those to come */
  readonly after?: number | undefined;
  /** The wait between two answers without news, and after each in short polling. @default 1_000 */
  readonly intervalMs?: number | undefined;
  /** Asks the server to wait so long for news; 0 for short polling. @default 25 */
  readonly waitSeconds?: number | undefined;
}

/**
 * Reads the events of a feed that {@link longPollFeed} serves, until the loop is left or the signal aborts.
 * @throws {ResponseError} when the answer is of another kind
 */
export async function* pollFeed<T = unknown, P extends string = string>(
  api: RestClient,
  path: P,
  options: PollFeedOptions<P> = {},
): AsyncGenerator<FeedEvent<T>, void, undefined> {
  const { intervalMs = 1000, waitSeconds = 25, after, query, ...rest } = options;
  const headers = new Headers(options.headers);
  headers.set("Prefer", `wait=${waitSeconds}`);
  const timeoutMs = options.timeoutMs ?? timeoutFor(waitSeconds);
  const common = query instanceof URLSearchParams ? Object.fromEntries(query) : query;
  for (let last = after; ; ) {
    const reply = await api.get<unknown, P>(path, { ...rest, headers, timeoutMs, query: { ...common, after: last } });
    const events = eventsOf<T>(reply);
    last = nextOf(reply) ?? last;
    yield* events;
    if (waitSeconds === 0 || events.length === 0) await pause(intervalMs, options.signal);
  }
}

/** Time enough to wait, and to answer. */
function timeoutFor(waitSeconds: number): number {
  return (waitSeconds + 30) * 1000;
}

function nextOf({ links, url }: ClientReply): number | undefined {
  const next = links.find(({ rel }) => rel === "next");
  if (next === undefined || !URL.canParse(next.target, url)) return undefined;
  return feedId(new URL(next.target, url).searchParams.get("after"));
}

function eventsOf<T>({ value, status }: ClientReply): readonly FeedEvent<T>[] {
  if (status === 204) return [];
  const { events } = (value ?? {}) as { readonly events?: unknown };
  if (Array.isArray(events)) return events as FeedEvent<T>[];
  throw new ResponseError("answer is none of a feed", status);
}
