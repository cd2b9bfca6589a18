import { Encoder, type Schema } from "../../gob/index.js";
import type { CodecLimits } from "../codec.js";
import { EncodeError } from "../errors.js";
import type { Store } from "../sender.js";
import { gobLimits } from "./limits.js";

/** A piece fits into a block that the encoder uses again, and into the processor's cache (bench/rpc-echo). */
const pieceBytes = 65_000;

/** Encodes headers and bodies, both or neither, and keeps them until they are taken, piece by piece. */
export class Pile implements Store {
  readonly #encoder: Encoder;
  /** Pieces that are finished, before what the encoder has. */
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #pieceBytes = 0;

  constructor(limits: CodecLimits) {
    this.#encoder = new Encoder(undefined, gobLimits(limits));
  }

  /** How many bytes wait. */
  get pending(): number {
    return this.#pieceBytes + this.#encoder.pending;
  }

  /** Hands over the first piece of what waits. */
  take(): Uint8Array<ArrayBuffer> {
    const piece = this.#pieces.shift();
    if (piece === undefined) return this.#encoder.takeBlock();
    this.#pieceBytes -= piece.length;
    return piece;
  }

  /** Takes back the memory of a piece. */
  recycle(piece: Uint8Array<ArrayBuffer>): void {
    this.#encoder.recycle(piece);
  }

  /** Drops what waits. */
  clear(): void {
    this.#encoder.take();
    this.#pieces = [];
    this.#pieceBytes = 0;
  }

  /**
   * Adds a header and its body; without a schema, of the type that the body tells.
   * @throws {EncodeError} if one of them cannot be encoded; then neither is added
   */
  add(header: unknown, headerSchema: Schema, body: unknown, bodySchema: Schema | undefined): void {
    const encoder = this.#encoder;
    const before = encoder.pending;
    try {
      encoder.append(header, headerSchema);
      encoder.append(body, bodySchema as Schema);
    } catch (err) {
      if (encoder.pending > before) this.#withdraw(before);
      throw new EncodeError(err instanceof Error ? err.message : "gob: cannot encode", { cause: err });
    }
    const { pending } = encoder;
    const another = pending - before;
    if (pending + another > pieceBytes) this.#finish(encoder.takeBlock());
  }

  #finish(piece: Uint8Array<ArrayBuffer>): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  /** Takes back the header of a body that cannot be encoded, but not the definition of its type, which counts as sent. */
  #withdraw(before: number): void {
    const bytes = this.#encoder.takeBlock();
    this.#finish(bytes.subarray(0, lastMessage(bytes, before)));
  }
}

/** Finds where the last message begins, from the beginning of another. */
function lastMessage(bytes: Uint8Array, from: number): number {
  for (let at = from; ; ) {
    const next = at + messageBytes(bytes, at);
    if (next >= bytes.length) return at;
    at = next;
  }
}

/** The size of a message and of its length, as gob writes them: a byte, or a byte that says how many there are. */
function messageBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 128) return 1 + first;
  const width = 256 - first;
  let n = 0;
  for (let i = 1; i <= width; i++) n = n * 256 + (bytes[at + i] as number);
  return 1 + width + n;
}
