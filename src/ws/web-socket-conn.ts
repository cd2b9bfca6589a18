import { after } from "../internal/after.js";
import type { Bytes, Conn as NetConn, OpOptions } from "../net/conn.js";
import { TimeoutError } from "../net/errors.js";
import { checkLevel } from "./compression.js";
import type { CloseHandler, Conn, ControlHandler, ControlOptions } from "./conn.js";
import { BinaryMessage, CloseMessage, PingMessage, PongMessage, TextMessage } from "./constants.js";
import { deflateOnce } from "./deflate.js";
import { CloseSentError } from "./errors.js";
import { isControl, maxControlBytes } from "./frame.js";
import { MessageConn } from "./message-conn.js";
import { done, type Outbox } from "./outbox.js";
import type { Turn } from "./outgoing.js";
import type { PreparedMessage } from "./prepared-message.js";
import { RawConn } from "./raw-conn.js";
import { Session, type SessionParts } from "./session.js";
import { encodeText } from "./text.js";

/** What a {@link WebSocketConn} is made of. */
export interface WebSocketParts extends SessionParts {
  subprotocol: string;
  /** The conn underneath, where it is no socket of Node's. */
  netConn?: NetConn | undefined;
}

/** Makes a {@link Conn} of a socket after the handshake. */
export class WebSocketConn extends MessageConn<Turn, Session> {
  #netConn: NetConn | undefined;

  constructor(parts: WebSocketParts) {
    super(parts, new Session(parts));
    this.#netConn = parts.netConn;
  }

  get netConn(): NetConn {
    this.#netConn ??= new RawConn(this.session.socket);
    return this.#netConn;
  }

  override writeMessage(type: number, data: string | Bytes, options?: OpOptions): Promise<void> {
    const isData = type === TextMessage || type === BinaryMessage;
    if (isData && options === undefined && this.session.out.trySend(type, data)) return done; // most are sent so
    return super.writeMessage(type, data, options);
  }

  writePreparedMessage(message: PreparedMessage): Promise<void> {
    const { type, payload } = message;
    if (isControl(type)) return this.writeControl(type, payload);
    return this.refusal() ?? sendPrepared(this.session.out, message);
  }

  writeControl(type: number, data: string | Bytes, options: ControlOptions = {}): Promise<void> {
    const payload = copyOf(data);
    if (type !== CloseMessage && type !== PingMessage && type !== PongMessage) {
      return Promise.reject(new TypeError("websocket: bad write message type"));
    }
    if (payload.byteLength > maxControlBytes) {
      return Promise.reject(new RangeError("websocket: invalid control frame"));
    }
    const { out } = this.session;
    if (type !== CloseMessage) {
      return this.refusal() ?? within(options.deadline, (signal) => out.control(type, payload, signal));
    }
    if (out.closeSent) return this.refusal() ?? Promise.reject(new CloseSentError());
    return this.refusal() ?? this.session.sendClose(payload);
  }

  async ping(data?: string | Bytes): Promise<number> {
    const { pings } = this.session.controls;
    const payload = data === undefined ? pings.payload() : copyOf(data);
    await this.writeControl(PingMessage, payload);
    return pings.add(payload);
  }

  setPingHandler(handler: ControlHandler | null): void {
    this.session.controls.onPing = handler;
  }
  setPongHandler(handler: ControlHandler | null): void {
    this.session.controls.onPong = handler;
  }
  setCloseHandler(handler: CloseHandler | null): void {
    this.session.controls.onClose = handler;
  }
  setReadLimit(bytes: number): void {
    this.session.reader.maxMessageBytes = bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
  }
  enableWriteCompression(on: boolean): void {
    this.session.out.setCompression(on);
  }
  setCompressionLevel(level: number): void {
    checkLevel(level);
    const { deflater } = this.session.out;
    if (deflater !== null) deflater.level = level;
  }

  ref(): void {
    this.netConn.ref();
  }
  unref(): void {
    this.netConn.unref();
  }

  /** Returns the sending half of a conn, if it is one of ours. */
  static outboxOf(conn: Conn): Outbox | null {
    return conn instanceof WebSocketConn ? conn.session.out : null;
  }

  /** Lets a set forget the conn when it is closed: cheaper than a promise for each. */
  leaveOnClose(holder: Set<Conn>): void {
    this.session.leaveOnClose(holder, this);
  }
}

/** Returns the sending half of a conn; `null` if it is none of ours. */
export function outboxOf(conn: Conn): Outbox | null {
  return WebSocketConn.outboxOf(conn);
}

/** Sends a prepared message as the frame that it has for such conns. */
function sendPrepared(out: Outbox, message: PreparedMessage): Promise<undefined> {
  const { type, payload } = message;
  const { deflater } = out;
  const compresses = deflater !== null && out.compresses(payload.byteLength);
  if (out.masked || (compresses && deflater.hasContext)) return out.send(type, payload, undefined);
  if (!compresses) return out.sendPrepared(type, message.frame, { isFrame: true });
  const frame = message.compressedFrame(deflater.level, deflater.windowBits, deflateOnce);
  if (frame instanceof Uint8Array) return out.sendPrepared(type, frame, { isFrame: true });
  return out.sendPrepared(type, payload, {
    pack: (packed) => {
      frame.then(
        (made) => packed(null, made),
        (err: Error) => packed(err, payload),
      );
    },
    isFrame: true,
  });
}

function copyOf(data: string | Bytes): Bytes {
  return typeof data === "string" ? encodeText(data) : new Uint8Array(data);
}

/** Gives up an operation at its own deadline. */
async function within(
  deadline: Date | number | null | undefined,
  op: (signal?: AbortSignal) => Promise<undefined>,
): Promise<undefined> {
  if (deadline === null || deadline === undefined) return op();
  const abort = new AbortController();
  const late = () => abort.abort(new TimeoutError("websocket: write timeout"));
  const ms = Number(deadline) - Date.now();
  if (!(ms > 0)) late();
  const timer = after(ms, late);
  try {
    return await op(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}
