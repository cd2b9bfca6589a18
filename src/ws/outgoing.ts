import type { Bytes } from "../net/conn.js";

/** A frame on its way out. */
export class Outgoing<T extends number | undefined = number | undefined> {
  readonly opcode: number;
  readonly payload: Bytes;
  /** What its promise resolves to: the length for a write of bytes, nothing for a message. */
  readonly result: T;
  /** Withdraws it while it waits for room. */
  readonly signal: AbortSignal | undefined;
  /** Whether its promise waits until the system has taken it, and not only for room. */
  readonly untilTaken: boolean;
  /** Where it ends among all the bytes that were sent; -1 while it waits for room. */
  end = -1;

  constructor(opcode: number, payload: Bytes, options: OutgoingOptions<T> = {}) {
    this.opcode = opcode;
    this.payload = payload;
    this.result = options.result as T;
    this.signal = options.signal;
    this.untilTaken = options.untilTaken ?? false;
  }

  /** How many bytes of the payload go out, whatever happens, unless the connection ends first. */
  get committed(): number {
    return this.end < 0 ? 0 : this.payload.byteLength;
  }
}

/** Options of {@link Outgoing}. */
export interface OutgoingOptions<T> {
  result?: T;
  signal?: AbortSignal | undefined;
  untilTaken?: boolean | undefined;
}
