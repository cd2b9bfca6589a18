import { isTimeout, readFull, type StreamConn, UnexpectedEOFError } from "toolkit/net";
import type { EchoClient, Load } from "./echo-client.js";
import { Messages, numberOf } from "./messages.js";

/** How long a reliable conn may be silent before something must be wrong. */
const stalledMs = 5000;
/** How long to wait for a datagram. On one machine it takes far less, or never comes. */
const lostMs = 300;

interface Burst {
  readonly count: number;
  readonly written: Promise<unknown>;
}

/** Drives an echo server over any conn: streams, messages and datagrams alike. */
export class ConnClient implements EchoClient {
  readonly #conn: StreamConn;
  readonly #lossy: boolean;
  readonly #messages: Messages;
  readonly #echo: Uint8Array;
  readonly #bursts: Burst[] = [];
  /** The number of the message that is to come next. */
  #expected = 0;
  /** The number of the first message that is not due yet. */
  #due = 0;

  constructor(conn: StreamConn, load: Load, lossy: boolean) {
    this.#conn = conn;
    this.#lossy = lossy;
    this.#messages = new Messages(load);
    this.#echo = new Uint8Array(load.messageBytes);
  }

  send(count: number): void {
    // Nobody awaits a single write, so that all of them can leave in one system call.
    const written = Promise.all(this.#messages.take(count).map((message) => this.#conn.write(message)));
    written.catch(() => {}); // until receive awaits it
    this.#bursts.push({ count, written });
  }

  async receive(): Promise<number> {
    const burst = this.#bursts.shift() as Burst;
    this.#due += burst.count;
    this.#conn.setReadDeadline(Date.now() + (this.#lossy ? lostMs : stalledMs));
    const came = await this.#receiveDue();
    await burst.written; // its buffers may be filled again
    return came;
  }

  close(): void {
    this.#conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conn[Symbol.asyncDispose]();
  }

  async #receiveDue(): Promise<number> {
    let came = 0;
    try {
      while (this.#expected < this.#due) if (await this.#receiveOne()) came++;
    } catch (err) {
      if (!this.#lossy || !isTimeout(err)) throw err;
      this.#expected = this.#due; // the rest is lost
    }
    return came;
  }

  /** Receives an echo; resolves to `false` if it was given up before. */
  async #receiveOne(): Promise<boolean> {
    // A stream does not tell where a message ends, so we read as much as one has. One datagram is just that.
    const n = await readFull(this.#conn, this.#echo);
    if (n === null) throw new UnexpectedEOFError();
    const number = numberOf(this.#echo);
    if (this.#lossy && number < this.#expected) return false;
    if (!this.#lossy && number !== this.#expected) {
      throw new Error(`Received message ${number} instead of ${this.#expected}`);
    }
    this.#expected = number + 1;
    return true;
  }
}
