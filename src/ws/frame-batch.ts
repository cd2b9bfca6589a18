import type { Duplex } from "node:stream";
import type { Bytes } from "../net/conn.js";
import { BatchWriter } from "../net/socket/batch-writer.js";
import { finBit } from "./frame.js";
import { FrameWriter } from "./frame-writer.js";
import type { Outgoing } from "./outgoing.js";

/** How much may be copied and not be taken by the system yet, before messages wait. */
const highWaterBytes = 65_536;
/** How much may be handed over by reference at a time. */
const maxReferredBytes = 262_144;
/** Frames up to this size are copied into a batch. */
export const maxCopyBytes = 16_384;

/** The writers of all conns: they keep nothing. */
const client = new FrameWriter(true);
const server = new FrameWriter(false);

/** Encodes frames straight into the batch of the tick, which leaves in one system call. */
export class FrameBatch {
  readonly #batch: BatchWriter;
  readonly #writer: FrameWriter;
  /** How much was put here, ever. */
  #bytes = 0;

  /** `onTaken` is called when the system has taken something. */
  constructor(socket: Duplex, masked: boolean, onTaken: () => void) {
    this.#batch = new BatchWriter(socket, asItIs, onTaken);
    this.#writer = masked ? client : server;
  }

  /** Whether payloads are masked. */
  get masked(): boolean {
    return this.#writer.masked;
  }

  /** How many bytes were put here, ever. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many of them the system has taken. */
  get takenBytes(): number {
    return this.#bytes - this.#batch.unsent;
  }

  /** How many of them it has not. */
  get unsent(): number {
    return this.#batch.unsent;
  }

  /** Puts a small message here if there is room, and returns whether it did. `n` is its size, if it is ASCII. */
  tryPut(opcode: number, data: string | Bytes, n: number): boolean {
    if (n > maxCopyBytes || this.#batch.unsent + n > highWaterBytes) return false;
    const size = this.#writer.headerBytes(n) + n;
    this.#bytes += size;
    const block = this.#batch.reserve(size);
    if (typeof data === "string") this.#writer.putAscii(block, this.#batch.reservedAt, finBit | opcode, data);
    else this.#writer.put(block, this.#batch.reservedAt, finBit | opcode, data);
    return true;
  }

  /** Tells whether there is room for `n` bytes, once what is gathered is handed over. */
  hasRoom(n: number): boolean {
    const max = n > maxCopyBytes ? maxReferredBytes : highWaterBytes - n;
    if (this.#batch.unsent <= max) return true;
    this.#batch.flush();
    return this.#batch.unsent <= max;
  }

  /** Puts a frame here, whether or not there is room. */
  put(frame: Outgoing): void {
    const { payload, first } = frame;
    const n = payload.byteLength;
    const headerBytes = frame.isFrame ? 0 : this.#writer.headerBytes(n);
    this.#bytes += headerBytes + n;
    if (n > maxCopyBytes) {
      this.#refer(payload, first, headerBytes);
      return;
    }
    const block = this.#batch.reserve(headerBytes + n);
    if (frame.isFrame) block.set(payload, this.#batch.reservedAt);
    else this.#writer.put(block, this.#batch.reservedAt, first, payload);
  }

  /** Puts whole frames of `size` bytes here, at once or, where they have to wait, copied together. */
  putShared(frames: readonly Bytes[], size: number): void {
    this.#bytes += size;
    if (this.#batch.unsent === 0) {
      for (let i = 0; i < frames.length; i++) this.#batch.pass(frames[i] as Bytes);
      return;
    }
    for (const frame of frames) {
      if (frame.byteLength > maxCopyBytes) this.#batch.refer(frame, false);
      else this.#batch.reserve(frame.byteLength).set(frame, this.#batch.reservedAt);
    }
    this.#batch.flush();
  }

  /** Hands over at once what is gathered. */
  flush(): void {
    this.#batch.flush();
  }

  /** Gives up. */
  fail(cause: Error): void {
    this.#batch.fail(cause);
  }

  /** Sends a large payload itself; a masked one has to be copied. */
  #refer(payload: Bytes, first: number, headerBytes: number): void {
    if (headerBytes === 0) {
      this.#batch.refer(payload);
    } else if (this.#writer.masked) {
      const frame = Buffer.allocUnsafeSlow(headerBytes + payload.byteLength);
      this.#writer.put(frame, 0, first, payload);
      this.#batch.refer(frame);
    } else {
      const block = this.#batch.reserve(headerBytes);
      this.#writer.putHeader(block, this.#batch.reservedAt, first, payload.byteLength);
      this.#batch.refer(payload);
    }
  }
}

/** The batch makes no promises here, and so no errors. */
function asItIs(cause: Error): Error {
  return cause;
}
