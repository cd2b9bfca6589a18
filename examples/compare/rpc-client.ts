import type { StreamConn } from "toolkit/net";
import { type Client, newClient, type RemoteService } from "toolkit/rpc";
import type { EchoClient, Load } from "./echo-client.js";
import type { Echo } from "./echo-service.js";
import { Messages, numberOf } from "./messages.js";

/** Calls {@link Echo} over any conn: a burst is as many calls at once. */
export class RPCClient implements EchoClient {
  readonly #conn: StreamConn;
  readonly #client: Client;
  readonly #echo: RemoteService<Echo>;
  readonly #messages: Messages;
  readonly #bursts: Promise<number>[] = [];

  constructor(conn: StreamConn, load: Load) {
    this.#conn = conn;
    this.#client = newClient(conn, { codec: "msgpack" });
    this.#echo = this.#client.service<Echo>("Echo");
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
    await this.#conn.closed;
  }

  async #call(message: Uint8Array): Promise<void> {
    const sent = numberOf(message);
    const received = numberOf(await this.#echo.Send(message));
    if (received !== sent) throw new Error(`Received message ${received} instead of ${sent}`);
  }
}
