import { GobError } from "./errors.js";
import type { JSONMethods } from "./json/types.js";
import type { JSONSchema } from "./json-schema.js";
import { type Checking, issue, Schema, type ValueReader, type Wires, type Writers } from "./schema.js";
import { putBytes, putUint, type Sink } from "./sink.js";
import { getLength, type Source } from "./source.js";
import type { Method, WireType } from "./wire-type.js";

/** Turns values of a type into bytes of their own, and back. */
export interface BytesCodec<T, I = T> {
  /** Encodes; throws a `TypeError` or `RangeError` for what is no value of the type. */
  encode(value: I): Uint8Array;
  /** Decodes. The bytes are the caller's to keep. What it throws becomes the `cause` of a {@link GobError}. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
  /** Tells what a struct leaves out; nothing, by default. Go leaves out what is zero where the method has a value receiver. */
  isZero?(value: I): boolean;
  /** Gives what a field is that was left out. Without it that is `null`. */
  zero?(): T;
  /** Gives what a value stands for, or throws: for validation. Without it `encode` is tried, and the value taken as it is. */
  check?(value: unknown): T;
  /** Turns values into JSON, and back; they are taken for JSON as they are, by default. */
  readonly json?: JSONMethods<T, I> | undefined;
  /** Says how JSON Schema describes a value; as anything, by default. */
  readonly jsonSchema?: JSONSchema | undefined;
}

/** A type that encodes itself: Go's GobEncoder or encoding.BinaryMarshaler. */
export class CustomSchema<T, I = T> extends Schema<T, I> {
  readonly #name: string;
  readonly #method: Method;
  readonly #codec: BytesCodec<T, I>;

  /** @internal */
  constructor(name: string, method: Method, codec: BytesCodec<T, I>) {
    super();
    this.#name = name;
    this.#method = method;
    this.#codec = codec;
  }
  override toString(): string {
    return this.#name;
  }
  /** @internal */
  override spell(): string {
    return `${this.#method} ${this.#name}`;
  }
  /** @internal */
  override get typeName(): string {
    return this.#name;
  }
  /** @internal */
  override get ownJSON(): JSONMethods<unknown, unknown> | undefined {
    return this.#codec.json;
  }
  /** @internal */
  override zero(): T {
    return (this.#codec.zero === undefined ? null : this.#codec.zero()) as T;
  }
  /** @internal */
  override get isZeroShared(): boolean {
    return this.#codec.zero === undefined;
  }
  /** @internal */
  override get zeroBytes(): number {
    return 64;
  }
  /** @internal */
  override check(v: unknown, c: Checking): T | undefined {
    try {
      if (this.#codec.check !== undefined) return this.#codec.check(v);
      this.#codec.encode(v as I);
      return v as T;
    } catch (err) {
      return issue(c, err instanceof Error ? err.message.replace(/^gob: /, "") : String(err));
    }
  }
  /** @internal */
  override toJSONSchema(): JSONSchema {
    return this.#codec.jsonSchema ?? {};
  }
  /** @internal */
  protected override makeWriters(): Writers {
    const codec = this.#codec;
    const write = (s: Sink, v: unknown): void => {
      const bytes = codec.encode(v as I);
      if (!(bytes instanceof Uint8Array)) throw new TypeError(`Codec of ${this.#name} encodes to no Uint8Array`);
      putBytes(s, bytes);
    };
    return {
      value: write,
      field: (s, v, delta) => {
        if (codec.isZero?.(v as I) === true) return false;
        putUint(s, delta);
        write(s, v);
        return true;
      },
    };
  }
  /** @internal */
  override makeReader(wires: Wires, id: number): ValueReader | null {
    const wire = wires.wire(id);
    return wire?.kind === "opaque" && wire.method === this.#method ? (s) => this.#read(s) : null;
  }
  #read(s: Source): T {
    const n = getLength(s, "GobDecoder: invalid data");
    s.spend(128 + 4 * n);
    const at = s.pos;
    s.pos = at + n;
    try {
      return this.#codec.decode(Uint8Array.prototype.slice.call(s.b, at, s.pos));
    } catch (err) {
      throw err instanceof GobError ? err : failure(err);
    }
  }
  /** @internal */
  override wireType(_ids: unknown, name: string): WireType {
    return { kind: "opaque", name, method: this.#method };
  }
}

function failure(err: unknown): GobError {
  return new GobError("ERR_GOB_CODEC", err instanceof Error ? err.message : String(err), err);
}

/**
 * Makes the schema of a type that implements Go's GobEncoder and GobDecoder.
 * @see {@link https://pkg.go.dev/encoding/gob#GobEncoder | Go gob.GobEncoder}
 */
export function gobEncoder<T, I = T>(name: string, codec: BytesCodec<T, I>): CustomSchema<T, I> {
  return new CustomSchema(name, "gob", codec);
}

/**
 * Makes the schema of a type that implements Go's encoding.BinaryMarshaler and BinaryUnmarshaler, and not GobEncoder:
 * `url.URL`, `netip.Addr`, most UUIDs.
 *
 * ```ts
 * import { binaryMarshaler, decode, encode } from "toolkit/gob";
 *
 * const uuid = binaryMarshaler<string>("uuid.UUID", {
 *   encode: (text) => Uint8Array.from(text.replaceAll("-", "").match(/../g) ?? [], (byte) => parseInt(byte, 16)),
 *   decode: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
 * });
 * console.log(decode(encode("00112233-4455-6677-8899-aabbccddeeff", uuid), uuid)); // 00112233445566778899aabbccddeeff
 * ```
 * @see {@link https://pkg.go.dev/encoding#BinaryMarshaler | Go encoding.BinaryMarshaler}
 */
export function binaryMarshaler<T, I = T>(name: string, codec: BytesCodec<T, I>): CustomSchema<T, I> {
  return new CustomSchema(name, "binary", codec);
}
