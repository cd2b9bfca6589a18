import type { Closer, Reader, Writer } from "../net/conn.js";
import { ClosedError, UnexpectedEOFError } from "../net/errors.js";
import { Around } from "./around.js";
import { atLeast } from "./at-least.js";
import { type Call, type Done, startCall } from "./call.js";
import { type CallOptions, type CallTypes, noTypes, type StreamOptions } from "./call-options.js";
import type { Caller, ClientState } from "./caller.js";
import { checkedReply, checkOf, prefixed } from "./checked-reply.js";
import { type BodyType, type ClientCodec, cancelMethod, creditMethod, type Request, type Response } from "./codec.js";
import { type CodecOptions, clientCodec } from "./codecs.js";
import { type Contract, mustCheck } from "./contract.js";
import { cancelType, creditType } from "./control.js";
import { type Apart, enclose, nonEmpty, seenCall } from "./enclosed-call.js";
import { EnclosedStream } from "./enclosed-stream.js";
import { impliedCode, isDecodeError, ServerError, ShutdownError, unsupported } from "./errors.js";
import { spanOf, tooLate } from "./guard.js";
import { GuardedCall } from "./guarded-call.js";
import { settled } from "./handled.js";
import type { InterceptedCall, Interceptor } from "./interceptor.js";
import { clientObserver } from "./observe/observers.js";
import { type PendingCall, PendingCalls } from "./pending-calls.js";
import {
  type ContractService,
  contractService,
  namedService,
  type RemoteService,
  type ServiceArguments,
  type ServiceHost,
  type ServiceOptions,
} from "./remote-service.js";
import type { Reply } from "./reply.js";
import { StreamCall, type StreamHost } from "./stream-call.js";

/** Options of every client. */
export interface ClientOptions {
  /** How many calls may wait for their replies; one more rejects with a {@link LimitError}. @default 65_536 */
  maxPendingCalls?: number | undefined;
  /** What calls run through before they leave; the first is the outermost. @default none */
  interceptors?: readonly Interceptor[] | undefined;
}

/** Options of {@link newClient}. */
export interface NewClientOptions extends ClientOptions, CodecOptions {}

const defaultMaxPendingCalls = 65_536;
const anyBody: BodyType = Object.freeze({});
/** The last response of a stream says nothing. */
const noStreamEnd: { readonly type?: BodyType } = Object.freeze({});

/**
 * Calls the methods of a server over one connection, any number of them at once.
 *
 * Calls of one tick leave in one write. Replies are matched by number, in whatever order they come. However the
 * connection ends, every call that waits is settled: with a {@link ShutdownError} after {@link Client.close}, with an
 * {@link UnexpectedEOFError} when the server hangs up, with the failure itself otherwise. Nothing is sent a second time.
 * @see {@link https://pkg.go.dev/net/rpc#Client | Go rpc.Client}
 */
export class Client implements Caller, Closer, Disposable {
  readonly closed: Promise<void>;
  readonly #codec: ClientCodec;
  readonly #pending: PendingCalls;
  readonly #around: Around;
  readonly #streams: StreamHost;
  readonly #settle = new Settle();
  /** Calls that were answered, or are not sent yet, and wait for an interceptor or a check. */
  readonly #apart: Apart = new Set();
  /** The request that is being written, when the codec is waiting for something. */
  #writing: Promise<void> | undefined;
  /** Why there are no more calls. */
  #ended: { readonly reason: unknown } | null = null;
  #resolveClosed: () => void = () => {};

  /** Makes a client that speaks through `codec`, and closes it in the end. */
  constructor(codec: ClientCodec, options: ClientOptions = {}) {
    this.#codec = codec;
    this.#pending = new PendingCalls(atLeast(1, "maxPendingCalls", options.maxPendingCalls ?? defaultMaxPendingCalls));
    this.#around = new Around(clientObserver(), options.interceptors);
    this.#streams = {
      cancel: this.#cancel,
      apart: this.#apart,
      grant: (call, n) => this.#control(creditMethod, { Seq: call.seq, N: n }, creditType),
    };
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#receive().catch((err: unknown) => this.#end(err));
  }

  get state(): ClientState {
    return this.#ended === null ? "open" : "closed";
  }

  /** How many calls wait for their replies. */
  get pendingCalls(): number {
    return this.#pending.size;
  }

  call<R = unknown>(serviceMethod: string, args: unknown, options?: CallOptions<R>): Promise<R> {
    return this.#call(serviceMethod, args, options, noTypes);
  }

  /**
   * Starts a call, and returns what will know its outcome. `done` is called when it is done. Never throws.
   * @see {@link https://pkg.go.dev/net/rpc#Client.Go | Go Client.Go}
   */
  go<R = unknown>(serviceMethod: string, args: unknown, reply?: Reply<R>, done?: Done<R>): Call<R> {
    const { call, pending } = startCall(serviceMethod, args, reply, done);
    if (this.#around.list === null) this.#send({ serviceMethod, seq: 0 }, args, undefined, pending);
    else this.call(serviceMethod, args).then(pending.resolve, pending.reject);
    return call;
  }

  async notify(serviceMethod: string, args: unknown, options: Pick<CallOptions, "meta"> = {}): Promise<void> {
    if (this.#codec.features?.notify !== true) throw unsupported("notifications", this.#codec.name);
    const around = this.#around.list;
    if (around === null) return this.#notify(serviceMethod, args, options.meta);
    const call = seenCall(this.#codec, "notify", serviceMethod, args, options);
    await enclose(this.#apart, around, call, {}, (each) =>
      this.#notify(each.serviceMethod, each.args, nonEmpty(each.meta)),
    );
  }

  stream<R = unknown>(serviceMethod: string, args: unknown, options: StreamOptions = {}): AsyncIterableIterator<R> {
    return this.#stream(serviceMethod, args, options, noTypes) as AsyncIterableIterator<R>;
  }

  service<T>(name: string, ...options: ServiceArguments<T>): RemoteService<T>;
  service<C extends Contract>(contract: C): ContractService<C>;
  service(of: string | Contract, options?: ServiceOptions): object {
    const host: ServiceHost = {
      call: (serviceMethod, args, own, types) => this.#call(serviceMethod, args, own, types),
      stream: (serviceMethod, args, own, types) => this.#stream(serviceMethod, args, own ?? {}, types),
    };
    return typeof of === "string" ? namedService(host, of, options?.streams ?? []) : contractService(host, of);
  }

  close(): void {
    const reason = new ClosedError();
    this.#end(reason, new ShutdownError(reason));
  }
  [Symbol.dispose](): void {
    this.close();
  }

  #call<R>(serviceMethod: string, args: unknown, options: CallOptions<R> | undefined, types: CallTypes): Promise<R> {
    const around = this.#around.list;
    if (around === null) return this.#request(serviceMethod, args, options, types);
    const late = options === undefined ? null : tooLate(serviceMethod, options);
    if (late !== null) return Promise.reject(late.reason);
    const call = seenCall(this.#codec, "call", serviceMethod, args, options);
    return enclose(this.#apart, around, call, options ?? {}, (each, inner) =>
      this.#request(each.serviceMethod, each.args, inner, types),
    );
  }

  #request<R>(serviceMethod: string, args: unknown, options: CallOptions<R> | undefined, types: CallTypes): Promise<R> {
    if (options === undefined) {
      const promise = new Promise<R>(this.#settle.take as (resolve: (value: R) => void, reject: Reject) => void);
      const { resolve, reject } = this.#settle;
      const call: PendingCall = { seq: -1, isSent: false, type: types.reply, resolve, reject };
      this.#send({ serviceMethod, seq: 0 }, args, types.args, call);
      return promise;
    }
    const { meta } = options;
    const timeoutMs = spanOf(options.timeoutMs);
    const late = tooLate(serviceMethod, options);
    if (late !== null) return Promise.reject(late.reason);
    return new Promise<R>((resolve, reject) => {
      const call = new GuardedCall(serviceMethod, options, types.reply, { resolve, reject }, this.#cancel);
      this.#send({ serviceMethod, seq: 0, meta, timeoutMs }, args, types.args, call);
    });
  }

  /** Sends a notification: a call that is done when it is written. */
  #notify(serviceMethod: string, args: unknown, meta: CallOptions["meta"]): Promise<void> {
    return new Promise((resolve, reject) => {
      const call: PendingCall = { seq: -1, isSent: false, type: undefined, resolve: () => resolve(), reject };
      this.#send({ serviceMethod, seq: 0, meta, isNotification: true }, args, undefined, call);
      const written = () => {
        if (this.#pending.get(call.seq) === call) this.#pending.take(call.seq);
        resolve();
      };
      if (this.#writing === undefined) written();
      else void this.#writing.then(written);
    });
  }

  #stream(
    serviceMethod: string,
    args: unknown,
    options: StreamOptions,
    types: CallTypes,
  ): AsyncIterableIterator<unknown> {
    const around = this.#around.list;
    if (around === null) return this.#open(serviceMethod, args, options, types);
    const call = seenCall(this.#codec, "stream", serviceMethod, args, options);
    const open = (each: InterceptedCall, inner: StreamOptions) =>
      this.#open(each.serviceMethod, each.args, inner, types);
    return new EnclosedStream({ apart: this.#apart, around, call, options, open });
  }

  #open(serviceMethod: string, args: unknown, options: StreamOptions, types: CallTypes): StreamCall {
    const { meta } = options;
    const timeoutMs = spanOf(options.timeoutMs);
    const type = types.reply;
    const check = type !== undefined && mustCheck(type, this.#codec.isTyped) ? checkOf(type) : null;
    const start = (call: StreamCall) => {
      if (this.#codec.features?.stream !== true) return call.reject(unsupported("streams", this.#codec.name));
      this.#send({ serviceMethod, seq: 0, meta, timeoutMs, window: call.window }, args, types.args, call);
    };
    return new StreamCall({ serviceMethod, options, type, check, start }, this.#streams);
  }

  /** Takes a call out of those that wait, and tells the server if it knows of it. */
  readonly #cancel = (call: PendingCall): void => {
    this.#pending.take(call.seq);
    this.#apart.delete(call);
    if (call.isSent && this.#codec.features?.cancel === true) {
      this.#control(cancelMethod, { Seq: call.seq }, cancelType);
    }
  };

  /** Sends what the server does not answer, or what nobody waits for the answer of. */
  #control(serviceMethod: string, args: object, type: BodyType): void {
    if (this.#ended !== null) return;
    const isNotification = this.#codec.features?.notify === true;
    const write = () =>
      this.#codec.writeRequest({ serviceMethod, seq: this.#pending.skip(), isNotification }, args, type);
    const written = this.#writing === undefined ? settled(write) : this.#writing.then(() => settled(write));
    if (written !== undefined) this.#await(written);
  }

  #send(request: Request, args: unknown, type: BodyType | undefined, call: PendingCall): void {
    if (this.#ended !== null) return call.reject(new ShutdownError(this.#ended.reason));
    try {
      this.#pending.add(call);
    } catch (err) {
      return call.reject(err);
    }
    request.seq = call.seq;
    const written =
      this.#writing === undefined
        ? this.#write(request, args, type, call)
        : this.#writing.then(() => this.#write(request, args, type, call));
    if (written !== undefined) this.#await(written);
  }

  /** Makes later requests wait. */
  #await(written: Promise<void>): void {
    this.#writing = written;
    void written.then(() => {
      if (this.#writing === written) this.#writing = undefined;
    });
  }

  /** Writes a request, unless its call was given up meanwhile. A failure is this call's alone. Never rejects. */
  #write(request: Request, args: unknown, type: BodyType | undefined, call: PendingCall): Promise<void> | undefined {
    if (this.#pending.get(call.seq) !== call) return undefined;
    call.isSent = true;
    try {
      const written = this.#codec.writeRequest(request, args, type);
      return written instanceof Promise ? written.catch((err: unknown) => this.#reject(call, err)) : undefined;
    } catch (err) {
      this.#reject(call, err);
      return undefined;
    }
  }

  #reject(call: PendingCall, reason: unknown): void {
    if (this.#pending.take(call.seq) !== undefined) call.reject(reason);
  }

  // Awaits only what is not there yet, so that a chunk of replies is settled without giving way (bench/rpc-echo).
  async #receive(): Promise<void> {
    while (this.#ended === null) {
      const header = this.#codec.readResponseHeader();
      const response = header instanceof Promise ? await header : header;
      if (response === null) throw new UnexpectedEOFError();
      const { seq, error, isPartial = false } = response;
      const call = isPartial ? this.#pending.get(seq) : this.#pending.take(seq);
      const received = call === undefined || error !== "" ? this.#fail(call, response) : this.#succeed(call, isPartial);
      if (received !== undefined) await received;
    }
  }

  #succeed(call: PendingCall, isPartial: boolean): Promise<void> | undefined {
    const { type = anyBody } = isPartial || call.item === undefined ? call : noStreamEnd;
    let body: unknown;
    try {
      body = this.#codec.readResponseBody(type);
    } catch (err) {
      this.#unreadable(call, err, isPartial);
      return undefined;
    }
    if (body instanceof Promise) return this.#succeedLater(call, type, body, isPartial);
    if (isPartial || mustCheck(type, this.#codec.isTyped)) this.#deliver(call, type, body, isPartial);
    else call.resolve(body);
    return undefined;
  }

  async #succeedLater(call: PendingCall, type: BodyType, body: Promise<unknown>, isPartial: boolean): Promise<void> {
    if (!isPartial) this.#apart.add(call);
    try {
      const reply = await body;
      if (isPartial || this.#apart.delete(call)) this.#deliver(call, type, reply, isPartial);
    } catch (err) {
      this.#apart.delete(call);
      this.#unreadable(call, err, isPartial);
    }
  }

  #deliver(call: PendingCall, type: BodyType, value: unknown, isPartial: boolean): void {
    if (isPartial) call.item?.(value);
    else if (mustCheck(type, this.#codec.isTyped)) this.#check(call, type, value);
    else call.resolve(value);
  }

  /** Settles a call when its reply is known to be good, or not. Other replies do not wait for it. */
  #check(call: PendingCall, type: BodyType, value: unknown): void {
    let good: unknown;
    try {
      good = checkedReply(type, value);
    } catch (err) {
      return call.reject(err);
    }
    if (!(good instanceof Promise)) return call.resolve(good);
    this.#apart.add(call);
    good.then(
      (reply: unknown) => this.#apart.delete(call) && call.resolve(reply),
      (err: unknown) => this.#apart.delete(call) && call.reject(err),
    );
  }

  /** Fails a call whose reply cannot be decoded, and the client too unless the stream is still in step. */
  #unreadable(call: PendingCall, err: unknown, isPartial: boolean): void {
    if (isPartial) this.#cancel(call);
    call.reject(prefixed("reading body ", err));
    if (!isDecodeError(err)) throw err;
  }

  /** Fails a call that the server failed, or throws away what nobody waits for. */
  async #fail(call: PendingCall | undefined, { error, code, data, seq }: Response): Promise<void> {
    this.#pending.take(seq);
    call?.reject(new ServerError(error, { code: code ?? impliedCode(error), data }));
    try {
      await this.#codec.readResponseBody(null);
    } catch (err) {
      throw prefixed("reading error body: ", err);
    }
  }

  /** Ends the client, for the reason that comes first, of which calls that wait are told in their way. */
  #end(reason: unknown, told = reason): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    try {
      this.#codec.close();
    } catch {
      // whatever a codec does, what waits must be told
    }
    for (const call of this.#pending.takeAll()) call.reject(told);
    for (const call of this.#apart) call.reject(told);
    this.#apart.clear();
    this.#resolveClosed();
  }
}

type Reject = (reason: unknown) => void;

/** Takes what settles a promise out of it: one function for all, not a closure for each call (bench/rpc-echo). */
class Settle {
  resolve: (value: unknown) => void = () => {};
  reject: Reject = () => {};
  readonly take = (resolve: (value: unknown) => void, reject: Reject): void => {
    this.resolve = resolve;
    this.reject = reject;
  };
}

/**
 * Makes a client of a connection. It closes it in the end.
 * @see {@link https://pkg.go.dev/net/rpc#NewClient | Go rpc.NewClient}
 */
export function newClient(conn: Reader & Writer & Closer, options: NewClientOptions = {}): Client {
  return new Client(clientCodec(conn, options), options);
}

/**
 * Makes a client that speaks through a codec.
 * @see {@link https://pkg.go.dev/net/rpc#NewClientWithCodec | Go rpc.NewClientWithCodec}
 */
export function newClientWithCodec(codec: ClientCodec, options: ClientOptions = {}): Client {
  return new Client(codec, options);
}
