import type { Bytes, Conn as NetConn } from "../../net/conn.js";
import { TimeoutError } from "../../net/errors.js";
import { parseCloseMessage } from "../close-error.js";
import type { CloseHandler, ControlHandler, ControlOptions } from "../conn.js";
import { CloseMessage, PingMessage, PongMessage } from "../constants.js";
import { CloseSentError } from "../errors.js";
import { isControl, maxControlBytes } from "../frame.js";
import { MessageConn } from "../message-conn.js";
import { NotSupportedError } from "../not-supported-error.js";
import type { PreparedMessage } from "../prepared-message.js";
import { encodeText } from "../text.js";
import { checkCloseCode } from "./close-codes.js";
import { HiddenConn } from "./net-conn.js";
import type { Turn } from "./outgoing.js";
import { Session, type SessionParts } from "./session.js";

/** What a {@link WebSocketConn} is made of. */
export interface WebSocketParts extends SessionParts {
  subprotocol: string;
}

/** Makes a {@link Conn} of a browser's socket. */
export class WebSocketConn extends MessageConn<Turn, Session> {
  #netConn: NetConn | undefined;

  constructor(parts: WebSocketParts) {
    super(parts, new Session(parts));
  }

  get netConn(): NetConn {
    this.#netConn ??= new HiddenConn(this);
    return this.#netConn;
  }

  writePreparedMessage({ type, payload }: PreparedMessage): Promise<void> {
    return isControl(type) ? this.writeControl(type, payload) : this.writeMessage(type, payload);
  }

  async writeControl(type: number, data: string | Bytes, options: ControlOptions = {}): Promise<void> {
    if (type !== CloseMessage && type !== PingMessage && type !== PongMessage) {
      throw new TypeError("websocket: bad write message type");
    }
    const payload = typeof data === "string" ? encodeText(data) : data;
    if (payload.byteLength > maxControlBytes) throw new RangeError("websocket: invalid control frame");
    if (type !== CloseMessage) throw new NotSupportedError(type === PingMessage ? "ping" : "pong");
    await this.refusal();
    if (this.session.out.closeSent) throw new CloseSentError();
    const { deadline } = options;
    if (deadline !== null && deadline !== undefined && Number(deadline) <= Date.now()) {
      throw this.session.opError("write", new TimeoutError("websocket: write timeout"), 0);
    }
    const { closeCode, text } = parseCloseMessage(payload);
    this.session.out.close(checkCloseCode(closeCode), text);
  }

  ping(): Promise<number> {
    return this.refusal() ?? Promise.reject(new NotSupportedError("ping"));
  }

  setPingHandler(handler: ControlHandler | null): void {
    if (handler !== null) throw new NotSupportedError("setPingHandler");
  }
  setPongHandler(handler: ControlHandler | null): void {
    if (handler !== null) throw new NotSupportedError("setPongHandler");
  }
  setCloseHandler(handler: CloseHandler | null): void {
    if (handler !== null) throw new NotSupportedError("setCloseHandler");
  }
  setReadLimit(bytes: number): void {
    this.session.maxMessageBytes = bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
  }
  enableWriteCompression(): void {
    throw new NotSupportedError("enableWriteCompression");
  }
  setCompressionLevel(): void {
    throw new NotSupportedError("setCompressionLevel");
  }

  /** Does nothing: a browser has no process to keep alive. */
  ref(): void {}
  /** Does nothing. */
  unref(): void {}
}
