// RFC 7692 section 7.2 by hand, apart from the library: node:zlib, and the four bytes that are left out.
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";

const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** How one direction of a connection is compressed. */
export interface Direction {
  /** Whether a message may refer to those before it. */
  readonly takeover: boolean;
  /** The base-2 logarithm of the window. */
  readonly windowBits: number;
}

/** Compresses the messages of one direction. */
export class Deflater {
  readonly #direction: Direction;
  readonly #level: number;
  #stream: DeflateRaw | null = null;

  constructor(direction: Direction, level = 6) {
    this.#direction = direction;
    this.#level = level;
  }

  async compress(data: Uint8Array): Promise<Uint8Array> {
    const { takeover, windowBits } = this.#direction;
    this.#stream ??= createDeflateRaw({ windowBits, level: this.#level });
    const whole = await through(this.#stream, data);
    if (!takeover) this.close();
    return whole.subarray(0, -tail.byteLength);
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}

/** Inflates the messages of one direction, with no larger window than was agreed. */
export class Inflater {
  readonly #direction: Direction;
  #stream: InflateRaw | null = null;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  async inflate(data: Uint8Array): Promise<Uint8Array> {
    const { takeover, windowBits } = this.#direction;
    this.#stream ??= createInflateRaw({ windowBits });
    const whole = await through(this.#stream, Buffer.concat([data, tail]));
    if (!takeover) this.close();
    return whole;
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}

/** Sends data through one of zlib's streams, up to a flush; resolves to all that comes out. */
function through(stream: DeflateRaw | InflateRaw, data: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const onData = (part: Buffer) => parts.push(part);
    stream.once("error", reject).on("data", onData);
    stream.write(data);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("error", reject).off("data", onData);
      resolve(Buffer.concat(parts));
    });
  });
}
