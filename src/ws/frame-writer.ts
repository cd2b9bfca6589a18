import { copyBytes } from "../internal/byte-queue.js";
import { finBit, headerBytesFor, putHeader, putKey } from "./frame.js";
import { Masker, MaskKeys } from "./mask.js";
import { putAscii } from "./text.js";

/** Encodes whole messages as single frames into a given buffer; masked, as a client must. */
export class FrameWriter {
  readonly #masker = new Masker();
  readonly #keys: MaskKeys | null;

  /** `masked` says that we are the client. */
  constructor(masked: boolean) {
    this.#keys = masked ? new MaskKeys() : null;
  }

  /** Whether payloads are masked. */
  get masked(): boolean {
    return this.#keys !== null;
  }

  /** Tells how many bytes the header of a frame with `n` bytes of payload takes. */
  headerBytes(n: number): number {
    return headerBytesFor(n, this.#keys !== null);
  }

  /** Writes a frame with this payload to `at`, where there is room for it; returns where it ends. */
  put(into: Uint8Array, at: number, opcode: number, payload: Uint8Array): number {
    const n = payload.byteLength;
    const start = this.#startPayload(into, at, opcode, n);
    copyBytes(payload, 0, into, start, n);
    return this.#endPayload(into, start, n);
  }

  /** As {@link FrameWriter.put}, for a payload that is text of ASCII alone. */
  putAscii(into: Uint8Array, at: number, opcode: number, text: string): number {
    const n = text.length;
    const start = this.#startPayload(into, at, opcode, n);
    putAscii(text, into, start);
    return this.#endPayload(into, start, n);
  }

  /** Writes the header alone of a frame that is not masked; returns where it ends. */
  putHeader(into: Uint8Array, at: number, opcode: number, n: number): number {
    return putHeader(into, at, finBit | opcode, n, false);
  }

  #key = 0;

  #startPayload(into: Uint8Array, at: number, opcode: number, n: number): number {
    const start = putHeader(into, at, finBit | opcode, n, this.#keys !== null);
    if (this.#keys === null) return start;
    this.#key = this.#keys.next();
    putKey(into, start, this.#key);
    return start + 4;
  }

  #endPayload(into: Uint8Array, start: number, n: number): number {
    if (this.#keys !== null) this.#masker.mask(into, start, start + n, this.#key);
    return start + n;
  }
}
