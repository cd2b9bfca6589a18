import type { Addr } from "../net/conn.js";

/** What a service method may know about the call that it serves. */
export interface CallContext {
  /**
   * Aborts when the caller cannot be answered any more: its connection broke, or the server's grace ran out. A caller that
   * closed looks like one that only has no more requests, until something is written to it.
   */
  readonly signal: AbortSignal;
  /** What was called, as `Arith.Multiply`. */
  readonly serviceMethod: string;
  /** Who calls, or `null` if the connection has no addresses. */
  readonly remoteAddr: Addr | null;
  /** What the caller sent along; empty over codecs that carry none. */
  readonly meta: Record<string, string>;
  /** When the caller stops waiting, or `null`. */
  readonly deadline: Date | null;
}

/** The context of a reply that no server made. */
const noCall: CallContext = Object.freeze({
  signal: new AbortController().signal,
  serviceMethod: "",
  remoteAddr: null,
  meta: Object.freeze({}),
  deadline: null,
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
 * Is what a server calls: a method that takes arguments and sets a reply. It returns an `Error`, or throws one, to fail;
 * the caller gets its message.
 */
export type ServiceMethod<A, R> = (
  args: A,
  reply: Reply<R>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a method may return nothing at all
) => void | null | undefined | Error | Promise<void | null | undefined | Error>;
