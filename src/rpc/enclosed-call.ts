import type { CallOptions } from "./call-options.js";
import type { ClientCodec } from "./codec.js";
import { GuardedCall } from "./guarded-call.js";
import { type InterceptedCall, type Interceptor, intercept, type Next } from "./interceptor.js";

/** Calls that wait for something else than the connection, and end with it all the same. */
export type Apart = Set<{ reject(reason: unknown): void }>;

/** What is sent of a call when its interceptors have gone on. */
export type Last = (call: InterceptedCall, options: CallOptions) => Promise<unknown>;

/**
 * Makes a call through interceptors. Its time runs from the beginning; and whatever they do, they hold back neither a
 * caller who gives up nor the end of the connection.
 */
export function enclose<R>(
  apart: Apart,
  around: readonly Interceptor[],
  call: InterceptedCall,
  options: CallOptions<R>,
  last: Last,
): Promise<R> {
  const until = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  return new Promise<R>((resolve, reject) => {
    const outer = new GuardedCall<R>(call.serviceMethod, options, undefined, { resolve, reject }, () =>
      apart.delete(outer),
    );
    apart.add(outer);
    const next: Next = (each) =>
      outer.over === null ? last(each, inner(options, each, until)) : Promise.reject(outer.over.reason);
    intercept(around, call, next)
      .finally(() => apart.delete(outer))
      .then(
        (value) => outer.resolve(value),
        (err: unknown) => outer.reject(err),
      );
  });
}

/** The options of a call within interceptors: with what is left of its time. */
export function inner({ signal }: Pick<CallOptions, "signal">, { meta }: InterceptedCall, until: number): CallOptions {
  const timeoutMs = until === Number.POSITIVE_INFINITY ? undefined : until - performance.now();
  return { signal, timeoutMs, meta: nonEmpty(meta) };
}

/** What is sent along, if anything is. */
export function nonEmpty(meta: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(meta).length === 0 ? undefined : meta;
}

/** A call as interceptors see it. */
export function seenCall(
  { remoteAddr = null, name: codec = "custom" }: ClientCodec,
  kind: InterceptedCall["kind"],
  serviceMethod: string,
  args: unknown,
  { signal, meta }: CallOptions = {},
): InterceptedCall {
  return { side: "client", kind, serviceMethod, args, meta: { ...meta }, signal: signal ?? null, remoteAddr, codec };
}
