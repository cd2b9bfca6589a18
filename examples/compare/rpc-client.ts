import type { StreamConn } from "toolkit/net";
import { type Client, newClient } from "toolkit/rpc";
import type { EchoClient, Load } from "./echo-client.js";
import { Messages, numberOf } from "./messages.js";

/** Calls `Echo.Send` over any conn: a burst is as many calls at once. */
export class RPCClient implements EchoClient {
  readonly #client: Client;
  readonly #messages: Messages;
  readonly #bursts: Promise<number>[] = [];

  constructor(conn: StreamConn, load: Load) {
    this.#client = newClient(conn, { codec: "msgpack" });
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
    this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#client.closed;
  }

  async #call(message: Uint8Array): Promise<void> {
    const sent = numberOf(message);
    const echo = numberOf(await this.#client.call<Uint8Array>("Echo.Send", message));
    if (echo !== sent) throw new Error(`Received message ${echo} instead of ${sent}`);
  }
}
