import { AsyncQueue } from "../../src/internal/async-queue.js";
import type { Addr, Bytes, Datagram, OpOptions, PacketConn, StreamConn } from "../../src/net/conn.js";
import { Deadline } from "../../src/net/deadline.js";
import { ClosedError, OpError, TimeoutError } from "../../src/net/errors.js";
import { readableView, writableView } from "../../src/net/views.js";

/** Carries datagrams between the conns that are bound to it: a machine's loopback, in memory. */
export class Network {
  readonly #conns = new Map<string, MemoryDatagramConn>();

  bind(name: string, peer: string, Conn = MemoryDatagramConn): MemoryDatagramConn {
    const conn = new Conn(this, memoryAddr(name), memoryAddr(peer));
    this.#conns.set(name, conn);
    return conn;
  }
  send(data: Bytes, from: Addr, to: Addr): void {
    this.#conns.get(to.toString())?.arrive({ data: data.slice(), addr: from });
  }
}

function memoryAddr(name: string): Addr {
  return { transport: "udp", toString: () => name };
}

interface Arrival {
  data: Bytes;
  addr: Addr;
}

/** Sends and receives datagrams in memory, as UDP does: full queues drop, and nobody learns of the peer's end. */
export class MemoryDatagramConn implements StreamConn, PacketConn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  readonly closed: Promise<void>;
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>> = readableView(this);
  readonly writable: WritableStream<Uint8Array> = writableView(this);
  readonly #network: Network;
  readonly #queue = new AsyncQueue<Arrival>(128, () => this.#readDeadline.unwatch());
  readonly #readDeadline = new Deadline(() => this.#queue.rejectTakers(() => this.#error("read", new TimeoutError())));
  readonly #writeDeadline = new Deadline(() => {});
  #resolveClosed = () => {};
  #isClosed = false;
  #isWriteClosed = false;

  constructor(network: Network, localAddr: Addr, remoteAddr: Addr) {
    this.#network = network;
    this.localAddr = localAddr;
    this.remoteAddr = remoteAddr;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  arrive(datagram: Arrival): void {
    this.#queue.push(datagram);
  }

  async read(p: Bytes, options?: OpOptions): Promise<number> {
    return (await this.readFrom(p, options)).n;
  }
  async readFrom(p: Bytes, options?: OpOptions): Promise<Datagram> {
    options?.signal?.throwIfAborted();
    if (this.#readDeadline.expired) throw this.#error("read", new TimeoutError());
    this.#readDeadline.watch();
    const { data, addr } = await this.#queue.take(options?.signal);
    const n = Math.min(p.byteLength, data.byteLength);
    p.set(data.subarray(0, n));
    return { n, addr };
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.writeTo(p, this.remoteAddr, options);
  }
  async writeTo(p: Bytes, addr: Addr, options?: OpOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    if (this.#isClosed || this.#isWriteClosed) throw this.#error("write", new ClosedError(), 0);
    if (this.#writeDeadline.expired) throw this.#error("write", new TimeoutError(), 0);
    this.#network.send(p, this.localAddr, addr);
    return p.byteLength;
  }

  async closeWrite(): Promise<void> {
    this.#isWriteClosed = true;
  }
  close(): void {
    this.#isClosed = true;
    this.#readDeadline.stop();
    this.#queue.close(() => this.#error("read", new ClosedError()));
    this.#resolveClosed();
  }

  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.#readDeadline.set(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.#writeDeadline.set(t);
  }

  ref(): void {}
  unref(): void {}
  [Symbol.dispose](): void {
    this.close();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #error(op: string, cause: Error, bytesWritten?: number): OpError {
    return new OpError({ op, net: "udp", cause, ...(bytesWritten === undefined ? {} : { bytesWritten }) });
  }
}
