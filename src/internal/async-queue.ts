import { PendingList } from "./pending.js";

/**
 * Hands items from those who push to those who take, both in order: a bounded queue with an asynchronous end.
 *
 * Items wait for takers up to `limit`; takers wait for items without a limit.
 */
export class AsyncQueue<T> {
  readonly #items: T[] = [];
  readonly #takers: PendingList<T>;
  readonly #limit: number;
  #error: (() => Error) | null = null;

  /** `limit` is the number of items that may wait; `onIdle` is called when the last waiting taker leaves. */
  constructor(limit: number, onIdle?: () => void) {
    this.#limit = limit;
    this.#takers = new PendingList<T>(onIdle);
  }

  /** How many items wait. */
  get length(): number {
    return this.#items.length;
  }

  /** Tells whether an item that is pushed now would be kept or taken. */
  get hasRoom(): boolean {
    return this.#error === null && (this.#takers.length > 0 || this.#items.length < this.#limit);
  }

  /** Adds an item; returns `false`, and does not keep it, when the queue is full or closed. */
  push(item: T): boolean {
    if (this.#error !== null) return false;
    const taker = this.#takers.shift();
    if (taker !== undefined) taker.resolve(item);
    else if (this.#items.length >= this.#limit) return false;
    else this.#items.push(item);
    return true;
  }

  /** Removes and returns the first item if one waits; never waits itself. */
  poll(): T | undefined {
    return this.#items.shift();
  }

  /** Removes an item that waits; does nothing if it has been taken. */
  remove(item: T): void {
    const at = this.#items.indexOf(item);
    if (at >= 0) this.#items.splice(at, 1);
  }

  /** Waits for the next item. An aborted wait takes none. */
  take(signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#error !== null) return Promise.reject(this.#error());
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return this.#takers.add(undefined, signal);
  }

  /** Rejects those who wait now, without closing. */
  rejectTakers(error: () => Error): void {
    this.#takers.rejectAll(error);
  }

  /** Closes: all takers, waiting and to come, get an error; returns the items that nobody took. */
  close(error: () => Error): T[] {
    if (this.#error !== null) return [];
    this.#error = error;
    this.#takers.rejectAll(error);
    return this.#items.splice(0);
  }
}
