import { PendingList } from "../internal/pending.js";
import type { ServerEvent } from "./events-format.js";

/** Options of {@link Feed}. */
export interface FeedOptions {
  /** How many events are kept for those who come later, or back. @default 1_000 */
  readonly keep?: number | undefined;
}

/** An event of a {@link Feed}. */
export interface FeedEvent<T> extends ServerEvent {
  /** Its number, from 1 on. */
  readonly id: number;
  readonly data: T;
  readonly event?: string | undefined;
}

/** What is newer than an event. */
export interface Newer<T> {
  /** The events, in order. */
  readonly events: readonly FeedEvent<T>[];
  /** How many came before them that are not kept any more. */
  readonly missed: number;
  /** The id of the last one, from which to go on. */
  readonly last: number;
}

/**
 * Keeps the last events for any number of readers: the same feed serves event streams ({@link events}) and long polling
 * ({@link longPollFeed}), and each reader goes at its own pace. One that is too slow misses the oldest, and is told so.
 *
 * @example
 * ```ts
 * import { Feed } from "toolkit/rest";
 *
 * const feed = new Feed<{ price: number }>();
 * feed.publish({ price: 1 });
 * feed.publish({ price: 2 });
 * console.log(feed.after(1).events.map(({ id, data }) => `${id}: ${data.price}`)); // [ '2: 2' ]
 * ```
 */
export class Feed<T = unknown> {
  /** How many events are kept. */
  readonly keep: number;
  /** A ring: the event with the id `n` is at `n % keep`. */
  readonly #events: FeedEvent<T>[] = [];
  readonly #waiting = new PendingList<void>();
  #last = 0;

  /** @throws {RangeError} when `keep` is no whole number from 1 on */
  constructor(options: FeedOptions = {}) {
    this.keep = options.keep ?? 1000;
    if (!Number.isSafeInteger(this.keep) || this.keep < 1) throw new RangeError(`keep is ${this.keep}, not 1 or more`);
  }

  /** The id of the last event; 0 if there was none. */
  get last(): number {
    return this.#last;
  }

  /** Adds an event, and returns its id. */
  publish(data: T, event?: string): number {
    const id = ++this.#last;
    this.#events[id % this.keep] = event === undefined ? { id, data } : { id, data, event };
    for (let n = this.#waiting.length; n > 0; n--) this.#waiting.shift()?.resolve();
    return id;
  }

  /** Gives what is newer than the event `id`. An id that this feed has not given yet is one of an earlier life: all is newer. */
  after(id: number): Newer<T> {
    const since = Number.isSafeInteger(id) && id >= 0 && id <= this.#last ? id : 0;
    const first = Math.max(since, this.#last - this.keep) + 1;
    const count = this.#last - first + 1;
    const events = Array.from({ length: count }, (_, i) => this.#events[(first + i) % this.keep] as FeedEvent<T>);
    return { events, missed: first - since - 1, last: this.#last };
  }

  /** Waits until there is something newer than the event `id`. */
  async changed(id: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (id === this.#last) await this.#waiting.add(undefined, signal);
  }

  /** Gives events as they come, from the one behind `id` on: what {@link events} wants. Ends when the signal aborts. */
  async *subscribe(id: number = this.#last, signal?: AbortSignal): AsyncGenerator<FeedEvent<T>, void, undefined> {
    for (let at = id; ; ) {
      if (signal?.aborted === true) return;
      const next = this.#next(at);
      if (next !== undefined) {
        at = next.id;
        yield next;
      } else {
        at = this.#last;
        await this.changed(at, signal).catch(() => {}); // the loop sees the abort
      }
    }
  }

  #next(id: number): FeedEvent<T> | undefined {
    if (id === this.#last) return undefined;
    const since = id >= 0 && id < this.#last ? id : 0;
    return this.#events[Math.max(since + 1, this.#last - this.keep + 1) % this.keep];
  }
}

/** Reads an event id that came from a client: a number from 0 on, or `undefined`. */
export function feedId(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
