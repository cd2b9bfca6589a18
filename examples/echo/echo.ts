import { type Conn, copy, type StreamConn } from "toolkit/net";
import type * as ws from "toolkit/ws";

/** Sends back what comes, until the peer has said all, and closes: over any transport. Never rejects. */
export async function echo(conn: StreamConn): Promise<void> {
  try {
    await (isWebSocket(conn) ? echoMessages(conn) : copy(conn, conn));
  } catch {
    // the peer is gone, or too slow: that ends this conn, and concerns no other
  } finally {
    conn.close();
  }
}

/** `copy` would do here too, as for any conn; but messages keep their bounds this way, and text stays text. */
async function echoMessages(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

function isWebSocket(conn: Conn): conn is ws.Conn {
  return "readMessage" in conn;
}
