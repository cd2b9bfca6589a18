import { LimitError } from "../net/errors.js";
import type { Awaitable, BodyType, Response, ServerCodec } from "./codec.js";
import { isEncodeError } from "./errors.js";
import { handled } from "./handled.js";
import { type Failure, failureOf } from "./outcome.js";
import type { ServerReply } from "./server-call.js";

/** What became of a response: `null` if it is written, else the `EncodeError` because of which nothing was. */
type Written = Error | null;

/** The most responses that may wait for those before them. */
const maxWaiting = 16_384;
const sent = Promise.resolve();

/** Writes the responses of one connection one after the other, and without a wait while the codec asks for none. */
export class ResponseWriter {
  readonly #codec: ServerCodec;
  readonly #onBroken: (err: unknown) => void;
  /** The response that is being written, when the codec is waiting for something. */
  #writing: Promise<Written> | null = null;
  /** Those who wait for a response to be written. */
  readonly #waiting = new Set<(written: Written) => void>();
  #isClosed = false;

  /** `onBroken` is told when the codec cannot go on. */
  constructor(codec: ServerCodec, onBroken: (err: unknown) => void) {
    this.#codec = codec;
    this.#onBroken = onBroken;
  }

  /** Answers a call. Never rejects. */
  respond(reply: ServerReply, failure: Failure | null, value: unknown): Awaitable<void> {
    const { serviceMethod, seq } = reply;
    const response =
      failure === null
        ? { serviceMethod, seq, error: "" }
        : { serviceMethod, seq, error: failure.error, code: failure.code, data: failure.data };
    const body = failure === null ? value : undefined;
    const written = this.#write(response, body, reply.isStream ? undefined : reply.type);
    if (written === null) return undefined;
    if (!(written instanceof Promise)) return this.#unwritten(written, reply, failure);
    return written.then((err) => this.#unwritten(err, reply, failure));
  }

  /** Sends one of many replies. */
  send(reply: ServerReply, value: unknown): Promise<void> {
    const { serviceMethod, seq, type } = reply;
    const written = this.#write({ serviceMethod, seq, error: "", isPartial: true }, value, type);
    if (written === null) return sent;
    if (!(written instanceof Promise)) return handled(Promise.reject(written));
    return handled(
      written.then((err) => {
        if (err !== null) throw err;
      }),
    );
  }

  /** Writes nothing more, and lets those go who wait. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting) resolve(null);
    this.#waiting.clear();
  }

  /** Tells the caller that its reply could not be encoded, in fewer words if need be; nobody may wait for ever. */
  #unwritten(err: Written, reply: ServerReply, failure: Failure | null): Awaitable<void> {
    if (err === null) return undefined;
    if (failure === null) return this.respond(reply, failureOf(err), undefined);
    if (failure.data === undefined) return this.#onBroken(err);
    return this.respond(reply, { error: failure.error, code: failure.code }, undefined);
  }

  #write(response: Response, body: unknown, type?: BodyType): Written | Promise<Written> {
    const last = this.#writing;
    if (last === null) {
      const written = this.#writeNow(response, body, type);
      return written instanceof Promise ? this.#waitFor(written) : written;
    }
    if (this.#waiting.size >= maxWaiting) return this.#failed(tooMany());
    return this.#waitFor(last.then(() => this.#writeNow(response, body, type)));
  }

  #writeNow(response: Response, body: unknown, type: BodyType | undefined): Written | Promise<Written> {
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

  /** Makes later responses wait; but nobody waits longer than until the end, whatever the codec does. */
  #waitFor(written: Promise<Written>): Promise<Written> {
    this.#writing = written;
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      void written.then((outcome) => {
        if (this.#writing === written) this.#writing = null;
        this.#waiting.delete(resolve);
        resolve(outcome);
      });
    });
  }

  #failed(err: unknown): Written {
    if (isEncodeError(err)) return err as Error;
    this.#onBroken(err);
    return null;
  }
}

function tooMany(): LimitError {
  return new LimitError(`rpc: peer does not read: more than ${maxWaiting} responses wait`);
}
