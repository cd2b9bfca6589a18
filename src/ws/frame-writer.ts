import { copyBytes } from "../internal/byte-queue.js";
import { headerBytesFor, putHeader, putKey } from "./frame.js";
import { Masker, MaskKeys } from "./mask.js";
import { putAscii } from "./text.js";

/** Encodes frames into a given buffer; masked, as a client must. `first` is always a frame's first byte. */
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

  /** Writes a frame with this payload to `at`, where there is room for it. */
  put(into: Uint8Array, at: number, first: number, payload: Uint8Array): void {
    const n = payload.length;
    const start = putHeader(into, at, first, n, this.#keys !== null);
    if (this.#keys === null) {
      copyBytes(payload, 0, into, start, n);
    } else {
      const key = this.#keys.next();
      putKey(into, start, key);
      this.#masker.maskInto(payload, 0, n, key, into, start + 4);
    }
  }

  /** As {@link FrameWriter.put}, for a payload that is text of ASCII alone. */
  putAscii(into: Uint8Array, at: number, first: number, text: string): void {
    const n = text.length;
    const start = putHeader(into, at, first, n, this.#keys !== null);
    if (this.#keys === null) {
      putAscii(text, into, start);
    } else {
      const key = this.#keys.next();
      putKey(into, start, key);
      putAscii(text, into, start + 4);
      this.#masker.mask(into, start + 4, start + 4 + n, key);
    }
  }

  /** Writes the header alone of a frame that is not masked. */
  putHeader(into: Uint8Array, at: number, first: number, n: number): void {
    putHeader(into, at, first, n, false);
  }
}
