import { unfit } from "../../gob/schema.js";
import { putBigUint, putString, putUint, putWord, type Sink } from "../../gob/sink.js";
import { copyBytes } from "../../internal/byte-queue.js";
import type { Request, Response } from "../codec.js";

const encoder = new TextEncoder();
const maxMethods = 256;
const longestMethod = 127;

/** Writes the fields of a header that Go's has too: `ServiceMethod`, `Seq`, `Error`. */
export class HeaderWriter {
  /** The field `ServiceMethod` as it is written, by method. */
  readonly #methods = new Map<string, Uint8Array>();
  #lastName = "";
  #lastMethod: Uint8Array = new Uint8Array(0);

  /** Writes each field that is not zero, after its distance to the last one. */
  write(s: Sink, { serviceMethod, seq, error }: Request & Partial<Response>): void {
    let delta = this.#method(s, serviceMethod);
    if (seq === 0 || seq === 0n) {
      delta++;
    } else {
      s.b[s.n++] = delta;
      delta = 1;
      if (typeof seq === "number") putUint(s, seq);
      else putBigUint(s, seq);
    }
    if (error !== undefined && error !== "") {
      s.b[s.n++] = delta;
      putString(s, error);
      s.room();
    }
    s.b[s.n++] = 0;
  }

  /** Writes the first field, and returns the distance to the next. */
  #method(s: Sink, name: string): number {
    if (name === "") return 2;
    const field = name === this.#lastName ? this.#lastMethod : this.#field(name);
    const n = field.length;
    s.reserve(n);
    copyBytes(field, 0, s.b, s.n, n);
    s.n += n;
    return 1;
  }

  #field(name: string): Uint8Array {
    const field = this.#methods.get(name) ?? this.#newField(name);
    this.#lastName = name;
    return (this.#lastMethod = field);
  }

  #newField(name: string): Uint8Array {
    if (typeof name !== "string") throw unfit("string", name);
    const text = encoder.encode(name);
    const field = new Uint8Array(text.length + 6);
    field[0] = 1;
    const at = putWord(field, 1, text.length);
    field.set(text, at);
    const whole = field.subarray(0, at + text.length);
    if (this.#methods.size === maxMethods) this.#methods.clear();
    if (text.length <= longestMethod) this.#methods.set(name, whole);
    return whole;
  }
}
