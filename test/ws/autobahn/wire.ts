// RFC 6455 section 5.2 by hand, apart from the library: frames to bytes and back, and nothing is judged.

/** A frame, whether or not it may be. */
export interface Frame {
  readonly fin: boolean;
  /** The three reserved bits, RSV1 being 4. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** Unmasked. */
  readonly payload: Uint8Array;
}

/** Turns text into bytes; lets bytes be. */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

/** Encodes a frame, with the shortest length that fits. */
export function encode({ fin, rsv, opcode, masked, payload }: Frame): Uint8Array {
  const n = payload.byteLength;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let head: Buffer;
  if (n < 126) {
    head = Buffer.from([first, mask | n]);
  } else if (n < 65_536) {
    head = Buffer.from([first, mask | 126, n >> 8, n & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head.set([first, mask | 127]);
    head.writeBigUInt64BE(BigInt(n), 2);
  }
  if (!masked) return Buffer.concat([head, payload]);
  const key = crypto.getRandomValues(new Uint8Array(4));
  return Buffer.concat([head, key, xor(payload, key)]);
}

/** Masks, or takes a mask off. */
function xor(payload: Uint8Array, key: Uint8Array): Uint8Array {
  const out = new Uint8Array(payload.byteLength);
  for (let i = 0; i < out.length; i++) out[i] = (payload[i] as number) ^ (key[i & 3] as number);
  return out;
}

/** Decodes frames out of chunks, however they are cut. */
export class Decoder {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #wanted = 2;

  /** Takes a chunk, and returns the frames that are complete with it. */
  push(chunk: Uint8Array): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    const frames: Frame[] = [];
    while (this.#size >= this.#wanted) {
      const bytes = Buffer.concat(this.#chunks);
      const end = endOf(bytes);
      this.#wanted = end;
      this.#chunks.splice(0, this.#chunks.length, bytes);
      if (bytes.byteLength < end) break;
      frames.push(decode(bytes.subarray(0, end)));
      this.#chunks[0] = bytes.subarray(end);
      this.#size -= end;
      this.#wanted = 2;
    }
    return frames;
  }
}

/** Tells where a frame ends, or how many bytes it takes to tell. */
function endOf(bytes: Buffer): number {
  const { start, length } = extentOf(bytes);
  return length === null ? start : start + length;
}

/** Tells where the payload begins and how long it is; `null` if the head is not complete. */
function extentOf(bytes: Buffer): { start: number; length: number | null } {
  const second = bytes[1] as number;
  const short = second & 0x7f;
  const head = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const start = head + (second & 0x80 ? 4 : 0);
  if (bytes.byteLength < start) return { start, length: null };
  if (short < 126) return { start, length: short };
  return { start, length: short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}

function decode(bytes: Buffer): Frame {
  const first = bytes[0] as number;
  const masked = ((bytes[1] as number) & 0x80) !== 0;
  const { start } = extentOf(bytes);
  const payload = bytes.subarray(start);
  return {
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    masked,
    payload: masked ? xor(payload, bytes.subarray(start - 4, start)) : payload,
  };
}
