import { DecoderCore, type Wanted } from "./decoder-core.js";
import { type GobError, unexpectedEOF } from "./errors.js";
import type { DecoderLimits } from "./limits.js";
import type { Registry } from "./registry.js";
import type { Infer, Schema } from "./schema.js";

/** Gives bytes: what `toolkit/net` calls a Reader. It resolves to how many it put into `p`, or to `null` at the end. */
export interface ByteReader {
  /** Reads up to `p.byteLength` bytes. */
  read(p: Uint8Array): Promise<number | null>;
}

/** Settings of a {@link Decoder}, all of them limits but one. */
export interface DecoderOptions extends DecoderLimits {
  /** The names of the types of interface values. @default defaultRegistry */
  registry?: Registry | undefined;
}

/** What decoding gives: `null` at the end of the stream, and without a reader `undefined` while the value is not all there. */
export type Decoded<R extends ByteReader | undefined, T> = R extends undefined
  ? T | null | undefined
  : Promise<T | null>;

const readBytes = 16_384;

/**
 * Decodes the values of one stream.
 *
 * With a reader, `decode` resolves to the next value, or to `null` at the end of the stream. Without one, `push` what
 * arrives and `decode` until it gives `undefined`; `end` tells that nothing more will come, after which it gives `null`.
 * What is pushed is copied; what is decoded is the caller's.
 *
 * After an error in one value, such as a type that does not fit, the stream goes on with the next. What is no stream of
 * messages at all, or breaks a limit of their size, is told by every later call.
 * @see {@link https://pkg.go.dev/encoding/gob#Decoder | Go gob.Decoder}
 */
export class Decoder<R extends ByteReader | undefined = undefined> {
  readonly #reader: ByteReader | undefined;
  readonly #core: DecoderCore;
  #turn: Promise<unknown> = Promise.resolve();
  #chunk: Uint8Array | null = null;

  constructor(r?: R, options: DecoderOptions = {}) {
    this.#reader = r;
    this.#core = new DecoderCore(options);
  }

  /**
   * Decodes the next value: as the schema says; without one as plain objects, arrays and Maps; with `null` it is thrown
   * away, and the result is `true`. Concurrent calls are served in order.
   * @throws {GobError} for bytes that are no such value; a promise is rejected with it
   */
  decode<S extends Schema>(schema: S): Decoded<R, Infer<S>>;
  decode(schema: null): Decoded<R, true>;
  decode(schema?: Schema): Decoded<R, unknown>;
  decode(schema?: Wanted): Decoded<R, unknown> {
    if (this.#reader === undefined) return this.#next(schema) as Decoded<R, unknown>;
    const reader = this.#reader;
    const turn = this.#turn.then(() => this.#fetch(reader, schema));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Takes a copy of what has arrived. */
  push(chunk: Uint8Array): void {
    this.#core.push(chunk);
  }

  /**
   * Returns memory for `bytes` more, or for more than that, to be filled from its beginning on before anything else is
   * called but {@link Decoder.advance}: what arrives there is not copied. @internal
   */
  room(bytes: number): Uint8Array {
    return this.#core.room(bytes);
  }

  /** Takes what was put into {@link Decoder.room}: so many bytes. @internal */
  advance(bytes: number): void {
    this.#core.advance(bytes);
  }

  /** Tells that nothing more will arrive. */
  end(): void {
    this.#core.finish();
  }

  /** What broke the stream, for which every later call fails; `null` while it can go on. */
  get failure(): GobError | null {
    return this.#core.failure;
  }

  #next(schema: Wanted): unknown {
    const value = this.#core.decode(schema);
    return value === undefined && this.#core.isDone ? null : value;
  }

  async #fetch(reader: ByteReader, schema: Wanted): Promise<unknown> {
    for (;;) {
      const value = this.#next(schema);
      if (value !== undefined) return value;
      const chunk = (this.#chunk ??= new Uint8Array(readBytes));
      const n = await reader.read(chunk);
      if (n === null) this.#core.finish();
      else this.#core.push(chunk.subarray(0, n));
    }
  }
}

/**
 * Decodes the first value of a stream that is all there.
 *
 * ```ts
 * import { decode } from "toolkit/gob";
 *
 * console.log(decode(Uint8Array.of(0x03, 0x04, 0x00, 0x06))); // 3
 * ```
 * @throws {GobError} for bytes that are no such value
 */
export function decode<S extends Schema>(bytes: Uint8Array, schema: S, options?: DecoderOptions): Infer<S>;
export function decode(bytes: Uint8Array, schema?: Schema, options?: DecoderOptions): unknown;
export function decode(bytes: Uint8Array, schema?: Schema, options: DecoderOptions = {}): unknown {
  const core = new DecoderCore(options);
  core.push(bytes);
  core.finish();
  const value = core.decode(schema);
  if (value === undefined) throw unexpectedEOF();
  return value;
}
