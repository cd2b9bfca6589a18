import { after } from "../../internal/after.js";
import { LimitError, TimeoutError } from "../../net/errors.js";
import { collect } from "../collect.js";
import { RequestError, ResponseError } from "./errors.js";
import type { RetryOptions } from "./options.js";
import { backoffMs, retryAfterMs } from "./pause.js";
import type { Arrival } from "./redirect.js";

/** How one attempt is made. */
export interface AttemptSettings {
  readonly fetch: (request: Request) => Promise<Arrival>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Does something with an answer; the signal says that nobody waits for it any more. */
export type Use<T> = (arrival: Arrival, signal: AbortSignal) => Promise<T>;

/**
 * Makes a request and does something with the answer, all within one time limit. It ends when time is up or the signal aborts, even
 * if whoever makes the request does not care.
 */
export function attempt<T>(
  make: (signal: AbortSignal) => Request,
  use: Use<T>,
  { fetch, timeoutMs, signal }: AttemptSettings,
): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const aborter = new AbortController();
    const request = make(aborter.signal);
    const stop = (reason: unknown) => {
      end();
      reject(reason);
      aborter.abort(reason);
    };
    const onAbort = () => stop(signal?.reason);
    const onTime = () => stop(new TimeoutError(`no answer within ${timeoutMs} ms`));
    const timer = after(timeoutMs, onTime);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    const useInTime = async (arrival: Arrival) => {
      if (aborter.signal.aborted) await arrival.response.body?.cancel();
      aborter.signal.throwIfAborted();
      return use(arrival, aborter.signal);
    };
    run(request, useInTime, fetch).then(resolve, reject).finally(end);
  });
}

async function run<T>(
  request: Request,
  use: (arrival: Arrival) => Promise<T>,
  fetch: (request: Request) => Promise<Arrival>,
): Promise<T> {
  const { method, url } = request;
  let arrival: Arrival;
  try {
    arrival = await fetch(request);
  } catch (err) {
    throw err instanceof ResponseError ? err : new RequestError(method, url, err);
  }
  try {
    return await use(arrival);
  } catch (err) {
    throw err instanceof LimitError ? err : new RequestError(method, url, err);
  }
}

/** Reads a body that may not be longer. */
export async function readBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(response.headers.get("Content-Length") ?? 0);
  const isTooLong = declared > maxBytes && response.body !== null && !response.headers.has("Content-Encoding");
  const bytes = isTooLong ? null : await collect(response.body, maxBytes, signal);
  if (bytes !== null) return bytes;
  if (isTooLong) void response.body?.cancel().catch(() => {});
  throw new LimitError(`answer is longer than ${maxBytes} bytes: see maxResponseBytes`);
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "PUT", "DELETE", "TRACE"]);
const defaultStatuses: readonly number[] = [408, 425, 429, 502, 503, 504];
/** After these nothing has been done. */
const undone = new Set([425, 429, 503]);

/** Decides when to try again. */
export class Retrying {
  readonly #retries: number;
  readonly #minDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #maxRetryAfterMs: number;
  readonly #statuses: readonly number[];
  /** Whether doing it twice is doing it once. */
  readonly #isSafe: boolean;
  /** Whether its success makes a second attempt fail: 412 would then say that somebody else was faster. */
  readonly #isConditional: boolean;
  #failures = 0;

  constructor(options: RetryOptions | false, method: string, headers: Headers, isRepeatable: boolean) {
    const { retries = 2, statuses = defaultStatuses, ...delays } = options === false ? { retries: 0 } : options;
    this.#isSafe = isRepeatable && (idempotent.has(method) || headers.has("Idempotency-Key"));
    this.#isConditional =
      method !== "GET" && method !== "HEAD" && (headers.has("If-Match") || headers.has("If-None-Match"));
    this.#retries = this.#isSafe ? retries : 0;
    this.#statuses = statuses;
    this.#minDelayMs = (delays as RetryOptions).minDelayMs ?? 200;
    this.#maxDelayMs = (delays as RetryOptions).maxDelayMs ?? 10_000;
    this.#maxRetryAfterMs = (delays as RetryOptions).maxRetryAfterMs ?? 60_000;
  }

  /** Says how long to wait after an answer; `null` to take it as it is. */
  afterAnswer({ status, headers }: Response): number | null {
    if (!this.#statuses.includes(status) || (this.#isConditional && !undone.has(status))) return null;
    const asked = retryAfterMs(headers, Date.now());
    if (asked !== undefined && asked > this.#maxRetryAfterMs) return null;
    const delay = this.#next();
    return delay === null ? null : Math.max(delay, asked ?? 0);
  }

  /** Says how long to wait after no answer; `null` to give up. */
  afterError(err: unknown): number | null {
    const isPassing = err instanceof RequestError || err instanceof TimeoutError;
    return isPassing && !this.#isConditional ? this.#next() : null;
  }

  #next(): number | null {
    if (this.#failures >= this.#retries) return null;
    return backoffMs({ minDelayMs: this.#minDelayMs, maxDelayMs: this.#maxDelayMs }, ++this.#failures);
  }
}
