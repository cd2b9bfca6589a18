import { handled } from "./handled.js";
import type { PendingCall } from "./pending-calls.js";
import { Reply } from "./reply.js";

/**
 * Is a call that {@link Client.go} started.
 * @see {@link https://pkg.go.dev/net/rpc#Call | Go rpc.Call}
 */
export class Call<R = unknown> {
  /** What is called, as `Arith.Multiply`. */
  readonly serviceMethod: string;
  /** The arguments. */
  readonly args: unknown;
  /** Takes the reply. */
  readonly reply: Reply<R>;
  /** Why the call failed; `null` before it is done, and if it succeeded. */
  error: Error | null = null;
  /** Resolves to this call when it is done, with or without an error. Never rejects. */
  readonly done: Promise<Call<R>>;

  constructor(serviceMethod: string, args: unknown, reply: Reply<R>, done: Promise<Call<R>>) {
    this.serviceMethod = serviceMethod;
    this.args = args;
    this.reply = reply;
    this.done = done;
  }
}

/** Is told of a call that is done. What it throws is dropped: that is no affair of the call's. */
export type Done<R> = (call: Call<R>) => unknown;

/** Starts what {@link Client.go} returns, and what the client settles it by. */
export function startCall<R>(
  serviceMethod: string,
  args: unknown,
  reply: Reply<R> = new Reply<R>(),
  done?: Done<R>,
): { readonly call: Call<R>; readonly pending: PendingCall } {
  let finish: () => void = () => {};
  const settled = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const call: Call<R> = new Call<R>(
    serviceMethod,
    args,
    reply,
    settled.then(() => call),
  );
  if (done !== undefined) void handled(settled.then(() => done(call)));
  const pending: PendingCall = {
    seq: -1,
    isSent: false,
    type: undefined,
    resolve(value) {
      try {
        reply.value = value as R;
      } catch (err) {
        call.error = err as Error;
      }
      finish();
    },
    reject(reason) {
      call.error = reason as Error;
      finish();
    },
  };
  return { call, pending };
}
