import { maxDelayMs as longestMs } from "../../internal/after.js";
import { parseHttpDate } from "../http-date.js";

/** Waits; an abort ends the wait with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal | null): Promise<void> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      },
      Math.min(Math.max(ms, 0), longestMs),
    );
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Reads Retry-After: how many milliseconds to wait, from seconds or a date; `undefined` if it says neither.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get("Retry-After")?.trim() ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = parseHttpDate(value);
  return date === null ? undefined : Math.max(0, date - now);
}

/** How a wait grows from try to try. */
export interface Backoff {
  /** The first wait is up to this long. */
  readonly minDelayMs: number;
  /** No wait is longer. */
  readonly maxDelayMs: number;
}

/** How long to wait after so many failures in a row, from 1 on: twice as long each time, of which half is left to chance. */
export function backoffMs({ minDelayMs, maxDelayMs }: Backoff, failures: number): number {
  const most = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(failures - 1, 30));
  return most / 2 + (Math.random() * most) / 2;
}
