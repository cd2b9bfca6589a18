import type { Bytes, OpOptions } from "../net/conn.js";
import { fromNode } from "../net/errno.js";
import { ClosedError, OpError } from "../net/errors.js";
import { readableView, writableView } from "../net/views.js";
import type { UDPAddr } from "./addr.js";
import { Fault } from "./fault.js";
import { countOnly, Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";
import type { Room } from "./room.js";
import type { Sender } from "./sender.js";
import type { Target } from "./targets.js";

/** What a {@link DatagramConn} is made of. */
export interface DatagramConnParts<R extends UDPAddr | null> {
  /** The network's name in errors, as `"udp"`. */
  net: string;
  localAddr: UDPAddr;
  remoteAddr: R;
  /** Where what was received waits to be read. */
  room: Room;
  sender: Sender;
}

/**
 * Makes a conn of an {@link Inbox} and an {@link Outbox}: what a socket of its own and a share of a common one have in
 * common.
 */
export abstract class DatagramConn<R extends UDPAddr | null> {
  readonly localAddr: UDPAddr;
  readonly remoteAddr: R;
  readonly closed: Promise<void>;
  /** The network's name in errors. */
  protected readonly net: string;
  protected readonly inbox: Inbox;
  protected readonly outbox: Outbox;
  /** Resolves `closed`. */
  protected resolveClosed: () => void = () => {};
  #isClosed = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(parts: DatagramConnParts<R>) {
    this.net = parts.net;
    this.localAddr = parts.localAddr;
    this.remoteAddr = parts.remoteAddr;
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
    const fault = new Fault();
    this.inbox = new Inbox(parts.room, fault, (cause, syscall) => this.opError("read", fromNode(cause, syscall)));
    this.outbox = new Outbox(parts.sender, fault, (cause, target, n) => this.#writeError(cause, target, n));
  }

  get droppedDatagrams(): number {
    return this.inbox.dropped;
  }

  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.inbox.read(p, countOnly, options?.signal);
  }

  abstract write(p: Bytes, options?: OpOptions): Promise<number>;

  closeWrite(): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.opError("close", new ClosedError()));
    this.outbox.end();
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.outbox.close();
    this.inbox.close();
    this.release();
  }

  /** Lets go of the socket; `resolveClosed` is called when that is done. */
  protected abstract release(): void;
  abstract ref(): void;
  abstract unref(): void;

  /** Tells whether {@link close} was called. */
  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.inbox.deadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.outbox.deadline.set(t);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#readable ??= readableView({ read: (p) => this.#readBytes(p), close: () => this.close() });
    return this.#readable;
  }
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableView(this);
    return this.#writable;
  }

  [Symbol.dispose](): void {
    this.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed;
  }

  /** Dresses a cause with the operation and our addresses, or that of the peer in question. */
  protected opError(op: string, cause: Error, addr: UDPAddr | null = this.remoteAddr, bytesWritten?: number): OpError {
    const parts = { op, net: this.net, source: this.localAddr, addr: addr ?? undefined, cause };
    return new OpError(bytesWritten === undefined ? parts : { ...parts, bytesWritten });
  }

  #writeError(cause: Error, target: Target | null, bytesWritten: number): OpError {
    const syscall = target === null ? "write" : "sendto";
    return this.opError("write", fromNode(cause, syscall), target?.addr ?? this.remoteAddr, bytesWritten);
  }

  /** A stream has no place for empty datagrams. */
  async #readBytes(p: Bytes): Promise<number | null> {
    for (;;) {
      const n = await this.read(p);
      if (n !== 0) return n;
    }
  }
}
