import type { Closer, Reader, Writer } from "../net/conn.js";
import { ClosedError, NetError, UnexpectedEOFError } from "../net/errors.js";
import { Around } from "./around.js";
import { type Call, type Done, startCall } from "./call.js";
import type { CallOptions, CallTypes, StreamOptions } from "./call-options.js";
import type { Caller, ClientState } from "./caller.js";
import { type BodyType, type ClientCodec, cancelMethod, creditMethod, type Request, type Response } from "./codec.js";
import { type CodecOptions, clientCodec } from "./codecs.js";
import { type Contract, checked, issuesText, methodTypes, mustCheck } from "./contract.js";
import { cancelType, creditType } from "./control.js";
import { DecodeError, impliedCode, isDecodeError, ServerError, ShutdownError, unsupported } from "./errors.js";
import { GuardedCall } from "./guarded-call.js";
import { type InterceptedCall, type Interceptor, intercept } from "./interceptor.js";
import { clientObserver } from "./observe/observers.js";
import { type PendingCall, PendingCalls } from "./pending-calls.js";
import { type ContractService, type RemoteService, remoteService, type ServiceOptions } from "./remote-service.js";
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
const noTypes: CallTypes = Object.freeze({});
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
  /** The request that is being written, when the codec is waiting for something. */
  #writing: Promise<void> | undefined;
  /** Why there are no more calls. */
  #ended: { readonly reason: unknown } | null = null;
  #resolveClosed: () => void = () => {};

  /** Makes a client that speaks through `codec`, and closes it in the end. */
  constructor(codec: ClientCodec, options: ClientOptions = {}) {
    this.#codec = codec;
    this.#pending = new PendingCalls(options.maxPendingCalls ?? defaultMaxPendingCalls);
    this.#around = new Around(clientObserver(), options.interceptors);
    this.#streams = {
      cancel: this.#cancel,
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
    const call = this.#seen("notify", serviceMethod, args, options);
    await intercept(this.#around.list ?? [], call, (each) => this.#notify(each));
  }

  stream<R = unknown>(serviceMethod: string, args: unknown, options: StreamOptions = {}): AsyncIterableIterator<R> {
    return this.#stream(serviceMethod, args, options, noTypes) as AsyncIterableIterator<R>;
  }

  service<T>(name: string, options?: ServiceOptions): RemoteService<T>;
  service<C extends Contract>(contract: C): ContractService<C>;
  service(of: string | Contract, options?: ServiceOptions): object {
    return typeof of === "string" ? this.#namedService(of, options?.streams ?? []) : this.#contractService(of);
  }

  close(): void {
    const reason = new ClosedError();
    this.#end(reason, new ShutdownError(reason));
  }
  [Symbol.dispose](): void {
    this.close();
  }

  #namedService(name: string, streams: readonly string[]): object {
    return remoteService((method) => {
      const serviceMethod = `${name}.${method}`;
      return streams.includes(method)
        ? (args, options) => this.stream(serviceMethod, args, options)
        : (args, options) => this.call(serviceMethod, args, options);
    });
  }

  #contractService({ name, methods }: Contract): object {
    return remoteService((method) => {
      const contract = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (contract === undefined) return undefined;
      const types = methodTypes(contract);
      const serviceMethod = `${name}.${method}`;
      return types.isStream
        ? (args, options) => this.#stream(serviceMethod, args, options ?? {}, types)
        : (args, options) => this.#call(serviceMethod, args, options, types);
    });
  }

  #call<R>(serviceMethod: string, args: unknown, options: CallOptions<R> | undefined, types: CallTypes): Promise<R> {
    const around = this.#around.list;
    if (around === null) return this.#request(serviceMethod, args, options, types);
    const call = this.#seen("call", serviceMethod, args, options);
    const last = (each: InterceptedCall): Promise<unknown> =>
      this.#request(each.serviceMethod, each.args, { ...options, meta: nonEmpty(each.meta) }, types);
    return intercept(around, call, last) as Promise<R>;
  }

  #request<R>(serviceMethod: string, args: unknown, options: CallOptions<R> | undefined, types: CallTypes): Promise<R> {
    if (options === undefined) {
      const promise = new Promise<R>(this.#settle.take as (resolve: (value: R) => void, reject: Reject) => void);
      const { resolve, reject } = this.#settle;
      const call: PendingCall = { seq: -1, isSent: false, type: types.reply, resolve, reject };
      this.#send({ serviceMethod, seq: 0 }, args, types.args, call);
      return promise;
    }
    const { signal, meta, timeoutMs } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    return new Promise<R>((resolve, reject) => {
      const call = new GuardedCall(serviceMethod, options, types.reply, { resolve, reject }, this.#cancel);
      this.#send({ serviceMethod, seq: 0, meta, timeoutMs }, args, types.args, call);
    });
  }

  async #notify({ serviceMethod, args, meta }: InterceptedCall): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#ended !== null) throw new ShutdownError(this.#ended.reason);
    const seq = this.#pending.skip();
    const written = this.#codec.writeRequest({ serviceMethod, seq, meta: nonEmpty(meta), isNotification: true }, args);
    if (written === undefined) return;
    this.#await(written.catch(() => {}));
    await written;
  }

  #stream(
    serviceMethod: string,
    args: unknown,
    options: StreamOptions,
    types: CallTypes,
  ): AsyncIterableIterator<unknown> {
    const around = this.#around.list;
    if (around === null) return this.#open(serviceMethod, args, options, types);
    const call = this.#seen("stream", serviceMethod, args, options);
    const last = async (each: InterceptedCall) =>
      this.#open(each.serviceMethod, each.args, { ...options, meta: nonEmpty(each.meta) }, types);
    return late(() => intercept(around, call, last) as Promise<AsyncIterable<unknown>>);
  }

  #open(serviceMethod: string, args: unknown, options: StreamOptions, types: CallTypes): StreamCall {
    const { meta, timeoutMs } = options;
    const start = (call: StreamCall) => {
      if (this.#codec.features?.stream !== true) return call.reject(unsupported("streams", this.#codec.name));
      this.#send({ serviceMethod, seq: 0, meta, timeoutMs, window: call.window }, args, types.args, call);
    };
    return new StreamCall({ serviceMethod, options, type: types.reply, start }, this.#streams);
  }

  /** A call as interceptors see it. */
  #seen(
    kind: InterceptedCall["kind"],
    serviceMethod: string,
    args: unknown,
    options: CallOptions = {},
  ): InterceptedCall {
    const { remoteAddr = null, name: codec = "custom" } = this.#codec;
    const { signal = null, meta } = options;
    return { side: "client", kind, serviceMethod, args, meta: { ...meta }, signal, remoteAddr, codec };
  }

  /** Takes a call out of those that wait, and tells the server if it knows of it. */
  readonly #cancel = (call: PendingCall): void => {
    this.#pending.take(call.seq);
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

  // Awaits only what is not there yet, so that a chunk of replies is settled without giving way (bench/rpc).
  async #receive(): Promise<never> {
    for (;;) {
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
      if (!(body instanceof Promise) && mustCheck(type, this.#codec.isTyped)) body = checkedReply(type, body);
    } catch (err) {
      this.#unreadable(call, err);
      return undefined;
    }
    if (!(body instanceof Promise)) {
      deliver(call, body, isPartial);
      return undefined;
    }
    return body
      .then((reply: unknown) => (mustCheck(type, this.#codec.isTyped) ? checkedReply(type, reply) : reply))
      .then(
        (reply: unknown) => deliver(call, reply, isPartial),
        (err: unknown) => this.#unreadable(call, err),
      );
  }

  /** Fails a call whose reply cannot be decoded, and the client too unless the stream is still in step. */
  #unreadable(call: PendingCall, err: unknown): void {
    this.#pending.take(call.seq);
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
    this.#codec.close();
    for (const call of this.#pending.takeAll()) call.reject(told);
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

function deliver(call: PendingCall, value: unknown, isPartial: boolean): void {
  if (isPartial) call.item?.(value);
  else call.resolve(value);
}

/** Sees to it that a reply is what its contract says. */
function checkedReply(type: BodyType, value: unknown): unknown {
  return checked(type, value, (issues) => new DecodeError(`rpc: invalid reply: ${issuesText(issues)}`));
}

/** Opens a stream when it is first read. */
async function* late(open: () => Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown, undefined> {
  yield* await open();
  return undefined;
}

/** Writes, and forgets what goes wrong: there is nobody to tell, and the loop that reads will see it. */
function settled(write: () => void | Promise<void>): Promise<void> | undefined {
  try {
    return write()?.catch(() => {});
  } catch {
    return undefined;
  }
}

function nonEmpty(meta: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(meta).length === 0 ? undefined : meta;
}

function prefixed(words: string, err: unknown): NetError {
  const { message, code } = err as { message?: unknown; code?: unknown };
  return new NetError(words + String(message), { code: typeof code === "string" ? code : "ERR_UNKNOWN", cause: err });
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
