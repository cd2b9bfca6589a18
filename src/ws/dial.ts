import { fromNode } from "../net/errno.js";
import { OpError, TimeoutError } from "../net/errors.js";
import { WSAddr } from "./addr.js";
import type { Conn } from "./conn.js";
import { type Agreed, badHandshake, faultOf, makeRequest, whenAnswered } from "./dial-request.js";
import { hostOfURL, isSecure, parseURL, portOfURL } from "./dial-url.js";
import { BadHandshakeError } from "./errors.js";
import { challengeKey } from "./handshake.js";
import { type DialOptions, defaultDialTimeoutMs, settingsOf } from "./options.js";
import { WebSocketConn } from "./web-socket-conn.js";

/**
 * Connects to a `ws:` or `wss:` URL. The signal and the time limit cover the handshake only. Redirects are not followed.
 *
 * Rejects with an {@link OpError} such as `dial ws ws://127.0.0.1:1/: connect: connection refused`, with a
 * {@link BadHandshakeError} when the server does not agree, with a `TypeError` for a header field that is not the
 * caller's to set, or with the signal's reason, untouched.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer.DialContext | gorilla Dialer.DialContext}
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Conn> {
  const { signal, timeoutMs = defaultDialTimeoutMs } = options;
  signal?.throwIfAborted();
  const target = parseURL(url);
  const addr = addrOf(target);
  const key = challengeKey();
  const request = makeRequest(target, key, options);
  try {
    const agreed = await within(timeoutMs, signal, whenAnswered(request));
    const fault = faultOf(agreed.response, key, options.subprotocols ?? []);
    if (fault === null) return makeConn(agreed, addr, options);
    agreed.socket.destroy();
    throw badHandshake(fault, agreed.response);
  } catch (err) {
    request.destroy();
    if (signal?.aborted === true || err instanceof BadHandshakeError) throw err;
    throw new OpError({ op: "dial", net: addr.transport, addr, cause: fromNode(err, "connect") });
  }
}

function addrOf(url: URL): WSAddr {
  return new WSAddr({ secure: isSecure(url), hostname: hostOfURL(url), port: portOfURL(url), url: url.href });
}

function makeConn({ response, ...taken }: Agreed, remoteAddr: WSAddr, options: DialOptions): Conn {
  const { localAddress: hostname = "", localPort: port = 0 } = taken.socket;
  return new WebSocketConn({
    ...taken,
    isServer: false,
    subprotocol: response.headers["sec-websocket-protocol"] ?? "",
    localAddr: new WSAddr({ secure: remoteAddr.transport === "wss", hostname, port }),
    remoteAddr,
    settings: settingsOf(options),
    compression: null,
  });
}

/** Waits no longer than the time limit, nor after the signal. */
function within<T>(timeoutMs: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    const timer = Number.isFinite(timeoutMs) ? setTimeout(() => reject(new TimeoutError()), timeoutMs) : undefined;
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    work.then(resolve, reject).then(release, release);
  });
}
