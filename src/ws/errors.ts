import { LimitError, NetError } from "../net/errors.js";
import { CloseMessageTooBig, ClosePolicyViolation, CloseProtocolError } from "./constants.js";
import type { HandshakeResponse } from "./handshake-response.js";

/**
 * Reports that the peer broke the protocol, in gorilla's words: `websocket: RSV1 set, bad MASK`. The peer was told so,
 * in a close message with {@link ProtocolError.closeCode}.
 */
export class ProtocolError extends NetError {
  override name = "ProtocolError";
  /** What the peer was told: {@link CloseProtocolError}, or {@link CloseInvalidFramePayloadData} for bad UTF-8. */
  readonly closeCode: number;
  /** What is wrong. */
  readonly text: string;

  constructor(text: string, closeCode: number = CloseProtocolError) {
    super(`websocket: ${text}`, { code: "ERR_WS_PROTOCOL" });
    this.closeCode = closeCode;
    this.text = text;
  }
}

/**
 * Reports a message that is larger than the read limit (option `maxMessageBytes`, method `setReadLimit`).
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#pkg-variables | gorilla ErrReadLimit}
 */
export class ReadLimitError extends LimitError {
  override name = "ReadLimitError";
  /** What the peer was told: {@link CloseMessageTooBig}. */
  readonly closeCode = CloseMessageTooBig;
  /** What the peer was told beside the code: nothing. */
  readonly text = "";

  constructor() {
    super("websocket: read limit exceeded");
  }
}

/** Reports a peer that goes beyond a limit on its manners: too many fragments, too many control frames. */
export class PolicyError extends LimitError {
  override name = "PolicyError";
  /** What the peer was told: {@link ClosePolicyViolation}. */
  readonly closeCode = ClosePolicyViolation;
  /** What the peer was told beside the code. */
  readonly text: string;

  constructor(text: string) {
    super(`websocket: ${text}`);
    this.text = text;
  }
}

/** Reports a write that is refused because too much waits for a peer that does not read (option `maxQueuedBytes`). */
export class QueueLimitError extends LimitError {
  override name = "QueueLimitError";
  constructor() {
    super("websocket: too much waits to be written");
  }
}

/** What the frames of a peer can be refused for. */
export type FrameError = ProtocolError | ReadLimitError | PolicyError;

/** Tells whether an error is one that the peer is told about. */
export function isFrameError(error: Error): error is FrameError {
  return error instanceof ProtocolError || error instanceof ReadLimitError || error instanceof PolicyError;
}

/**
 * Reports a write after a close message was written.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#pkg-variables | gorilla ErrCloseSent}
 */
export class CloseSentError extends NetError {
  override name = "CloseSentError";
  constructor() {
    super("websocket: close sent", { code: "ERR_WS_CLOSE_SENT" });
  }
}

/** Reports a write to a {@link MessageWriter} that was closed. */
export class WriteClosedError extends NetError {
  override name = "WriteClosedError";
  constructor() {
    super("websocket: write closed", { code: "ERR_WS_WRITE_CLOSED" });
  }
}

/**
 * Reports a server that did not agree to the WebSocket protocol, with what it answered. Redirects are not followed: they
 * are reported so too, with `headers.location`.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#pkg-variables | gorilla ErrBadHandshake}
 */
export class BadHandshakeError extends NetError implements HandshakeResponse {
  override name = "BadHandshakeError";
  /** The HTTP status, as 403. */
  readonly status: number;
  /** The words beside the status, as `Forbidden`. */
  readonly statusText: string;
  /** The HTTP header fields, by their names in lower case. */
  readonly headers: HandshakeResponse["headers"];
  /** The HTTP header fields as they came: each line a pair. */
  readonly rawHeaders: HandshakeResponse["rawHeaders"];
  /** The first bytes of the body, 1024 at most. */
  readonly body: Uint8Array<ArrayBuffer>;

  constructor(why: string, answer: HandshakeResponse) {
    super(`websocket: bad handshake: ${why}`, { code: "ERR_WS_BAD_HANDSHAKE" });
    this.status = answer.status;
    this.statusText = answer.statusText;
    this.headers = answer.headers;
    this.rawHeaders = answer.rawHeaders;
    this.body = answer.body;
  }
}
