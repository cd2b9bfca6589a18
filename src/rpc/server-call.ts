import { after } from "../internal/after.js";
import type { Addr } from "../net/conn.js";
import { TimeoutError, UnexpectedEOFError } from "../net/errors.js";
import type { Caller } from "./caller.js";
import type { BodyType, Request } from "./codec.js";
import { ServerError } from "./errors.js";
import { spanOf } from "./guard.js";
import { handled } from "./handled.js";
import { type CallContext, Reply, type ReplyStream } from "./reply.js";

/** What a reply needs of the connection that it leaves by. */
export interface ReplyHost {
  readonly remoteAddr: Addr | null;
  readonly caller: Caller | null;
  /** Says why a method cannot send many replies to a caller that waits for one. */
  noStream(serviceMethod: string): Error;
  /** Sends one of many replies. */
  sendItem(reply: ServerReply, value: unknown): Promise<void>;
}

interface Waiting {
  resolve(): void;
  reject(reason: unknown): void;
}

const noMeta: Readonly<Record<string, string>> = Object.freeze({});

/** The reply that a server hands to a method. What it knows of the call is made when it is asked for. */
export class ServerReply extends Reply implements ReplyStream<unknown> {
  readonly serviceMethod: string;
  readonly seq: number | bigint;
  readonly isNotification: boolean;
  readonly meta: Readonly<Record<string, string>> | undefined;
  /** How long the caller waits, in ms; 0 for as long as it takes. */
  readonly timeoutMs: number;
  /** What each reply is, where a contract tells. */
  type: BodyType | undefined = undefined;
  readonly #host: ReplyHost;
  readonly #startedAt: number;
  /** How many replies the caller takes yet; -1 if it waits for one. */
  #credit: number;
  #waiting: Waiting[] | null = null;
  #isCreditOver = false;
  #isFinished = false;
  #context: ServerCallContext | null = null;
  #aborted: { readonly reason: unknown } | null = null;

  constructor(request: Request, host: ReplyHost) {
    super();
    this.serviceMethod = request.serviceMethod;
    this.seq = request.seq;
    this.isNotification = request.isNotification === true;
    this.meta = request.meta;
    this.timeoutMs = request.timeoutMs === undefined ? 0 : (spanOf(request.timeoutMs) ?? 0);
    this.#startedAt = this.timeoutMs > 0 ? Date.now() : 0;
    this.#credit = request.window === undefined || this.isNotification ? -1 : Math.floor(request.window);
    this.#host = host;
  }

  /** Whether the caller reads a stream. */
  get isStream(): boolean {
    return this.#credit >= 0;
  }

  /** Why it makes no sense any more to start the call; `null` if it does. */
  get lateness(): unknown {
    if (this.#aborted !== null) return this.#aborted.reason;
    const isLate = this.timeoutMs > 0 && Date.now() > this.#startedAt + this.timeoutMs;
    return isLate ? new TimeoutError(`serve ${this.serviceMethod}: deadline exceeded`) : null;
  }

  override get call(): CallContext {
    if (this.#context === null) {
      const deadline = this.timeoutMs > 0 ? this.#startedAt + this.timeoutMs : null;
      this.#context = new ServerCallContext(this, this.#host, deadline);
      if (this.#aborted !== null) this.#context.abort(this.#aborted.reason);
      if (this.#isFinished) this.#context.finish();
    }
    return this.#context;
  }

  send(value: unknown): Promise<void> {
    if (this.#aborted !== null) return refused(this.#aborted.reason);
    if (this.#isFinished) return refused(new Error(`rpc: ${this.serviceMethod} sends a reply after its end`));
    if (!this.isStream) return refused(this.#host.noStream(this.serviceMethod));
    if (this.#credit === 0 || this.#waiting !== null)
      return handled(this.#turn().then(() => this.#host.sendItem(this, value)));
    this.#credit--;
    return this.#host.sendItem(this, value);
  }

  /** Sends what a method with many replies has set as its reply; `null` if it has set none. */
  sendLast(): Promise<void> | null {
    const { value } = this;
    if (value === undefined) return null;
    this.value = undefined;
    return this.send(value);
  }

  /** Waits until the caller takes one more. */
  #turn(): Promise<void> {
    if (this.#isCreditOver) this.abort(new UnexpectedEOFError());
    if (this.#aborted !== null) return Promise.reject(this.#aborted.reason);
    return new Promise((resolve, reject) => {
      this.#waiting ??= [];
      this.#waiting.push({ resolve, reject });
    });
  }

  /** The caller takes `n` more replies. */
  grant(n: number): void {
    if (this.#credit < 0) return;
    this.#credit = Math.min(this.#credit + n, 0xffff_ffff);
    while (this.#credit > 0 && this.#waiting !== null) {
      const next = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#waiting = null;
      this.#credit--;
      next?.resolve();
    }
  }

  /** The caller will not ask for more: a stream that has to wait for it ends. */
  endCredit(): void {
    this.#isCreditOver = true;
    if (this.#waiting !== null) this.abort(new UnexpectedEOFError());
  }

  /** Tells the method that nobody waits for its reply any more. */
  abort(reason: unknown): void {
    if (this.#aborted !== null) return;
    this.#aborted = { reason };
    this.#context?.abort(reason);
    for (const each of this.#waiting ?? []) each.reject(reason);
    this.#waiting = null;
  }

  /** The method is done: its deadline does not matter any more. Tells whether what it sent still waits, for ever now. */
  finish(): boolean {
    this.#isFinished = true;
    this.#context?.finish();
    if (this.#waiting === null) return false;
    for (const each of this.#waiting) each.reject(notAllSent(this.serviceMethod));
    this.#waiting = null;
    return true;
  }
}

/** The method is done, and some of its replies are not sent: it did not wait for them. */
export function notAllSent(serviceMethod: string): ServerError {
  const text = `rpc: ${serviceMethod} returned before all that it sent was on its way: await each send`;
  return new ServerError(text, { code: "ERR_RPC_INTERNAL" });
}

function refused(reason: unknown): Promise<never> {
  return handled(Promise.reject(reason as Error));
}

class ServerCallContext implements CallContext {
  readonly serviceMethod: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly deadline: Date | null;
  readonly #host: ReplyHost;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(reply: ServerReply, host: ReplyHost, deadline: number | null) {
    this.serviceMethod = reply.serviceMethod;
    this.meta = reply.meta ?? noMeta;
    this.deadline = deadline === null ? null : new Date(deadline);
    this.#host = host;
    if (deadline === null) return;
    const expire = () => reply.abort(new TimeoutError(`serve ${reply.serviceMethod}: deadline exceeded`));
    this.#timer = after(deadline - Date.now(), expire);
  }
  get remoteAddr(): Addr | null {
    return this.#host.remoteAddr;
  }
  get caller(): Caller | null {
    return this.#host.caller;
  }
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  abort(reason: unknown): void {
    clearTimeout(this.#timer);
    this.#controller.abort(reason);
  }
  finish(): void {
    clearTimeout(this.#timer);
  }
}
