import type { Conn } from "./conn.js";
import { Dialer } from "./dialer.js";
import { type DialOptions, withoutUndefined } from "./options.js";

/**
 * Connects to a `ws:` or `wss:` URL, or to `ws+unix:///run/app.sock:/path`: what a {@link Dialer} does, in one line. The
 * signal and the time limit cover the handshake only. Redirects are not followed, and no proxy is used unless `proxy`
 * names one.
 *
 * Rejects with an {@link OpError} such as `dial ws ws://127.0.0.1:1/: connect: connection refused`, with a
 * {@link BadHandshakeError} when the server does not agree, with a `TypeError` for a header field that is not the
 * caller's to set, or with the signal's reason, untouched.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer.DialContext | gorilla Dialer.DialContext}
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Conn> {
  const { signal, headers, timeoutMs, ca, cert, key, passphrase, minVersion, maxVersion, ...others } = options;
  const { handshakeTimeoutMs, tls, rejectUnauthorized, serverName } = others;
  const flat = { ca, cert, key, passphrase, minVersion, maxVersion, rejectUnauthorized, serverName };
  const dialer = new Dialer({
    ...others,
    handshakeTimeoutMs: timeoutMs === 0 ? -1 : (timeoutMs ?? handshakeTimeoutMs),
    tls: { ...tls, ...withoutUndefined(flat) },
  });
  const { conn } = await dialer.dial(url, headers, { signal });
  return conn;
}
