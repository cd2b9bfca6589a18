import { LimitError, NetError } from "../net/errors.js";
import { CloseMessageTooBig, CloseProtocolError } from "./constants.js";

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

/** What the frames of a peer can be refused for. */
export type FrameError = ProtocolError | ReadLimitError;

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

/** What a server answered instead of agreeing. */
export interface BadHandshakeOptions {
  /** The HTTP status. */
  status: number;
  /** The HTTP header fields, by their names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The first bytes of the body, 1024 at most. */
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Reports a server that did not agree to the WebSocket protocol, with what it answered.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#pkg-variables | gorilla ErrBadHandshake}
 */
export class BadHandshakeError extends NetError {
  override name = "BadHandshakeError";
  /** The HTTP status, as 403. */
  readonly status: number;
  /** The HTTP header fields, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The first bytes of the body, 1024 at most. */
  readonly body: Uint8Array<ArrayBuffer>;

  constructor(why: string, answer: BadHandshakeOptions) {
    super(`websocket: bad handshake: ${why}`, { code: "ERR_WS_BAD_HANDSHAKE" });
    this.status = answer.status;
    this.headers = answer.headers;
    this.body = answer.body;
  }
}
