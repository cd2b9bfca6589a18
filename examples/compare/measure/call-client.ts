import type { EchoClient, Load } from "./echo-client.js";
import { Messages, numberOf } from "./messages.js";

/** What makes calls, or requests. */
export interface Caller {
  /** Sends a message there and back. */
  call(message: Uint8Array): Promise<Uint8Array>;
  /** Closes at once: whoever waits is rejected. */
  close(): void;
  /** Resolves once it is closed. */
  readonly closed: Promise<unknown>;
}

/** Drives an echo that has a reply for each message, by calls or requests: a burst is as many at once. */
export class CallClient implements EchoClient {
  readonly #caller: Caller;
  readonly #messages: Messages;
  readonly #bursts: Promise<number>[] = [];

  constructor(caller: Caller, load: Load) {
    this.#caller = caller;
    this.#messages = new Messages(load);
  }

  send(count: number): void {
    const calls = Promise.all(this.#messages.take(count).map((message) => this.#call(message)));
    const burst = calls.then(() => count);
    burst.catch(() => {}); // until receive awaits it
    this.#bursts.push(burst);
  }

  receive(): Promise<number> {
    return this.#bursts.shift() as Promise<number>;
  }

  close(): void {
    this.#caller.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#caller.close();
    await this.#caller.closed;
  }

  async #call(message: Uint8Array): Promise<void> {
    const sent = numberOf(message);
    const received = await this.#caller.call(message);
    if (received.byteLength !== message.byteLength) throw new Error(`Received ${received.byteLength} bytes`);
    if (numberOf(received) !== sent) throw new Error(`Received message ${numberOf(received)} instead of ${sent}`);
  }
}
