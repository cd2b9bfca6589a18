import { copyBytes } from "../internal/byte-queue.js";
import { PendingList } from "../internal/pending.js";
import type { Addr, Bytes, OpOptions, StreamConn } from "./conn.js";
import { Deadline } from "./deadline.js";
import { ClosedError, NetError, OpError, TimeoutError } from "./errors.js";
import { readableView, writableView } from "./views.js";

/** The address of either end of a {@link pipe}; it prints as `pipe`. */
export interface PipeAddr extends Addr {
  /** Always `"pipe"`. */
  readonly transport: "pipe";
}

const pipeAddr: PipeAddr = Object.freeze({ transport: "pipe", toString: () => "pipe" });

/**
 * Creates two connected conns in memory.
 *
 * Synchronous and unbuffered, as Go's: a write resolves when the other end has read all of it, one write can fill many
 * reads, and no read gets bytes of two writes. So never await a write before somebody reads.
 *
 * @example
 * ```ts
 * import { pipe } from "toolkit/net";
 *
 * const [a, b] = pipe();
 * const p = new Uint8Array(16);
 * const [, n] = await Promise.all([a.write(new TextEncoder().encode("hello")), b.read(p)]);
 * console.log(new TextDecoder().decode(p.subarray(0, n ?? 0))); // hello
 * a.close();
 * ```
 * @see {@link https://pkg.go.dev/net#Pipe | Go net.Pipe}
 */
export function pipe(): [StreamConn<PipeAddr>, StreamConn<PipeAddr>] {
  const there = new Direction();
  const back = new Direction();
  return [new PipeConn(back, there), new PipeConn(there, back)];
}

/** A write under way, and how much of it was read. */
interface Offer {
  readonly bytes: Bytes;
  taken: number;
}

/** One direction of a pipe: writers that offer bytes meet readers that take them. */
class Direction {
  readonly readDeadline = new Deadline(() => this.#readers.rejectAll(() => opError("read", new TimeoutError())));
  readonly writeDeadline = new Deadline(() => this.#rejectWriters(() => new TimeoutError()));
  readonly #readers = new PendingList<number | null, Bytes>(() => this.readDeadline.unwatch());
  readonly #writers = new PendingList<number, Offer>(() => this.writeDeadline.unwatch());
  /** The writing end gave up: after what is on offer, readers get the end of the stream. */
  #ended = false;
  /** The reading end is gone. */
  #broken = false;

  read(p: Bytes, signal: AbortSignal | undefined): Promise<number | null> {
    if (this.readDeadline.expired) return Promise.reject(opError("read", new TimeoutError()));
    if (p.byteLength === 0) return Promise.resolve(0);
    if (this.#readers.length === 0) {
      const n = this.#serve(p);
      if (n > 0) return Promise.resolve(n);
      if (this.#ended) return Promise.resolve(null);
    }
    this.readDeadline.watch();
    return this.#readers.add(p, signal);
  }

  write(p: Bytes, signal: AbortSignal | undefined): Promise<number> {
    if (this.writeDeadline.expired) return Promise.reject(opError("write", new TimeoutError(), 0));
    if (this.#ended || this.#broken) return Promise.reject(opError("write", brokenPipe(), 0));
    const offer: Offer = { bytes: p, taken: 0 };
    if (this.#writers.length === 0) {
      for (
        let reader = this.#readers.first;
        reader !== undefined && offer.taken < p.byteLength;
        reader = this.#readers.first
      ) {
        this.#readers.shift();
        reader.resolve(take(offer, reader.context));
      }
    }
    if (offer.taken === p.byteLength) return Promise.resolve(p.byteLength);
    this.writeDeadline.watch();
    return this.#writers.add(offer, signal);
  }

  /** Ends the stream after what is on offer. */
  end(): void {
    this.#ended = true;
    this.#endReaders(); // who waits here waits because nothing is on offer
  }

  /** The writing end closes: what is on offer is withdrawn. */
  closeWriter(): void {
    this.#ended = true;
    this.writeDeadline.stop();
    this.#rejectWriters(() => new ClosedError());
    this.#endReaders();
  }

  /** The reading end closes: nobody will take what is on offer. */
  closeReader(): void {
    this.#broken = true;
    this.readDeadline.stop();
    this.#readers.rejectAll(() => opError("read", new ClosedError()));
    this.#rejectWriters(brokenPipe);
  }

  /** Gives a reader bytes of the first writer; returns 0 if none writes. */
  #serve(p: Bytes): number {
    const writer = this.#writers.first;
    if (writer === undefined) return 0;
    const n = take(writer.context, p);
    if (writer.context.taken === writer.context.bytes.byteLength) {
      this.#writers.shift();
      writer.resolve(writer.context.taken);
    }
    return n;
  }

  #endReaders(): void {
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift()) reader.resolve(null);
  }

  #rejectWriters(cause: () => Error): void {
    this.#writers.rejectAll(({ context }) => opError("write", cause(), context.taken));
  }
}

function take(offer: Offer, p: Bytes): number {
  const n = Math.min(p.byteLength, offer.bytes.byteLength - offer.taken);
  copyBytes(offer.bytes, offer.taken, p, 0, n);
  offer.taken += n;
  return n;
}

function opError(op: string, cause: Error, bytesWritten?: number): OpError {
  return new OpError({ op, net: "pipe", cause, ...(bytesWritten === undefined ? {} : { bytesWritten }) });
}

function brokenPipe(): NetError {
  return new NetError("io: read/write on closed pipe", { code: "EPIPE" });
}

class PipeConn implements StreamConn<PipeAddr> {
  readonly localAddr = pipeAddr;
  readonly remoteAddr = pipeAddr;
  readonly closed: Promise<void>;
  readonly #in: Direction;
  readonly #out: Direction;
  #resolveClosed: () => void = () => {};
  #isClosed = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(incoming: Direction, outgoing: Direction) {
    this.#in = incoming;
    this.#out = outgoing;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#isClosed) return Promise.reject(opError("read", new ClosedError()));
    return this.#in.read(p, signal);
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#isClosed) return Promise.reject(opError("write", new ClosedError(), 0));
    return this.#out.write(p, signal);
  }

  closeWrite(): Promise<void> {
    if (this.#isClosed) return Promise.reject(opError("close", new ClosedError()));
    this.#out.end();
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#out.closeWriter();
    this.#in.closeReader();
    this.#resolveClosed();
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.#in.readDeadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.#out.writeDeadline.set(t);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#readable ??= readableView(this);
    return this.#readable;
  }
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableView(this);
    return this.#writable;
  }

  // Memory keeps no process alive.
  ref(): void {}
  unref(): void {}

  [Symbol.dispose](): void {
    this.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed;
  }
}
