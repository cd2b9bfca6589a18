import type { Bytes, Conn as NetConn, OpOptions, Reader } from "../net/conn.js";
import { ClosedError, type OpError } from "../net/errors.js";
import { readableView, writableView } from "../net/views.js";
import type { WSAddr } from "./addr.js";
import type { CloseHandler, Conn, ControlHandler, ControlOptions } from "./conn.js";
import { BinaryMessage, CloseNormalClosure, TextMessage } from "./constants.js";
import type { Inbox } from "./inbox.js";
import { parseMessage, printJSON } from "./json.js";
import type { Message } from "./message.js";
import { MessageIterator } from "./message-iterator.js";
import { MessageReader } from "./message-reader.js";
import { type MessageWriter, type TurnOutbox, TurnWriter } from "./message-writer.js";
import type { PreparedMessage } from "./prepared-message.js";

/** The sending half of a conn, on whatever platform. */
interface MessageOutbox<Turn> extends TurnOutbox<Turn> {
  readonly deadline: { set(t: Date | number | null): void };
  send(type: number, data: string | Bytes, signal: AbortSignal | undefined): Promise<void>;
  write(p: Bytes, signal: AbortSignal | undefined): Promise<number>;
  begin(type: number, signal: AbortSignal | undefined): Promise<Turn>;
}

/** What joins the two halves of a conn, on whatever platform. */
interface MessageSession<Turn> {
  readonly in: Inbox;
  readonly out: MessageOutbox<Turn>;
  readonly isClosed: boolean;
  readonly closed: Promise<void>;
  closeWrite(): Promise<void>;
  close(code: number, reason: string): void;
  closeNow(): void;
  opError(op: string, cause: Error, bytesWritten?: number): OpError;
}

/** What a {@link MessageConn} is made of. */
export interface MessageConnParts {
  localAddr: WSAddr;
  remoteAddr: WSAddr;
  subprotocol: string;
}

/** Makes a {@link Conn} of a session: all that is the same in Node and in a browser. */
export abstract class MessageConn<Turn, S extends MessageSession<Turn>> implements Conn {
  readonly localAddr: WSAddr;
  readonly remoteAddr: WSAddr;
  readonly subprotocol: string;
  protected readonly session: S;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(parts: MessageConnParts, session: S) {
    this.localAddr = parts.localAddr;
    this.remoteAddr = parts.remoteAddr;
    this.subprotocol = parts.subprotocol;
    this.session = session;
  }

  abstract readonly netConn: NetConn;
  abstract writePreparedMessage(message: PreparedMessage): Promise<void>;
  abstract writeControl(type: number, data: string | Bytes, options?: ControlOptions): Promise<void>;
  abstract ping(data?: string | Bytes): Promise<number>;
  abstract setPingHandler(handler: ControlHandler | null): void;
  abstract setPongHandler(handler: ControlHandler | null): void;
  abstract setCloseHandler(handler: CloseHandler | null): void;
  abstract setReadLimit(bytes: number): void;
  abstract enableWriteCompression(on: boolean): void;
  abstract setCompressionLevel(level: number): void;
  abstract ref(): void;
  abstract unref(): void;

  get closed(): Promise<void> {
    return this.session.closed;
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.session.in.read(p, options?.signal);
  }

  readMessage(options?: OpOptions): Promise<Message> {
    return this.session.in.readMessage(options?.signal);
  }

  readJSON<T>(options?: OpOptions): Promise<T> {
    return this.readMessage(options).then((message) => parseMessage<T>(message));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return new MessageIterator(this.session.in);
  }

  async nextReader(options?: OpOptions): Promise<{ type: number; reader: Reader }> {
    const begun = await this.session.in.begin(options?.signal);
    return { type: begun.type, reader: new MessageReader(this.session.in, begun) };
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.refusal(options) ?? this.session.out.write(p, options?.signal);
  }

  writeMessage(type: number, data: string | Bytes, options?: OpOptions): Promise<void> {
    if (type !== TextMessage && type !== BinaryMessage) return this.writeControl(type, data);
    return this.refusal(options) ?? this.session.out.send(type, data, options?.signal);
  }

  nextWriter(type: number, options?: OpOptions): Promise<MessageWriter> {
    if (type !== TextMessage && type !== BinaryMessage) {
      return Promise.reject(new TypeError("websocket: bad write message type"));
    }
    const { out } = this.session;
    return this.refusal(options) ?? out.begin(type, options?.signal).then((turn) => new TurnWriter(out, turn));
  }

  async writeJSON(value: unknown): Promise<void> {
    await this.writeMessage(TextMessage, printJSON(value));
  }

  closeWrite(): Promise<void> {
    return this.session.closeWrite();
  }
  close(code: number = CloseNormalClosure, reason = ""): void {
    this.session.close(code, reason);
  }
  closeNow(): void {
    this.session.closeNow();
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.session.in.deadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.session.out.deadline.set(t);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#readable ??= readableView(this);
    return this.#readable;
  }
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableView(this);
    return this.#writable;
  }

  [Symbol.dispose](): void {
    this.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed;
  }

  /** Rejects a write on a conn that we have closed, or that is aborted already. */
  protected refusal(options?: OpOptions): Promise<never> | null {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    return this.session.isClosed ? Promise.reject(this.session.opError("write", new ClosedError(), 0)) : null;
  }
}
