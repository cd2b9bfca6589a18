import { copy, type Listener, type Reader, type StreamConn } from "toolkit/net";
import type { WireBytes } from "../results.js";

/** Passes everything on between the clients of a listener and a server, and counts it. Any kind of conn will do. */
export class Relay implements Disposable {
  readonly #listener: Listener<StreamConn>;
  readonly #dialServer: () => Promise<StreamConn>;
  readonly #conns = new Set<StreamConn>();
  #out = 0;
  #back = 0;

  constructor(listener: Listener<StreamConn>, dialServer: () => Promise<StreamConn>) {
    this.#listener = listener;
    this.#dialServer = dialServer;
    void this.#serve();
  }

  /** Where clients dial. */
  get address(): string {
    return this.#listener.addr.toString();
  }

  /** What was counted so far. */
  get counted(): WireBytes {
    return { out: this.#out, back: this.#back };
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) void this.#join(client);
  }

  async #join(client: StreamConn): Promise<void> {
    const ends = [client];
    this.#conns.add(client);
    try {
      const server = await this.#dialServer();
      ends.push(server);
      this.#conns.add(server);
      await Promise.all([
        this.#pass(client, server, (n) => (this.#out += n)),
        this.#pass(server, client, (n) => (this.#back += n)),
      ]);
    } catch {
      // One end is gone, and so the other is of no use.
    } finally {
      for (const conn of ends) {
        conn.close();
        this.#conns.delete(conn);
      }
    }
  }

  /** Passes one direction on, and its end too: a WebSocket's client waits for the server to end the connection. */
  async #pass(from: StreamConn, to: StreamConn, count: (n: number) => void): Promise<void> {
    await copy(to, counting(from, count));
    await to.closeWrite();
  }
}

function counting(from: Reader, count: (n: number) => void): Reader {
  return {
    read: async (p) => {
      const n = await from.read(p);
      count(n ?? 0);
      return n;
    },
  };
}
