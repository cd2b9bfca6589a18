import { maxDelayMs } from "../internal/after.js";
import type { Deadlines } from "./conn.js";

/** A timer in Node is an object that can let the process end; in a browser it is a number. */
type Timer = ReturnType<typeof setTimeout>;

/**
 * Keeps one direction's deadline: absolute, movable, recoverable.
 *
 * Costs nothing while none is set, and no timer for each operation while one is: the timer runs only as long as
 * something waits, and is moved only when it would be too late. It keeps the process alive just while something waits.
 * @see {@link https://pkg.go.dev/net#Conn | Go net.Conn SetDeadline}
 */
export class Deadline {
  readonly #onExpire: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: Timer | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #watched = false;

  /** `onExpire` rejects what waits; it is called when the deadline passes, or is set in the past. */
  constructor(onExpire: () => void) {
    this.#onExpire = onExpire;
  }

  /** Tells whether it has passed. */
  get expired(): boolean {
    return this.#at !== Number.POSITIVE_INFINITY && Date.now() >= this.#at;
  }

  /** Moves the deadline; what waits is rejected at once if it is in the past. */
  set(t: Parameters<Deadlines["setDeadline"]>[0]): void {
    this.#at = toMs(t);
    if (this.expired) this.#onExpire();
    else if (this.#watched) this.#arm();
  }

  /** Begins to watch, because something waits. */
  watch(): void {
    this.#watched = true;
    if (this.#at !== Number.POSITIVE_INFINITY) this.#arm();
  }

  /** Ends the watch, because nothing waits any more. */
  unwatch(): void {
    this.#watched = false;
    if (this.#timer !== null) keepAlive(this.#timer, false);
  }

  /** Releases the timer for good. */
  stop(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.unwatch();
    this.#disarm();
  }

  #arm(): void {
    if (this.#timer !== null) {
      // One that fires too early looks again then; one that has no deadline any more lets the process end.
      if (this.#timerAt <= this.#at) return keepAlive(this.#timer, this.#at !== Number.POSITIVE_INFINITY);
      this.#disarm();
    }
    if (this.#at === Number.POSITIVE_INFINITY) return;
    this.#timerAt = this.#at;
    this.#timer = setTimeout(this.#fire, Math.min(Math.max(this.#at - Date.now(), 0), maxDelayMs));
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #fire = (): void => {
    this.#timer = null;
    if (!this.#watched) return;
    if (this.expired) this.#onExpire();
    else this.#arm();
  };
}

function toMs(t: Date | number | null): number {
  if (t === null) return Number.POSITIVE_INFINITY;
  const ms = typeof t === "number" ? t : t.getTime();
  if (Number.isNaN(ms)) throw new RangeError("Cannot set deadline: it is no point in time");
  return ms;
}

function keepAlive(timer: Timer, on: boolean): void {
  if (typeof timer !== "object") return;
  if (on) timer.ref();
  else timer.unref();
}
