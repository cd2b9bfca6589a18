import { type HandsOver, handOver } from "../internal/hand-over.js";
import type { Addr, Bytes, Closer, Conn, Deadlines, OpOptions, Reader, StreamConn, Writer } from "../net/conn.js";
import { NetError } from "../net/errors.js";

/** What a server can serve: a conn of this package or of Deno's, or anything that reads, writes and closes. */
export type ServableConn = Reader &
  Writer &
  Closer &
  Partial<Pick<Conn, "closeWrite"> & Deadlines> & {
    /** Our end. */
    readonly localAddr?: Addr | null;
    /** The peer's end. */
    readonly remoteAddr?: Addr | null;
  };

/**
 * Gives back bytes that were read from a conn before who is to read them was known. Then it is the conn: reads and writes
 * go to it as they are.
 */
export class ReplayConn implements Reader, Writer, Closer, Deadlines {
  readonly #conn: ServableConn;
  /** What is left to give back. */
  #prefix: Bytes | null;

  /** Owns both the conn and `prefix` from then on. */
  constructor(conn: ServableConn, prefix: Bytes) {
    this.#conn = conn;
    this.#prefix = prefix.byteLength === 0 ? null : prefix;
  }

  /** Our end, where the conn knows it. */
  get localAddr(): Addr | null {
    return this.#conn.localAddr ?? null;
  }
  /** The peer's end, where the conn knows it. */
  get remoteAddr(): Addr | null {
    return this.#conn.remoteAddr ?? null;
  }

  /** Reads the bytes that were read before, and then the conn's. The options are for conns that know them. */
  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    if (this.#prefix !== null) return this.#replay(this.#prefix, p, options?.signal);
    return (this.#conn as StreamConn).read(p, options);
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return (this.#conn as StreamConn).write(p, options);
  }

  /** Hands over what was written in this tick, where the conn can. @internal */
  [handOver](): void {
    (this.#conn as Partial<HandsOver>)[handOver]?.();
  }

  /** Ends our writing side; rejects with `ERR_NOT_SUPPORTED` where the conn cannot. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite?.() ?? Promise.reject(notSupported("closeWrite"));
  }

  close(): void {
    this.#prefix = null;
    this.#conn.close();
  }

  setDeadline(t: Date | number | null): void {
    this.#deadlines("setDeadline").setDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.#deadlines("setReadDeadline").setReadDeadline(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.#deadlines("setWriteDeadline").setWriteDeadline(t);
  }

  async #replay(prefix: Bytes, p: Bytes, signal: AbortSignal | undefined): Promise<number> {
    signal?.throwIfAborted();
    const n = Math.min(p.byteLength, prefix.byteLength);
    p.set(prefix.subarray(0, n));
    this.#prefix = n < prefix.byteLength ? prefix.subarray(n) : null;
    return n;
  }

  #deadlines(name: keyof Deadlines): Deadlines {
    if (typeof this.#conn[name] !== "function") throw notSupported(name);
    return this.#conn as Deadlines;
  }
}

function notSupported(name: string): NetError {
  return new NetError(`${name} is not supported by this conn`, { code: "ERR_NOT_SUPPORTED" });
}
