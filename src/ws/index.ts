/**
 * WebSocket (RFC 6455): gorilla/websocket's conn on Node's sockets, which is a `net.Conn` too.
 *
 * @example
 * ```ts
 * import * as ws from "toolkit/ws";
 *
 * const listener = await ws.listen("127.0.0.1:0", { path: "/echo" });
 * void (async () => {
 *   for await (const conn of listener) void echo(conn);
 * })();
 * async function echo(conn: ws.Conn) {
 *   for await (const { type, data } of conn) await conn.writeMessage(type, data);
 * }
 *
 * const conn = await ws.dial(listener.addr.toString());
 * await conn.writeMessage(ws.TextMessage, "hello");
 * console.log((await conn.readMessage()).text()); // hello
 * conn.close();
 * listener.close();
 * ```
 *
 * ## Concurrency
 * Any number of reads and writes may be pending on a conn. Reads, of messages and of bytes, are served in the order of
 * their calls; messages go out whole and in order, those of the same tick in one system call. Frames are read as they
 * arrive, so pings are answered and handlers run whether or not somebody reads, until as much waits as may.
 *
 * ## Limits
 * A message has 32 MiB at most (`maxMessageBytes`, {@link Conn.setReadLimit}), and memory for it is taken as it
 * arrives. 128 KiB wait to be read, and then the peer is stopped; 64 KiB of small messages count as sent while the
 * system has not taken them. Of the pings that come while the peer does not read, the last is answered. A client's
 * handshake may take 45 s (`timeoutMs`), a server's 10 s (`handshakeTimeoutMs`), the closing handshake 5 s
 * (`closeTimeoutMs`). 511 conns wait to be accepted (`backlog`).
 *
 * ## Errors
 * The peer's end is a {@link CloseError} for `readMessage`; `read` gives `null` for 1000, 1001 and 1005. A peer that
 * breaks the protocol is told so and is a {@link ProtocolError}, one that sends too much a {@link ReadLimitError}. A
 * write after a close message is a {@link CloseSentError}. A server that does not agree is a {@link BadHandshakeError}.
 * Deadlines, aborts and the network give what every conn of this package gives.
 *
 * ## Differences from Go/gorilla
 * A read that times out takes nothing, and the conn stays usable. Reads and writes may be concurrent. Text is checked
 * to be UTF-8: 1007 else, also in a close message. A close payload of one byte is an error. `close` does the closing
 * handshake, `closeNow` is gorilla's Close. The TCP connection ends by itself once both close messages are through. The
 * origin check, the limits and the order of the server's checks are gorilla's, the defaults of the limits are not:
 * gorilla has none. A client refuses a subprotocol or an extension that it did not offer. `writeJSON` adds no newline.
 *
 * @module toolkit/ws
 */
export { WSAddr, type WSAddrParts } from "./addr.js";
export { type AttachOptions, attach, type UpgradeServer } from "./attach.js";
export { CloseError, formatCloseMessage, isCloseError, isUnexpectedCloseError } from "./close-error.js";
export type { CompressionOptions } from "./compression.js";
export type { CloseHandler, Conn, ControlHandler, ControlOptions } from "./conn.js";
export {
  BinaryMessage,
  CloseAbnormalClosure,
  CloseGoingAway,
  CloseInternalServerErr,
  CloseInvalidFramePayloadData,
  CloseMandatoryExtension,
  CloseMessage,
  CloseMessageTooBig,
  CloseNormalClosure,
  CloseNoStatusReceived,
  ClosePolicyViolation,
  CloseProtocolError,
  CloseServiceRestart,
  CloseTLSHandshake,
  CloseTryAgainLater,
  CloseUnsupportedData,
  PingMessage,
  PongMessage,
  TextMessage,
} from "./constants.js";
export type { CookieJar } from "./cookies.js";
export { dial } from "./dial.js";
export type { HeaderInit } from "./dial-headers.js";
export { Dialer, type Dialled, defaultDialer } from "./dialer.js";
export {
  BadHandshakeError,
  CloseSentError,
  PolicyError,
  ProtocolError,
  QueueLimitError,
  ReadLimitError,
  WriteClosedError,
} from "./errors.js";
export { HandshakeError } from "./handshake-error.js";
export type { HandshakeResponse } from "./handshake-response.js";
export { type BroadcastOptions, Hub, type HubOptions } from "./hub.js";
export { joinMessages } from "./join-messages.js";
export { listen } from "./listen.js";
export type { ShutdownOptions, WSListener } from "./listener.js";
export { Message } from "./message.js";
export type { MessageWriter } from "./message-writer.js";
export type {
  ClientTLSOptions,
  ConnOptions,
  DialerOptions,
  DialOptions,
  EnableCompression,
  HeartbeatOptions,
  ListenOptions,
  NetDial,
  RefusalHandler,
  TLSOptions,
  UpgraderOptions,
} from "./options.js";
export { PreparedMessage } from "./prepared-message.js";
export { ProxyError, type ProxyOption } from "./proxy.js";
export { proxyFromEnvironment } from "./proxy-environment.js";
export type { ResponseHeader } from "./response-header.js";
export { type HeaderLike, isWebSocketUpgrade, type RequestLike, subprotocols } from "./upgrade-request.js";
export { Upgrader } from "./upgrader.js";
