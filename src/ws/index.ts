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
 * `dial` and `listen` are the two verbs of every transport; {@link Dialer} and {@link Upgrader} are gorilla's, with all
 * that a handshake may ask for. {@link attach} lets an upgrader work inside the ordinary handlers of node:http, Express,
 * Fastify, Koa, Hono and Nest. {@link Hub} sends to many.
 *
 * ## Concurrency
 * Any number of reads and writes may be pending on a conn. Reads, of messages, of their parts and of bytes, are served in
 * the order of their calls; messages go out whole and in order, those of the same tick in one system call. A message that
 * is written in parts ({@link Conn.nextWriter}) holds up the ones behind it, not control messages. Frames are read as
 * they arrive, so pings are answered and handlers run whether or not somebody reads, until as much waits as may.
 *
 * ## Limits
 * A message has 32 MiB at most, on the wire and inflated (`maxMessageBytes`, {@link Conn.setReadLimit}), and 1,048,576
 * frames (`maxFragments`); memory for it is taken as it arrives. A peer may send 100,000 control frames a second
 * (`maxControlFrames`). 128 KiB wait to be read, and then the peer is stopped; 64 KiB of small messages count as sent
 * while the system has not taken them, and beyond 16 MiB that wait (`maxQueuedBytes`) writes are refused. Of the pings
 * that come while the peer does not read, the last is answered. zlib works on ten messages at once, over all conns. A
 * client's handshake may take 45 s (`timeoutMs`), a server's 10 s (`handshakeTimeoutMs`), the closing handshake 5 s
 * (`closeTimeoutMs`); the header of a request may have 16 KiB (`maxHeaderBytes`). 511 conns wait to be accepted
 * (`backlog`). A receiver of a {@link Hub} may lag 1 MiB behind. A dead peer is noticed with `heartbeat`.
 *
 * ## Errors
 * The peer's end is a {@link CloseError} for `readMessage`; `read` gives `null` for 1000, 1001 and 1005. A peer that
 * breaks the protocol is told so and is a {@link ProtocolError}, one that sends too much a {@link ReadLimitError} or a
 * {@link PolicyError}. A write after a close message is a {@link CloseSentError}, one for which too much waits a
 * {@link QueueLimitError}. A server that does not agree is a {@link BadHandshakeError}, a request that is refused a
 * {@link HandshakeError}, a proxy that fails a {@link ProxyError}. Deadlines, aborts, heartbeats and the network give what
 * every conn of this package gives.
 *
 * ## Differences from Go/gorilla
 * - A read that times out takes nothing, and the conn stays usable. Reads and writes may be concurrent; nothing panics.
 * - `close` does the closing handshake, `closeNow` is gorilla's Close. The TCP connection ends by itself once both close
 *   messages are through. A close message is answered when the messages before it are read, after a second at the latest.
 * - Text is checked to be UTF-8: 1007 else, also in a close message. A close payload of one byte is an error.
 * - There are limits by default; gorilla has none, and its read limit does not count what a message inflates to.
 * - Compression may keep its context and have a smaller window; a window that cannot be honoured is declined, where
 *   gorilla ignores it. Messages below 128 bytes are not compressed.
 * - `nextWriter` waits for its turn, where gorilla ends the message that another writer has begun, and sends each part as
 *   a fragment of its own. Control messages are written with `writeControl` alone. `writeJSON` adds no newline.
 * - A client refuses a subprotocol or an extension that it did not offer. A caller's cookies are merged with the jar's.
 *   `NetDial` and its kin are one function, `netDial`, and one for TLS. Go's httptrace is Node's `diagnostics_channel`.
 * - There are no buffers to size: `readBufferSize` and `writeBufferSize` are taken, and change nothing.
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
export { NotSupportedError } from "./not-supported-error.js";
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
export { type ProxyChoice, ProxyError, type ProxyOption } from "./proxy.js";
export { proxyFromEnvironment } from "./proxy-environment.js";
export type { HeaderValue, ResponseHeader } from "./response-header.js";
export { type HeaderLike, isWebSocketUpgrade, type RequestLike, subprotocols } from "./upgrade-request.js";
export { Upgrader } from "./upgrader.js";
