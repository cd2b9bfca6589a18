import type { Bytes, OpOptions, Writer } from "../net/conn.js";
import { encodeText } from "./text.js";

/**
 * Writes one message in parts: each leaves as a fragment as it is written, and none is kept. Other messages wait until
 * it is closed; control messages do not.
 *
 * Concurrency: parts go out in the order of the calls.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Conn.NextWriter | gorilla Conn.NextWriter}
 */
export interface MessageWriter extends Writer {
  /**
   * Writes a part; a string goes as its UTF-8. Resolves to its bytes when there is room for more or, if it has more than
   * 16 KiB, when the system has taken it: its buffer is left alone until then. When it
   * times out, the `bytesWritten` of the {@link OpError} says how much of it is on its way: a part goes out in fragments
   * of 1 MiB, or of 64 KiB where it is compressed, each of them whole or not at all. What is not can be written again.
   * @throws {WriteClosedError} after `close`
   */
  write(p: string | Bytes, options?: OpOptions): Promise<number>;
  /**
   * Ends the message, and lets the next one begin.
   * @throws {WriteClosedError} the second time
   */
  close(): Promise<void>;
}

/** Sends the parts of a message, while it has its turn. */
export interface TurnOutbox<Turn> {
  /** Sends a part; resolves to its length. */
  sendPart(turn: Turn, part: Bytes, signal?: AbortSignal): Promise<number>;
  /** Ends the message. */
  endTurn(turn: Turn): Promise<void>;
}

/** Makes a {@link MessageWriter} of a turn. */
export class TurnWriter<Turn> implements MessageWriter {
  readonly #out: TurnOutbox<Turn>;
  readonly #turn: Turn;

  constructor(out: TurnOutbox<Turn>, turn: Turn) {
    this.#out = out;
    this.#turn = turn;
  }

  write(p: string | Bytes, options?: OpOptions): Promise<number> {
    return this.#out.sendPart(this.#turn, typeof p === "string" ? encodeText(p) : p, options?.signal);
  }

  close(): Promise<void> {
    return this.#out.endTurn(this.#turn);
  }
}
