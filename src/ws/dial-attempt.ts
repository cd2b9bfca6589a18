import type { Duplex } from "node:stream";
import { after } from "../internal/after.js";
import { TimeoutError } from "../net/errors.js";
import { BadHandshakeError } from "./errors.js";

/** Something that a function of the caller's threw, to be passed on untouched. */
class Theirs extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super();
    this.reason = reason;
  }
}

/** One dialling. It ends at the time limit, or when the caller aborts; what it opened ends with it unless it succeeds. */
export class Attempt {
  readonly #over = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #opened: Duplex[] = [];
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#over.abort(this.#caller?.reason);

  /**
   * `timeoutMs` is 0 for no limit, and negative for one that is over.
   * @throws the signal's reason, when it is aborted already
   */
  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    caller?.throwIfAborted();
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onAbort);
    const late = () => this.#over.abort(new TimeoutError());
    if (timeoutMs < 0) late();
    else if (timeoutMs > 0) this.#timer = after(timeoutMs, late);
  }

  /** Is aborted at the end, for whoever can stop what they do. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Takes a stream into custody: it is destroyed if the attempt fails. */
  own<S extends Duplex>(stream: S): S {
    stream.on("error", () => {}); // whoever waits hears of it; afterwards a conn does
    this.#opened.push(stream);
    return stream;
  }

  /** Waits for work, but not beyond the end; `discard` is given what comes too late. */
  wait<T>(work: Promise<T>, discard?: (late: T) => void): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      const release = () => signal.removeEventListener("abort", onAbort);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      work
        .then((value) => (signal.aborted ? discard?.(value) : resolve(value)))
        .catch(reject)
        .then(release, release);
    });
  }

  /** Calls a function of the caller's and waits for it; what it throws reaches the caller untouched. */
  async theirs<T>(call: () => T | Promise<T>, discard?: (late: T) => void): Promise<T> {
    const work = async () => {
      try {
        return await call();
      } catch (reason) {
        throw new Theirs(reason);
      }
    };
    this.signal.throwIfAborted();
    return this.wait(work(), discard);
  }

  /** Ends with success: nothing bounds what was opened any more. */
  succeed(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  /** Ends without success, releases all, and says what to throw; `dress` dresses what is ours. */
  fail(err: unknown, dress: (cause: unknown) => Error): unknown {
    this.succeed();
    for (const stream of this.#opened) stream.destroy();
    if (this.#caller?.aborted === true) return this.#caller.reason;
    if (err instanceof BadHandshakeError) return err;
    if (this.signal.aborted) return dress(this.signal.reason);
    if (isTheirs(err)) return err.reason;
    return err instanceof TypeError || err instanceof RangeError ? err : dress(err); // the caller's mistakes stay bare
  }
}

/** Tells whether a function of the caller's threw this. */
export function isTheirs(err: unknown): err is { readonly reason: unknown } {
  return err instanceof Theirs;
}
