import type { Socket } from "node:net";
import { after } from "../internal/after.js";
import { TimeoutError } from "../net/errors.js";

interface Handshake {
  readonly raw: Socket;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Keeps the handshakes that a server has under way: bounds their number and their time, and ends them with the server.
 *
 * Node bounds only how long a client may be silent, not how long it may take.
 */
export class Handshakes {
  /** By the client's address: Node does not say which connection a TLS socket stands on. */
  readonly #running = new Map<string, Handshake>();
  readonly #limit: number;
  readonly #timeoutMs: number;

  constructor(limit: number, timeoutMs: number) {
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
  }

  /** Tells whether another may begin. */
  get hasRoom(): boolean {
    return this.#running.size < this.#limit;
  }

  /** Notes that one begins. */
  begin(raw: Socket): void {
    if (raw.remoteAddress === undefined) {
      raw.destroy(); // it has left already
      return;
    }
    const client = nameOf(raw);
    const timer = after(this.#timeoutMs, () => raw.destroy(new TimeoutError("tls: handshake timed out")));
    this.#running.set(client, { raw, timer });
    raw.once("close", () => this.#forget(client));
  }

  /** Notes that one is done. */
  done(socket: Socket): void {
    this.#forget(nameOf(socket));
  }

  /** Ends all. */
  close(): void {
    for (const { raw } of this.#running.values()) raw.destroy();
  }

  #forget(client: string): void {
    clearTimeout(this.#running.get(client)?.timer);
    this.#running.delete(client);
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
