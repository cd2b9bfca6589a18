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
  readonly #timeoutMs: number;
  readonly #beats: NodeJS.Timeout;
  /** Runs from a ping on, until it is known whether the peer lives. */
  #check: NodeJS.Timeout | undefined;
  #heard = false;

  constructor({ intervalMs, timeoutMs }: NonNullable<ConnSettings["heartbeat"]>, parts: HeartbeatParts) {
    this.#parts = parts;
    this.#timeoutMs = timeoutMs;
    this.#beats = setInterval(() => this.#beat(), intervalMs).unref(); // the socket keeps the process alive
  }

  /** Notes that something came from the peer, whatever it is. */
  hear(): void {
    this.#heard = true;
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.#beats);
    clearTimeout(this.#check);
  }

  #beat(): void {
    if (this.#check === undefined) {
      this.#heard = false;
      this.#check = setTimeout(() => this.#decide(), this.#timeoutMs).unref();
    }
    this.#parts.ping();
  }

  #decide(): void {
    this.#check = undefined;
    if (!this.#heard && !this.#parts.isDeaf()) this.#parts.lost();
  }
}
