import type { Bytes } from "../net/conn.js";
import { continuationFrame, finBit, rsv1Bit } from "./frame.js";

/** Stands where a message in fragments waits for its {@link Turn}; no opcode of a frame. */
export const turnOpcode = -16;

/** The turn of a message that leaves in fragments: no other may begin before it ends. */
export class Turn {
  /** {@link TextMessage} or {@link BinaryMessage}. */
  readonly opcode: number;
  /** Whether the message is compressed. */
  readonly compressed: boolean;
  /** Its first frame is out. */
  started = false;
  /** Its last frame is out, or waits to be. */
  ended = false;

  constructor(opcode: number, compressed: boolean) {
    this.opcode = opcode;
    this.compressed = compressed;
  }

  /** The fragments that a large part is cut into, so that none takes much memory at once. */
  get maxFragmentBytes(): number {
    return this.compressed ? 65_536 : 1_048_576;
  }
}

/** Makes the payload that goes out, as a compressed one; calls back once. */
export type Pack = (done: (err: Error | null, payload: Bytes) => void) => void;

/** Options of {@link Outgoing}. */
export interface OutgoingOptions<T> {
  /** What its promise resolves to. */
  result?: T;
  signal?: AbortSignal | undefined;
  untilTaken?: boolean | undefined;
  pack?: Pack | undefined;
  turn?: Turn | undefined;
  fin?: boolean;
  isFrame?: boolean;
}

/** A frame on its way out, or a message that asks for its {@link Turn}. */
export class Outgoing<T = unknown> {
  readonly opcode: number;
  /** What its promise resolves to: the length for a write of bytes, nothing for a message. */
  readonly result: T;
  /** Withdraws it while it waits for room. */
  readonly signal: AbortSignal | undefined;
  /** Whether its promise waits until the system has taken it, and not only for room. */
  readonly untilTaken: boolean;
  /** The message that it is a fragment of. */
  readonly turn: Turn | null;
  /** Whether it is the last of its message. */
  readonly fin: boolean;
  /** Whether the payload is a whole frame, its header included. */
  readonly isFrame: boolean;
  /** Where it ends among all the bytes that were sent; -1 while it waits for room. */
  end = -1;
  #payload: Bytes;
  #pack: Pack | null;
  #packed = false;
  #isPacking = false;

  constructor(opcode: number, payload: Bytes, options: OutgoingOptions<T> = {}) {
    this.opcode = opcode;
    this.#payload = payload;
    this.result = options.result as T;
    this.signal = options.signal;
    this.untilTaken = options.untilTaken ?? false;
    this.#pack = options.pack ?? null;
    this.turn = options.turn ?? null;
    this.fin = options.fin ?? true;
    this.isFrame = options.isFrame ?? false;
  }

  get payload(): Bytes {
    return this.#payload;
  }

  /** Whether it can go as it is. */
  get isReady(): boolean {
    return this.#pack === null;
  }

  /** Whether it is being packed: it goes out then, whatever happens, as the next one may refer to it. */
  get isPacking(): boolean {
    return this.#isPacking;
  }

  /** Begins to pack the payload, if nobody has; `done` is called when it can go. */
  pack(done: (err: Error | null) => void): void {
    if (this.#pack === null || this.#isPacking) return;
    this.#isPacking = true;
    this.#pack((err, payload) => {
      this.#isPacking = false;
      this.#pack = null;
      this.#packed = true;
      this.#payload = payload;
      done(err);
    });
  }

  /** The first byte of its frame. Of the fragments of a message the first that goes out has the opcode. */
  get first(): number {
    const isFirst = this.turn === null || !this.turn.started;
    const rsv1 = isFirst && (this.turn === null ? this.#packed : this.turn.compressed) ? rsv1Bit : 0;
    return (this.fin ? finBit : 0) | rsv1 | (isFirst ? this.opcode : continuationFrame);
  }

  /** How many bytes of the payload go out, whatever happens, unless the connection ends first. */
  get committed(): number {
    return this.end < 0 ? 0 : this.#payload.byteLength;
  }
}
