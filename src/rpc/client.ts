import type { Closer, Reader, Writer } from "../net/conn.js";
import { ClosedError, NetError, UnexpectedEOFError } from "../net/errors.js";
import { type Call, type Done, startCall } from "./call.js";
import type { BodyType, ClientCodec, Response } from "./codec.js";
import { type CodecOptions, clientCodec } from "./codecs.js";
import { isDecodeError, ServerError, ShutdownError } from "./errors.js";
import { type CallOptions, GuardedCall } from "./guarded-call.js";
import { type PendingCall, PendingCalls } from "./pending-calls.js";
import { type RemoteService, remoteService } from "./remote-service.js";
import type { Reply } from "./reply.js";

/** Options of every client. */
export interface ClientOptions {
  /** How many calls may wait for their replies; one more rejects with a {@link LimitError}. @default 65_536 */
  maxPendingCalls?: number | undefined;
}

/** Options of {@link newClient}. */
export interface NewClientOptions extends ClientOptions, CodecOptions {}

/** Whether a {@link Client} can make calls. */
export type ClientState = "open" | "closed";

const defaultMaxPendingCalls = 65_536;
const anyBody: BodyType = {};

/**
 * Calls the methods of a server over one connection, any number of them at once.
 *
 * Calls of one tick leave in one write. Replies are matched by number, in whatever order they come. However the
 * connection ends, every call that waits is settled: with a {@link ShutdownError} after {@link Client.close}, with an
 * {@link UnexpectedEOFError} when the server hangs up, with the failure itself otherwise.
 * @see {@link https://pkg.go.dev/net/rpc#Client | Go rpc.Client}
 */
export class Client implements Closer, Disposable {
  /** Resolves when the client is closed, by whichever end. Never rejects. */
  readonly closed: Promise<void>;
  readonly #codec: ClientCodec;
  readonly #pending: PendingCalls;
  /** The request that is being written, when the codec is waiting for something. */
  #writing: Promise<void> | undefined;
  /** Why there are no more calls. */
  #ended: { readonly reason: unknown } | null = null;
  #resolveClosed: () => void = () => {};

  /** Makes a client that speaks through `codec`, and closes it in the end. */
  constructor(codec: ClientCodec, options: ClientOptions = {}) {
    this.#codec = codec;
    this.#pending = new PendingCalls(options.maxPendingCalls ?? defaultMaxPendingCalls);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#receive().catch((err: unknown) => this.#end(err));
  }

  /** Whether calls can be made. */
  get state(): ClientState {
    return this.#ended === null ? "open" : "closed";
  }

  /**
   * Calls a method and resolves to its reply.
   * @throws {ServerError} with the server's message when the method, or the server, failed; {@link ShutdownError} when
   * the client is closed; {@link EncodeError} for arguments that cannot be sent; {@link TimeoutError} after `timeoutMs`;
   * the signal's reason, untouched
   * @see {@link https://pkg.go.dev/net/rpc#Client.Call | Go Client.Call}
   */
  call<R = unknown>(serviceMethod: string, args: unknown, options?: CallOptions<R>): Promise<R> {
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    return new Promise<R>((resolve, reject) => {
      const call: PendingCall =
        options === undefined
          ? { seq: -1, resolve, reject }
          : new GuardedCall(serviceMethod, options, { resolve, reject }, this.#giveUp);
      this.#send(serviceMethod, args, call);
    });
  }

  /**
   * Starts a call, and returns what will know its outcome. `done` is called when it is done. Never throws.
   * @see {@link https://pkg.go.dev/net/rpc#Client.Go | Go Client.Go}
   */
  go<R = unknown>(serviceMethod: string, args: unknown, reply?: Reply<R>, done?: Done<R>): Call<R> {
    const { call, pending } = startCall(serviceMethod, args, reply, done);
    this.#send(serviceMethod, args, pending);
    return call;
  }

  /**
   * Returns an object whose methods call those of a service: `client.service<Arith>("Arith").Multiply({ A: 7, B: 8 })`.
   * Its type has the methods of `T` that keep the rules, and no others.
   */
  service<T>(name: string): RemoteService<T> {
    return remoteService<T>(name, (serviceMethod, args, options) => this.call(serviceMethod, args, options));
  }

  /** Closes the connection. Calls that wait reject with a {@link ShutdownError}. */
  close(): void {
    const reason = new ClosedError();
    this.#end(reason, new ShutdownError(reason));
  }
  [Symbol.dispose](): void {
    this.close();
  }

  readonly #giveUp = (call: PendingCall): void => {
    this.#pending.take(call.seq);
  };

  #send(serviceMethod: string, args: unknown, call: PendingCall): void {
    if (this.#ended !== null) return call.reject(new ShutdownError(this.#ended.reason));
    try {
      this.#pending.add(call);
    } catch (err) {
      return call.reject(err);
    }
    const { seq } = call;
    const written =
      this.#writing === undefined ? this.#write(serviceMethod, seq, args) : this.#writeLater(serviceMethod, seq, args);
    if (written !== undefined) this.#await(written);
  }

  #writeLater(serviceMethod: string, seq: number, args: unknown): Promise<void> | undefined {
    return this.#writing?.then(() => (this.#pending.has(seq) ? this.#write(serviceMethod, seq, args) : undefined));
  }

  /** Makes later requests wait. */
  #await(written: Promise<void>): void {
    this.#writing = written;
    void written.then(() => {
      if (this.#writing === written) this.#writing = undefined;
    });
  }

  /** Writes a request. A failure is this call's alone. Never rejects. */
  #write(serviceMethod: string, seq: number, args: unknown): Promise<void> | undefined {
    try {
      const written = this.#codec.writeRequest({ serviceMethod, seq }, args);
      return written instanceof Promise ? written.catch((err: unknown) => this.#reject(seq, err)) : undefined;
    } catch (err) {
      this.#reject(seq, err);
      return undefined;
    }
  }

  #reject(seq: number, reason: unknown): void {
    this.#pending.take(seq)?.reject(reason);
  }

  // Awaits only what is not there yet, so that a chunk of replies is settled without giving way (bench/rpc-echo).
  async #receive(): Promise<never> {
    for (;;) {
      const header = this.#codec.readResponseHeader();
      const response = header instanceof Promise ? await header : header;
      if (response === null) throw new UnexpectedEOFError();
      const call = this.#pending.take(response.seq);
      const received = call === undefined || response.error !== "" ? this.#fail(call, response) : this.#succeed(call);
      if (received !== undefined) await received;
    }
  }

  #succeed(call: PendingCall): Promise<void> | undefined {
    let body: unknown;
    try {
      body = this.#codec.readResponseBody(anyBody);
    } catch (err) {
      unreadable(call, err);
      return undefined;
    }
    if (!(body instanceof Promise)) {
      call.resolve(body);
      return undefined;
    }
    return body.then(
      (reply: unknown) => call.resolve(reply),
      (err: unknown) => unreadable(call, err),
    );
  }

  /** Fails a call that the server failed, or throws away what nobody waits for. */
  async #fail(call: PendingCall | undefined, response: Response): Promise<void> {
    call?.reject(new ServerError(response.error));
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

/** Fails a call whose reply cannot be decoded, and the client too unless the stream is still in step. */
function unreadable(call: PendingCall, err: unknown): void {
  call.reject(prefixed("reading body ", err));
  if (!isDecodeError(err)) throw err;
}

function prefixed(words: string, err: unknown): NetError {
  const { message, code } = err as { message?: unknown; code?: unknown };
  return new NetError(words + String(message), { code: typeof code === "string" ? code : "ERR_UNKNOWN", cause: err });
}

/**
 * Makes a client of a connection. It closes it in the end.
 * @throws {NetError} with code `ERR_NOT_SUPPORTED` for a codec still to come
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
