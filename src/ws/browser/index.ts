/**
 * WebSocket in a browser: the same conn, messages, errors and names as in Node, on the browser's own WebSocket.
 *
 * @example
 * ```typescript
 * import * as ws from "toolkit/ws";
 *
 * const conn = await ws.dial("wss://example.com/chat", { subprotocols: ["chat"] });
 * await conn.writeMessage(ws.TextMessage, "hello");
 * for await (const message of conn) console.log(message.text());
 * ```
 *
 * ## What differs from Node
 * A browser sees to pings, fragments, masks, compression and the answer to a close message itself, and tells nothing of
 * them: `ping`, handlers, `heartbeat`, settings of compression, header fields, proxies and TLS are a
 * {@link NotSupportedError}, as are `listen` and all that is a server's. It sends no close codes but 1000 and 3000 to
 * 4999: others are refused, and where a limit of ours ends the conn, the peer is told 4008 or 4009 instead of 1008 or
 * 1009. It does not say why dialling failed. `nextWriter` gathers a message, up to `maxQueuedBytes`, and sends it when it
 * is closed. `closeNow` cannot cut the connection: it lets go of it.
 *
 * ## Back-pressure
 * Writes wait while the browser has 256 KiB unsent. A plain WebSocket cannot be kept from receiving: when more than
 * `maxQueuedBytes` (16 MiB) wait to be read, the conn ends with a {@link PolicyError}. After `closeWrite` the browser drops
 * what the peer still sends. With the option `webSocketStream` the peer has to wait instead, and after `closeWrite` reads go
 * on, where the browser has a WebSocketStream; but Chromium drops what it was not asked for when the peer closes: who
 * lets more than `maxQueuedBytes` wait gets an error of code `ERR_WS_UNREAD` then, behind the messages that are there.
 *
 * @module toolkit/ws (in a browser)
 */
export { WSAddr, type WSAddrParts } from "../addr.js";
export { CloseError, formatCloseMessage, isCloseError, isUnexpectedCloseError } from "../close-error.js";
export type { CloseHandler, Conn, ControlHandler, ControlOptions } from "../conn.js";
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
} from "../constants.js";
export {
  BadHandshakeError,
  CloseSentError,
  PolicyError,
  ProtocolError,
  QueueLimitError,
  ReadLimitError,
  WriteClosedError,
} from "../errors.js";
export { HandshakeError } from "../handshake-error.js";
export type { HandshakeResponse } from "../handshake-response.js";
export { joinMessages } from "../join-messages.js";
export { Message } from "../message.js";
export type { MessageWriter } from "../message-writer.js";
export { NotSupportedError } from "../not-supported-error.js";
export { PreparedMessage } from "../prepared-message.js";
export { ProxyError } from "../proxy.js";
export { type HeaderLike, isWebSocketUpgrade, type RequestLike, subprotocols } from "../upgrade-request.js";
export { dial } from "./dial.js";
export { Dialer, type Dialled, defaultDialer } from "./dialer.js";
export { attach, Hub, listen, proxyFromEnvironment, Upgrader } from "./not-here.js";
export type { DialerOptions, DialOptions } from "./options.js";
