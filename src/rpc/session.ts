import type { Addr } from "../net/conn.js";
import { callWithin } from "./around.js";
import { badHeader } from "./bad-header.js";
import type { CallGate, Waiter } from "./call-gate.js";
import type { Caller } from "./caller.js";
import { type Awaitable, cancelMethod, creditMethod, type Request, type ServerCodec } from "./codec.js";
import { checked, mustCheck } from "./contract.js";
import { controlType, isControlled } from "./control.js";
import { CanceledError, ShutdownError } from "./errors.js";
import { IdleWatch } from "./idle-watch.js";
import type { Interceptor } from "./interceptor.js";
import { type Failure, failureOf, failureOfResult, isThenable } from "./outcome.js";
import { busy, invalidArgs, noMethod, noStream, shuttingDown } from "./refusals.js";
import type { Method, Registry } from "./registry.js";
import { ResponseWriter } from "./response-writer.js";
import { type ReplyHost, ServerReply } from "./server-call.js";

/** What a session needs of its server. */
export interface SessionParts {
  readonly codec: ServerCodec;
  readonly registry: Registry;
  readonly gate: CallGate;
  readonly maxConcurrentCalls: number;
  readonly maxQueuedCalls: number;
  /** After how long without a call the connection is closed, in ms; 0 for never. */
  readonly idleTimeoutMs: number;
  /** What is done when no call more may wait: stop reading, or refuse the call. */
  readonly whenBusy: () => "wait" | "refuse";
  /** Calls the other end back, where the codec can. */
  readonly caller: (() => Caller) | null;
  /** What is to be run around each call; `null` if nothing is. */
  readonly around: () => readonly Interceptor[] | null;
  readonly onError: (err: unknown) => void;
}

/** A call that waits for its turn. */
interface Queued {
  readonly method: Method;
  readonly reply: ServerReply;
  readonly args: unknown;
}

/**
 * Serves the calls of one connection.
 *
 * One loop reads requests. A method that answers at once is answered within the loop, without a wait; one that returns a
 * promise runs beside it, and is answered when it is done. When as many run as may, calls wait in a queue; when that is
 * full, the loop stops reading, or refuses calls.
 */
export class Session implements ReplyHost, Waiter {
  readonly #parts: SessionParts;
  readonly #codec: ServerCodec;
  readonly #out: ResponseWriter;
  /** Calls that wait for their method, or for their response to be written. */
  readonly #running = new Set<ServerReply>();
  readonly #queue: Queued[] = [];
  readonly #idle: IdleWatch;
  #onLeave: (() => void)[] = [];
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
    this.#parts = parts;
    this.#codec = parts.codec;
    this.#out = new ResponseWriter(parts.codec, (err) => this.#broken(err));
    this.#idle = new IdleWatch(
      parts.idleTimeoutMs,
      () => this.isIdle,
      () => void this.drain(),
    );
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get remoteAddr(): Addr | null {
    return this.#codec.remoteAddr ?? null;
  }
  get caller(): Caller | null {
    return this.#parts.caller?.() ?? null;
  }
  /** Whether no call is under way. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#queue.length === 0;
  }

  /** Serves until the stream of requests ends, answers what is under way, and closes. Never rejects. */
  async run(): Promise<void> {
    this.#idle.start();
    try {
      await this.#serveAll();
      for (const reply of this.#running) reply.endCredit();
    } catch (err) {
      this.#report(err);
      this.#abortAll(err);
    }
    await this.drain();
  }

  /** Refuses new requests, answers those under way, and closes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#until(() => this.isIdle);
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
    this.#idle.stop();
    this.#out.close();
    this.#codec.close();
    this.#abortAll(reason);
    this.#parts.gate.queue(-this.#queue.length);
    this.#parts.gate.forget(this);
    this.#queue.length = 0;
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
    await this.#take(request);
    await this.#until(() => this.isIdle);
    await this.#codec.flush?.();
    if (this.#refusal !== null) throw this.#refusal.error;
    return true;
  }

  // Awaits only what is not there yet, so that a chunk of requests is served without giving way (bench/rpc).
  async #serveAll(): Promise<void> {
    for (;;) {
      const header = this.#readHeader();
      const request = header instanceof Promise ? await header : header;
      if (request === null || this.#isClosed) return;
      const served = this.#take(request);
      if (served !== undefined) await served;
      if (this.#queue.length > 0 && this.#isFull) await this.#until(() => !this.#isFull);
    }
  }

  /** Whether no more may be read. */
  get #isFull(): boolean {
    const { gate, maxQueuedCalls, whenBusy } = this.#parts;
    if (this.#queue.length === 0 || whenBusy() === "refuse") return false;
    return this.#queue.length >= maxQueuedCalls || gate.isQueueFull;
  }

  #readHeader(): Awaitable<Request | null> {
    try {
      const header = this.#codec.readRequestHeader();
      return header instanceof Promise ? header.catch(badHeader) : header;
    } catch (err) {
      return badHeader(err);
    }
  }

  #take(request: Request): Awaitable<void> {
    this.#idle.touch();
    const reply = new ServerReply(request, this);
    const method = this.#parts.registry.find(reply.serviceMethod);
    if (method === undefined) return this.#unknown(reply);
    reply.type = method.reply;
    let args: unknown;
    try {
      args = this.#codec.readRequestBody(method.args);
    } catch (err) {
      return this.#refuse(reply, err);
    }
    if (!(args instanceof Promise)) return this.#check(method, reply, args);
    return args.then(
      (late: unknown) => this.#check(method, reply, late),
      (err: unknown) => this.#refuse(reply, err),
    );
  }

  /** Sees to it that a method gets what its contract says. */
  #check(method: Method, reply: ServerReply, args: unknown): Awaitable<void> {
    if (method.isStream && !reply.isStream) return this.#refuse(reply, this.noStream(reply.serviceMethod));
    if (!mustCheck(method.args, this.#codec.isTyped)) return this.#admit(method, reply, args);
    try {
      const good = checked(method.args, args, (issues) => invalidArgs(reply.serviceMethod, issues));
      if (!(good instanceof Promise)) return this.#admit(method, reply, good);
      return good.then(
        (late: unknown) => this.#admit(method, reply, late),
        (err: unknown) => this.#refuse(reply, err),
      );
    } catch (err) {
      return this.#refuse(reply, err);
    }
  }

  /** Starts a call, or lets it wait for its turn. */
  #admit(method: Method, reply: ServerReply, args: unknown): Awaitable<void> {
    const { gate, maxConcurrentCalls, maxQueuedCalls, whenBusy } = this.#parts;
    if (this.#isDraining) {
      return this.#refuse(reply, shuttingDown());
    }
    const hasRoom = this.#running.size < maxConcurrentCalls;
    if (hasRoom && this.#queue.length === 0 && !gate.isFull) return this.#start(method, reply, args);
    if ((this.#queue.length >= maxQueuedCalls || gate.isQueueFull) && whenBusy() === "refuse") {
      return this.#refuse(reply, busy());
    }
    this.#queue.push({ method, reply, args });
    gate.queue(1);
    if (hasRoom) gate.await(this);
    return undefined;
  }

  /** Starts calls that wait, while there is room. */
  proceed(): void {
    const { gate, maxConcurrentCalls } = this.#parts;
    while (this.#queue.length > 0 && this.#running.size < maxConcurrentCalls) {
      if (gate.isFull) return gate.await(this);
      const { method, reply, args } = this.#queue.shift() as Queued;
      gate.queue(-1);
      const late = reply.lateness;
      void (late === null ? this.#start(method, reply, args) : this.#refuse(reply, late));
    }
    this.#left();
  }

  #start(method: Method, reply: ServerReply, args: unknown): Awaitable<void> {
    const { stats } = method;
    const startedAt = (stats.calls++ & 15) === 0 ? performance.now() : 0;
    const around = this.#parts.around();
    let failure: Failure | null;
    try {
      const result: unknown =
        around === null
          ? method.fn.call(method.rcvr, args, reply)
          : callWithin(around, { method, reply, args, codec: this.#codec.name ?? "custom" });
      if (isThenable(result)) return this.#run(method, reply, result);
      failure = failureOfResult(result, reply.serviceMethod);
    } catch (err) {
      failure = failureOf(err);
    }
    if (startedAt > 0) stats.record(performance.now() - startedAt);
    return this.#answer(method, reply, failure);
  }

  /** Lets a method run on beside the loop. */
  #run(method: Method, reply: ServerReply, result: PromiseLike<unknown>): undefined {
    this.#running.add(reply);
    this.#parts.gate.enter();
    method.stats.running++;
    void this.#finish(method, reply, result);
  }

  async #finish(method: Method, reply: ServerReply, result: PromiseLike<unknown>): Promise<void> {
    const startedAt = performance.now();
    let failure: Failure | null;
    try {
      failure = failureOfResult(await result, reply.serviceMethod);
    } catch (err) {
      failure = failureOf(err);
    }
    method.stats.running--;
    method.stats.record(performance.now() - startedAt);
    const written = this.#answer(method, reply, failure);
    if (written !== undefined) await written;
    this.#running.delete(reply);
    this.#parts.gate.leave();
    this.proceed();
  }

  /** Answers a call whose method is done. Never rejects. */
  #answer(method: Method, reply: ServerReply, failure: Failure | null): Awaitable<void> {
    reply.finish();
    if (failure !== null) method.stats.errors++;
    if (reply.isNotification) return undefined;
    if (!reply.isStream || failure !== null) return this.#respond(reply, failure, reply.value);
    const last = reply.value === undefined ? undefined : this.sendItem(reply, reply.value);
    if (last === undefined) return this.#respond(reply, null, undefined);
    return last.then(
      () => this.#respond(reply, null, undefined),
      (err: unknown) => this.#respond(reply, failureOf(err), undefined),
    );
  }

  /** Answers a request that no method gets. */
  #refuse(reply: ServerReply, err: unknown): Awaitable<void> {
    this.#refusal = { error: err };
    return reply.isNotification ? undefined : this.#respond(reply, failureOf(err), undefined);
  }

  #respond(reply: ServerReply, failure: Failure | null, value: unknown): Awaitable<void> {
    const { serviceMethod, seq } = reply;
    const response =
      failure === null
        ? { serviceMethod, seq, error: "" }
        : { serviceMethod, seq, error: failure.error, code: failure.code, data: failure.data };
    const written = this.#out.write(
      response,
      failure === null ? value : undefined,
      reply.isStream ? undefined : reply.type,
    );
    if (written === null) return undefined;
    if (!(written instanceof Promise)) return this.#unwritten(written, reply, failure);
    const done = written.then((err) => this.#unwritten(err, reply, failure));
    return this.#parts.whenBusy() === "refuse" ? undefined : done; // what must go on reading cannot wait for the peer to read
  }

  /** Tells the caller that its reply could not be encoded. */
  #unwritten(err: unknown, reply: ServerReply, failure: Failure | null): Awaitable<void> {
    if (err !== null && failure === null) return this.#respond(reply, failureOf(err), undefined);
    return undefined;
  }

  async sendItem(reply: ServerReply, value: unknown): Promise<void> {
    const { serviceMethod, seq, type } = reply;
    const err = await this.#out.write({ serviceMethod, seq, error: "", isPartial: true }, value, type);
    if (err !== null) throw err;
  }

  noStream(serviceMethod: string): Error {
    return noStream(serviceMethod, this.#codec.name ?? "in use", this.#codec.features?.stream === true);
  }

  /** Serves what is asked of the session itself; refuses what nobody serves. */
  async #unknown(reply: ServerReply): Promise<void> {
    const { serviceMethod } = reply;
    const { features = {} } = this.#codec;
    const isControl = isControlled(serviceMethod, features);
    let body: unknown;
    try {
      body = await this.#codec.readRequestBody(isControl ? controlType : null);
    } catch (err) {
      return this.#refuse(reply, isControl ? err : noMethod(this.#parts.registry.whyNot(serviceMethod)));
    }
    if (!isControl) return this.#refuse(reply, noMethod(this.#parts.registry.whyNot(serviceMethod)));
    this.#control(serviceMethod, body as { Seq?: unknown; N?: unknown } | null);
    if (!reply.isNotification) await this.#respond(reply, null, {});
  }

  #control(serviceMethod: string, body: { readonly Seq?: unknown; readonly N?: unknown } | null): void {
    const { Seq: seq, N: n } = body ?? {};
    const reply =
      [...this.#running].find((each) => each.seq === seq) ?? this.#queue.find((each) => each.reply.seq === seq)?.reply;
    if (serviceMethod === cancelMethod) reply?.abort(new CanceledError());
    if (serviceMethod === creditMethod && typeof n === "number" && n > 0) reply?.grant(n);
  }

  #broken(err: unknown): void {
    this.#refusal = { error: err };
    if (!this.#closesOnError) return;
    this.#report(err);
    this.close(err);
  }

  #abortAll(reason: unknown): void {
    for (const reply of this.#running) reply.abort(reason);
    for (const { reply } of this.#queue) reply.abort(reason);
  }

  /** Reports the first thing that went wrong; what comes after it comes of it. */
  #report(err: unknown): void {
    if (this.#isClosed || this.#hasReported) return;
    this.#hasReported = true;
    this.#parts.onError(err);
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await new Promise<void>((resolve) => this.#onLeave.push(resolve));
  }

  #left(): void {
    if (this.#onLeave.length === 0) return;
    for (const resolve of this.#onLeave.splice(0)) resolve();
  }
}
