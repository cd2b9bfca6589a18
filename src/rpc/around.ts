import { ServerError } from "./errors.js";
import { type InterceptedCall, type Interceptor, intercept } from "./interceptor.js";
import type { Observer } from "./observe/observer.js";
import { failureOfResult } from "./outcome.js";
import type { Method } from "./registry.js";
import type { ServerReply } from "./server-call.js";

/** What is run around calls: those who observe them, while they do, and the interceptors that were given. */
export class Around {
  readonly #observer: Observer;
  readonly #interceptors: readonly Interceptor[] | null;
  readonly #observed: readonly Interceptor[];

  constructor(observer: Observer, interceptors: readonly Interceptor[] = []) {
    this.#observer = observer;
    this.#interceptors = interceptors.length === 0 ? null : interceptors;
    const observed: Interceptor = (call, next) => observer.observe(call, (seen) => next(seen));
    this.#observed = [observed, ...interceptors];
  }

  /** All of them, or `null` while there are none. */
  get list(): readonly Interceptor[] | null {
    return this.#observer.isActive ? this.#observed : this.#interceptors;
  }
}

/** A call on a server, about to happen. */
interface Arrived {
  readonly method: Method;
  readonly reply: ServerReply;
  readonly args: unknown;
  readonly codec: string;
}

/** Calls a method within interceptors, and sets the reply to what they make of it. */
export async function callWithin(
  around: readonly Interceptor[],
  { method, reply, args, codec }: Arrived,
): Promise<void> {
  const { serviceMethod, isNotification, isStream } = reply;
  const kind = isNotification ? "notify" : isStream ? "stream" : "call";
  const { signal, remoteAddr, meta } = reply.call;
  const call: InterceptedCall = {
    side: "server",
    kind,
    serviceMethod,
    args,
    meta: { ...meta },
    signal,
    remoteAddr,
    codec,
  };
  reply.value = await intercept(around, call, async (each) => {
    const result: unknown = await method.fn.call(method.rcvr, each.args, reply);
    const failure = failureOfResult(result, serviceMethod);
    if (failure !== null) throw result instanceof Error ? result : new ServerError(failure.error, failure);
    return reply.value;
  });
}
