import type { Bytes, Conn as NetConn, OpOptions, Reader } from "../../net/conn.js";
import { ClosedError, TimeoutError } from "../../net/errors.js";
import { readableView, writableView } from "../../net/views.js";
import type { WSAddr } from "../addr.js";
import { parseCloseMessage } from "../close-error.js";
import type { CloseHandler, Conn, ControlHandler, ControlOptions } from "../conn.js";
import {
  BinaryMessage,
  CloseMessage,
  CloseNormalClosure,
  PingMessage,
  PongMessage,
  TextMessage,
} from "../constants.js";
import { CloseSentError } from "../errors.js";
import { isControl, maxControlBytes } from "../frame.js";
import { parseMessage, printJSON } from "../json.js";
import type { Message } from "../message.js";
import { MessageIterator } from "../message-iterator.js";
import { MessageReader } from "../message-reader.js";
import { type MessageWriter, TurnWriter } from "../message-writer.js";
import { NotSupportedError } from "../not-supported-error.js";
import type { PreparedMessage } from "../prepared-message.js";
import { encodeText } from "../text.js";
import { checkCloseCode } from "./close-codes.js";
import { HiddenConn } from "./net-conn.js";
import { Session, type SessionParts } from "./session.js";

/** What a {@link WebSocketConn} is made of. */
export interface WebSocketParts extends SessionParts {
  subprotocol: string;
}

/** Makes a {@link Conn} of a browser's socket. */
export class WebSocketConn implements Conn {
  readonly localAddr: WSAddr;
  readonly remoteAddr: WSAddr;
  readonly subprotocol: string;
  readonly closed: Promise<void>;
  readonly #session: Session;
  #netConn: NetConn | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(parts: WebSocketParts) {
    this.localAddr = parts.localAddr;
    this.remoteAddr = parts.remoteAddr;
    this.subprotocol = parts.subprotocol;
    this.#session = new Session(parts);
    this.closed = this.#session.closed;
  }

  get netConn(): NetConn {
    this.#netConn ??= new HiddenConn(this);
    return this.#netConn;
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.#session.in.read(p, options?.signal);
  }

  readMessage(options?: OpOptions): Promise<Message> {
    return this.#session.in.readMessage(options?.signal);
  }

  readJSON<T>(options?: OpOptions): Promise<T> {
    return this.readMessage(options).then((message) => parseMessage<T>(message));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return new MessageIterator(this.#session.in);
  }

  async nextReader(options?: OpOptions): Promise<{ type: number; reader: Reader }> {
    const begun = await this.#session.in.begin(options?.signal);
    return { type: begun.type, reader: new MessageReader(this.#session.in, begun) };
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.#refusal(options) ?? this.#session.out.write(p, options?.signal);
  }

  writeMessage(type: number, data: string | Bytes, options?: OpOptions): Promise<void> {
    if (type !== TextMessage && type !== BinaryMessage) return this.writeControl(type, data);
    return this.#refusal(options) ?? this.#session.out.send(type, data, options?.signal);
  }

  nextWriter(type: number, options?: OpOptions): Promise<MessageWriter> {
    if (type !== TextMessage && type !== BinaryMessage) {
      return Promise.reject(new TypeError("websocket: bad write message type"));
    }
    const { out } = this.#session;
    return this.#refusal(options) ?? out.begin(type, options?.signal).then((turn) => new TurnWriter(out, turn));
  }

  writePreparedMessage({ type, payload }: PreparedMessage): Promise<void> {
    return isControl(type) ? this.writeControl(type, payload) : this.writeMessage(type, payload);
  }

  async writeJSON(value: unknown): Promise<void> {
    await this.writeMessage(TextMessage, printJSON(value));
  }

  async writeControl(type: number, data: string | Bytes, options: ControlOptions = {}): Promise<void> {
    if (type !== CloseMessage && type !== PingMessage && type !== PongMessage) {
      throw new TypeError("websocket: bad write message type");
    }
    const payload = typeof data === "string" ? encodeText(data) : data;
    if (payload.byteLength > maxControlBytes) throw new RangeError("websocket: invalid control frame");
    if (type !== CloseMessage) throw new NotSupportedError(type === PingMessage ? "ping" : "pong");
    await this.#refusal();
    if (this.#session.out.closeSent) throw new CloseSentError();
    const { deadline } = options;
    if (deadline !== null && deadline !== undefined && Number(deadline) <= Date.now()) {
      throw this.#session.opError("write", new TimeoutError("websocket: write timeout"), 0);
    }
    const { closeCode, text } = parseCloseMessage(payload);
    this.#session.out.close(checkCloseCode(closeCode), text);
  }

  ping(): Promise<number> {
    return this.#refusal() ?? Promise.reject(new NotSupportedError("ping"));
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
    this.#session.maxMessageBytes = bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
  }
  enableWriteCompression(): void {
    throw new NotSupportedError("enableWriteCompression");
  }
  setCompressionLevel(): void {
    throw new NotSupportedError("setCompressionLevel");
  }

  closeWrite(): Promise<void> {
    return this.#session.closeWrite();
  }
  close(code: number = CloseNormalClosure, reason = ""): void {
    this.#session.close(code, reason);
  }
  closeNow(): void {
    this.#session.closeNow();
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.#session.in.deadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.#session.out.deadline.set(t);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#readable ??= readableView(this);
    return this.#readable;
  }
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableView(this);
    return this.#writable;
  }

  /** Does nothing: a browser has no process to keep alive. */
  ref(): void {}
  /** Does nothing. */
  unref(): void {}

  [Symbol.dispose](): void {
    this.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed;
  }

  /** Rejects a write on a conn that we have closed, or that is aborted already. */
  #refusal(options?: OpOptions): Promise<never> | null {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (!this.#session.isClosed) return null;
    return Promise.reject(this.#session.opError("write", new ClosedError(), 0));
  }
}
