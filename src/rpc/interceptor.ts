import type { Addr } from "../net/conn.js";
import { handled } from "./handled.js";

/** A call on its way, as interceptors see it: on the client before it leaves, on the server before the method runs. */
export interface InterceptedCall {
  /** Which end this is. */
  readonly side: "client" | "server";
  /** Whether one reply is waited for, none, or many. */
  readonly kind: "call" | "notify" | "stream";
  /** What is called, as `Arith.Multiply`. */
  readonly serviceMethod: string;
  /** The arguments. Hand `next` a copy of the call with others to replace them. */
  readonly args: unknown;
  /** What travels along. A client's interceptors may add to it; codecs that carry none drop it. */
  readonly meta: Record<string, string>;
  /** Aborts when the call is given up; `null` on a client whose caller gave none. */
  readonly signal: AbortSignal | null;
  /** Who is at the other end, where that is known. */
  readonly remoteAddr: Addr | null;
  /** The codec in use. */
  readonly codec: string;
}

/** Goes on with a call, and resolves to its reply. */
export type Next = (call: InterceptedCall) => Promise<unknown>;

/**
 * Wraps calls, on either side: sees each before it happens, may change what is sent, may answer itself or fail it, and
 * sees the reply or the error. The first in the list is the outermost.
 *
 * The reply of a notification is `undefined`. On a client that of a stream is what `for await` reads; on a server it is
 * `undefined`, when all has been sent.
 *
 * @example
 * ```ts
 * import { type Interceptor, Server, ServerError } from "toolkit/rpc";
 *
 * const authorize: Interceptor = (call, next) => {
 *   if (call.meta["token"] !== "secret") throw new ServerError("not allowed", { code: 403 });
 *   return next(call);
 * };
 * const server = new Server({ interceptors: [authorize] });
 * console.log(server.services.length); // 0
 * ```
 */
export type Interceptor = (call: InterceptedCall, next: Next) => unknown;

/** Runs a call through interceptors, down to `last`. What an interceptor goes on with and does not wait for harms nobody. */
export async function intercept(
  interceptors: readonly Interceptor[],
  call: InterceptedCall,
  last: Next,
): Promise<unknown> {
  const from = (at: number): Next => {
    const interceptor = interceptors[at];
    if (interceptor === undefined) return (each) => handled(last(each));
    return (each) => handled(run(interceptor, each, from(at + 1)));
  };
  return from(0)(call);
}

async function run(interceptor: Interceptor, call: InterceptedCall, next: Next): Promise<unknown> {
  return interceptor(call, next);
}
