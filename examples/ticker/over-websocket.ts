import type * as ws from "toolkit/ws";
import { type Market, pick } from "./market.js";

/** What a client may send at any time: the symbols to hear of from now on. */
export interface Watch {
  readonly watch: string;
}

/**
 * Serves one client in both directions at once: one loop writes the ticks, one reads what to watch, and neither waits for
 * the other.
 */
export async function serveConn(conn: ws.Conn, market: Market): Promise<void> {
  const gone = new AbortController();
  void conn.closed.then(() => gone.abort());
  const ticks = market.feed.subscribe(undefined, gone.signal); // from now on: no tick is lost behind the first message
  let watched = market.symbols;

  const write = async () => {
    await conn.writeJSON(pick(market.latest, watched)); // the first message: how things stand
    for await (const { data } of ticks) await conn.writeJSON(pick(data, watched));
  };
  const read = async () => {
    for await (const message of conn) {
      watched = market.parse(message.json<Partial<Watch>>().watch ?? "");
      await conn.writeJSON(pick(market.latest, watched)); // at once, without waiting for a tick
    }
  };
  try {
    await Promise.all([write(), read()]);
  } catch {
    // The client is gone, or sent what is no JSON: that ends this conn, and concerns no other.
  } finally {
    conn.close();
  }
}
