import { NetError } from "../net/errors.js";
import { backoffMs, pause, retryAfterMs } from "./client/pause.js";
import { EventParser, type ReceivedEvent } from "./events-parser.js";

/** Options of {@link readEvents}. */
export interface ReadEventsOptions {
  /** How many characters an event, or a line, may have. @default 1_048_576 */
  readonly maxEventChars?: number | undefined;
}

/** Options of {@link eventSource}. */
export interface EventSourceOptions extends ReadEventsOptions {
  /** What makes the requests. @default fetch */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** More fields of the requests' header, as Authorization, which `EventSource` in browsers cannot send. */
  readonly headers?: HeadersInit | undefined;
  /** Where to go on. */
  readonly lastEventId?: string | undefined;
  /** Ends the iteration, with its reason as the error. */
  readonly signal?: AbortSignal | undefined;
  /** Whether to connect again when the connection is lost or the stream ends. @default true */
  readonly reconnect?: boolean | undefined;
  /** The wait before the first attempt to connect again, unless the stream tells; it doubles with each that fails. @default 1_000 */
  readonly minDelayMs?: number | undefined;
  /** No wait is longer, whatever the stream or Retry-After tell. @default 60_000 */
  readonly maxDelayMs?: number | undefined;
}

/** Says that what was asked for events gave something else. */
export class EventStreamError extends NetError {
  override name = "EventStreamError";
  /** The status of the answer. */
  readonly status: number;

  /** @internal */
  constructor(status: number, contentType: string | null) {
    const what = status === 200 ? `Content-Type ${contentType ?? "none"}` : `status ${status}`;
    super(`no event stream: ${what}`, { code: "ERR_REST_EVENTS" });
    this.status = status;
  }
}

const defaultMaxEventChars = 1_048_576;

/**
 * Reads the events of one response. Leaving the loop cancels it.
 *
 * @example
 * ```ts
 * import { events, readEvents } from "toolkit/rest";
 *
 * const response = events(new Request("http://localhost/"), [{ data: "hello" }, { event: "bye", data: { n: 1 } }]);
 * for await (const { event, data } of readEvents(response)) console.log(event, data);
 * // message hello
 * // bye {"n":1}
 * ```
 * @throws {EventStreamError} when it is none
 * @throws {LimitError} when an event is longer than it may be
 */
export async function* readEvents(
  response: Response,
  options: ReadEventsOptions = {},
): AsyncGenerator<ReceivedEvent, void, undefined> {
  yield* read(response, new EventParser(options.maxEventChars ?? defaultMaxEventChars));
}

async function* read(response: Response, parser: EventParser): AsyncGenerator<ReceivedEvent, void, undefined> {
  await checkStream(response);
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let item = await reader.read(); !item.done; item = await reader.read()) {
      yield* parser.push(decoder.decode(item.value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {}); // an error of the stream has been thrown where it was read
  }
}

async function checkStream(response: Response): Promise<void> {
  const type = response.headers.get("Content-Type");
  if (response.status === 200 && /^text\/event-stream\s*(;|$)/i.test(type ?? "")) return;
  await response.body?.cancel().catch(() => {});
  throw new EventStreamError(response.status, type);
}

/** These may pass. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Reads an event stream as `EventSource` in browsers does: connects again when the connection is lost, and goes on behind
 * the last event. Status 204 ends the iteration; so does leaving the loop.
 *
 * A server cannot make it connect more often than ten times a second, nor wait longer than `maxDelayMs`.
 *
 * @example
 * ```ts
 * import { events, eventSource, handler, resource } from "toolkit/rest";
 *
 * const news = handler(resource("/news", { GET: (request) => events(request, [{ id: 1, data: "hello" }]) }));
 * for await (const { data, lastEventId } of eventSource("http://localhost/news", { fetch: news })) {
 *   console.log(lastEventId, data); // 1 hello
 *   break;
 * }
 * ```
 * @throws {EventStreamError} when the answer is no event stream, and that will not pass
 * @throws {TypeError} for a URL that is none, and a field that cannot be sent
 */
export async function* eventSource(
  url: string | URL,
  options: EventSourceOptions = {},
): AsyncGenerator<ReceivedEvent, void, undefined> {
  const parser = new Resumption(options);
  for (let failures = 0; ; ) {
    let delayMs: number | undefined;
    const request = requestOf(url, parser.lastEventId, options);
    try {
      const response = await (options.fetch ?? globalThis.fetch)(request);
      if (response.status === 204) return;
      delayMs = retryAfterMs(response.headers, Date.now());
      for await (const event of read(response, parser.next())) {
        failures = 0;
        yield event;
      }
      failures = Math.max(failures, 1); // it ended well, or without a word
    } catch (err) {
      if (!mayRetry(err, options)) throw err;
      failures++;
    }
    if (options.reconnect === false) return;
    await pause(parser.delayMs(delayMs, failures), options.signal);
  }
}

/** Tells whether the next attempt may succeed: what is too long now will be too long again. */
function mayRetry(err: unknown, { reconnect, signal }: EventSourceOptions): boolean {
  if (reconnect === false || signal?.aborted === true) return false;
  if (err instanceof EventStreamError) return passing.has(err.status);
  return (err as { code?: unknown } | null)?.code !== "ERR_LIMIT";
}

const shortestDelayMs = 100;

/** What is carried from one connection to the next. */
class Resumption {
  readonly #maxEventChars: number;
  readonly #minDelayMs: number;
  readonly #maxDelayMs: number;
  #parser: EventParser;

  constructor({ maxEventChars, lastEventId, minDelayMs, maxDelayMs }: EventSourceOptions) {
    this.#maxEventChars = maxEventChars ?? defaultMaxEventChars;
    this.#minDelayMs = minDelayMs ?? 1000;
    this.#maxDelayMs = maxDelayMs ?? 60_000;
    this.#parser = new EventParser(this.#maxEventChars, lastEventId);
  }
  get lastEventId(): string {
    return this.#parser.lastEventId;
  }
  next(): EventParser {
    const { lastEventId, retryMs } = this.#parser;
    this.#parser = new EventParser(this.#maxEventChars, lastEventId);
    this.#parser.retryMs = retryMs;
    return this.#parser;
  }
  delayMs(retryAfter: number | undefined, failures: number): number {
    const told = this.#parser.retryMs;
    const least = told === undefined ? 0 : Math.max(told, shortestDelayMs);
    const backoff = { minDelayMs: told === undefined ? this.#minDelayMs : least, maxDelayMs: this.#maxDelayMs };
    return Math.min(this.#maxDelayMs, Math.max(retryAfter ?? 0, least, backoffMs(backoff, Math.max(failures, 1))));
  }
}

function requestOf(url: string | URL, lastEventId: string, options: EventSourceOptions): Request {
  const headers = new Headers(options.headers);
  headers.set("Accept", "text/event-stream");
  if (lastEventId !== "") headers.set("Last-Event-ID", lastEventId);
  return new Request(url, { headers, signal: options.signal ?? null, cache: "no-store" });
}
