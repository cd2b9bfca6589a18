import { after } from "../internal/after.js";
import type { Closer } from "../net/conn.js";
import { isClosed } from "../net/errors.js";
import type { Caller } from "./caller.js";
import type { CodecLimits, CodecName, ServerCodec } from "./codec.js";
import { type CodecOptions, checkCodec, serverCodec } from "./codecs.js";
import type { Contract } from "./contract.js";
import { ShutdownError } from "./errors.js";
import { type HTTPServer, handleHTTP } from "./http/connect-server.js";
import { debugPage } from "./http/debug-page.js";
import type { DebugSnapshot } from "./http/debug-snapshot.js";
import { HTTPPort, type HTTPPortOptions } from "./http/port.js";
import { type PostHandler, postHandler } from "./http/post.js";
import type { Implementation } from "./implementation.js";
import { Registry, type ServiceInfo } from "./registry.js";
import type { Registrable } from "./remote-service.js";
import type { ServableConn } from "./replay-conn.js";
import { Serving, type ServingOptions } from "./serving.js";
import type { Session } from "./session.js";
import { sniffConn } from "./sniff.js";

/** What is served over HTTP on the port that {@link Server.accept} serves, and how. */
export interface ServerHTTPOptions extends Omit<HTTPPortOptions, "serveConn" | "post" | "debugPage" | "debugPath"> {
  /** Where the page about the services is; `null` for nowhere, as anyone who can connect can read it. @default "/debug/rpc" */
  debugPath?: string | null | undefined;
}

/** Options of a {@link Server}. */
export interface ServerOptions extends CodecLimits, ServingOptions {
  /**
   * How long a client may take from its first byte until it is known what it speaks, in ms. @default 10_000
   */
  sniffTimeoutMs?: number | undefined;
  /** What is served to clients that speak HTTP on the port that {@link Server.accept} serves; `null` for nothing. */
  http?: ServerHTTPOptions | null | undefined;
  /**
   * Is told of each connection over which the server can call back, for as long as it lasts. What it throws, or rejects
   * with, is for {@link ServingOptions.onError}: the connection is served all the same.
   */
  onConnect?: ((caller: Caller) => unknown) | undefined;
}

/** Options of {@link Server.serveConn}; those left out are the server's. */
export interface ServeOptions extends CodecOptions {
  /** The codec to speak. @default what the client's first bytes tell */
  codec?: CodecName | undefined;
}

/** Options of {@link Server.shutdown}. */
export interface ShutdownOptions {
  /** How long calls under way may take, in ms, before they are cut off. @default 5000 */
  graceMs?: number | undefined;
}

/** What {@link Server.accept} needs of a listener. */
export interface ConnListener extends Closer {
  /** Waits for the next connection. */
  accept(): Promise<ServableConn>;
}

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
  readonly #serving: Serving;
  readonly #sessions = new Set<Session>();
  readonly #listeners = new Set<Closer>();
  /** Conns of which it is not known yet what they speak, or which speak HTTP. */
  readonly #others = new Set<Closer>();
  readonly #startedAt = new Date();
  #port: HTTPPort | null = null;
  #isShutDown = false;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    this.#serving = new Serving(this.#registry, options);
  }

  /** The services, by name: their methods with how often each was called, and those that are not served, and why. */
  get services(): readonly ServiceInfo[] {
    return this.#registry.list();
  }

  /**
   * Serves an object's methods under the name of its class; with a contract, the methods of the contract under its name,
   * with arguments that fit.
   * @throws {TypeError} in Go's words, such as `rpc.Register: type X has no exported methods of suitable type`
   * @see {@link https://pkg.go.dev/net/rpc#Server.Register | Go Server.Register}
   */
  register<T extends object>(rcvr: T & Registrable<T>): void;
  register<C extends Contract>(rcvr: Implementation<C>, contract: C): void;
  register(rcvr: object, contract?: Contract): void {
    this.#registry.register(rcvr, contract);
  }

  /**
   * Serves an object's methods under a name, which may hold dots.
   * @throws {TypeError} as {@link Server.register} does
   * @see {@link https://pkg.go.dev/net/rpc#Server.RegisterName | Go Server.RegisterName}
   */
  registerName<T extends object>(name: string, rcvr: T & Registrable<T>): void;
  registerName<C extends Contract>(name: string, rcvr: Implementation<C>, contract: C): void;
  registerName(name: string, rcvr: object, contract?: Contract): void {
    this.#registry.registerName(name, rcvr, contract);
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
   *
   * Without a `codec` the client's first bytes tell: gob, msgpack, JSON-RPC 1.0 and 2.0; and HTTP, of which it serves
   * CONNECT as Go has it, WebSocket upgrades, JSON-RPC by POST, and the page about the services. Never rejects for what a
   * peer does.
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeConn | Go Server.ServeConn}
   */
  async serveConn(conn: ServableConn, options: ServeOptions = {}): Promise<void> {
    if (options.codec === undefined) return this.#serveSniffed(conn, options);
    checkCodec(options.codec);
    await this.serveCodec(serverCodec(conn, { ...this.#options, ...options }));
  }

  /**
   * Serves one connection through a codec, which it closes in the end.
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeCodec | Go Server.ServeCodec}
   */
  async serveCodec(codec: ServerCodec): Promise<void> {
    if (this.#isShutDown) return codec.close();
    const { session, caller } = this.#serving.serve(codec);
    this.#sessions.add(session);
    void session.run();
    if (caller !== null) void this.#greet(caller);
    await session.closed;
    this.#sessions.delete(session);
  }

  /**
   * Serves one request, and waits for its answer to leave. Resolves to `false` at the end of the stream; does not close
   * the codec. Rejects with what kept the server from calling a method, of which the caller is told too, and with a
   * {@link ShutdownError} after {@link Server.shutdown}. Nothing else is read meanwhile: a method has no `caller`, and
   * sends no more replies than its caller takes in advance.
   * @see {@link https://pkg.go.dev/net/rpc#Server.ServeRequest | Go Server.ServeRequest}
   */
  async serveRequest(codec: ServerCodec): Promise<boolean> {
    if (this.#isShutDown) throw new ShutdownError();
    return this.#serving.one(codec).serveOne();
  }

  /**
   * Serves RPC on an HTTP server, which goes on serving all else: CONNECT on `rpcPath`, as Go's clients ask for it in
   * `DialHTTP`, and a page about the services on `debugPath`, which is JSON for those who ask for that.
   * @throws {TypeError} when a path is no path, or served already
   * @see {@link https://pkg.go.dev/net/rpc#Server.HandleHTTP | Go Server.HandleHTTP}
   */
  handleHTTP(server: HTTPServer, rpcPath?: string, debugPath?: string): void {
    const serveConn = (conn: ServableConn) => this.#serveSniffed(conn, {}, false);
    handleHTTP(server, { serveConn, debugPage: this.#debugPage(), rpcPath, debugPath });
  }

  /**
   * Makes a handler of HTTP requests that serves JSON-RPC 2.0 by POST, for `node:http`, Express and their like. Notifications
   * have status 204, all else 200, batches too.
   */
  httpHandler(): PostHandler {
    return postHandler((codec) => this.serveCodec(codec), this.#options);
  }

  /**
   * Stops: closes the listeners that it accepts from, refuses new calls with the code `ERR_RPC_SHUTDOWN`, answers those
   * under way, and closes their connections. What still runs after `graceMs` is cut off, and its signal aborted with a {@link ShutdownError}.
   * Resolves when all connections are closed.
   */
  async shutdown({ graceMs = defaultGraceMs }: ShutdownOptions = {}): Promise<void> {
    this.#isShutDown = true;
    for (const listener of this.#listeners) listener.close();
    for (const conn of this.#others) conn.close();
    const sessions = [...this.#sessions];
    const cutOff = () => {
      for (const session of sessions) session.close(new ShutdownError());
      this.#port?.close();
    };
    const timer = after(graceMs, cutOff);
    await Promise.all([this.#port?.drain(), ...sessions.map((session) => session.drain())]);
    clearTimeout(timer);
    this.#port?.close();
  }

  /** Tells of a connection; never rejects. */
  async #greet(caller: () => Caller): Promise<void> {
    try {
      await this.#options.onConnect?.(caller());
    } catch (err) {
      this.#serving.report(err);
    }
  }

  /** Finds out what a client speaks, and serves it. */
  async #serveSniffed(conn: ServableConn, options: ServeOptions, canBeHTTP = true): Promise<void> {
    if (this.#isShutDown) return conn.close();
    this.#others.add(conn);
    try {
      const timeoutMs = this.#options.sniffTimeoutMs;
      const sniffed = await sniffConn(conn, { timeoutMs, idleTimeoutMs: this.#options.idleTimeoutMs });
      this.#others.delete(conn);
      if (sniffed === null) return;
      if (sniffed.protocol !== "http")
        return await this.serveConn(sniffed.conn, { ...options, codec: sniffed.protocol });
      if (canBeHTTP && this.#options.http !== null) await this.#httpPort().serve(sniffed.conn);
      else sniffed.conn.close();
    } catch (err) {
      if (!isClosed(err)) this.#serving.report(err);
    } finally {
      this.#others.delete(conn);
    }
  }

  #httpPort(): HTTPPort {
    const { debugPath, ...http } = this.#options.http ?? {};
    this.#port ??= new HTTPPort({
      ...http,
      debugPath: debugPath ?? undefined,
      debugPage: debugPath === null ? undefined : this.#debugPage(),
      post: this.httpHandler(),
      serveConn: (conn) => this.#serveSniffed(conn, {}, false),
    });
    return this.#port;
  }

  #debugPage(): ReturnType<typeof debugPage> {
    return debugPage(() => this.#snapshot());
  }

  #snapshot(): DebugSnapshot {
    const none = { p50: 0, p90: 0, p99: 0, max: 0 };
    const services = this.services.map((service) => ({
      ...service,
      methods: service.methods.map((method) => ({ ...method, latencyMs: method.latencyMs ?? none })),
    }));
    return { services, connections: this.#sessions.size, startedAt: this.#startedAt };
  }
}
