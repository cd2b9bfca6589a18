import type { Closer, Reader, Writer } from "../net/conn.js";
import { isClosed } from "../net/errors.js";
import type { CodecLimits, ServerCodec } from "./codec.js";
import { type CodecOptions, serverCodec } from "./codecs.js";
import { ShutdownError } from "./errors.js";
import { Registry, type ServiceInfo } from "./registry.js";
import { Session } from "./session.js";

/** Options of a {@link Server}. The limits hold for each connection. */
export interface ServerOptions extends CodecLimits {
  /**
   * How many calls of one connection may run at once; while as many do, no more of its requests are read. Methods that
   * answer at once do not count. @default 1024
   */
  maxConcurrentCalls?: number | undefined;
  /** Is told why a connection ended badly; a server says nothing of it otherwise. */
  onError?: ((err: unknown) => void) | undefined;
}

/** Options of {@link Server.serveConn}; those left out are the server's. */
export type ServeOptions = CodecOptions;

/** Options of {@link Server.shutdown}. */
export interface ShutdownOptions {
  /** How long calls under way may take, in ms, before they are cut off. @default 5000 */
  graceMs?: number | undefined;
}

/** What {@link Server.accept} needs of a listener. */
export interface ConnListener extends Closer {
  /** Waits for the next connection. */
  accept(): Promise<Reader & Writer & Closer>;
}

const defaultMaxConcurrentCalls = 1024;
const defaultGraceMs = 5000;

/**
 * Serves the methods of ordinary objects to clients on any number of connections.
 *
 * A method is served when its name begins with an upper-case letter and it takes exactly two parameters, as JavaScript's
 * `length` counts them: those before the first one with a default value, without rest parameters. Inherited methods
 * count, and functions that the object itself holds. All others are left out. What a method returns or throws as an
 * `Error` reaches the caller as its message; of anything else that it throws the caller learns `internal error`.
 *
 * Requests of one connection are served side by side and answered in the order in which they are done.
 * @see {@link https://pkg.go.dev/net/rpc#Server | Go rpc.Server}
 */
export class Server {
  readonly #options: ServerOptions;
  readonly #registry = new Registry();
  readonly #sessions = new Set<Session>();
  readonly #listeners = new Set<Closer>();
  #isShutDown = false;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
  }

  /** The services, by name, and how often each method was called. */
  get services(): readonly ServiceInfo[] {
    return this.#registry.list();
  }

  /**
   * Serves an object's methods under the name of its class.
   * @throws {TypeError} in Go's words, such as `rpc.Register: type X has no exported methods of suitable type`
   * @see {@link https://pkg.go.dev/net/rpc#Server.Register | Go Server.Register}
   */
  register(rcvr: object): void {
    this.#registry.register(rcvr);
  }

  /**
   * Serves an object's methods under a name, which may hold dots.
   * @throws {TypeError} as {@link Server.register} does
   * @see {@link https://pkg.go.dev/net/rpc#Server.RegisterName | Go Server.RegisterName}
   */
  registerName(name: string, rcvr: object): void {
    this.#registry.registerName(name, rcvr);
  }

  /**
   * Serves all connections of a listener. Resolves when the listener is closed, rejects when it fails.
   * @see {@link https://pkg.go.dev/net/rpc#Server.Accept | Go Server.Accept}
   */
  async accept(listener: ConnListener): Promise<void> {
    if (this.#isShutDown) return listener.close();
    this.#listeners.add(listener);
    try {
      for (;;) void this.serveConn(await listener.accept());
    } catch (err) {
      if (!isClosed(err)) throw err;
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /**
   * Serves one connection. Resolves when it is closed: after the peer's last request, and the answers to all.
   * @throws {NetError} with code `ERR_NOT_SUPPORTED` for a codec still to come; for nothing that a peer does
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeConn | Go Server.ServeConn}
   */
  async serveConn(conn: Reader & Writer & Closer, options: ServeOptions = {}): Promise<void> {
    await this.serveCodec(serverCodec(conn, { ...this.#options, ...options }));
  }

  /**
   * Serves one connection through a codec, which it closes in the end.
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeCodec | Go Server.ServeCodec}
   */
  async serveCodec(codec: ServerCodec): Promise<void> {
    if (this.#isShutDown) return codec.close();
    const session = this.#session(codec);
    this.#sessions.add(session);
    void session.run();
    await session.closed;
    this.#sessions.delete(session);
  }

  /**
   * Serves one request, and waits for its answer to leave. Resolves to `false` at the end of the stream; does not close
   * the codec. Rejects with what kept the server from calling a method, of which the caller is told too.
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeRequest | Go Server.ServeRequest}
   */
  async serveRequest(codec: ServerCodec): Promise<boolean> {
    return this.#session(codec).serveOne();
  }

  /**
   * Stops: closes the listeners that it accepts from, reads no more requests, answers those under way, and closes their
   * connections. What still runs after `graceMs` is cut off, and its signal aborted with a {@link ShutdownError}.
   * Resolves when all connections are closed.
   */
  async shutdown({ graceMs = defaultGraceMs }: ShutdownOptions = {}): Promise<void> {
    this.#isShutDown = true;
    for (const listener of this.#listeners) listener.close();
    const sessions = [...this.#sessions];
    const cutOff = () => {
      for (const session of sessions) session.close(new ShutdownError());
    };
    const timer = setTimeout(cutOff, graceMs);
    await Promise.all(sessions.map((session) => session.drain()));
    clearTimeout(timer);
  }

  #session(codec: ServerCodec): Session {
    const { maxConcurrentCalls = defaultMaxConcurrentCalls } = this.#options;
    return new Session({ codec, registry: this.#registry, maxConcurrentCalls, onError: (err) => this.#report(err) });
  }

  #report(err: unknown): void {
    try {
      this.#options.onError?.(err);
    } catch {
      // who is told of errors must not be one more
    }
  }
}
