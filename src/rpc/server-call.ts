import type { Addr } from "../net/conn.js";
import { type CallContext, Reply } from "./reply.js";

/** The reply that a server hands to a method. What it knows of the call is made when it is asked for. */
export class ServerReply extends Reply {
  readonly serviceMethod: string;
  readonly #remoteAddr: Addr | null;
  #context: ServerCallContext | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(serviceMethod: string, remoteAddr: Addr | null) {
    super();
    this.serviceMethod = serviceMethod;
    this.#remoteAddr = remoteAddr;
  }

  override get call(): CallContext {
    if (this.#context === undefined) {
      this.#context = new ServerCallContext(this.serviceMethod, this.#remoteAddr);
      if (this.#aborted !== undefined) this.#context.abort(this.#aborted.reason);
    }
    return this.#context;
  }

  /** Tells the method that nobody waits for its reply any more. */
  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#context?.abort(reason);
  }
}

class ServerCallContext implements CallContext {
  readonly serviceMethod: string;
  readonly remoteAddr: Addr | null;
  readonly meta: Record<string, string> = {};
  readonly deadline = null;
  readonly #controller = new AbortController();

  constructor(serviceMethod: string, remoteAddr: Addr | null) {
    this.serviceMethod = serviceMethod;
    this.remoteAddr = remoteAddr;
  }
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }
}
