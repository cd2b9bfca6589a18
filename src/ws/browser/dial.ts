import type { Conn } from "../conn.js";
import { Dialer } from "./dialer.js";
import type { DialOptions } from "./options.js";

/**
 * Connects to a `ws:` or `wss:` URL: what a {@link Dialer} does, in one line. The signal and the time limit cover the
 * handshake only.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer.DialContext | gorilla Dialer.DialContext}
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Conn> {
  const { signal, timeoutMs, ...others } = options;
  const { headers = {}, ...known } = others as typeof others & { headers?: object };
  const handshakeTimeoutMs = timeoutMs === 0 ? -1 : (timeoutMs ?? known.handshakeTimeoutMs);
  const { conn } = await new Dialer({ ...known, handshakeTimeoutMs }).dial(url, headers, { signal });
  return conn;
}
