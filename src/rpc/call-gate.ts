/** What waits for its turn at a {@link CallGate}. */
export interface Waiter {
  /** There is room for a call: start one, if there still is one. */
  proceed(): void;
}

/**
 * Bounds how many calls of a server run, and how many wait, over all its connections. Those that wait go on in turn:
 * one call of one connection, then one of the next.
 */
export class CallGate {
  readonly #maxRunning: number;
  readonly #maxQueued: number;
  #running = 0;
  #queued = 0;
  readonly #waiters = new Set<Waiter>();

  constructor(maxRunning: number, maxQueued: number) {
    this.#maxRunning = maxRunning;
    this.#maxQueued = maxQueued;
  }

  /** Whether no call more may run. */
  get isFull(): boolean {
    return this.#running >= this.#maxRunning;
  }
  /** Whether no call more may wait. */
  get isQueueFull(): boolean {
    return this.#queued >= this.#maxQueued;
  }

  /** A call runs. */
  enter(): void {
    this.#running++;
  }

  /** A call is done; those that wait may go on, one after the other, until no more may run. */
  leave(): void {
    this.#running--;
    while (!this.isFull) {
      const [next] = this.#waiters;
      if (next === undefined) return;
      this.#waiters.delete(next);
      next.proceed();
    }
  }

  /** Notes how many calls more, or less, wait. */
  queue(n: number): void {
    this.#queued += n;
  }

  /** Asks for a turn. */
  await(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  /** Asks no more. */
  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }
}
