import type { Endpoint } from "./resolve.js";

/** How long the first family has the field for itself, as in Go. */
const headStartMs = 300;
/** The least that an address gets of a limited time, as in Go. */
const leastShareMs = 2000;

/** How {@link connectFirst} goes about it. */
export interface Attempts<T> {
  /** Tries one endpoint, for `timeoutMs` at most if it is finite; ends at once, and leaves nothing, when aborted. */
  attempt(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<T>;
  /** Closes a connection that came too late. */
  discard(late: T): void;
  /** The time for all, in ms. */
  timeoutMs: number;
}

/**
 * Connects to the first endpoint that answers: those of the first one's family in order and, when these fail or take
 * more than 300 ms, those of the other family beside them. The error is that of the first endpoint.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8305 | RFC 8305}
 * @see {@link https://pkg.go.dev/net#Dialer | Go net.Dialer}
 */
export async function connectFirst<T>(
  endpoints: readonly Endpoint[],
  attempts: Attempts<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const isV4 = (e: Endpoint | undefined) => e?.ip.to4() !== null;
  const primaries = endpoints.filter((e) => isV4(e) === isV4(endpoints[0]));
  const fallbacks = endpoints.filter((e) => isV4(e) !== isV4(endpoints[0]));
  const until = Date.now() + attempts.timeoutMs;
  if (fallbacks.length === 0) return inOrder(primaries, attempts, until, signal);

  const over = new AbortController();
  const onAbort = () => over.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  const first = inOrder(primaries, attempts, until, over.signal);
  const second = headStart(first).then(() => inOrder(fallbacks, attempts, until, over.signal));
  try {
    const winner = await Promise.any([first, second]);
    for (const each of [first, second]) each.then((late) => late !== winner && attempts.discard(late), ignore);
    return winner;
  } catch (err) {
    throw (err as AggregateError).errors[0];
  } finally {
    signal.removeEventListener("abort", onAbort);
    over.abort();
  }
}

/** Waits until the first family has failed or taken its time; for good if it succeeds before. */
function headStart(first: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, headStartMs);
    const stop = () => clearTimeout(timer);
    first.then(stop, () => {
      stop();
      resolve();
    });
  });
}

function ignore(): void {}

/** Tries one after the other; the time that is left is shared among those that are left. */
async function inOrder<T>(
  endpoints: readonly Endpoint[],
  attempts: Attempts<T>,
  until: number,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  let first: unknown;
  for (const [i, endpoint] of endpoints.entries()) {
    const left = until - Date.now();
    const share = Math.min(left, Math.max(left / (endpoints.length - i), leastShareMs));
    try {
      return await attempts.attempt(endpoint, share, signal);
    } catch (err) {
      if (i === 0) first = err;
      if (signal.aborted) break;
    }
  }
  throw first;
}
