import type { BodyType, Response, ServerCodec } from "./codec.js";
import { isEncodeError } from "./errors.js";

/** What became of a response: `null` if it is written, else the `EncodeError` because of which nothing was. */
type Written = Error | null;

/** Writes the responses of one connection one after the other, and without a wait while the codec asks for none. */
export class ResponseWriter {
  readonly #codec: ServerCodec;
  readonly #onBroken: (err: unknown) => void;
  /** The response that is being written, when the codec is waiting for something. */
  #writing: Promise<Written> | null = null;
  #isClosed = false;

  /** `onBroken` is told when the codec cannot go on. */
  constructor(codec: ServerCodec, onBroken: (err: unknown) => void) {
    this.#codec = codec;
    this.#onBroken = onBroken;
  }

  /** Writes a response, after those before it. Gives the `EncodeError` because of which it was not written. Never rejects. */
  write(response: Response, body: unknown, type?: BodyType): Written | Promise<Written> {
    const last = this.#writing;
    const written =
      last === null ? this.#write(response, body, type) : last.then(() => this.#write(response, body, type));
    if (written instanceof Promise) {
      this.#writing = written;
      void written.then(() => {
        if (this.#writing === written) this.#writing = null;
      });
    }
    return written;
  }

  /** Writes nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  #write(response: Response, body: unknown, type: BodyType | undefined): Written | Promise<Written> {
    if (this.#isClosed) return null;
    try {
      const written = this.#codec.writeResponse(response, body, type);
      if (!(written instanceof Promise)) return null;
      return written.then(
        () => null,
        (err: unknown) => this.#failed(err),
      );
    } catch (err) {
      return this.#failed(err);
    }
  }

  #failed(err: unknown): Written {
    if (isEncodeError(err)) return err as Error;
    this.#onBroken(err);
    return null;
  }
}
