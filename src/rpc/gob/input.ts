import { Decoder, GobError, type Schema } from "../../gob/index.js";
import type { Reader } from "../../net/conn.js";
import { LimitError, type NetError, UnexpectedEOFError } from "../../net/errors.js";
import type { Awaitable, CodecLimits } from "../codec.js";
import { DecodeError, ProtocolError } from "../errors.js";
import { gobLimits } from "./limits.js";

const smallestBytes = 4096;
const largestBytes = 65_536;

/** What to decode: by a schema, by what the stream says, or nothing: the value is thrown away. */
type Wanted = Schema | null | undefined;

/** Who waits for the next value. */
interface Waiter {
  readonly wanted: Wanted;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Decodes what a conn gives. All values of one read are decoded without waiting in between.
 *
 * After an error that breaks the stream every later call fails with the same one. Waits no longer than until that,
 * whatever the conn does.
 */
export class Input {
  readonly #conn: Reader;
  readonly #decoder: Decoder;
  readonly #header: Schema;
  /** How much is asked for at least: more after each read that fills it. */
  #wantedBytes = smallestBytes;
  #hasEnded = false;
  #failure: { readonly error: unknown } | null = null;
  #waiter: Waiter | null = null;
  readonly #onRead = (n: number | null) => this.#received(n);
  readonly #onError = (err: unknown) => this.fail(err);

  /** What is wrong with a `header` breaks the stream. */
  constructor(conn: Reader, header: Schema, limits: CodecLimits) {
    this.#conn = conn;
    this.#header = header;
    this.#decoder = new Decoder(undefined, gobLimits(limits));
  }

  /**
   * Decodes the next value; `null` at the end of the stream.
   * @throws {DecodeError} for a value that is not as it should be, on a stream that goes on
   */
  next(wanted: Wanted): Awaitable<unknown> {
    if (this.#failure !== null) throw this.#failure.error;
    const value = this.#decode(wanted);
    return value === undefined ? this.#wait(wanted) : value;
  }

  /** Tells whether the conn gives nothing more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Fails: the pending call and all later ones get `reason`, unless another error came first. */
  fail(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error: reason };
    this.#takeWaiter()?.reject(reason);
  }

  #wait(wanted: Wanted): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiter = { wanted, resolve, reject };
      this.#read();
    });
  }

  #takeWaiter(): Waiter | null {
    const waiter = this.#waiter;
    this.#waiter = null;
    return waiter;
  }

  #read(): void {
    this.#conn.read(this.#decoder.room(this.#wantedBytes)).then(this.#onRead, this.#onError);
  }

  #received(n: number | null): void {
    if (this.#waiter === null) return; // it has failed meanwhile
    this.#push(n);
    try {
      const value = this.#decode(this.#waiter.wanted);
      if (value === undefined) this.#read();
      else this.#takeWaiter()?.resolve(value);
    } catch (err) {
      this.#takeWaiter()?.reject(err);
    }
  }

  #push(n: number | null): void {
    if (n === null) {
      this.#hasEnded = true;
      return this.#decoder.end();
    }
    this.#decoder.advance(n);
    if (n >= this.#wantedBytes && this.#wantedBytes < largestBytes) this.#wantedBytes *= 2;
  }

  #decode(wanted: Wanted): unknown {
    try {
      return this.#decoder.decode(wanted as Schema);
    } catch (err) {
      throw this.#explained(err, wanted);
    }
  }

  /** Tells apart what is wrong with one value and what breaks the stream. */
  #explained(err: unknown, wanted: Wanted): unknown {
    const isOne = !isEOF(err) && this.#decoder.failure === null && wanted !== this.#header;
    if (isOne) return new DecodeError(messageOf(err), err);
    const error = broken(err);
    this.#failure ??= { error };
    return error;
  }
}

function isEOF(err: unknown): boolean {
  return err instanceof GobError && err.code === "ERR_UNEXPECTED_EOF";
}

function broken(err: unknown): NetError {
  if (isEOF(err)) return new UnexpectedEOFError();
  const isLimit = err instanceof GobError && err.code === "ERR_LIMIT";
  return isLimit ? new LimitError(`${err.message} (option maxMessageBytes)`) : new ProtocolError(messageOf(err), err);
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : "gob: cannot decode";
}
