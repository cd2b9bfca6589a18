import { after } from "../internal/after.js";
import { TimeoutError } from "../net/errors.js";
import type { CallOptions } from "./call-options.js";

type Limits = Pick<CallOptions, "signal" | "timeoutMs">;

/** Says why a call need not begin: its signal is aborted, or its time is over. `null` if it may. */
export function tooLate(serviceMethod: string, { signal, timeoutMs }: Limits): { readonly reason: unknown } | null {
  if (signal?.aborted === true) return { reason: signal.reason };
  if (timeoutMs === undefined || timeoutMs > 0) return null;
  return {
    reason: Number.isNaN(timeoutMs) ? new RangeError("rpc: timeoutMs is not a number") : timeout(serviceMethod),
  };
}

/** More than anybody waits: in whole ms it is a number that every codec can say, and the deadline a date. */
const maxSpanMs = 2 ** 52;

/** What the other end is told of a timeout: whole ms, and nothing of one that is as good as none. */
export function spanOf(timeoutMs: number | undefined): number | undefined {
  return timeoutMs === undefined || timeoutMs > maxSpanMs ? undefined : Math.ceil(timeoutMs);
}

function timeout(serviceMethod: string): TimeoutError {
  return new TimeoutError(`call ${serviceMethod}: i/o timeout`);
}

/** Watches the signal and the clock of a call, until it is released. */
export class Guard {
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** `giveUp` is told the reason when the call is to end. The call must not be {@link tooLate}. */
  constructor(serviceMethod: string, { signal, timeoutMs }: Limits, giveUp: (reason: unknown) => void) {
    this.#signal = signal;
    this.#onAbort = () => giveUp(signal?.reason);
    signal?.addEventListener("abort", this.#onAbort);
    if (timeoutMs !== undefined) this.#timer = after(timeoutMs, () => giveUp(timeout(serviceMethod)));
  }

  /** Watches no more. */
  release(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
