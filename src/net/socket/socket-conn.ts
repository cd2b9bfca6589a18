import type { Socket } from "node:net";
import { handOver } from "../../internal/hand-over.js";
import type { Addr, Bytes, OpOptions, StreamConn, Writer } from "../conn.js";
import { fromNode, syscallError } from "../errno.js";
import { ClosedError, OpError } from "../errors.js";
import { copyBuffered, type WriterTo, writeTo } from "../io.js";
import { ReadHalf } from "../read-half.js";
import { readableView, writableView } from "../views.js";
import { BatchWriter } from "./batch-writer.js";
import { Receiver } from "./receiver.js";

/** What a {@link SocketConn} is made of. */
export interface SocketConnParts<A extends Addr> {
  /** A connected socket that allows half-open, from which nobody reads. */
  socket: Socket;
  /** The network's name in errors, as `"tcp"`. */
  net: string;
  localAddr: A;
  remoteAddr: A;
  /** The receiver that the socket was made with, if it was made with its `onread`. */
  receiver?: Receiver | undefined;
  /** Turns a failure of the socket into an error with words for people. @default fromNode */
  explain?: (err: unknown, syscall: string) => Error;
}

/**
 * Makes a {@link StreamConn} of a Node socket: what TCP, TLS and Unix conns have in common.
 *
 * The socket is read ahead into a bounded queue, and paused while that is full. A failure is kept for the next read and
 * the next write; it is never an uncaught exception.
 */
export class SocketConn<A extends Addr> implements StreamConn<A>, WriterTo {
  readonly localAddr: A;
  readonly remoteAddr: A;
  readonly closed: Promise<void>;
  /** The network's name in errors. */
  protected readonly net: string;
  /** The socket underneath. */
  protected readonly socket: Socket;
  readonly #receiver: Receiver;
  readonly #in: ReadHalf;
  readonly #out: BatchWriter;
  readonly #explain: (err: unknown, syscall: string) => Error;
  #isClosed = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(parts: SocketConnParts<A>) {
    const { socket, receiver } = parts;
    this.socket = socket;
    this.net = parts.net;
    this.localAddr = parts.localAddr;
    this.remoteAddr = parts.remoteAddr;
    this.#explain = parts.explain ?? fromNode;
    this.#receiver = receiver ?? new Receiver();
    this.#in = new ReadHalf({
      wrap: (cause) => this.opError("read", this.#explain(cause, "read")),
      resume: () => this.#receiver.resume(),
    });
    this.#out = new BatchWriter(socket, (cause, n) => this.opError("write", this.#explain(cause, "write"), n));
    this.closed = new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.once("close", () => resolve());
    });
    socket.on("error", (err) => this.#fail(err));
    socket.once("close", () => this.#fail(syscallError("read", "ECONNABORTED"))); // no news where we know why
    this.#receiver.start(socket, this.#in, receiver?.onread !== undefined);
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.#in.read(p, options?.signal);
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.#out.write(p, options?.signal);
  }

  /** Hands over to the system what was written in this tick, before the tick ends. @internal */
  [handOver](): void {
    this.#out.flush();
  }

  /**
   * Writes all that it reads to `w`, until its stream ends; resolves to the number of bytes. To another socket the bytes
   * go from the very buffer that they were received in.
   */
  async [writeTo](w: Writer): Promise<number> {
    if (!(w instanceof SocketConn)) return copyBuffered(w, this);
    let written: Promise<number> | undefined;
    const forward = (chunk: Bytes) => {
      const release = this.#receiver.keep();
      written = w.write(release === null ? new Uint8Array(chunk) : chunk);
      if (release !== null) written.then(release, () => {}); // after a failure the system may still refer to it
    };
    let total = 0;
    for (let n = await this.#in.lend(forward); n !== null; n = await this.#in.lend(forward)) {
      await written;
      total += n;
    }
    return total;
  }

  async closeWrite(): Promise<void> {
    if (this.#isClosed) throw this.opError("close", new ClosedError());
    await this.#out.end();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#out.close();
    this.#in.close();
    this.destroy();
  }

  /** Closes the socket itself, after both halves. */
  protected destroy(): void {
    this.socket.destroy();
  }

  /** Ends our reading side: reads give the end of the stream, and what still arrives is dropped. */
  protected endReads(): void {
    this.#in.discard();
  }

  /** Dresses a cause with the operation and our addresses. */
  protected opError(op: string, cause: Error, bytesWritten?: number): OpError {
    const parts = { op, net: this.net, source: this.localAddr, addr: this.remoteAddr, cause };
    return new OpError(bytesWritten === undefined ? parts : { ...parts, bytesWritten });
  }

  /** Tells whether {@link close} was called. */
  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.#in.deadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.#out.deadline.set(t);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#readable ??= readableView(this);
    return this.#readable;
  }
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableView(this);
    return this.#writable;
  }

  ref(): void {
    this.socket.ref();
  }
  unref(): void {
    this.socket.unref();
  }

  [Symbol.dispose](): void {
    this.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed;
  }

  #fail(err: Error): void {
    this.#in.fail(err);
    this.#out.fail(err);
  }
}
