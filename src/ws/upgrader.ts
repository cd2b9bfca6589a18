import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { after } from "../internal/after.js";
import type { Bytes } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { OpError, TimeoutError } from "../net/errors.js";
import { WSAddr } from "./addr.js";
import { acceptOffer, checkLevel, defaultLevel } from "./compression.js";
import type { Conn } from "./conn.js";
import { acceptKey, chooseSubprotocol, isSameOrigin, type Refusal, refusalOf } from "./handshake.js";
import { afterEarlier, Hijacker } from "./hijack.js";
import { type ConnSettings, defaultHandshakeTimeoutMs, settingsOf, type UpgraderOptions } from "./options.js";
import { orEnd, refuse, silence } from "./refuse.js";
import {
  type ResponseFields,
  type ResponseHeader,
  readResponseHeader,
  sendable,
  setFields,
} from "./response-header.js";
import { headerOf } from "./upgrade-request.js";
import { WebSocketConn } from "./web-socket-conn.js";

/** What the answer agrees to. */
interface Agreed {
  readonly fields: Readonly<Record<string, string>>;
  readonly subprotocol: string;
  readonly compression: ReturnType<typeof acceptOffer>;
}

/**
 * Upgrades HTTP requests to WebSocket conns. One serves all requests that are to be treated alike, any number at a time;
 * its options are read once. Without options it serves the pages of its own host, and knows no subprotocols.
 *
 * A request is checked in gorilla's order, and refused with its statuses: no `Connection: Upgrade` (400), no
 * `Upgrade: websocket` (426), a method other than GET (405), HTTP/1.0 (426), no version 13 (400),
 * `Sec-WebSocket-Extensions` in the response header (500), a foreign origin (403), a bad key (400), a response whose
 * connection cannot be had (500). Each time the client is answered first, and then the promise rejects with a
 * {@link HandshakeError}: catch it, since any client can bring it about.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { attach, dial, TextMessage, Upgrader } from "toolkit/ws";
 *
 * const upgrader = new Upgrader({ subprotocols: ["chat"] });
 * const server = createServer(async (request, response) => {
 *   const conn = await upgrader.upgrade(request, response).catch(() => null);
 *   if (conn === null) return; // it is answered
 *   for await (const { type, data } of conn) await conn.writeMessage(type, data);
 * });
 * attach(server);
 * await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
 *
 * const { port } = server.address() as { port: number };
 * const conn = await dial(`ws://127.0.0.1:${port}/`, { subprotocols: ["chat"] });
 * await conn.writeMessage(TextMessage, "hello");
 * console.log(conn.subprotocol, (await conn.readMessage()).text()); // chat hello
 * conn.close();
 * server.close();
 * ```
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Upgrader | gorilla Upgrader}
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-4.2 | RFC 6455 section 4.2}
 */
export class Upgrader {
  readonly #options: UpgraderOptions;
  readonly #settings: ConnSettings;

  /** @throws {RangeError} when an option is no number that makes sense */
  constructor(options: UpgraderOptions = {}) {
    this.#options = { ...options };
    this.#settings = settingsOf(options);
    const { enableCompression } = options;
    if (typeof enableCompression === "object") checkLevel(enableCompression.level ?? defaultLevel);
  }

  /**
   * Upgrades a request inside an ordinary request handler of a server that {@link attach} was called for. There it says
   * for each framework how to get at Node's own request and response.
   *
   * The answer has the fields of `responseHeader`, such as `Set-Cookie`, and those that middleware has set on the
   * response, which `responseHeader` overrides; what belongs to the handshake or to a body is left out of both. Control
   * characters, and what is no Latin-1, go out as spaces. The subprotocol of `responseHeader` is used if the upgrader has
   * no `subprotocols`. For everybody else the response is then complete, with status 101: a framework takes it for
   * answered, and what it still wants to answer goes nowhere. Frames that came together with the request are kept.
   *
   * Rejects with a {@link HandshakeError} when the request is refused, and with an {@link OpError} when the client has
   * gone or the time is over; with a `TypeError` for a header field that has no proper name, and with what a function
   * among the options throws, untouched: in these two cases nothing is answered yet.
   * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Upgrader.Upgrade | gorilla Upgrader.Upgrade}
   */
  upgrade(request: IncomingMessage, response: ServerResponse, responseHeader?: ResponseHeader | null): Promise<Conn> {
    const { handshakeTimeoutMs: ms = defaultHandshakeTimeoutMs } = this.#options;
    const socket = Hijacker.of(response)?.socket ?? request.socket;
    const addrs = addrsOf(socket);
    return new Promise((resolve, reject) => {
      const cut = () => {
        socket.destroy();
        reject(upgradeError(addrs, new TimeoutError()));
      };
      const timer = ms > 0 ? after(ms, cut) : undefined;
      this.#upgrade(request, response, responseHeader, addrs)
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  }

  /**
   * Upgrades a request inside an 'upgrade' listener, without {@link attach}; any stream of bytes will do for the socket.
   * It is ours from the call on: whatever goes wrong, the client is answered, and the connection ends.
   *
   * Rejects as {@link Upgrader.upgrade} does; what is not answered yet is answered with 500.
   */
  upgradeSocket(
    request: IncomingMessage,
    socket: Duplex,
    head: Bytes,
    responseHeader?: ResponseHeader | null,
  ): Promise<Conn> {
    return new Promise((resolve) => {
      afterEarlier(socket, () => {
        const { response } = new Hijacker(request, socket, head);
        resolve(orEnd(response, this.upgrade(request, response, responseHeader)));
      });
    });
  }

  async #upgrade(
    request: IncomingMessage,
    response: ServerResponse,
    responseHeader: ResponseHeader | null | undefined,
    addrs: Addrs,
  ): Promise<Conn> {
    const fields = readResponseHeader(responseHeader);
    const { checkOrigin = isSameOrigin, error } = this.#options;
    const refusal = await refusalOf(request, {
      hasExtensions: fields.has("sec-websocket-extensions"),
      checkOrigin: () => checkOrigin(request),
    });
    const hijacker = Hijacker.of(response);
    if (refusal !== null) throw await refuse(request, response, refusal, error);
    if (hijacker?.isFree !== true) throw await refuse(request, response, noHijack(response), error);
    const agreed = this.#agree(request, fields);
    setFields(response, agreed.fields, fields);
    const taken = await hijacker.switchProtocols().catch((err: unknown) => {
      throw upgradeError(addrs, fromNode(err, "write"));
    });
    silence(response);
    return new WebSocketConn({
      ...taken,
      ...addrs,
      isServer: true,
      subprotocol: agreed.subprotocol,
      settings: this.#settings,
      compression: agreed.compression?.agreement ?? null,
    });
  }

  #agree(request: IncomingMessage, fields: ResponseFields): Agreed {
    const { subprotocols } = this.#options;
    const wanted = fields.get("sec-websocket-protocol")?.values[0] ?? "";
    const subprotocol = subprotocols === undefined ? wanted : chooseSubprotocol(request, subprotocols);
    const compression = this.#compress(request);
    return {
      subprotocol,
      compression,
      fields: {
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Accept": acceptKey(headerOf(request, "sec-websocket-key") ?? ""),
        ...(subprotocol !== "" && { "Sec-WebSocket-Protocol": sendable(subprotocol) }),
        ...(compression !== null && { "Sec-WebSocket-Extensions": compression.answer }),
      },
    };
  }

  #compress(request: IncomingMessage): ReturnType<typeof acceptOffer> {
    const { enableCompression = false } = this.#options;
    const wanted = typeof enableCompression === "function" ? enableCompression(request) : enableCompression;
    if (wanted === false) return null;
    return acceptOffer(request.headers["sec-websocket-extensions"], wanted === true ? {} : wanted);
  }
}

function noHijack(response: ServerResponse): Refusal {
  if (response.headersSent) return { status: 500, reason: "websocket: hijack: the response was begun already" };
  const why = "websocket: response does not implement http.Hijacker";
  return { status: 500, reason: `${why}: call attach(server) once, and pass upgrade Node's own request and response` };
}

interface Addrs {
  readonly localAddr: WSAddr;
  readonly remoteAddr: WSAddr;
}

function addrsOf(socket: Duplex): Addrs {
  const secure = socket instanceof TLSSocket;
  const { localAddress, localPort, remoteAddress, remotePort } = socket as Partial<Socket>;
  return {
    localAddr: new WSAddr({ secure, hostname: localAddress ?? "", port: localPort ?? 0 }),
    remoteAddr: new WSAddr({ secure, hostname: remoteAddress ?? "", port: remotePort ?? 0 }),
  };
}

function upgradeError({ localAddr, remoteAddr }: Addrs, cause: Error): OpError {
  return new OpError({ op: "upgrade", net: localAddr.transport, source: localAddr, addr: remoteAddr, cause });
}
