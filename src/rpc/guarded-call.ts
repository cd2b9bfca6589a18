import { TimeoutError } from "../net/errors.js";
import type { PendingCall } from "./pending-calls.js";
import type { Reply } from "./reply.js";

/** Options of {@link Client.call}. */
export interface CallOptions<R = unknown> {
  /** Takes the reply too, before the promise resolves. */
  reply?: Reply<R> | undefined;
  /** Gives up the call: the promise rejects with the signal's reason at once, and a late reply is dropped. */
  signal?: AbortSignal | undefined;
  /** Gives up the call after so many ms with a {@link TimeoutError}. @default none */
  timeoutMs?: number | undefined;
}

/** A call that may be given up before it is answered. */
export class GuardedCall<R> implements PendingCall {
  seq = -1;
  readonly #resolve: (value: R) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #options: CallOptions<R>;
  readonly #onAbort: () => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** `giveUp` takes the call out of those that wait. */
  constructor(
    serviceMethod: string,
    options: CallOptions<R>,
    settle: { readonly resolve: (value: R) => void; readonly reject: (reason: unknown) => void },
    giveUp: (call: PendingCall) => void,
  ) {
    this.#resolve = settle.resolve;
    this.#reject = settle.reject;
    this.#options = options;
    const end = (reason: unknown) => {
      giveUp(this);
      this.reject(reason);
    };
    this.#onAbort = () => end(options.signal?.reason);
    options.signal?.addEventListener("abort", this.#onAbort);
    if (options.timeoutMs !== undefined) {
      const expire = () => end(new TimeoutError(`call ${serviceMethod}: i/o timeout`));
      this.#timer = setTimeout(expire, options.timeoutMs);
    }
  }

  resolve(value: unknown): void {
    this.#release();
    const { reply } = this.#options;
    if (reply !== undefined) reply.value = value as R;
    this.#resolve(value as R);
  }

  reject(reason: unknown): void {
    this.#release();
    this.#reject(reason);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }
}
