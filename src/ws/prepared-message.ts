import type { Bytes } from "../net/conn.js";
import { BinaryMessage, CloseMessage, PingMessage, PongMessage, TextMessage } from "./constants.js";
import { finBit, headerBytesFor, isControl, maxControlBytes, putHeader, rsv1Bit } from "./frame.js";
import { encodeText } from "./text.js";

const types: readonly number[] = [TextMessage, BinaryMessage, CloseMessage, PingMessage, PongMessage];

/**
 * Holds a message that is sent to many conns: it is framed once, and compressed once for each setting of compression.
 * The data is copied, and may change afterwards. Never changes; share it freely.
 *
 * A client has to mask each message anew, and a conn with a compression context has to compress it anew: they gain
 * nothing.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#PreparedMessage | gorilla PreparedMessage}
 */
export class PreparedMessage {
  /** {@link TextMessage}, {@link BinaryMessage}, or the type of a control message. */
  readonly type: number;
  readonly #payload: Bytes;
  #frame: Bytes | null = null;
  readonly #compressed = new Map<number, Promise<Bytes> | Bytes>();

  /**
   * Prepares a message.
   * @throws {TypeError} `websocket: bad write message type`
   * @throws {RangeError} `websocket: invalid control frame`, when a control message has more than 125 bytes
   */
  constructor(type: number, data: string | Bytes) {
    if (!types.includes(type)) throw new TypeError("websocket: bad write message type");
    this.type = type;
    this.#payload = typeof data === "string" ? encodeText(data) : new Uint8Array(data);
    if (isControl(type) && this.#payload.byteLength > maxControlBytes) {
      throw new RangeError("websocket: invalid control frame");
    }
  }

  /** The payload, not to be changed. */
  get payload(): Bytes {
    return this.#payload;
  }

  /** The frame of a server that does not compress. */
  get frame(): Bytes {
    this.#frame ??= frameOf(this.type, this.#payload);
    return this.#frame;
  }

  /**
   * The frame of a server that compresses so, without a context; at once if it has been asked for before. `deflate`
   * compresses a whole message: it is given, as a browser has no zlib.
   */
  compressedFrame(
    level: number,
    windowBits: number,
    deflate: (payload: Bytes, level: number, windowBits: number) => Promise<Bytes>,
  ): Promise<Bytes> | Bytes {
    const key = level * 16 + windowBits;
    const known = this.#compressed.get(key);
    if (known !== undefined) return known;
    const frame = deflate(this.#payload, level, windowBits).then((deflated) => {
      const made = frameOf(rsv1Bit | this.type, deflated);
      this.#compressed.set(key, made);
      return made;
    });
    this.#compressed.set(key, frame);
    return frame;
  }
}

function frameOf(first: number, payload: Bytes): Bytes {
  const frame = new Uint8Array(headerBytesFor(payload.byteLength, false) + payload.byteLength);
  frame.set(payload, putHeader(frame, 0, finBit | first, payload.byteLength, false));
  return frame;
}
