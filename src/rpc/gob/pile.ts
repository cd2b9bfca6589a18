import { Encoder, type Schema } from "../../gob/index.js";
import type { CodecLimits } from "../codec.js";
import { EncodeError } from "../errors.js";
import { gobLimits } from "./limits.js";

const none: Uint8Array = new Uint8Array(0);

/** Encodes headers and bodies, both or neither, and keeps them until they are taken. */
export class Pile {
  readonly #encoder: Encoder;
  /** What was left when a pair was withdrawn; stands before what the encoder has. */
  #kept = none;

  constructor(limits: CodecLimits) {
    this.#encoder = new Encoder(undefined, gobLimits(limits));
  }

  /** How many bytes wait. */
  get pending(): number {
    return this.#kept.length + this.#encoder.pending;
  }

  /** Hands over what waits. */
  take(): Uint8Array {
    const bytes = this.#encoder.take();
    if (this.#kept.length === 0) return bytes;
    const all = joined(this.#kept, bytes);
    this.#kept = none;
    return all;
  }

  /**
   * Adds a header and its body.
   * @throws {EncodeError} if one of them cannot be encoded; then neither is added
   */
  add(header: unknown, headerSchema: Schema, body: unknown, bodySchema: Schema): void {
    const before = this.#encoder.pending;
    try {
      this.#encoder.append(header, headerSchema);
      this.#encoder.append(body, bodySchema);
    } catch (err) {
      if (this.#encoder.pending > before) this.#withdraw(before);
      throw new EncodeError(err instanceof Error ? err.message : "gob: cannot encode", { cause: err });
    }
  }

  /** Takes back the header of a body that cannot be encoded, but not the definition of its type, which counts as sent. */
  #withdraw(before: number): void {
    const bytes = this.#encoder.take();
    this.#kept = joined(this.#kept, bytes.subarray(0, lastMessage(bytes, before)));
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

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
