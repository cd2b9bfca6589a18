import type { InterceptedCall } from "../interceptor.js";
import { builtin } from "./builtin.js";
import type { Observe, Observer } from "./observer.js";
import { wholeStreams } from "./whole-streams.js";

/**
 * Is what subscribers of the diagnostics channels `toolkit:rpc:client` and `toolkit:rpc:server` get: one object for each
 * call, the same at each of its events.
 *
 * - `start`: the call begins. On the client, what is put into `meta` now is sent along.
 * - `end`: the call is under way: sent by the client, handed to the method by the server.
 * - `error`: the call failed, and `error` is set.
 * - `asyncStart`, `asyncEnd`: the call is over, a stream when it was read to its end; unless it failed `result` is set.
 *
 * @example
 * ```ts
 * import { subscribe } from "node:diagnostics_channel";
 * import { pipe } from "toolkit/net";
 * import { type DiagnosticsMessage, newClient, type Reply, Server } from "toolkit/rpc";
 *
 * class Arith {
 *   Multiply(args: { A: number; B: number }, reply: Reply<number>): void {
 *     reply.value = args.A * args.B;
 *   }
 * }
 *
 * const began = new WeakMap<object, number>();
 * subscribe("tracing:toolkit:rpc:client:start", (message) => began.set(message as DiagnosticsMessage, performance.now()));
 * subscribe("tracing:toolkit:rpc:client:asyncEnd", (message) => {
 *   const { serviceMethod, result, error } = message as DiagnosticsMessage;
 *   const ms = performance.now() - (began.get(message as DiagnosticsMessage) ?? 0);
 *   console.log(serviceMethod, result, error, ms < 1000); // Arith.Multiply 56 undefined true
 * });
 *
 * const [ours, theirs] = pipe();
 * const server = new Server();
 * server.register(new Arith());
 * void server.serveConn(theirs);
 * const client = newClient(ours);
 * await client.call("Arith.Multiply", { A: 7, B: 8 });
 * client.close();
 * ```
 * @see {@link https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html | Node: diagnostics_channel}
 */
export interface DiagnosticsMessage extends InterceptedCall {
  /** The reply; `undefined` of a notification and of a stream. */
  result?: unknown;
  /** Why the call failed. */
  error?: unknown;
}

/** What of Node's `TracingChannel` is used here. */
interface TracingChannel {
  readonly hasSubscribers: boolean;
  tracePromise(fn: () => Promise<unknown>, message: DiagnosticsMessage): Promise<unknown>;
}

interface DiagnosticsChannels {
  tracingChannel(name: string): TracingChannel;
}

const idle: TracingChannel = { hasSubscribers: false, tracePromise: (fn) => fn() };

/** Tells the subscribers of `toolkit:rpc:client` or `toolkit:rpc:server`. Idle where Node's module is not. */
export class Diagnostics implements Observer {
  readonly #channel: TracingChannel;
  readonly observe: Observe = wholeStreams((call, next) => this.#channel.tracePromise(() => next(call), { ...call }));

  constructor(side: InterceptedCall["side"]) {
    const channels = builtin<DiagnosticsChannels>("diagnostics_channel");
    this.#channel = channels?.tracingChannel(`toolkit:rpc:${side}`) ?? idle;
  }

  get isActive(): boolean {
    return this.#channel.hasSubscribers;
  }
}
