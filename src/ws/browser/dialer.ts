import type { OpOptions } from "../../net/conn.js";
import { NetError, OpError } from "../../net/errors.js";
import { WSAddr } from "../addr.js";
import type { Conn } from "../conn.js";
import { parseTarget, type Target } from "../dial-url.js";
import type { HandshakeResponse } from "../handshake-response.js";
import { NotSupportedError } from "../not-supported-error.js";
import { Attempt } from "./attempt.js";
import { open } from "./open.js";
import { type DialerOptions, readOptions } from "./options.js";
import type { BrowserSettings } from "./session.js";
import type { Transport } from "./transport.js";
import { WebSocketConn } from "./web-socket-conn.js";

/** The default of the time for a handshake, in ms, as gorilla's. */
const defaultDialTimeoutMs = 45_000;

/** What {@link Dialer.dial} resolves to. */
export interface Dialled {
  /** The conn. */
  conn: Conn;
  /** What the server answered, as far as a browser tells: the status, the subprotocol and the extensions. */
  response: HandshakeResponse;
}

/**
 * Connects to WebSocket servers, through the browser. Any number of diallings may be under way.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer | gorilla Dialer}
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #settings: BrowserSettings;

  /**
   * @throws {NotSupportedError} for an option that a browser cannot do anything about, as `proxy` and `tls`
   * @throws {RangeError} when an option is no number that makes sense
   */
  constructor(options: DialerOptions = {}) {
    this.#settings = readOptions(options);
    this.#options = options;
  }

  /**
   * Connects to a `ws:` or `wss:` URL. The signal and the time limit cover all until the server has agreed, and nothing
   * afterwards.
   *
   * Rejects with an {@link OpError} that does not say why, as a browser does not; with a {@link NotSupportedError} for
   * header fields; with a `SyntaxError` for a subprotocol that is none; with the signal's reason, untouched.
   * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Dialer.DialContext | gorilla Dialer.DialContext}
   */
  async dial(url: string | URL, header: object = {}, { signal }: OpOptions = {}): Promise<Dialled> {
    signal?.throwIfAborted();
    const target = parseTarget(url);
    if (target.socketPath !== undefined) throw new NotSupportedError("a Unix socket");
    if (!isEmpty(header)) throw new NotSupportedError("header fields");
    const attempt = new Attempt(this.#options.handshakeTimeoutMs ?? defaultDialTimeoutMs, signal);
    try {
      return await this.#open(target, attempt.signal);
    } catch (err) {
      if (signal?.aborted === true) throw signal.reason;
      throw dress(err, target);
    } finally {
      attempt.end();
    }
  }

  #open(target: Target, signal: AbortSignal): Promise<Dialled> {
    const { subprotocols = [], webSocketStream = false } = this.#options;
    const make = (transport: Transport): Dialled => ({
      conn: new WebSocketConn({
        transport,
        subprotocol: transport.protocol,
        localAddr: new WSAddr({ secure: target.secure, hostname: "", port: 0 }), // a browser does not tell
        remoteAddr: addrOf(target),
        settings: this.#settings,
      }),
      response: responseOf(transport),
    });
    const url = target.url.href.replace(/#.*$/, "");
    return open({ url, subprotocols, signal, useStream: webSocketStream, make });
  }
}

/** Is the dialer that has all defaults. */
export const defaultDialer: Dialer = new Dialer();

function isEmpty(header: object): boolean {
  const [first] = Symbol.iterator in header ? (header as Iterable<unknown>) : Object.keys(header);
  return first === undefined;
}

function addrOf({ secure, host, port, url }: Target): WSAddr {
  return new WSAddr({ secure, hostname: host, port, url: url.href });
}

function responseOf({ protocol, extensions }: Transport): HandshakeResponse {
  const rawHeaders: [string, string][] = [];
  if (protocol !== "") rawHeaders.push(["Sec-WebSocket-Protocol", protocol]);
  if (extensions !== "") rawHeaders.push(["Sec-WebSocket-Extensions", extensions]);
  const headers = Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value]));
  return { status: 101, statusText: "Switching Protocols", headers, rawHeaders, body: new Uint8Array(0) };
}

/** Says where we failed to connect to; the caller's mistakes stay bare. */
function dress(err: unknown, target: Target): Error {
  if (err instanceof NotSupportedError) return err;
  if (err instanceof Error && err.name === "SyntaxError") return new SyntaxError(err.message, { cause: err });
  const addr = addrOf(target);
  return new OpError({ op: "dial", net: addr.transport, addr, cause: causeOf(err) });
}

/** A browser refuses to try, for example, `ws:` on a page that came by `https:`. */
function causeOf(err: unknown): Error {
  if (err instanceof NetError) return err;
  return new NetError(err instanceof Error ? err.message : String(err), { code: "ERR_WS_DIAL", cause: err });
}
