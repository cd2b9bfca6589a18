import type { Bytes } from "../../net/conn.js";
import { type Transport, type TransportEvents, unshared } from "./transport.js";

/** How long to wait before looking again how much is unsent, in ms: as long as the browser lets us, then longer. */
const firstPollMs = 1;
const lastPollMs = 50;

/**
 * Speaks through the browser's plain `WebSocket`. It tells nobody when it has sent something, so we look from time to
 * time while somebody waits; and it cannot be kept from receiving.
 */
export class PlainTransport implements Transport {
  readonly copies = true;
  readonly #socket: WebSocket;
  readonly #gone = new AbortController();
  #events: TransportEvents | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pollMs = firstPollMs;
  #seen = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }
  get extensions(): string {
    return this.#socket.extensions;
  }
  get unsent(): number {
    return this.#socket.bufferedAmount;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    const { signal } = this.#gone;
    const onMessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
      events.message(typeof data === "string" ? data : new Uint8Array(data));
    const onClose = ({ code, reason }: CloseEvent) => {
      this.#end();
      events.closed({ code, reason, isLossy: false });
    };
    this.#socket.addEventListener("message", onMessage, { signal });
    this.#socket.addEventListener("close", onClose, { signal });
    this.#socket.addEventListener("error", () => {}, { signal }); // 'close' says all that there is to say
  }

  send(data: string | Bytes): void {
    this.#socket.send(typeof data === "string" ? data : unshared(data));
  }

  watch(): void {
    if (this.#timer !== null || this.#events === null) return;
    this.#seen = this.unsent;
    this.#pollMs = firstPollMs;
    this.#timer = setTimeout(this.#poll, this.#pollMs);
  }

  unwatch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  pause(): boolean {
    return false;
  }
  resume(): void {}

  close(code: number | undefined, reason: string): void {
    if (code === undefined) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  release(): void {
    this.#end();
    this.#gone.abort();
    this.#socket.close();
  }

  #end(): void {
    this.unwatch();
    this.#events = null;
  }

  readonly #poll = (): void => {
    const { unsent } = this;
    this.#pollMs = unsent < this.#seen ? firstPollMs : Math.min(2 * this.#pollMs, lastPollMs);
    this.#seen = unsent;
    this.#timer = unsent > 0 ? setTimeout(this.#poll, this.#pollMs) : null;
    this.#events?.drained();
  };
}
