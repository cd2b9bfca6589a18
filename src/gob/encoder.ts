import { InferredTypes } from "./inferred.js";
import { interfaceWriter } from "./interface-writer.js";
import { defaultRegistry, type Registry } from "./registry.js";
import type { InferInput, Schema } from "./schema.js";
import { putWord, Sink } from "./sink.js";
import type { StandardIssue } from "./standard.js";
import { StreamTypes } from "./type-ids.js";

/** Takes bytes: what `toolkit/net` calls a Writer. It resolves to how many it took. */
export interface ByteWriter {
  /** Writes bytes, which it does not keep. */
  write(p: Uint8Array): Promise<number>;
}

/** Settings of an {@link Encoder}. */
export interface EncoderOptions {
  /** The most bytes in one message. @default 1_073_741_824 */
  maxMessageBytes?: number | undefined;
  /** How deep values may be nested. @default 1000 */
  maxDepth?: number | undefined;
  /** The names of the types of interface values. @default defaultRegistry */
  registry?: Registry | undefined;
}

/** What encoding gives: bytes, or a promise where there is someone to write them to. */
export type Encoded<W extends ByteWriter | undefined> = W extends undefined ? Uint8Array<ArrayBuffer> : Promise<void>;

/**
 * Encodes values for one stream: each type is described once, before its first value.
 *
 * With a writer, `encode` resolves when the writer has taken the bytes; values leave in the order of the calls, and after
 * a failed write every call rejects with that error. Without one it returns them, and the caller owns them; but their
 * ArrayBuffer has room for others, so copy them before you transfer it. To put several values into one piece, such as a
 * header and its body, `append` them and `take` the whole.
 *
 * A value that cannot be encoded leaves the stream as it was.
 * @see {@link https://pkg.go.dev/encoding/gob#Encoder | Go gob.Encoder}
 */
export class Encoder<W extends ByteWriter | undefined = undefined> {
  readonly #writer: ByteWriter | undefined;
  readonly #registry: Registry;
  readonly #maxMessageBytes: number;
  readonly #types = new StreamTypes();
  readonly #inferred = new InferredTypes();
  readonly #sink = new Sink();
  /** Definitions of types that turned up within a value. */
  readonly #definitions = new Sink();
  #written: Promise<void> = Promise.resolve();

  constructor(w?: W, options: EncoderOptions = {}) {
    this.#writer = w;
    this.#registry = options.registry ?? defaultRegistry;
    this.#maxMessageBytes = options.maxMessageBytes ?? 1_073_741_824;
    this.#sink.maxDepth = options.maxDepth ?? 1000;
    this.#sink.writeInterface = interfaceWriter(this.#sink, this.#definitions, this.#types, this.#registry);
  }

  /**
   * Encodes one value; without a schema, of the type that {@link infer} finds. There can be 4096 such types on a stream.
   * @throws {TypeError} for a value that is not of the type, {@link RangeError} for a number that it has no room for,
   * for what is nested too deep, for a message that is too big and for a type too many; a promise is rejected with the same
   */
  encode<S extends Schema>(value: InferInput<S>, schema: S): Encoded<W>;
  encode(value: unknown, schema?: undefined): Encoded<W>;
  encode(value: unknown, schema?: Schema): Encoded<W> {
    if (this.#writer !== undefined) return this.#write(this.#writer, value, schema) as Encoded<W>;
    this.#append(value, schema ?? this.#typeOf(value));
    return this.#sink.take() as Encoded<W>;
  }

  /** How many bytes wait to be taken. */
  get pending(): number {
    return this.#sink.pending;
  }

  /** Encodes one value behind those that wait to be taken. Throws what {@link Encoder.encode} does. */
  append<S extends Schema>(value: InferInput<S>, schema: S): void;
  append(value: unknown, schema?: undefined): void;
  append(value: unknown, schema?: Schema): void {
    this.#append(value, schema ?? this.#typeOf(value));
  }

  #typeOf(value: unknown): Schema {
    if (value == null) throw new TypeError("gob: cannot encode nil value");
    return this.#inferred.of(value);
  }

  #append(value: unknown, schema: Schema): void {
    const s = this.#sink;
    const before = s.pending;
    try {
      const { head, isStruct, write } = this.#types.send(schema, s);
      const mark = s.begin();
      s.n = putWord(s.b, s.n, head);
      if (!isStruct) s.b[s.n++] = 0;
      s.depth = 0;
      write(s, value);
      if (s.end(mark) >= this.#maxMessageBytes) throw new RangeError("gob: encoder: message too big");
      if (this.#types.hasNews) this.#publish(mark);
    } catch (err) {
      s.truncate(before);
      this.#definitions.truncate(0);
      this.#types.rollback();
      throw explained(err, value, schema);
    }
  }

  /** Puts the definitions that turned up within a value ahead of it. */
  #publish(mark: number): void {
    if (this.#definitions.pending > 0) this.#sink.insert(mark, this.#definitions.take());
    this.#types.commit();
  }

  /** Hands over the bytes that wait: the caller owns them. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#sink.take();
  }

  /** As {@link Encoder.take}, but they may be given back, to be written over: see {@link Encoder.recycle}. @internal */
  takeBlock(): Uint8Array<ArrayBuffer> {
    return this.#sink.takeBlock();
  }

  /** Takes back what {@link Encoder.takeBlock} gave, all of it, once nobody refers to it any more. @internal */
  recycle(bytes: Uint8Array<ArrayBuffer>): void {
    this.#sink.recycle(bytes);
  }

  async #write(w: ByteWriter, value: unknown, schema: Schema | undefined): Promise<void> {
    this.#append(value, schema ?? this.#typeOf(value));
    const bytes = this.take();
    const turn = this.#written.then(() => writeAll(w, bytes));
    this.#written = turn;
    turn.catch(() => {}); // whoever called gets it, and so does everyone after
    await turn;
  }
}

async function writeAll(w: ByteWriter, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    const n = await w.write(at === 0 ? bytes : bytes.subarray(at));
    if (!(n > 0)) throw new TypeError(`Writer took ${n} bytes of ${bytes.byteLength - at}`);
    at += n;
  }
}

/** Names the place of what is wrong. */
function explained(err: unknown, value: unknown, schema: Schema): unknown {
  const isPlain = err instanceof TypeError || err instanceof RangeError;
  if (!isPlain || !/^gob: (want |.* is out of range of )/.test(err.message)) return err;
  const first = schema.firstIssue(value);
  if (first === undefined || first.path.length === 0) return err;
  const text = `gob: ${pathText(schema, first)}: ${first.message}`;
  return err instanceof RangeError ? new RangeError(text) : new TypeError(text);
}

function pathText(schema: Schema, { path }: StandardIssue): string {
  const root = schema.base.typeName || "value";
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^\p{Lu}/u.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(String(step))}]`;
  });
  return root + steps.join("");
}

/**
 * Encodes one value as a stream of its own, types and all; without a schema, of the type that is inferred.
 *
 * ```ts
 * import { decode, encode, int, struct } from "toolkit/gob";
 *
 * const Point = struct("Point", { X: int, Y: int });
 * console.log(decode(encode({ X: 22, Y: 33 }, Point), Point)); // { X: 22, Y: 33 }
 * ```
 * @throws {TypeError} {@link RangeError} as {@link Encoder.encode} does
 */
export function encode<S extends Schema>(
  value: InferInput<S>,
  schema: S,
  options?: EncoderOptions,
): Uint8Array<ArrayBuffer>;
export function encode(value: unknown, schema?: undefined, options?: EncoderOptions): Uint8Array<ArrayBuffer>;
export function encode(value: unknown, schema?: Schema, options?: EncoderOptions): Uint8Array<ArrayBuffer> {
  return new Encoder(undefined, options).encode(value, schema as Schema);
}
