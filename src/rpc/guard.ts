import { TimeoutError } from "../net/errors.js";
import type { CallOptions } from "./call-options.js";

/** Watches the signal and the clock of a call, until it is released. */
export class Guard {
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** `giveUp` is told the reason when the call is to end. The signal must not be aborted yet. */
  constructor(
    serviceMethod: string,
    options: Pick<CallOptions, "signal" | "timeoutMs">,
    giveUp: (reason: unknown) => void,
  ) {
    const { signal, timeoutMs } = options;
    this.#signal = signal;
    this.#onAbort = () => giveUp(signal?.reason);
    signal?.addEventListener("abort", this.#onAbort);
    if (timeoutMs === undefined) return;
    const expire = () => giveUp(new TimeoutError(`call ${serviceMethod}: i/o timeout`));
    this.#timer = setTimeout(expire, Math.min(timeoutMs, 0x7fff_ffff));
  }

  /** Watches no more. */
  release(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
