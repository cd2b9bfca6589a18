import type { Duplex } from "node:stream";
import type { OpOptions } from "../net/conn.js";
import { OpError } from "../net/errors.js";
import { WSAddr } from "./addr.js";
import { type Agreement, acceptAnswer, type CompressionOptions, checkLevel, offerOf } from "./compression.js";
import type { Conn } from "./conn.js";
import { cookiesFor, keepCookies } from "./cookies.js";
import { Attempt } from "./dial-attempt.js";
import { explain } from "./dial-errors.js";
import { type Fields, type HeaderInit, offeredIn, printHeader, readHeader } from "./dial-headers.js";
import { type Answer, ask, faultOf, readBody, responseOf } from "./dial-request.js";
import { ClientTLS } from "./dial-tls.js";
import { openTransport, type Transport, type Ways } from "./dial-transport.js";
import { parseTarget, type Target } from "./dial-url.js";
import { BadHandshakeError } from "./errors.js";
import { challengeKey } from "./handshake.js";
import type { HandshakeResponse } from "./handshake-response.js";
import { type ConnSettings, type DialerOptions, defaultDialTimeoutMs, settingsOf } from "./options.js";
import { proxyFromEnvironment } from "./proxy-environment.js";
import type { TakenOver } from "./take-over.js";
import { WebSocketConn } from "./web-socket-conn.js";

/** What {@link Dialer.dial} resolves to. */
export interface Dialled {
  /** The conn. */
  conn: Conn;
  /** What the server answered: its cookies are among its header fields. */
  response: HandshakeResponse;
}

/**
 * Connects to WebSocket servers. It keeps no connections, so any number of diallings may be under way.
 *
 * @example
 * ```ts
 * import * as ws from "toolkit/ws";
 *
 * const listener = await ws.listen("127.0.0.1:0", { subprotocols: ["chat"] });
 * const dialer = new ws.Dialer({ subprotocols: ["chat"], handshakeTimeoutMs: 10_000 });
 * const { conn, response } = await dialer.dial(listener.addr.toString(), { Authorization: "Bearer 42" });
 * console.log(response.status, conn.subprotocol); // 101 chat
 * conn.close();
 * listener.close();
 * ```
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer | gorilla Dialer}
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #settings: ConnSettings;
  readonly #compression: CompressionOptions | null;
  readonly #offer: string;
  readonly #ways: Ways;

  /**
   * @throws {RangeError} when an option is no number that makes sense
   * @throws {TypeError} when `tls` has other protocols on offer than http/1.1
   */
  constructor(options: DialerOptions = {}) {
    const { enableCompression = false, handshakeTimeoutMs, proxy, netDial, netDialTLS, tls } = options;
    if (Number.isNaN(handshakeTimeoutMs)) throw new RangeError("Cannot dial: handshakeTimeoutMs is not a number");
    this.#options = options;
    this.#settings = settingsOf(options);
    this.#compression = enableCompression === true ? {} : enableCompression || null;
    if (this.#compression?.level !== undefined) checkLevel(this.#compression.level);
    this.#offer = this.#compression === null ? "" : offerOf(this.#compression);
    this.#ways = { proxy, netDial, netDialTLS, tls: new ClientTLS(tls) };
  }

  /**
   * Connects to a `ws:` or `wss:` URL, or to `ws+unix:///run/app.sock:/path`. The signal and the time limit cover all
   * until the server has agreed, and nothing afterwards. Redirects are not followed.
   *
   * Rejects with a {@link BadHandshakeError} when the server does not agree; an {@link OpError} such as
   * `dial ws ws://127.0.0.1:1/: connect: connection refused`, with a {@link ProxyError} as its cause where the proxy is
   * to blame; a `TypeError` for a header field that is not the caller's to set; what a function among the options
   * threw, or the signal's reason, untouched. Nothing stays open then.
   * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer.DialContext | gorilla Dialer.DialContext}
   */
  async dial(url: string | URL, header: HeaderInit = {}, { signal }: OpOptions = {}): Promise<Dialled> {
    const { handshakeTimeoutMs = defaultDialTimeoutMs, socketPath, subprotocols = [] } = this.#options;
    signal?.throwIfAborted();
    const named = parseTarget(url);
    const target = { ...named, socketPath: named.socketPath ?? socketPath };
    const fields = readHeader(header, subprotocols);
    const attempt = new Attempt(handshakeTimeoutMs, signal);
    try {
      const dialled = await this.#dial(target, fields, attempt);
      attempt.succeed();
      return dialled;
    } catch (err) {
      const { transport: net } = addrOf(target);
      throw attempt.fail(err, (cause) => new OpError({ op: "dial", net, addr: addrOf(target), cause: explain(cause) }));
    }
  }

  async #dial(target: Target, fields: Fields, attempt: Attempt): Promise<Dialled> {
    const { jar } = this.#options;
    const key = challengeKey();
    const cookies = await cookiesFor(jar, target, attempt);
    const transport = await openTransport(target, this.#ways, attempt);
    const { authority, path } = target;
    const headers = printHeader(fields, { authority, key, extensions: this.#offer, cookies });
    const answer = await ask(transport.stream, path, headers, attempt.signal);
    if (answer.taken !== null) attempt.own(answer.taken.socket);
    await keepCookies(jar, target, answer.head.headers["set-cookie"], attempt);
    const agreed = await this.#judge(answer, key, offeredIn(fields), attempt.signal);
    attempt.signal.throwIfAborted();
    return { conn: this.#makeConn(target, transport, agreed), response: responseOf(answer.head) };
  }

  /** Takes an answer that agrees, and throws one that does not. */
  async #judge({ head, taken, body }: Answer, key: string, offered: string[], signal: AbortSignal): Promise<Agreed> {
    const fault = faultOf(head, key, offered);
    if (taken === null || fault !== null) {
      const kept = body === null ? undefined : await readBody(body, signal);
      throw new BadHandshakeError(fault ?? "no upgrade", responseOf(head, kept));
    }
    const { "sec-websocket-extensions": extensions, "sec-websocket-protocol": subprotocol = "" } = head.headers;
    try {
      return { ...taken, subprotocol, compression: acceptAnswer(extensions, this.#compression) };
    } catch (err) {
      throw new BadHandshakeError((err as Error).message, responseOf(head));
    }
  }

  #makeConn(target: Target, { local, netConn }: Transport, agreed: Agreed): Conn {
    return new WebSocketConn({
      ...agreed,
      isServer: false,
      localAddr: new WSAddr({ secure: target.secure, ...local }),
      remoteAddr: addrOf(target),
      settings: this.#settings,
      netConn,
    });
  }
}

/** What the server agreed to, and the stream. */
interface Agreed extends TakenOver<Duplex> {
  readonly subprotocol: string;
  readonly compression: Agreement | null;
}

function addrOf({ secure, host: hostname, port, url }: Target): WSAddr {
  return new WSAddr({ secure, hostname, port, url: url.href });
}

/**
 * Dials with the proxy that the environment names ({@link proxyFromEnvironment}), and all else by default.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#pkg-variables | gorilla DefaultDialer}
 */
export const defaultDialer: Dialer = new Dialer({ proxy: proxyFromEnvironment });
