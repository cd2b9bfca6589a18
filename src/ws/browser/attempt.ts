import { after } from "../../internal/after.js";
import { TimeoutError } from "../../net/errors.js";

/** One dialling. It ends at the time limit, or when the caller aborts. */
export class Attempt {
  readonly #over = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#over.abort(this.#caller?.reason);

  /** `timeoutMs` is 0 for no limit, and negative for one that is over. */
  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onAbort);
    const late = () => this.#over.abort(new TimeoutError());
    if (timeoutMs < 0) late();
    else if (timeoutMs > 0) this.#timer = after(timeoutMs, late);
  }

  /** Is aborted at the end. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Nothing bounds it any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }
}
