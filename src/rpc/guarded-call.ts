import type { CallOptions } from "./call-options.js";
import type { BodyType } from "./codec.js";
import { Guard } from "./guard.js";
import type { PendingCall } from "./pending-calls.js";

/** How a promise is settled. */
export interface Settle<R> {
  readonly resolve: (value: R) => void;
  readonly reject: (reason: unknown) => void;
}

/** A call that may be given up before it is answered. */
export class GuardedCall<R> implements PendingCall {
  seq = -1;
  isSent = false;
  readonly type: BodyType | undefined;
  readonly #settle: Settle<R>;
  readonly #reply: CallOptions<R>["reply"];
  readonly #guard: Guard;
  #over: { readonly reason: unknown } | null = null;

  /** `cancel` takes the call out of those that wait, and tells the server. */
  constructor(
    serviceMethod: string,
    options: CallOptions<R>,
    type: BodyType | undefined,
    settle: Settle<R>,
    cancel: (call: PendingCall) => void,
  ) {
    this.type = type;
    this.#settle = settle;
    this.#reply = options.reply;
    this.#guard = new Guard(serviceMethod, options, (reason) => {
      cancel(this);
      this.reject(reason);
    });
  }

  /** Whether it is settled, and why it failed if it did. */
  get over(): { readonly reason: unknown } | null {
    return this.#over;
  }

  resolve(value: unknown): void {
    if (this.#over !== null) return;
    try {
      if (this.#reply !== undefined) this.#reply.value = value as R;
    } catch (err) {
      return this.reject(err);
    }
    this.#end(undefined);
    this.#settle.resolve(value as R);
  }

  reject(reason: unknown): void {
    if (this.#over !== null) return;
    this.#end(reason);
    this.#settle.reject(reason);
  }

  #end(reason: unknown): void {
    this.#over = { reason };
    this.#guard.release();
  }
}
