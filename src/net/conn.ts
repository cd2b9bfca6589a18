/** Bytes as this package takes and returns them: a plain `Uint8Array`, never a Node `Buffer` in a type. */
export type Bytes = Uint8Array;

/**
 * Reads bytes.
 * @see {@link https://pkg.go.dev/io#Reader | Go io.Reader}
 */
export interface Reader {
  /**
   * Reads up to `p.byteLength` bytes into `p` and resolves to their number, which is at least 1, or to `null` at the
   * end of the stream. An empty `p` gives 0. Does not keep `p` after it settles.
   */
  read(p: Bytes): Promise<number | null>;
}

/**
 * Writes bytes.
 * @see {@link https://pkg.go.dev/io#Writer | Go io.Writer}
 */
export interface Writer {
  /**
   * Writes all of `p` and resolves to `p.byteLength`, or rejects with an error whose `bytesWritten` says how far it
   * got. The caller leaves `p` unchanged until then.
   */
  write(p: Bytes): Promise<number>;
}

/**
 * Closes a thing.
 * @see {@link https://pkg.go.dev/io#Closer | Go io.Closer}
 */
export interface Closer {
  /** Closes at once: idempotent, never throws, settles all pending work. */
  close(): void;
}

/**
 * Names one end of a connection.
 * @see {@link https://pkg.go.dev/net#Addr | Go net.Addr}
 */
export interface Addr {
  /** The kind of network: `"tcp"`, `"udp"`, `"unix"`, `"pipe"` and so on. */
  readonly transport: string;
  /** The address as it is written, such as `127.0.0.1:80`. */
  toString(): string;
}

/**
 * Reads, writes and closes one stream connection: member for member Deno's `Deno.Conn`, so that conns of either kind
 * serve where the other is asked for.
 * @see {@link https://pkg.go.dev/net#Conn | Go net.Conn}
 */
export interface Conn<A extends Addr = Addr> extends Reader, Writer, Closer, Disposable {
  /** Ends our writing side after what was written; the peer reads end of stream, and we may go on reading. */
  closeWrite(): Promise<void>;
  /** Our end. */
  readonly localAddr: A;
  /** The peer's end. */
  readonly remoteAddr: A;
  /** What arrives, as a web stream, made when first asked for; cancelling it closes the conn. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What we send, as a web stream, made when first asked for; closing it is `closeWrite`, aborting it `close`. */
  readonly writable: WritableStream<Uint8Array>;
  /** Lets the conn keep the process alive, which it does from the start. */
  ref(): void;
  /** Lets the process end although the conn is open. */
  unref(): void;
}

/**
 * Sets a point in time after which reads or writes, pending and future ones, reject with a
 * {@link TimeoutError | timeout}.
 *
 * A deadline is absolute and can be moved or taken away again, after which the conn works as before: a `Date`, a
 * number of milliseconds since the epoch, or `null` for none.
 * @see {@link https://pkg.go.dev/net#Conn | Go net.Conn SetDeadline}
 */
export interface Deadlines {
  /** Sets both deadlines. */
  setDeadline(t: Date | number | null): void;
  /** Sets the deadline of reads (for a listener or a packet conn, of what it receives). */
  setReadDeadline(t: Date | number | null): void;
  /** Sets the deadline of writes. */
  setWriteDeadline(t: Date | number | null): void;
}

/** Options of a single operation. */
export interface OpOptions {
  /** Aborts this operation alone; it then rejects with the signal's reason, untouched. */
  signal?: AbortSignal | undefined;
}

/**
 * Is what every adapter of this package returns: a {@link Conn} with deadlines, abort signals and a promise of its end.
 *
 * Concurrency: any number of reads and writes may be pending; reads are served in order, writes go out whole and in
 * order. To iterate over bytes: `for await (const chunk of conn.readable)`.
 */
export interface StreamConn<A extends Addr = Addr> extends Conn<A>, Deadlines, AsyncDisposable {
  /**
   * Reads as {@link Reader.read} does. A read that times out or is aborted consumes nothing and never touches `p`
   * again; the next one gets the bytes.
   */
  read(p: Bytes, options?: OpOptions): Promise<number | null>;
  /**
   * Writes as {@link Writer.write} does, and resolves when the operating system has taken the bytes. Writes that are
   * made in the same tick leave together. A write that times out or is aborted takes back what was not yet handed to
   * the system.
   */
  write(p: Bytes, options?: OpOptions): Promise<number>;
  /** Resolves when the conn is closed and all that it held is released; never rejects. */
  readonly closed: Promise<void>;
}

/** Options of {@link Listener.accept}. */
export type AcceptOptions = OpOptions;

/**
 * Accepts connections. Iterating accepts until the listener is closed; leaving the loop closes it.
 * @see {@link https://pkg.go.dev/net#Listener | Go net.Listener}
 */
export interface Listener<C extends Conn = Conn, A extends Addr = Addr> extends AsyncIterable<C>, Closer, Disposable {
  /**
   * Waits for the next connection.
   * @throws {ClosedError} once the listener is closed
   */
  accept(options?: AcceptOptions): Promise<C>;
  /** Where it listens; with the port that the system chose if 0 was asked for. */
  readonly addr: A;
  /** Accepts until the listener is closed. */
  [Symbol.asyncIterator](): AsyncIterableIterator<C>;
  /** Lets the listener keep the process alive, which it does from the start. */
  ref(): void;
  /** Lets the process end although the listener is open. */
  unref(): void;
}

/** One datagram's outcome. */
export interface Datagram<A extends Addr = Addr> {
  /** How many bytes of it were put into the buffer. */
  n: number;
  /** Who sent it. */
  addr: A;
}

/**
 * Sends and receives datagrams, each with its address.
 * @see {@link https://pkg.go.dev/net#PacketConn | Go net.PacketConn}
 */
export interface PacketConn<A extends Addr = Addr> extends Deadlines, Closer {
  /** Receives one datagram into `p`; what does not fit is lost. Does not keep `p`. */
  readFrom(p: Bytes): Promise<Datagram<A>>;
  /** Sends `p` as one datagram and resolves to its length. The caller leaves `p` unchanged until then. */
  writeTo(p: Bytes, addr: A): Promise<number>;
  /** Our address. */
  readonly localAddr: A;
}
