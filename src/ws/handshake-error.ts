import { NetError } from "../net/errors.js";

/**
 * Reports a request that an {@link Upgrader} refused. The client has its answer by then; the reason was not told to it.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#HandshakeError | gorilla HandshakeError}
 */
export class HandshakeError extends NetError {
  override name = "HandshakeError";
  /** The HTTP status that the client was answered with, as 403. */
  readonly status: number;
  /** Why, in gorilla's words: the message. */
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(reason, { code: "ERR_WS_HANDSHAKE" });
    this.status = status;
    this.reason = reason;
  }
}
