import { isUtf8 } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Bytes } from "../net/conn.js";
import { fromNode, syscallError } from "../net/errno.js";
import { ClosedError, OpError, TimeoutError } from "../net/errors.js";
import { Receiver, type Sink } from "../net/socket/receiver.js";
import type { WSAddr } from "./addr.js";
import { isWireCloseCode } from "./close-code.js";
import { CloseError, formatCloseMessage } from "./close-error.js";
import type { Agreement } from "./compression.js";
import { CloseAbnormalClosure, CloseMessage, CloseNormalClosure, CloseNoStatusReceived } from "./constants.js";
import { Controls, type ControlsOptions } from "./controls.js";
import { Deflater, Inflater } from "./deflate.js";
import { Ending } from "./ending.js";
import { isFrameError, PolicyError } from "./errors.js";
import { maxControlBytes } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { Heartbeat } from "./heartbeat.js";
import { Inbox, type InboxOptions } from "./inbox.js";
import { Inflation } from "./inflation.js";
import type { ConnSettings } from "./options.js";
import { done, Outbox } from "./outbox.js";
import type { OutboxOwner } from "./outbox-options.js";
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

const nothing: Bytes = new Uint8Array(0);

/** The longest text beside a close code. */
const maxCloseTextBytes = maxControlBytes - 2;

/**
 * Joins a socket, the receiving and the sending half, and keeps the closing handshake (RFC 6455 section 7): when both
 * close messages are through, the server ends the TCP connection; when that takes too long, it is cut.
 */
export class Session implements InboxOptions, OutboxOwner, ControlsOptions, Sink {
  readonly localAddr: WSAddr;
  readonly remoteAddr: WSAddr;
  readonly socket: Duplex;
  readonly in: Inbox;
  readonly out: Outbox;
  readonly reader: FrameReader;
  readonly controls: Controls;
  /** Made when somebody first asks for it. */
  #closed: Promise<void> | null = null;
  #onClosed: (() => void) | null = null;
  /** Those who hold the conn until it is closed. */
  #holder: { delete(conn: unknown): void } | null = null;
  #held: unknown;
  readonly #isServer: boolean;
  readonly #settings: ConnSettings;
  /** What came behind the handshake, until it is read. */
  #head: Bytes;
  readonly #usesOnread: boolean;
  readonly #receiver: Receiver;
  readonly #inflater: Inflater | null;
  readonly #inflation: Inflation | null;
  readonly #heartbeat: Heartbeat | null;
  /** What was received and not read yet, while something is inflated. */
  #rest: Bytes | null = null;
  #isClosed = false;
  /** Nothing more is read: the peer has sent its close message, broke the protocol, or is gone. */
  #isOver = false;
  /** Made when it comes. */
  #ending: Ending | null = null;
  /** How many messages were taken when this chunk came. */
  #takenBefore = 0;
  /** The peer broke the protocol: its end of the connection is not waited for. */
  #isBroken = false;
  #peerEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SessionParts) {
    const { socket, isServer, settings, compression } = parts;
    this.socket = socket;
    this.localAddr = parts.localAddr;
    this.remoteAddr = parts.remoteAddr;
    this.#isServer = isServer;
    this.#settings = settings;
    this.#head = parts.head;
    this.#usesOnread = parts.receiver !== undefined;
    this.controls = new Controls(this);
    this.in = new Inbox(this);
    this.out = new Outbox({
      owner: this,
      socket,
      masked: !isServer,
      deflater: compression === null ? null : new Deflater(compression),
      thresholdBytes: compression?.thresholdBytes ?? 0,
      maxQueuedBytes: settings.maxQueuedBytes,
    });
    this.#inflater = compression === null ? null : new Inflater(compression);
    this.#inflation = this.#inflater === null ? null : this.#makeInflation(this.#inflater);
    this.reader = new FrameReader(
      {
        masked: isServer,
        compression: compression !== null,
        maxMessageBytes: settings.maxMessageBytes,
        maxFragments: settings.maxFragments,
      },
      this.#inflation ?? this.in,
    );
    this.#heartbeat = settings.heartbeat === null ? null : this.#makeHeartbeat(settings.heartbeat);
    this.#receiver = parts.receiver ?? new Receiver();
    this.#watchSocket();
    // One turn later, whoever was given the conn has had the time to set handlers.
    setImmediate(() => this.#start());
  }

  /** Tells whether {@link Session.close} or {@link Session.closeNow} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Dresses a cause for a reader. */
  wrap(cause: Error): OpError {
    return this.opError("read", cause);
  }

  /** Dresses a cause for a writer. */
  wrapWrite(cause: Error, bytesWritten: number): OpError {
    return this.opError("write", fromNode(cause, "write"), bytesWritten);
  }

  isUtf8(bytes: Bytes): boolean {
    return isUtf8(bytes);
  }

  /** Answers a ping. */
  pong(payload: Bytes): void {
    this.out.pong(payload);
  }

  /** Answers a close message. */
  answerClose(payload: Bytes): void {
    this.out.close(payload);
  }

  /** The system has taken our close message. */
  closeTaken(): void {
    this.#finish();
  }

  /** Starts the closing handshake; reads go on until the peer's end. */
  closeWrite(): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.opError("close", new ClosedError()));
    void this.sendClose(formatCloseMessage(CloseNormalClosure, ""));
    return this.out.whenCloseTaken();
  }

  /** Sends a close message behind all that waits. */
  sendClose(payload: Bytes): Promise<undefined> {
    this.out.close(payload);
    if (this.#isOver) this.#limitTime();
    return done;
  }

  /** Closes with the closing handshake, bounded in time. */
  close(code: number, reason: string): void {
    if (code !== CloseNoStatusReceived && !isWireCloseCode(code)) {
      throw new RangeError(`Cannot close a WebSocket with code ${code}: it must not be sent`);
    }
    if (this.#isClosed) return;
    this.#closeHalves();
    this.out.close(formatCloseMessage(code, fitText(reason, maxCloseTextBytes)));
    this.resume();
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
    const { localAddr, remoteAddr } = this;
    const parts = { op, net: localAddr.transport, source: localAddr, addr: remoteAddr, cause };
    return new OpError(bytesWritten === undefined ? parts : { ...parts, bytesWritten });
  }

  /** Resolves when all is released. */
  get closed(): Promise<void> {
    this.#closed ??= this.socket.closed
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#onClosed = resolve;
        });
    return this.#closed;
  }

  /** Lets a set forget the conn when it is closed. */
  leaveOnClose(holder: { delete(conn: unknown): void }, conn: unknown): void {
    this.#holder = holder;
    this.#held = conn;
    if (this.socket.closed) holder.delete(conn);
  }

  #watchSocket(): void {
    const { socket } = this;
    socket.on("error", (err) => this.#breakOff(this.opError("read", fromNode(err, "read")), err));
    if (socket.closed) this.#onClose();
    else socket.on("close", () => this.#onClose());
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    this.#heartbeat?.stop();
    this.#inflater?.close();
    this.#breakOff(unexpectedEnd(), syscallError("write", "EPIPE")); // no news where we know why
    this.#onClosed?.();
    this.#holder?.delete(this.#held);
  }

  #start(): void {
    const goOn = this.push(this.#head);
    this.#head = nothing;
    this.#receiver.start(this.socket, this, this.#usesOnread);
    if (!goOn) this.socket.pause();
  }

  #makeInflation(inflater: Inflater): Inflation {
    return new Inflation({
      inflater,
      handler: this.in,
      suspend: () => this.reader.suspend(),
      resume: () => this.#onInflated(),
      hold: () => !this.#isOver && this.in.hold(),
      maxMessageBytes: () => this.reader.maxMessageBytes,
    });
  }

  #makeHeartbeat(heartbeat: NonNullable<ConnSettings["heartbeat"]>): Heartbeat {
    return new Heartbeat(heartbeat, {
      ping: () => this.out.heartbeat(),
      isDeaf: () => this.in.holds || this.#inflation?.isBusy === true,
      lost: () => {
        const cause = new TimeoutError("websocket: the peer does not answer pings");
        this.#breakOff(this.opError("read", cause), cause);
        this.socket.destroy();
      },
    });
  }

  /** Takes what was received; returns whether there should be more. */
  push(chunk: Bytes): boolean {
    this.#heartbeat?.hear();
    this.#takenBefore = this.in.taken;
    return this.#push(chunk);
  }

  #push(chunk: Bytes): boolean {
    const n = this.reader.push(chunk);
    if (this.#isOver) return true;
    this.#inflation?.flush();
    if (this.#inflation?.isBusy !== true) return !this.in.hold();
    if (n < chunk.byteLength) this.#rest = new Uint8Array(chunk.subarray(n));
    return false;
  }

  /** A reader wants more. */
  resume(): void {
    if (this.#inflation?.isBusy === true) this.#inflation.goOn();
    else this.#goOn();
  }

  #onInflated(): void {
    this.reader.resume();
    if (this.#isOver || !this.in.hold()) this.#goOn();
  }

  /** Reads what was left, and then from the socket. */
  #goOn(): void {
    const rest = this.#rest;
    this.#rest = null;
    if (rest === null || this.#push(rest)) this.#receiver.resume();
  }

  /** Takes a control frame. */
  control(opcode: number, bytes: Bytes, from: number, to: number): void {
    if (this.controls.isFlood(this.#settings.maxControlFrames)) {
      this.fail(new PolicyError("too many control frames"));
      return;
    }
    const payload = new Uint8Array(bytes.subarray(from, to));
    if (opcode === CloseMessage) this.#endInOrder(() => this.controls.take(opcode, payload));
    else this.controls.take(opcode, payload);
  }

  /** Ends what the peer sent, behind the messages before that. */
  #endInOrder(end: () => void): void {
    this.#isOver = true;
    this.#ending ??= new Ending();
    this.#ending.begin(this.in, this.in.taken !== this.#takenBefore, end);
  }

  /** The peer ended the TCP connection. */
  end(): void {
    this.#peerEnded = true;
    if (this.#isOver && (this.out.closeSent || this.#ending?.isPending === true)) {
      this.#finish();
    } else {
      this.#breakOff(unexpectedEnd(), syscallError("write", "EPIPE"));
      this.socket.destroy();
    }
  }

  /** The peer sent its close message. */
  peerClosed(error: Error): void {
    this.#isOver = true;
    this.in.end(error);
    this.controls.endPings(() => error);
    this.#goOn(); // to the end of the connection, whatever comes
    if (this.out.closeSent) this.#limitTime();
    this.#finish();
  }

  /** The peer broke a rule. */
  fail(error: Error): void {
    this.reader.stop();
    this.#endInOrder(() => this.refuse(error));
  }

  /** The peer broke a rule, or a handler threw. */
  refuse(error: Error): void {
    this.reader.stop();
    if (isFrameError(error)) {
      this.#isBroken = true;
      this.out.close(formatCloseMessage(error.closeCode, fitText(error.text, maxCloseTextBytes)));
    }
    this.peerClosed(error);
  }

  /** Ends the TCP connection once both close messages are through. */
  #finish(): void {
    if (!this.#isOver || !this.out.closeTaken) return;
    if (this.#isServer || this.#isBroken || this.#peerEnded) this.socket.end();
  }

  /** The connection is gone. */
  #breakOff(readError: Error, writeCause: Error): void {
    this.#ending?.now();
    this.#isOver = true;
    this.in.end(readError);
    this.out.fail(writeCause);
    this.controls.endPings(() => readError);
  }

  #closeHalves(): void {
    this.#ending?.now();
    this.#isClosed = true;
    this.in.close();
    this.out.abandon(() => new ClosedError());
    this.controls.endPings(() => this.opError("read", new ClosedError()));
  }

  /** Cuts the connection if the closing handshake takes too long. The socket keeps the process alive, not the timer. */
  #limitTime(): void {
    const ms = this.#settings.closeTimeoutMs;
    if (this.#timer !== undefined || this.socket.destroyed || !Number.isFinite(ms)) return;
    this.#timer = setTimeout(() => this.socket.destroy(), ms).unref();
  }
}

function unexpectedEnd(): CloseError {
  return new CloseError(CloseAbnormalClosure, "unexpected EOF");
}
