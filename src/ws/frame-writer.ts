import { copyBytes } from "../internal/byte-queue.js";
import { headerBytesFor, putHeader, putKey } from "./frame.js";
import { mask, maskInto, nextMaskKey } from "./mask.js";
import { putAscii } from "./text.js";

/** Encodes frames into a given buffer; masked, as a client must. `first` is always a frame's first byte. */
export class FrameWriter {
  /** Whether payloads are masked: we are the client. */
  readonly masked: boolean;

  constructor(masked: boolean) {
    this.masked = masked;
  }

  /** Tells how many bytes the header of a frame with `n` bytes of payload takes. */
  headerBytes(n: number): number {
    return headerBytesFor(n, this.masked);
  }

  /** Writes a frame with this payload to `at`, where there is room for it. */
  put(into: Uint8Array, at: number, first: number, payload: Uint8Array): void {
    const n = payload.length;
    const start = putHeader(into, at, first, n, this.masked);
    if (!this.masked) {
      copyBytes(payload, 0, into, start, n);
    } else {
      const key = nextMaskKey();
      putKey(into, start, key);
      maskInto(payload, 0, n, key, into, start + 4);
    }
  }

  /** As {@link FrameWriter.put}, for a payload that is text of ASCII alone. */
  putAscii(into: Uint8Array, at: number, first: number, text: string): void {
    const n = text.length;
    const start = putHeader(into, at, first, n, this.masked);
    if (!this.masked) {
      putAscii(text, into, start);
    } else {
      const key = nextMaskKey();
      putKey(into, start, key);
      putAscii(text, into, start + 4);
      mask(into, start + 4, start + 4 + n, key);
    }
  }

  /** Writes the header alone of a frame that is not masked. */
  putHeader(into: Uint8Array, at: number, first: number, n: number): void {
    putHeader(into, at, first, n, false);
  }
}
