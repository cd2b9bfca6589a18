import { after } from "../../internal/after.js";
import { syscallError } from "../../net/errno.js";
import { ClosedError, NetError, OpError } from "../../net/errors.js";
import type { WSAddr } from "../addr.js";
import { CloseError } from "../close-error.js";
import type { ConnSettings } from "../conn-options.js";
import { BinaryMessage, CloseAbnormalClosure, CloseNormalClosure, TextMessage } from "../constants.js";
import { CloseSentError, type FrameError, PolicyError, ReadLimitError } from "../errors.js";
import { maxControlBytes } from "../frame.js";
import { Inbox } from "../inbox.js";
import { Message } from "../message.js";
import { encodeText, fitText } from "../text.js";
import { checkCloseCode, standInFor } from "./close-codes.js";
import { Outbox } from "./outbox.js";
import type { Transport, TransportEnd } from "./transport.js";

/** What of a conn's settings counts in a browser, which sees to the rest itself. */
export type BrowserSettings = Pick<ConnSettings, "maxMessageBytes" | "maxQueuedBytes" | "closeTimeoutMs">;

/** What a {@link Session} is made of. */
export interface SessionParts {
  /** A socket that is open, and was told to nobody yet. */
  transport: Transport;
  localAddr: WSAddr;
  remoteAddr: WSAddr;
  settings: BrowserSettings;
}

/** The longest text beside a close code. */
const maxCloseTextBytes = maxControlBytes - 2;

/** Joins a browser's socket, the receiving and the sending half, and bounds the closing handshake. */
export class Session {
  readonly in: Inbox;
  readonly out: Outbox;
  readonly closed: Promise<void>;
  /** The most bytes of a message. */
  maxMessageBytes: number;
  readonly #parts: SessionParts;
  readonly #transport: Transport;
  #isClosed = false;
  /** Nothing more is read. */
  #isOver = false;
  /** Nothing is left to close. */
  #isGone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #setClosed = (): void => {};

  constructor(parts: SessionParts) {
    const { transport, settings } = parts;
    this.#parts = parts;
    this.#transport = transport;
    this.maxMessageBytes = settings.maxMessageBytes;
    this.in = new Inbox({
      wrap: (cause) => this.opError("read", cause),
      resume: () => transport.resume(),
      control: () => {},
      fail: () => {},
    });
    this.out = new Outbox({
      transport,
      maxQueuedBytes: settings.maxQueuedBytes,
      wrap: (cause, n) => this.opError("write", cause, n),
    });
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    transport.start({
      message: (data) => this.#take(data),
      drained: () => this.out.drained(),
      closed: (end) => this.#onClosed(end),
    });
  }

  /** Tells whether {@link Session.close} or {@link Session.closeNow} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Starts the closing handshake; reads go on as far as the browser lets them. */
  closeWrite(): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.opError("close", new ClosedError()));
    this.out.close(CloseNormalClosure, "");
    return this.out.whenCloseTaken();
  }

  /** Closes with the closing handshake, bounded in time. */
  close(code: number, reason: string): void {
    const sent = checkCloseCode(code);
    if (this.#isClosed) return;
    this.#closeHalves();
    this.out.close(sent, fitText(reason, maxCloseTextBytes));
    this.#transport.resume();
    this.#limitTime();
  }

  /** Closes at once; the browser does the rest behind our back. */
  closeNow(): void {
    if (!this.#isClosed) this.#closeHalves();
    this.out.fail(new ClosedError());
    this.#letGo();
  }

  /** Dresses a cause with the operation and our addresses. */
  opError(op: string, cause: Error, bytesWritten?: number): OpError {
    const { localAddr, remoteAddr } = this.#parts;
    const parts = { op, net: localAddr.transport, source: localAddr, addr: remoteAddr, cause };
    return new OpError(bytesWritten === undefined ? parts : { ...parts, bytesWritten });
  }

  #take(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed || this.#isOver) return;
    const bytes = typeof data === "string" ? encodeText(data) : data;
    if (bytes.byteLength > this.maxMessageBytes) return this.#refuse(new ReadLimitError());
    const type = typeof data === "string" ? TextMessage : BinaryMessage;
    this.in.deliver(new Message(type, bytes));
    if (this.in.unreadBytes <= this.#parts.settings.maxQueuedBytes || !this.in.hold()) return;
    if (!this.#transport.pause()) this.#refuse(new PolicyError("too much waits to be read (maxQueuedBytes)"));
  }

  /** The peer goes too far. */
  #refuse(error: FrameError): void {
    this.#isOver = true;
    this.in.end(error);
    this.out.close(standInFor(error.closeCode), fitText(error.text, maxCloseTextBytes));
    this.#limitTime();
  }

  #onClosed(end: TransportEnd): void {
    this.#isOver = true;
    this.in.end(errorOf(end));
    this.out.fail(end.code === CloseAbnormalClosure ? syscallError("write", "EPIPE") : new CloseSentError());
    this.#letGo();
  }

  #closeHalves(): void {
    this.#isClosed = true;
    this.in.close();
    this.out.abandon(() => new ClosedError());
  }

  /** Lets go of the socket if the closing handshake takes too long. */
  #limitTime(): void {
    const { closeTimeoutMs } = this.#parts.settings;
    if (this.#isGone || this.#timer !== undefined) return;
    const onTime = () => this.#onClosed({ code: CloseAbnormalClosure, reason: "", isLossy: false });
    this.#timer = after(closeTimeoutMs, onTime);
  }

  #letGo(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    this.#transport.release();
    this.#setClosed();
  }
}

function errorOf({ code, reason, isLossy }: TransportEnd): Error {
  const close = new CloseError(code, code === CloseAbnormalClosure && reason === "" ? "unexpected EOF" : reason);
  if (!isLossy) return close;
  const text = "websocket: the peer closed while too much waited to be read: the browser may have dropped messages";
  return new NetError(text, { code: "ERR_WS_UNREAD", cause: close });
}
