import type { Duplex } from "node:stream";
import type { Bytes } from "../net/conn.js";
import { fromNode, syscallError } from "../net/errno.js";
import { ClosedError, OpError } from "../net/errors.js";
import { Receiver } from "../net/socket/receiver.js";
import type { WSAddr } from "./addr.js";
import { isWireCloseCode } from "./close-code.js";
import { CloseError, formatCloseMessage } from "./close-error.js";
import type { Agreement } from "./compression.js";
import { CloseAbnormalClosure, CloseNormalClosure, CloseNoStatusReceived } from "./constants.js";
import { Controls } from "./controls.js";
import { ProtocolError, ReadLimitError } from "./errors.js";
import { maxControlBytes } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { Inbox } from "./inbox.js";
import type { ConnSettings } from "./options.js";
import { Outbox } from "./outbox.js";
import { fitText } from "./text.js";

/** What a {@link Session} is made of. */
export interface SessionParts {
  /** A socket after the handshake, or another stream, from which nobody reads. */
  socket: Duplex;
  /** The receiver that the socket was made with, if it was made with its `onread`. */
  receiver: Receiver | undefined;
  /** What came behind the handshake. */
  head: Bytes;
  /** Whether we are the server: the peer masks, and the TCP connection is ours to end first. */
  isServer: boolean;
  localAddr: WSAddr;
  remoteAddr: WSAddr;
  settings: ConnSettings;
  /** What the handshake agreed on about compression. */
  compression: Agreement | null;
}

/** The longest text beside a close code. */
const maxCloseTextBytes = maxControlBytes - 2;

/**
 * Joins a socket, the receiving and the sending half, and keeps the closing handshake (RFC 6455 section 7): when both
 * close messages are through, the server ends the TCP connection; when that takes too long, it is cut.
 */
export class Session {
  readonly socket: Duplex;
  readonly in: Inbox;
  readonly out: Outbox;
  readonly reader: FrameReader;
  readonly controls: Controls;
  readonly closed: Promise<void>;
  readonly #parts: SessionParts;
  readonly #receiver: Receiver;
  #isClosed = false;
  /** Nothing more is read: the peer has sent its close message, broke the protocol, or is gone. */
  #isOver = false;
  /** The peer broke the protocol: its end of the connection is not waited for. */
  #isBroken = false;
  #peerEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SessionParts) {
    const { socket, isServer } = parts;
    this.socket = socket;
    this.#parts = parts;
    this.controls = new Controls({
      pong: (payload) => this.out.pong(payload),
      answerClose: (payload) => this.out.close(payload),
      closed: (error) => this.#endReads(error),
      fail: (error) => this.#fail(error),
    });
    this.in = new Inbox({
      wrap: (cause) => this.opError("read", cause),
      resume: () => this.#receiver.resume(),
      control: (opcode, bytes, from, to) => this.controls.take(opcode, bytes, from, to),
      fail: (error) => this.#fail(error),
    });
    this.out = new Outbox({
      socket,
      masked: !isServer,
      wrap: (cause, n) => this.opError("write", fromNode(cause, "write"), n),
      closeTaken: () => this.#finish(),
    });
    this.reader = new FrameReader({ masked: isServer, maxMessageBytes: parts.settings.maxMessageBytes }, this.in);
    this.#receiver = parts.receiver ?? new Receiver();
    this.closed = this.#watchSocket();
    // One turn later, whoever was given the conn has had the time to set handlers.
    setImmediate(() => this.#start());
  }

  /** Tells whether {@link Session.close} or {@link Session.closeNow} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Starts the closing handshake; reads go on until the peer's end. */
  closeWrite(): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.opError("close", new ClosedError()));
    this.sendClose(formatCloseMessage(CloseNormalClosure, ""));
    return this.out.whenCloseTaken();
  }

  /** Sends a close message behind all that waits. */
  sendClose(payload: Bytes): void {
    this.out.close(payload);
    if (this.#isOver) this.#limitTime();
  }

  /** Closes with the closing handshake, bounded in time. */
  close(code: number, reason: string): void {
    if (code !== CloseNoStatusReceived && !isWireCloseCode(code)) {
      throw new RangeError(`Cannot close a WebSocket with code ${code}: it must not be sent`);
    }
    if (this.#isClosed) return;
    this.#closeHalves();
    this.out.close(formatCloseMessage(code, fitText(reason, maxCloseTextBytes)));
    this.#receiver.resume();
    this.#limitTime();
    this.#finish();
  }

  /** Closes at once. */
  closeNow(): void {
    if (!this.#isClosed) this.#closeHalves();
    this.out.flush();
    this.out.fail(new ClosedError());
    this.socket.destroy();
  }

  /** Dresses a cause with the operation and our addresses. */
  opError(op: string, cause: Error, bytesWritten?: number): OpError {
    const { localAddr, remoteAddr } = this.#parts;
    const parts = { op, net: localAddr.transport, source: localAddr, addr: remoteAddr, cause };
    return new OpError(bytesWritten === undefined ? parts : { ...parts, bytesWritten });
  }

  #watchSocket(): Promise<void> {
    const { socket } = this;
    socket.on("error", (err) => this.#breakOff(this.opError("read", fromNode(err, "read")), err));
    return new Promise((resolve) => {
      const onClose = () => {
        clearTimeout(this.#timer);
        this.#breakOff(unexpectedEnd(), syscallError("write", "EPIPE")); // no news where we know why
        resolve();
      };
      if (socket.closed) onClose();
      else socket.once("close", onClose);
    });
  }

  #start(): void {
    const sink = { push: (chunk: Bytes) => this.#push(chunk), end: () => this.#onEnd() };
    const goOn = this.#push(this.#parts.head);
    this.#receiver.start(this.socket, sink, this.#parts.receiver !== undefined);
    if (!goOn) this.socket.pause();
  }

  #push(chunk: Bytes): boolean {
    this.reader.push(chunk);
    return this.#isOver || !this.in.hold();
  }

  /** The peer ended the TCP connection. */
  #onEnd(): void {
    this.#peerEnded = true;
    if (this.#isOver && this.out.closeSent) {
      this.#finish();
    } else {
      this.#breakOff(unexpectedEnd(), syscallError("write", "EPIPE"));
      this.socket.destroy();
    }
  }

  /** The peer sent its close message. */
  #endReads(error: Error): void {
    this.#isOver = true;
    this.in.end(error);
    this.controls.pings.end(() => error);
    if (this.out.closeSent) this.#limitTime();
    this.#finish();
  }

  /** The peer broke a rule, or a handler threw. */
  #fail(error: Error): void {
    this.reader.stop();
    if (error instanceof ProtocolError || error instanceof ReadLimitError) {
      this.#isBroken = true;
      this.out.close(formatCloseMessage(error.closeCode, fitText(error.text, maxCloseTextBytes)));
    }
    this.#endReads(error);
  }

  /** Ends the TCP connection once both close messages are through. */
  #finish(): void {
    if (!this.#isOver || !this.out.closeTaken) return;
    if (this.#parts.isServer || this.#isBroken || this.#peerEnded) this.socket.end();
  }

  /** The connection is gone. */
  #breakOff(readError: Error, writeCause: Error): void {
    this.#isOver = true;
    this.in.end(readError);
    this.out.fail(writeCause);
    this.controls.pings.end(() => readError);
  }

  #closeHalves(): void {
    this.#isClosed = true;
    this.in.close();
    this.out.abandon(() => new ClosedError());
    this.controls.pings.end(() => this.opError("read", new ClosedError()));
  }

  /** Cuts the connection if the closing handshake takes too long. The socket keeps the process alive, not the timer. */
  #limitTime(): void {
    const ms = this.#parts.settings.closeTimeoutMs;
    if (this.#timer !== undefined || this.socket.destroyed || !Number.isFinite(ms)) return;
    this.#timer = setTimeout(() => this.socket.destroy(), ms).unref();
  }
}

function unexpectedEnd(): CloseError {
  return new CloseError(CloseAbnormalClosure, "unexpected EOF");
}
