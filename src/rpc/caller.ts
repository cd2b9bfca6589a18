import type { CallOptions, StreamOptions } from "./call-options.js";
import type { Contract } from "./contract.js";
import type { ContractService, RemoteService, ServiceArguments } from "./remote-service.js";

/** Whether calls can be made. */
export type ClientState = "open" | "closed";

/** Makes calls over one connection: what a {@link Client}, a {@link Peer} and a method's {@link CallContext.caller} can. */
export interface Caller {
  /**
   * Calls a method and resolves to its reply.
   *
   * Rejects with a {@link ServerError} with the server's message when the method, or the server, failed; with a
   * {@link ShutdownError} when the connection is closed, and an `UnexpectedEOFError` when it ends while the call waits;
   * with an {@link EncodeError} for arguments that cannot be sent and a {@link DecodeError} for a reply that cannot be
   * read; with a `LimitError` when too many calls wait; with a `TimeoutError` after `timeoutMs`; with the signal's reason,
   * untouched.
   * @see {@link https://pkg.go.dev/net/rpc#Client.Call | Go Client.Call}
   */
  call<R = unknown>(serviceMethod: string, args: unknown, options?: CallOptions<R>): Promise<R>;
  /**
   * Calls a method without asking for an answer, over msgpack and jsonrpc2. Resolves when the request is on its way, which
   * says nothing of the method. Rejects with `ERR_NOT_SUPPORTED` over codecs that always answer.
   */
  notify(serviceMethod: string, args: unknown, options?: Pick<CallOptions, "meta">): Promise<void>;
  /**
   * Calls a method that sends many replies, over msgpack and jsonrpc2: read them with `for await`. The request leaves with
   * the first `next`. Breaking off cancels the call. At most `window` replies are sent before they are read.
   */
  stream<R = unknown>(serviceMethod: string, args: unknown, options?: StreamOptions): AsyncIterableIterator<R>;
  /**
   * Returns an object whose methods call those of a service: `client.service<Arith>("Arith").Multiply({ A: 7, B: 8 })`.
   * Its type has the methods of `T` that keep the rules, and no others. Those that send many replies must be named in
   * `streams`.
   */
  service<T>(name: string, ...options: ServiceArguments<T>): RemoteService<T>;
  /** Returns the service of a contract: its methods are typed by their schemas, by which replies are checked too. */
  service<C extends Contract>(contract: C): ContractService<C>;
  /** Closes the connection. Calls that wait reject with a {@link ShutdownError}. */
  close(): void;
  /** Resolves when the connection is closed, by whichever end. Never rejects. */
  readonly closed: Promise<void>;
  /** Whether calls can be made. */
  readonly state: ClientState;
}
