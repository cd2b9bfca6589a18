import * as ws from "toolkit/ws";

// A page of another site is refused, as `checkOrigin` does unless it is told otherwise. A guest whose network is gone is
// noticed within a minute.
export const upgrader = new ws.Upgrader({ maxMessageBytes: 8192, heartbeat: true });

/** The conns of one server: each message goes back to who sent it. */
export class Echo {
  readonly #conns = new Set<ws.Conn>();

  /** Serves a request that is being upgraded until its conn ends. One that is refused has an answer already. */
  async serve(upgrading: Promise<ws.Conn>): Promise<void> {
    const conn = await upgrading.catch(() => null);
    if (conn === null) return;
    this.#conns.add(conn);
    try {
      for await (const { type, data } of conn) await conn.writeMessage(type, data);
    } catch {
      // The guest is gone.
    } finally {
      this.#conns.delete(conn);
    }
  }

  /** Tells all that the server stops, and waits until they are gone. */
  async close(): Promise<void> {
    const conns = [...this.#conns];
    for (const conn of conns) conn.close(ws.CloseGoingAway, "the server stops");
    await Promise.all(conns.map((conn) => conn.closed));
  }
}
