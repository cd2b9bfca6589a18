import type { Addr } from "../net/conn.js";
import { callWithin } from "./around.js";
import type { Waiter } from "./call-gate.js";
import type { Caller } from "./caller.js";
import { type Awaitable, cancelMethod, creditMethod, type Request, type ServerCodec } from "./codec.js";
import { checked, mustCheck } from "./contract.js";
import { controlType, isControlled } from "./control.js";
import { CanceledError, ShutdownError } from "./errors.js";
import { handled } from "./handled.js";
import { IdleWatch } from "./idle-watch.js";
import { type Failure, failureOf, failureOfResult, isThenable } from "./outcome.js";
import { readHeader } from "./read-header.js";
import { busy, invalidArgs, noMethod, noStream, shuttingDown } from "./refusals.js";
import type { Method } from "./registry.js";
import { ResponseWriter } from "./response-writer.js";
import { notAllSent, type ReplyHost, ServerReply } from "./server-call.js";
import type { Queued, SessionParts } from "./session-parts.js";

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
  /** How many of those send many replies. */
  #streams = 0;
  readonly #queue: Queued[] = [];
  readonly #idle: IdleWatch;
  #onLeave: (() => void)[] = [];
  /** Why a request was not served, for {@link Session.serveOne}. */
  #refusal: { readonly error: unknown } | null = null;
  #closesOnError = true;
  #hasReported = false;
  /** Whether nothing more is read. */
  #isAtEnd = false;
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
      () => this.isIdle && !((parts.callsBack() ?? 0) > 0),
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
    const caller = this.#parts.caller?.() ?? null;
    this.#left(); // from now on, reading must go on
    return caller;
  }
  /** Whether no call is under way. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#queue.length === 0;
  }

  /** Something happens on the connection: it is not idle. */
  touch(): void {
    this.#idle.touch();
  }

  /** Serves until the stream of requests ends, answers what is under way, and closes. Never rejects. */
  async run(): Promise<void> {
    this.#idle.start();
    try {
      await this.#serveAll();
      this.#isAtEnd = true;
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
    try {
      this.#codec.close();
    } catch (err) {
      this.#parts.onError(err);
    }
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
    this.#isAtEnd = true;
    const request = await readHeader(this.#codec);
    if (request === null) return false;
    await this.#take(request);
    await this.#until(() => this.isIdle);
    await this.#codec.flush?.();
    if (this.#refusal !== null) throw this.#refusal.error;
    return true;
  }

  // Awaits only what is not there yet, so that a chunk of requests is served without giving way (bench/rpc-echo).
  async #serveAll(): Promise<void> {
    for (;;) {
      const header = readHeader(this.#codec);
      const request = header instanceof Promise ? await header : header;
      if (request === null || this.#isClosed) return;
      const served = this.#take(request);
      if (served !== undefined) await served;
      if (this.#queue.length > 0 && this.#isFull) await this.#until(() => !this.#isFull);
    }
  }

  /** Whether no more may be read. */
  get #isFull(): boolean {
    return this.#queue.length > 0 && this.#isQueueFull && !this.#refuses;
  }
  get #isQueueFull(): boolean {
    return this.#queue.length >= this.#parts.maxQueuedCalls || this.#parts.gate.isQueueFull;
  }
  /** Whether a call too many is refused: also when what others wait for comes behind it. */
  get #refuses(): boolean {
    return this.#parts.whenBusy === "refuse" || this.#isCalling || this.#streams > 0;
  }
  get #isCalling(): boolean {
    return this.#parts.callsBack() !== null;
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
    let good: Awaitable<unknown>;
    try {
      good = checked(method.args, args, (issues) => invalidArgs(reply.serviceMethod, issues));
    } catch (err) {
      return this.#refuse(reply, err);
    }
    return this.#admit(method, reply, good instanceof Promise ? handled(good) : good);
  }

  /** Starts a call, or lets it wait for its turn. A promise of arguments is of those that are still being checked. */
  #admit(method: Method, reply: ServerReply, args: unknown): Awaitable<void> {
    const { gate, maxConcurrentCalls } = this.#parts;
    if (this.#isDraining) return this.#refuse(reply, shuttingDown());
    const hasRoom = this.#running.size < maxConcurrentCalls;
    if (hasRoom && this.#queue.length === 0 && !gate.isFull) return this.#start(method, reply, args);
    if (this.#isQueueFull && this.#refuses) return this.#refuse(reply, busy());
    this.#queue.push({ method, reply, args });
    gate.queue(1);
    if (hasRoom) gate.await(this);
    return undefined;
  }

  /** Starts calls that wait, while there is room. */
  proceed(): void {
    const { gate, maxConcurrentCalls } = this.#parts;
    while (this.#queue.length > 0 && this.#running.size < maxConcurrentCalls) {
      if (gate.isFull) {
        gate.await(this);
        break;
      }
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
    let failure: Failure | null;
    try {
      const result: unknown =
        args instanceof Promise ? this.#callLater(method, reply, args) : this.#call(method, reply, args);
      if (isThenable(result)) return this.#run(method, reply, result);
      failure = failureOfResult(result, reply.serviceMethod);
    } catch (err) {
      failure = failureOf(err);
    }
    if (startedAt > 0) stats.record(performance.now() - startedAt);
    const last = failure === null && reply.isStream ? reply.sendLast() : null;
    if (last !== null) return this.#run(method, reply, last);
    const written = this.#answer(method, reply, failure);
    return written === undefined || !this.#isCalling ? written : this.#linger(reply, written);
  }

  #call(method: Method, reply: ServerReply, args: unknown): unknown {
    const around = this.#parts.around();
    if (around === null) return method.fn.call(method.rcvr, args, reply);
    return callWithin(around, { method, reply, args, codec: this.#codec.name ?? "custom" });
  }

  /** Calls a method when its arguments are known to be good; unless nobody waits for it any more. */
  async #callLater(method: Method, reply: ServerReply, args: Promise<unknown>): Promise<unknown> {
    const good = await args;
    const late: unknown = reply.lateness;
    if (late === null) return this.#call(method, reply, good);
    throw late as Error;
  }

  /** Lets a method run on beside the loop. */
  #run(method: Method, reply: ServerReply, result: PromiseLike<unknown>): undefined {
    this.#enter(reply);
    if (this.#isAtEnd) reply.endCredit();
    method.stats.running++;
    void this.#finish(method, reply, result);
  }

  async #finish(method: Method, reply: ServerReply, result: PromiseLike<unknown>): Promise<void> {
    const startedAt = performance.now();
    let failure: Failure | null;
    try {
      failure = failureOfResult(await result, reply.serviceMethod);
      const last = failure === null && reply.isStream ? reply.sendLast() : null;
      if (last !== null) await last;
    } catch (err) {
      failure = failureOf(err);
    }
    method.stats.running--;
    method.stats.record(performance.now() - startedAt);
    const written = this.#answer(method, reply, failure);
    if (written !== undefined) await written;
    this.#leave(reply);
  }

  /** Counts a response that waits to be written as a call, where the loop must go on reading. */
  #linger(reply: ServerReply, written: Promise<void>): undefined {
    this.#enter(reply);
    void written.then(() => this.#leave(reply));
  }

  #enter(reply: ServerReply): void {
    this.#running.add(reply);
    if (reply.isStream) this.#streams++;
    this.#parts.gate.enter();
  }

  #leave(reply: ServerReply): void {
    this.#running.delete(reply);
    if (reply.isStream) this.#streams--;
    this.#parts.gate.leave();
    this.proceed();
  }

  /** Answers a call whose method is done. Never rejects. */
  #answer(method: Method, reply: ServerReply, outcome: Failure | null): Awaitable<void> {
    const isCut = reply.finish();
    const failure = isCut && outcome === null ? failureOf(notAllSent(reply.serviceMethod)) : outcome;
    if (failure !== null) method.stats.errors++;
    return reply.isNotification
      ? undefined
      : this.#out.respond(reply, failure, reply.isStream ? undefined : reply.value);
  }

  /** Answers a request that no method gets. */
  #refuse(reply: ServerReply, err: unknown): Awaitable<void> {
    this.#refusal = { error: err };
    return reply.isNotification ? undefined : this.#tell(reply, failureOf(err), undefined);
  }

  /** Answers. What must go on reading does not wait for the peer to read. */
  #tell(reply: ServerReply, failure: Failure | null, value: unknown): Awaitable<void> {
    const written = this.#out.respond(reply, failure, value);
    return this.#isCalling ? undefined : written;
  }

  sendItem(reply: ServerReply, value: unknown): Promise<void> {
    return this.#out.send(reply, value);
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
    if (!reply.isNotification) await this.#tell(reply, null, {});
  }

  #control(serviceMethod: string, body: { readonly Seq?: unknown; readonly N?: unknown } | null): void {
    const { Seq: seq, N: n } = body ?? {};
    const reply = this.#find(seq);
    if (serviceMethod === cancelMethod) reply?.abort(new CanceledError());
    if (serviceMethod === creditMethod && typeof n === "number" && n > 0) reply?.grant(Math.floor(n));
  }

  #find(seq: unknown): ServerReply | undefined {
    for (const reply of this.#running) if (reply.seq === seq) return reply;
    return this.#queue.find(({ reply }) => reply.seq === seq)?.reply;
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
