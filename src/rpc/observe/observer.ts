import type { InterceptedCall, Interceptor, Next } from "../interceptor.js";

/** Watches a call: goes on with it once, and resolves or rejects to the same as it does. */
export type Observe = (call: InterceptedCall, next: Next) => Promise<unknown>;

/** Watches calls while anybody listens. */
export interface Observer {
  /** Whether anybody listens. Read before each call, so it costs no more than a few nanoseconds. */
  readonly isActive: boolean;
  /** Watches a call, as the outermost interceptor. Bound to nothing. */
  readonly observe: Interceptor;
}
