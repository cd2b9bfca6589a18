import { maxDelayMs } from "../internal/after.js";
import { feedId } from "./events-feed.js";
import { formatEvent, heartbeat, type ServerEvent } from "./events-format.js";

/** What a source of events may know. */
export interface EventsContext {
  /** The last id that the client saw before it lost its connection; empty if this is its first. */
  readonly lastEventId: string;
  /** Aborted when the client goes away. A source that waits must end its wait then. */
  readonly signal: AbortSignal;
}

/** What clients subscribe to, each at the event where it left off: a `Feed`, or what is like one. */
export interface Subscribable {
  /** Gives the events behind `id`, or those to come, until the signal aborts. */
  subscribe(id: number | undefined, signal: AbortSignal): AsyncIterable<ServerEvent>;
}

/** Where events come from: a list that takes its time, what makes one for each client, or a feed. */
export type EventSourceLike =
  | Subscribable
  | AsyncIterable<ServerEvent>
  | Iterable<ServerEvent>
  | ((context: EventsContext) => AsyncIterable<ServerEvent> | Iterable<ServerEvent>);

/** Options of {@link events}. */
export interface EventsOptions {
  /** After so long without an event a comment is sent, so that proxies keep the connection; 0 for never. @default 15_000 */
  readonly heartbeatMs?: number | undefined;
  /** How long clients wait before they connect again, told at the start. */
  readonly retryMs?: number | undefined;
  /** More fields of the answer's header. */
  readonly headers?: HeadersInit | undefined;
  /** Hears what the source throws, or why an event cannot be written. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const defaultHeartbeatMs = 15_000;
const utf8 = new TextEncoder();

/**
 * Answers with an event stream (Server-Sent Events), which `EventSource` in browsers and {@link eventSource} read.
 *
 * Events are asked of the source as the client takes them, one at a time, so a slow client holds up its own source and
 * fills no memory. When the client goes away the source is told twice: its signal aborts, and its iterator is returned.
 * A source that ends closes the stream, upon which clients connect again: answer those with 204 to end it for good.
 * So does one that throws, or gives an event that cannot be written: a stream that is cut would take the events along
 * that are under way.
 *
 * @example
 * ```ts
 * import { events } from "toolkit/rest";
 *
 * async function* countdown() {
 *   for (const n of [3, 2, 1]) yield { data: { n } };
 * }
 * const response = events(new Request("http://localhost/countdown"), countdown());
 * console.log(response.headers.get("Content-Type")); // text/event-stream
 * console.log((await response.text()).split("\n\n")[1]); // data: {"n":3}
 * ```
 * @throws {RangeError} for a time that is none
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html | HTML: Server-sent events}
 */
export function events(request: Request, source: EventSourceLike, options: EventsOptions = {}): Response {
  const { retryMs, heartbeatMs = defaultHeartbeatMs, onError = () => {} } = options;
  const opening = retryMs === undefined ? "" : formatEvent({ retryMs });
  checkInterval(heartbeatMs);
  const headers = new Headers(options.headers);
  headers.set("Content-Type", "text/event-stream");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  headers.set("X-Accel-Buffering", "no"); // nginx would hold events back
  const body = new EventBody(request, source, { opening, heartbeatMs, onError });
  return new Response(new ReadableStream(body, { highWaterMark: 0 }), { headers });
}

function checkInterval(ms: number): void {
  if (!(ms >= 0 && ms <= maxDelayMs)) throw new RangeError(`heartbeatMs is ${ms}, not from 0 to ${maxDelayMs}`);
}

interface BodySettings {
  readonly opening: string;
  readonly heartbeatMs: number;
  readonly onError: (error: unknown) => void;
}

type Item = IteratorResult<ServerEvent, unknown>;

/** The body of an event stream: asks the source for an event when the client wants one. */
class EventBody implements UnderlyingDefaultSource<Uint8Array> {
  readonly #request: Request;
  readonly #source: EventSourceLike;
  readonly #settings: BodySettings;
  readonly #aborter = new AbortController();
  #iterator: AsyncIterator<ServerEvent> | Iterator<ServerEvent> | null = null;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** Whether the source has been asked and has not answered. */
  #isAsking = false;
  /** Ends the wait of `pull`. */
  #sent: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(request: Request, source: EventSourceLike, settings: BodySettings) {
    this.#request = request;
    this.#source = source;
    this.#settings = settings;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const { signal } = this.#request;
    if (signal.aborted) return this.#onAbort();
    signal.addEventListener("abort", this.#onAbort, { once: true });
    // What is sent at once opens the stream for the client, and proxies see an answer.
    controller.enqueue(utf8.encode(this.#settings.opening === "" ? ":\n\n" : this.#settings.opening));
  }

  pull(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#sent = resolve;
      const { heartbeatMs } = this.#settings;
      if (heartbeatMs > 0) this.#timer = setTimeout(() => this.#send(heartbeat), heartbeatMs);
      if (!this.#isAsking) void this.#ask();
    });
  }

  cancel(reason: unknown): void {
    this.#end(reason);
  }

  /** Asks the source for the next event. Never rejects. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#iterator ??= this.#open();
      const item: Item = await this.#iterator.next();
      this.#isAsking = false;
      if (this.#isOver) return;
      if (item.done === true) this.#finish();
      else this.#send(formatEvent(item.value));
    } catch (err) {
      this.#isAsking = false;
      this.#fail(err);
    }
  }

  #fail(err: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    this.#settings.onError(err);
  }

  #open(): AsyncIterator<ServerEvent> | Iterator<ServerEvent> {
    const lastEventId = this.#request.headers.get("Last-Event-ID") ?? "";
    const context = { lastEventId, signal: this.#aborter.signal };
    const list = listOf(this.#source, context);
    return Symbol.asyncIterator in list ? list[Symbol.asyncIterator]() : list[Symbol.iterator]();
  }

  #send(text: string): void {
    clearTimeout(this.#timer);
    const sent = this.#sent;
    this.#sent = null;
    this.#controller?.enqueue(utf8.encode(text));
    sent?.();
  }

  #finish(): void {
    const controller = this.#controller;
    this.#end(undefined);
    controller?.close();
  }

  readonly #onAbort = (): void => {
    const controller = this.#controller;
    if (this.#isOver) return;
    const { reason } = this.#request.signal as { readonly reason: unknown };
    this.#end(reason);
    controller?.error(reason);
  };

  #end(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#onAbort);
    this.#controller = null;
    this.#aborter.abort(reason);
    this.#sent?.();
    void this.#return();
  }

  /** Lets the source clean up; what it throws then concerns nobody. */
  async #return(): Promise<void> {
    try {
      await this.#iterator?.return?.();
    } catch {
      // the client is gone
    }
  }
}

function listOf(source: EventSourceLike, context: EventsContext): AsyncIterable<ServerEvent> | Iterable<ServerEvent> {
  if (typeof source === "function") return source(context);
  if ("subscribe" in source) return source.subscribe(feedId(context.lastEventId), context.signal);
  return source;
}
