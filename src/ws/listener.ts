import type { Server } from "node:http";
import { SocketListener, type SocketListenerParts } from "../net/socket/socket-listener.js";
import type { WSAddr } from "./addr.js";
import type { Conn } from "./conn.js";

/** Accepts {@link Conn}s of an HTTP server of its own. */
export class WebSocketListener extends SocketListener<Conn, WSAddr> {
  readonly #http: Server;

  constructor(parts: SocketListenerParts<WSAddr> & { server: Server }) {
    super(parts);
    this.#http = parts.server;
  }

  /** Closes, together with the connections whose handshake is not over. */
  override close(): void {
    super.close();
    this.#http.closeAllConnections();
  }
}
