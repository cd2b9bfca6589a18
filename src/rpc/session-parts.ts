import type { CallGate } from "./call-gate.js";
import type { Caller } from "./caller.js";
import type { ServerCodec } from "./codec.js";
import type { Interceptor } from "./interceptor.js";
import type { Method, Registry } from "./registry.js";
import type { ServerReply } from "./server-call.js";

/** What a session needs of its server. */
export interface SessionParts {
  readonly codec: ServerCodec;
  readonly registry: Registry;
  readonly gate: CallGate;
  readonly maxConcurrentCalls: number;
  readonly maxQueuedCalls: number;
  /** After how long without a call the connection is closed, in ms; 0 for never. */
  readonly idleTimeoutMs: number;
  /** What is done when no call more may wait: stop reading, or refuse the call. */
  readonly whenBusy: "wait" | "refuse";
  /** Calls in the other direction: how many wait, or `null` before the first. Their answers come between the requests. */
  readonly callsBack: () => number | null;
  /** Calls the other end back, where the codec can. */
  readonly caller: (() => Caller) | null;
  /** What is to be run around each call; `null` if nothing is. */
  readonly around: () => readonly Interceptor[] | null;
  readonly onError: (err: unknown) => void;
}

/** A call that waits for its turn. */
export interface Queued {
  readonly method: Method;
  readonly reply: ServerReply;
  readonly args: unknown;
}
