import { copy, type Listener, type Reader, type StreamConn } from "toolkit/net";

/** How many bytes went to the server, and how many came back. */
export interface WireBytes {
  out: number;
  back: number;
}

/** Passes everything on between the clients of a listener and a server, and counts it. Any kind of conn will do. */
export class Relay implements Disposable {
  readonly #listener: Listener<StreamConn>;
  readonly #dialServer: () => Promise<StreamConn>;
  readonly #conns: StreamConn[] = [];
  readonly #counted: WireBytes = { out: 0, back: 0 };

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
    return { ...this.#counted };
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) void this.#join(client);
  }

  async #join(client: StreamConn): Promise<void> {
    this.#conns.push(client);
    try {
      const server = await this.#dialServer();
      this.#conns.push(server);
      await Promise.all([this.#pass("out", client, server), this.#pass("back", server, client)]);
    } catch {
      // One end is gone, and so the other is of no use.
    } finally {
      for (const conn of this.#conns) conn.close();
    }
  }

  /** Passes one direction on, and its end too: a WebSocket's client waits for the server to end the connection. */
  async #pass(way: keyof WireBytes, from: StreamConn, to: StreamConn): Promise<void> {
    await copy(to, this.#counting(way, from));
    await to.closeWrite();
  }

  #counting(way: keyof WireBytes, from: Reader): Reader {
    return {
      read: async (p) => {
        const n = await from.read(p);
        this.#counted[way] += n ?? 0;
        return n;
      },
    };
  }
}
