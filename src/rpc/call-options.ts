import type { BodyType } from "./codec.js";

/** Options of {@link Caller.call}. */
export interface CallOptions<R = unknown> {
  /** Takes the reply too, before the promise resolves: a {@link Reply}, or whatever has a `value`. */
  reply?: { value: R } | undefined;
  /**
   * Gives up the call: the promise rejects with the signal's reason at once, and the server is told where the codec can,
   * so that the method's signal aborts.
   */
  signal?: AbortSignal | undefined;
  /**
   * Gives up the call after so many ms with a {@link TimeoutError}; the server is told of it in advance. With 0 or less
   * nothing is sent; more than 25 days are for ever. What interceptors take counts too. @default none
   */
  timeoutMs?: number | undefined;
  /** Travels along, over codecs that carry it: gob, msgpack and jsonrpc2. */
  meta?: Readonly<Record<string, string>> | undefined;
}

/** Options of {@link Caller.stream}. */
export interface StreamOptions extends Omit<CallOptions, "reply"> {
  /** How many replies the server may send before they are read, 1 at least. @default 64 */
  window?: number | undefined;
}

/** What a call's bodies are, where a contract tells. */
export interface CallTypes {
  readonly args?: BodyType | undefined;
  readonly reply?: BodyType | undefined;
}

/** Of a call that no contract tells of. */
export const noTypes: CallTypes = Object.freeze({});
