import type { Addr } from "../net/conn.js";
import { joinHostPort } from "../net/host-port.js";

/** What a {@link WSAddr} is made of. */
export interface WSAddrParts {
  /** Whether the connection runs over TLS. */
  secure: boolean;
  /** The host: a name, or an address without brackets. */
  hostname: string;
  /** The port. */
  port: number;
  /** The URL, where the address is one. */
  url?: string | undefined;
}

/**
 * Holds an address of a WebSocket: the URL of a listener, or of a server that was dialled; the socket's host and port of
 * the other ends, which have no URL. Plain data; it never changes.
 */
export class WSAddr implements Addr {
  /** `"wss"` over TLS, `"ws"` otherwise. */
  readonly transport: "ws" | "wss";
  /** The host: a name, or an address without brackets. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  readonly #url: string | undefined;

  constructor(parts: WSAddrParts) {
    this.transport = parts.secure ? "wss" : "ws";
    this.hostname = parts.hostname;
    this.port = parts.port;
    this.#url = parts.url;
  }

  /** Prints `ws://example.com/chat` for a listener and for a server that was dialled, `127.0.0.1:80` for other ends. */
  toString(): string {
    return this.#url ?? joinHostPort(this.hostname, this.port);
  }
}
