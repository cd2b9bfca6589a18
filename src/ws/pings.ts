import type { Bytes } from "../net/conn.js";

interface Ping {
  readonly payload: Bytes;
  readonly sent: number;
  readonly resolve: (ms: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Remembers pings until their pongs come. */
export class Pings {
  #pings: Ping[] = [];
  #count = 0;
  #end: (() => unknown) | null = null;

  /** Makes a payload that no other ping of this conn has. */
  payload(): Bytes {
    return new TextEncoder().encode(String(++this.#count));
  }

  /** Waits for the pong with this payload; resolves to the milliseconds until then. */
  add(payload: Bytes): Promise<number> {
    if (this.#end !== null) return Promise.reject(this.#end());
    return new Promise((resolve, reject) => {
      this.#pings.push({ payload, sent: performance.now(), resolve, reject });
    });
  }

  /** Takes a pong. It answers the pings before it too, as a peer may answer only the last. */
  pong(payload: Bytes): void {
    const at = this.#pings.findIndex((ping) => same(ping.payload, payload));
    const now = performance.now();
    for (const ping of this.#pings.splice(0, at + 1)) ping.resolve(now - ping.sent);
  }

  /** Rejects all, those that wait and those to come: no pong will be read any more. */
  end(reason: () => unknown): void {
    this.#end ??= reason;
    for (const ping of this.#pings.splice(0)) ping.reject(reason());
  }
}

function same(a: Bytes, b: Bytes): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}
