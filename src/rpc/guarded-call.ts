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

  resolve(value: unknown): void {
    this.#guard.release();
    if (this.#reply !== undefined) this.#reply.value = value as R;
    this.#settle.resolve(value as R);
  }

  reject(reason: unknown): void {
    this.#guard.release();
    this.#settle.reject(reason);
  }
}
