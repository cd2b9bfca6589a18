import { isClosed, NetError, OpError, UnexpectedEOFError } from "../net/errors.js";
import type { Awaitable, BodyType, Request, Response, ServerCodec } from "./codec.js";
import { isEncodeError, ProtocolError, ShutdownError } from "./errors.js";
import { errorOfResult, errorOfThrown, isThenable } from "./outcome.js";
import type { Method, Registry } from "./registry.js";
import { ServerReply } from "./server-call.js";

/** What a session needs of its server. */
export interface SessionParts {
  readonly codec: ServerCodec;
  readonly registry: Registry;
  readonly maxConcurrentCalls: number;
  readonly onError: (err: unknown) => void;
}

const anyBody: BodyType = {};

/**
 * Serves the calls of one connection.
 *
 * One loop reads requests. A method that answers at once is answered within the loop, without a wait; one that returns a
 * promise runs beside it, and is answered when it is done. The loop waits while as many run as may, and while the
 * connection takes no more replies.
 */
export class Session {
  readonly #codec: ServerCodec;
  readonly #registry: Registry;
  readonly #maxConcurrentCalls: number;
  readonly #onError: (err: unknown) => void;
  /** Calls that wait for their method, or for their response to be written. */
  readonly #running = new Set<ServerReply>();
  #onLeave: (() => void)[] = [];
  /** The response that is being written, when the codec is waiting for something. */
  #writing: Promise<void> | undefined;
  /** Why a request was not served, for {@link Session.serveOne}. */
  #refusal: { readonly error: unknown } | null = null;
  #closesOnError = true;
  #hasReported = false;
  #isDraining = false;
  #isClosed = false;
  #resolveClosed: () => void = () => {};
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;

  constructor(parts: SessionParts) {
    this.#codec = parts.codec;
    this.#registry = parts.registry;
    this.#maxConcurrentCalls = parts.maxConcurrentCalls;
    this.#onError = parts.onError;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** Serves until the stream of requests ends, answers what is under way, and closes. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#serveAll();
    } catch (err) {
      this.#report(err);
      for (const reply of this.#running) reply.abort(err);
    }
    await this.drain();
  }

  /** Takes no more requests; answers those under way, and closes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#untilRunning(0);
    if (!this.#isClosed) {
      try {
        await this.#codec.flush?.();
      } catch (err) {
        this.#report(err);
      }
    }
    this.close(new ShutdownError());
  }

  /** Closes at once; methods that still run are told the reason by their signal. */
  close(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isDraining = true;
    this.#codec.close();
    for (const reply of this.#running) reply.abort(reason);
    this.#running.clear();
    this.#left();
    this.#resolveClosed();
  }

  /**
   * Serves one request, and waits for its response to leave; `false` at the end of the stream. Closes nothing. Rejects
   * with what kept the server from calling a method; the method's own error is the caller's alone.
   */
  async serveOne(): Promise<boolean> {
    this.#closesOnError = false;
    const request = await this.#readHeader();
    if (request === null) return false;
    await this.#readAndServe(request);
    await this.#untilRunning(0);
    await this.#codec.flush?.();
    if (this.#refusal !== null) throw this.#refusal.error;
    return true;
  }

  // Awaits only what is not there yet, so that a chunk of requests is served without giving way (bench/rpc-echo).
  async #serveAll(): Promise<void> {
    for (;;) {
      const header = this.#readHeader();
      const request = header instanceof Promise ? await header : header;
      if (request === null || this.#isDraining) return;
      const served = this.#readAndServe(request);
      if (served !== undefined) await served;
      if (this.#running.size >= this.#maxConcurrentCalls) await this.#untilRunning(this.#maxConcurrentCalls - 1);
    }
  }

  #readHeader(): Awaitable<Request | null> {
    try {
      const header = this.#codec.readRequestHeader();
      return header instanceof Promise ? header.catch(badHeader) : header;
    } catch (err) {
      return badHeader(err);
    }
  }

  #readAndServe({ serviceMethod, seq }: Request): Awaitable<void> {
    const method = this.#registry.find(serviceMethod);
    const response: Response = { serviceMethod, seq, error: "" };
    let args: unknown;
    try {
      args = this.#codec.readRequestBody(method === undefined ? null : anyBody);
    } catch (err) {
      return this.#refuse(method, response, err);
    }
    if (!(args instanceof Promise)) return this.#serve(method, response, args);
    return args.then(
      (late: unknown) => this.#serve(method, response, late),
      (err: unknown) => this.#refuse(method, response, err),
    );
  }

  #serve(method: Method | undefined, response: Response, args: unknown): Awaitable<void> {
    if (method === undefined) return this.#refuse(method, response, undefined);
    const reply = new ServerReply(response.serviceMethod, this.#codec.remoteAddr ?? null);
    method.calls++;
    let result: unknown;
    try {
      result = method.fn.call(method.rcvr, args, reply);
      if (isThenable(result)) return this.#await(result, reply, response);
      response.error = errorOfResult(result, response.serviceMethod);
    } catch (err) {
      response.error = errorOfThrown(err);
    }
    return this.#respond(response, reply.value);
  }

  /** Lets a method run on beside the loop. */
  #await(result: PromiseLike<unknown>, reply: ServerReply, response: Response): void {
    this.#running.add(reply);
    void this.#answer(result, reply, response);
  }

  async #answer(result: PromiseLike<unknown>, reply: ServerReply, response: Response): Promise<void> {
    try {
      response.error = errorOfResult(await result, response.serviceMethod);
    } catch (err) {
      response.error = errorOfThrown(err);
    }
    const written = this.#respond(response, reply.value);
    if (written !== undefined) await written;
    if (this.#running.delete(reply)) this.#left();
  }

  /** Answers a request that no method gets. */
  #refuse(method: Method | undefined, response: Response, err: unknown): Awaitable<void> {
    const refusal = method === undefined ? this.#noMethod(response.serviceMethod) : err;
    this.#refusal = { error: refusal };
    response.error = errorOfThrown(refusal);
    return this.#respond(response, undefined);
  }

  #noMethod(serviceMethod: string): NetError {
    return new NetError(this.#registry.whyNot(serviceMethod), { code: "ERR_RPC_NO_METHOD" });
  }

  /** Writes a response, after those before it. Never rejects. */
  #respond(response: Response, body: unknown): Awaitable<void> {
    const last = this.#writing;
    const written = last === undefined ? this.#write(response, body) : last.then(() => this.#write(response, body));
    if (written === undefined) return undefined;
    this.#writing = written;
    return written.then(() => {
      if (this.#writing === written) this.#writing = undefined;
    });
  }

  #write(response: Response, body: unknown): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    try {
      const written = this.#codec.writeResponse(response, body);
      return written instanceof Promise ? written.catch((err: unknown) => this.#unwritten(response, err)) : undefined;
    } catch (err) {
      return this.#unwritten(response, err);
    }
  }

  #unwritten(response: Response, err: unknown): Promise<void> | undefined {
    if (isEncodeError(err) && response.error === "") {
      return this.#write({ ...response, error: errorOfThrown(err) }, undefined);
    }
    this.#refusal = { error: err };
    if (!this.#closesOnError) return undefined;
    this.#report(err);
    this.close(err);
    return undefined;
  }

  /** Reports the first thing that went wrong; what comes after it comes of it. */
  #report(err: unknown): void {
    if (this.#isClosed || this.#hasReported) return;
    this.#hasReported = true;
    this.#onError(err);
  }

  async #untilRunning(n: number): Promise<void> {
    while (this.#running.size > n) await new Promise<void>((resolve) => this.#onLeave.push(resolve));
  }

  #left(): void {
    if (this.#onLeave.length === 0) return;
    for (const resolve of this.#onLeave.splice(0)) resolve();
  }
}

/** Dresses what a codec says of a header as Go does; an end in the middle of one speaks for itself. */
function badHeader(err: unknown): never {
  if (!(err instanceof Error) || err instanceof UnexpectedEOFError || err instanceof OpError || isClosed(err))
    throw err;
  throw new ProtocolError(`rpc: server cannot decode request: ${err.message}`, err);
}
