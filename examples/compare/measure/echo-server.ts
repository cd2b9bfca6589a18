import { type Conn, copy, type Listener } from "toolkit/net";

/** Sends back whatever arrives, on every conn of a listener of any kind, until the listener is closed. */
export async function serveEcho(listener: Listener): Promise<void> {
  for await (const conn of listener) void echo(conn);
}

async function echo(conn: Conn): Promise<void> {
  try {
    await copy(conn, conn);
  } catch {
    // The client went away in the middle: that ends this conn, and concerns no other.
  } finally {
    conn.close();
  }
}
