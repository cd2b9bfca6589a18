import type { Duplex } from "node:stream";
import { PendingList } from "../../internal/pending.js";
import type { Bytes } from "../conn.js";
import { Deadline } from "../deadline.js";
import { syscallError } from "../errno.js";
import { ClosedError, TimeoutError } from "../errors.js";
import { Segment } from "./segment.js";

/** Writes up to this size are copied into a batch; larger ones go by reference. */
const maxCopyBytes = 16_384;
/** How much is handed to the system at a time, so that a deadline finds the rest still here. */
const maxHandBytes = 262_144;
/** How much is copied while the system takes no more; beyond that writes wait by reference. */
const maxWaitingCopyBytes = 65_536;

/**
 * Gathers the writes of one tick and hands them to a socket in one system call: the sending half of a stream socket.
 *
 * A write resolves when the system has taken it. A large write, a full block, and the end of the tick each hand over
 * what is gathered.
 */
export class BatchWriter {
  /** Made when somebody first sets one. */
  #deadline: Deadline | null = null;
  readonly #socket: Duplex;
  readonly #wrap: (cause: Error, bytesWritten: number) => Error;
  readonly #onTaken: (() => void) | undefined;
  /** Who waits for the end to be told. */
  #enders: PendingList<void> | null = null;
  /** What waits, in order; the first may be handed over in part. */
  #waiting: Segment[] = [];
  #waitingCopied = 0;
  /** What is handed over but not yet taken. */
  #inFlight: Segment[] = [];
  /** Callbacks to come of writes that the system took at once. */
  #stale = 0;
  #scheduled = false;
  /** Made when something is first written. */
  #onTick: (() => void) | undefined;
  #onWritten: ((err?: Error | null) => void) | undefined;
  #ended = false;
  #finished = false;
  #closed = false;
  #failure: Error | null = null;

  /**
   * `wrap` dresses a cause for the writer, as an OpError with the conn's addresses. `onTaken` is called after the system
   * has taken something.
   */
  constructor(socket: Duplex, wrap: (cause: Error, bytesWritten: number) => Error, onTaken?: () => void) {
    this.#socket = socket;
    this.#wrap = wrap;
    this.#onTaken = onTaken;
  }

  /** The deadline of writes. */
  get deadline(): Deadline {
    this.#deadline ??= new Deadline(() => this.#expire());
    if (this.#inFlight.length > 0) this.#deadline.watch();
    return this.#deadline;
  }

  /** How many bytes are gathered, wait, or are handed over, and not taken yet. */
  get unsent(): number {
    let n = 0;
    for (let i = 0; i < this.#waiting.length; i++) n += (this.#waiting[i] as Segment).length; // once a message: no iterator
    return n;
  }

  /** Where the bytes begin that were {@link BatchWriter.reserve | reserved} last. */
  reservedAt = 0;

  /**
   * Adds `n` bytes, 16 KiB at most, to the batch without a promise, and returns the block that they are in: the caller
   * fills it from {@link BatchWriter.reservedAt} on before anything else happens, and bounds what it adds by
   * {@link BatchWriter.unsent}.
   */
  reserve(n: number): Bytes {
    let tail = this.#waiting[this.#waiting.length - 1];
    let at = tail === undefined ? -1 : tail.extend(n);
    if (tail === undefined || at < 0) {
      if (tail !== undefined && this.#inFlight.length === 0) this.#flush();
      tail = Segment.room(n);
      at = 0;
      this.#waiting.push(tail);
    }
    this.#waitingCopied += n;
    this.#schedule();
    this.reservedAt = at;
    return tail.bytes;
  }

  /** Adds `p` itself without a promise; the caller leaves it unchanged until it is taken, or flushes if told not to. */
  refer(p: Bytes, flush = true): void {
    this.#waiting.push(Segment.refer(p));
    if (flush) this.#flush();
  }

  /** As {@link BatchWriter.refer}, the short way: at once, and with nothing to remember, where nothing waits. */
  pass(p: Bytes): void {
    const socket = this.#socket;
    if (this.#waiting.length > 0 || this.#failure !== null || p.byteLength > maxHandBytes) {
      this.refer(p);
      return;
    }
    socket.write(p, this.#callback);
    if (socket.writableLength === 0 && socket.errored === null) {
      this.#stale++;
      return;
    }
    const segment = Segment.refer(p);
    segment.hand(maxHandBytes);
    this.#waiting.push(segment);
    this.#inFlight = [segment];
    this.#deadline?.watch();
  }

  /** Hands over now, before the tick ends, what can be. */
  flush(): void {
    this.#flush();
  }

  /** Writes all of `p`. With a signal, what is not yet handed over can be withdrawn. */
  write(p: Bytes, signal?: AbortSignal): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(this.#wrap(refusal, 0));
    const n = p.byteLength;
    if (n === 0) return Promise.resolve(0);
    if (signal === undefined && n <= maxCopyBytes && this.#mayCopy(n)) return this.#gather(p);
    const segment = Segment.refer(p);
    const done = segment.join(n);
    this.#waiting.push(segment);
    if (signal !== undefined) this.#listen(signal, segment, done);
    if (n > maxCopyBytes) this.#flush();
    else this.#schedule();
    return done;
  }

  /** Ends the stream after what was written; resolves when the system has been told. */
  end(): Promise<void> {
    if (this.#finished && !this.#closed) return Promise.resolve();
    if (this.#failure !== null) return Promise.reject(this.#wrap(this.#failure, 0));
    this.#enders ??= new PendingList();
    const done = this.#enders.add(undefined);
    if (!this.#ended) {
      this.#ended = true;
      this.#flush();
    }
    return done;
  }

  /** Closes: hands over what is gathered, and rejects whatever the system does not take at once. */
  close(): void {
    this.#flush();
    this.#closed = true;
    this.#failure = null;
    this.fail(new ClosedError());
  }

  /** Rejects all that is under way, and all to come. */
  fail(cause: Error): void {
    if (this.#failure !== null) return;
    this.#failure = cause;
    this.#deadline?.stop();
    this.#rejectAll(cause);
  }

  #refusal(): Error | null {
    if (this.#ended && !this.#closed) return syscallError("write", "EPIPE");
    if (this.#failure !== null) return this.#failure;
    return this.#deadline?.expired === true ? new TimeoutError() : null;
  }

  #mayCopy(n: number): boolean {
    return this.#inFlight.length === 0 || this.#waitingCopied + n <= maxWaitingCopyBytes;
  }

  /** Copies a small write to the end of the batch. */
  #gather(p: Bytes): Promise<number> {
    let tail = this.#waiting.at(-1);
    if (tail === undefined || !tail.append(p)) {
      if (tail !== undefined && this.#inFlight.length === 0) this.#flush();
      tail = Segment.copy(p);
      this.#waiting.push(tail);
    }
    this.#waitingCopied += p.byteLength;
    this.#schedule();
    return tail.join(p.byteLength);
  }

  /** The tick queue runs after the microtasks, so that all that they write leaves together. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight.length > 0) return;
    this.#scheduled = true;
    this.#onTick ??= () => {
      this.#scheduled = false;
      this.#flush();
    };
    process.nextTick(this.#onTick);
  }

  /** Hands over what waits for as long as the system takes it at once. */
  #flush(): void {
    while (this.#inFlight.length === 0 && this.#waiting.length > 0 && this.#failure === null) this.#hand();
    if (this.#inFlight.length > 0) this.#deadline?.watch();
    else if (this.#ended && !this.#finished && this.#failure === null) this.#finish();
    this.#onTaken?.();
  }

  #hand(): void {
    const socket = this.#socket;
    const batch = this.#next();
    const views = batch.map((segment) => segment.hand(maxHandBytes));
    const last = views.pop() as Bytes;
    this.#inFlight = batch;
    if (views.length > 0) {
      socket.cork();
      for (const view of views) socket.write(view);
      socket.write(last, this.#callback);
      socket.uncork();
    } else {
      socket.write(last, this.#callback);
    }
    if (socket.writableLength > 0 || socket.errored !== null) return;
    this.#stale++;
    this.#settle();
  }

  /** Chooses what goes next: whole segments up to the limit, or a part of the first. */
  #next(): Segment[] {
    let bytes = 0;
    let count = 0;
    for (const segment of this.#waiting) {
      bytes += segment.left;
      if (count > 0 && bytes > maxHandBytes) break;
      count++;
    }
    return this.#waiting.slice(0, count);
  }

  get #callback(): (err?: Error | null) => void {
    this.#onWritten ??= (err) => this.#written(err);
    return this.#onWritten;
  }

  #written(err?: Error | null): void {
    if (this.#stale > 0) {
      this.#stale--;
      return;
    }
    if (err !== null && err !== undefined) return; // the socket's 'error' event tells
    this.#deadline?.unwatch();
    this.#settle();
    this.#flush();
  }

  /** The system took what was in flight. */
  #settle(): void {
    for (const segment of this.#inFlight) {
      if (segment.left > 0) break;
      if (this.#waiting[0] === segment) this.#waiting.shift();
      if (segment.copied) this.#waitingCopied -= segment.length;
      segment.done();
    }
    this.#inFlight = [];
  }

  #finish(): void {
    this.#socket.end(() => {
      this.#finished = true;
      for (let ender = this.#enders?.shift(); ender !== undefined; ender = this.#enders?.shift()) ender.resolve();
    });
  }

  #expire(): void {
    this.#rejectAll(new TimeoutError());
    this.#waiting = this.#waiting.filter((segment) => this.#inFlight.includes(segment));
    for (const segment of this.#waiting) segment.cut();
    this.#waitingCopied = 0;
    for (const segment of this.#waiting) if (segment.copied) this.#waitingCopied += segment.length;
  }

  #rejectAll(cause: Error): void {
    for (const segment of this.#waiting) segment.reject((n) => this.#wrap(cause, n));
    this.#enders?.rejectAll(() => this.#wrap(cause, 0));
  }

  #listen(signal: AbortSignal, segment: Segment, done: Promise<number>): void {
    const onAbort = () => {
      segment.reject(() => signal.reason);
      if (segment.handed > 0) segment.cut();
      else this.#waiting = this.#waiting.filter((other) => other !== segment);
    };
    const release = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort);
    done.then(release, release);
  }
}
