import type { Addr } from "../net/conn.js";
import type { Caller } from "./caller.js";

/** What a service method may know about the call that it serves. */
export interface CallContext {
  /**
   * Aborts when nobody waits for the reply any more: the caller cancelled or its deadline passed, the connection broke, or
   * the server's grace ran out. A caller that closed looks like one that only has no more requests, until something is
   * written to it.
   */
  readonly signal: AbortSignal;
  /** What was called, as `Arith.Multiply`. */
  readonly serviceMethod: string;
  /** Who calls, or `null` if the connection has no addresses. */
  readonly remoteAddr: Addr | null;
  /** What the caller sent along; empty over codecs that carry none. */
  readonly meta: Readonly<Record<string, string>>;
  /** When the caller stops waiting, by our clock, or `null`. */
  readonly deadline: Date | null;
  /**
   * Calls the caller back, over the same connection; `null` over codecs that cannot. It outlives the call, and ends with
   * the connection.
   */
  readonly caller: Caller | null;
}

/** The context of a reply that no server made. */
const noCall: CallContext = Object.freeze({
  signal: new AbortController().signal,
  serviceMethod: "",
  remoteAddr: null,
  meta: Object.freeze({}),
  deadline: null,
  caller: null,
});

/**
 * Holds what a service method replies: the pointer that Go passes, which here also knows the call.
 *
 * A method sets {@link Reply.value} and returns nothing. A caller may hand in a reply of its own, which is filled before
 * the call's promise resolves.
 */
export class Reply<T = unknown> {
  /** The reply. `undefined`, which callers see as `null`, until it is set. */
  value: T;

  constructor(value?: T) {
    this.value = value as T;
  }

  /** The call that this replies to. */
  get call(): CallContext {
    return noCall;
  }
}

/**
 * Takes the many replies of a method: it sends one after the other and returns when there are no more. The caller reads
 * them with `for await`, over the codecs msgpack and jsonrpc2.
 *
 * @example
 * ```ts
 * import type { ReplyStream } from "toolkit/rpc";
 *
 * class Feed {
 *   async Count(args: { To: number }, reply: ReplyStream<number>): Promise<void> {
 *     for (let n = 1; n <= args.To; n++) await reply.send(n);
 *   }
 * }
 * ```
 */
export interface ReplyStream<T> {
  /**
   * Sends a value. Resolves when the next one may be sent: the caller takes a bounded number in advance. Rejects with the
   * reason of `call.signal` once nobody reads, and with an `EncodeError` for what cannot be sent.
   */
  send(value: T): Promise<void>;
  /** The call that this replies to. */
  readonly call: CallContext;
}

/** What a method returns: nothing or an `Error`, at once or by a promise. */
export type MethodResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: a method may return nothing at all
  void | null | undefined | Error | Promise<void | null | undefined | Error>;

/**
 * Is what a server calls: a method that takes arguments and sets a reply. It returns an `Error`, or throws one, to fail;
 * the caller gets its message.
 */
export type ServiceMethod<A, R> = (args: A, reply: Reply<R>) => MethodResult;

/** Is what a server calls to send many replies. */
export type StreamMethod<A, R> = (args: A, reply: ReplyStream<R>) => MethodResult;
