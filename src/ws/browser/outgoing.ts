import type { Bytes } from "../../net/conn.js";
import { BinaryMessage, TextMessage } from "../constants.js";
import { decodeText, encodeText } from "../text.js";

/** A message that is gathered, to be sent when its writer is closed: a browser cannot send a part of one. */
export class Turn {
  /** {@link TextMessage} or {@link BinaryMessage}. */
  readonly type: number;
  /** What was written so far. */
  parts: Bytes[] = [];
  /** How many bytes that is. */
  size = 0;
  /** Its writer was closed. */
  ended = false;

  constructor(type: number) {
    this.type = type;
  }
}

/** Options of {@link Outgoing}. */
export interface OutgoingOptions<T> {
  /** What its promise resolves to. */
  result?: T;
  signal?: AbortSignal | undefined;
  untilTaken?: boolean;
  turn?: Turn;
}

/** A message on its way out, or one that asks for its {@link Turn}. */
export class Outgoing<T = unknown> {
  readonly data: string | Bytes;
  /** How much it counts: bytes, or the characters of a text. */
  readonly size: number;
  /** What its promise resolves to. */
  readonly result: T;
  /** Withdraws it while it waits for room. */
  readonly signal: AbortSignal | undefined;
  /** Whether its promise waits until the browser has sent it, and not only for room. */
  readonly untilTaken: boolean;
  /** Whose turn it begins, or ends. */
  readonly turn: Turn | undefined;
  /** Where it ends among all that was sent; -1 while it waits. */
  end = -1;

  constructor(data: string | Bytes, options: OutgoingOptions<T> = {}) {
    this.data = data;
    this.size = data.length;
    this.result = options.result as T;
    this.signal = options.signal;
    this.untilTaken = options.untilTaken ?? false;
    this.turn = options.turn;
  }

  /** How much of it goes out, whatever happens, unless the connection ends first. */
  get committed(): number {
    return this.end < 0 ? 0 : this.size;
  }
}

/** Returns a message's data as a browser wants it: its type says whether it is text. */
export function dataOf(type: number, data: string | Bytes): string | Bytes {
  if (type === TextMessage) return typeof data === "string" ? data : decodeText(data);
  if (type === BinaryMessage) return typeof data === "string" ? encodeText(data) : data;
  throw new TypeError("websocket: bad write message type");
}
