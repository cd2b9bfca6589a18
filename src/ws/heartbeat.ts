import type { ConnSettings } from "./options.js";

/** How a {@link Heartbeat} speaks to its owner. */
export interface HeartbeatParts {
  /** Sends a ping. */
  ping(): void;
  /** Tells whether we do not read at the moment, so that nothing can be heard. */
  isDeaf(): boolean;
  /** The peer is silent for too long. */
  lost(): void;
}

/** Pings a peer at intervals, and notices that it is dead: it is silent for some time after a ping. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout;
  #heard = false;

  constructor({ intervalMs, timeoutMs }: NonNullable<ConnSettings["heartbeat"]>, parts: HeartbeatParts) {
    this.#parts = parts;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#timer = this.#after(intervalMs, this.#beat);
  }

  /** Notes that something came from the peer, whatever it is. */
  hear(): void {
    this.#heard = true;
  }

  /** Ends it. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #beat = (): void => {
    this.#heard = false;
    this.#timer = this.#after(this.#timeoutMs, this.#check);
    this.#parts.ping();
  };

  readonly #check = (): void => {
    if (!this.#heard && !this.#parts.isDeaf()) this.#parts.lost();
    else this.#timer = this.#after(Math.max(this.#intervalMs - this.#timeoutMs, 0), this.#beat);
  };

  /** The socket keeps the process alive, not the timer. */
  #after(ms: number, then: () => void): NodeJS.Timeout {
    return setTimeout(then, ms).unref();
  }
}
