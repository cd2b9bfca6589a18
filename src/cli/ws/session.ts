import { ClosedError } from "../../net/errors.js";
import { CloseError, formatCloseMessage } from "../../ws/close-error.js";
import type { Conn } from "../../ws/conn.js";
import { CloseMessage, CloseNormalClosure, PongMessage, TextMessage } from "../../ws/constants.js";
import { type Report, whileRoom } from "./reporter.js";

/** How long the peer may take to answer our close message. */
const closeTimeoutMs = 5000;
/** How long its connection may take to end after that. */
const endTimeoutMs = 1000;

/** Is a WebSocket of which everything is reported. */
export class Session {
  readonly conn: Conn;
  readonly #report: Report;
  readonly #showControl: (event: Parameters<Report>[0]) => void;
  /** How many of our pings wait. */
  #pings = 0;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(conn: Conn, report: Report) {
    this.conn = conn;
    this.#report = report;
    this.#showControl = whileRoom(report);
    conn.setPingHandler((data) => {
      this.#showControl({ event: "ping", data });
      void conn.writeControl(PongMessage, data).catch(() => {}); // reads tell of it
    });
    conn.setPongHandler((data) => {
      if (this.#pings === 0) this.#showControl({ event: "pong", data });
    });
  }

  /** Whether it was we who closed. */
  get isClosing(): boolean {
    return this.#closeTimer !== undefined;
  }

  /** Reports what comes, until the end; resolves to how the peer closed, or to `null` if we have cut it off. */
  async receive(signal: AbortSignal): Promise<CloseError | null> {
    for (;;) {
      try {
        const message = await this.conn.readMessage({ signal });
        const isText = message.type === TextMessage;
        await this.#report(
          isText
            ? { event: "message", type: "text", data: message.text() }
            : { event: "message", type: "binary", data: message.data },
        );
      } catch (err) {
        if (err instanceof ClosedError) return null;
        if (!(err instanceof CloseError)) throw err;
        await this.#report({ event: "close", code: err.closeCode, reason: err.text });
        return err;
      }
    }
  }

  /** Sends a ping, and reports its pong. */
  ping(text: string): void {
    this.#pings++;
    const pinged = text === "" ? this.conn.ping() : this.conn.ping(text);
    void pinged
      .then((ms) => this.#showControl({ event: "pong", data: new TextEncoder().encode(text), ms: rounded(ms) }))
      .catch(() => {}) // reads tell of it
      .finally(() => this.#pings--);
  }

  /** Sends a close message; what the peer answers is still received. */
  async goodbye(code: number = CloseNormalClosure, reason = ""): Promise<void> {
    if (this.isClosing) return;
    this.#closeTimer = setTimeout(() => this.conn.closeNow(), closeTimeoutMs);
    await this.conn.writeControl(CloseMessage, formatCloseMessage(code, reason));
  }

  /** Ends, with a close message if there was none yet. */
  async end(): Promise<void> {
    clearTimeout(this.#closeTimer);
    this.conn.close();
    const timer = setTimeout(() => this.conn.closeNow(), endTimeoutMs);
    await this.conn.closed;
    clearTimeout(timer);
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
