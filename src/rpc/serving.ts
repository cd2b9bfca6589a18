import { Around } from "./around.js";
import { atLeast } from "./at-least.js";
import { CallGate } from "./call-gate.js";
import type { Caller } from "./caller.js";
import { Client } from "./client.js";
import type { DuplexCodec, ServerCodec } from "./codec.js";
import { Duplex } from "./duplex.js";
import { handled } from "./handled.js";
import type { Interceptor } from "./interceptor.js";
import { serverObserver } from "./observe/observers.js";
import type { Registry } from "./registry.js";
import { Session } from "./session.js";

/** Bounds the calls that are served, and sees what becomes of them. */
export interface ServingOptions {
  /**
   * How many calls of one connection may run at once; others wait for their turn. Methods that answer at once do not
   * count. @default 1024
   */
  maxConcurrentCalls?: number | undefined;
  /** How many calls of one connection may wait for their turn. @default 1024 */
  maxQueuedCalls?: number | undefined;
  /** How many calls may run at once, over all connections. @default 65_536 */
  maxTotalCalls?: number | undefined;
  /** How many calls may wait for their turn, over all connections. @default 65_536 */
  maxTotalQueuedCalls?: number | undefined;
  /**
   * What becomes of a call when no more may wait: `"wait"` reads no more of its connection until there is room, which its
   * peer feels as back-pressure; `"refuse"` answers with the code `ERR_RPC_BUSY`. A cancellation
   * behind what waits is read when there is room again. A connection over which the server calls
   * back refuses, as the answers that it waits for come the same way; so does one with a stream under way, whose reader
   * asks for more the same way. @default "wait"
   */
  whenBusy?: "wait" | "refuse" | undefined;
  /**
   * How long a connection may be without a call, in either direction, before it is closed, in ms; 0 for ever, as Go's
   * clients do not come back by themselves. @default 0
   */
  idleTimeoutMs?: number | undefined;
  /** What calls run through before their method; the first is the outermost. @default none */
  interceptors?: readonly Interceptor[] | undefined;
  /** Is told why a connection ended badly; nothing is said of it otherwise. */
  onError?: ((err: unknown) => unknown) | undefined;
}

const defaultMaxConcurrentCalls = 1024;
const defaultMaxQueuedCalls = 1024;
const defaultMaxTotal = 65_536;

/** One connection that is served, and calls back over it. */
export interface Served {
  readonly session: Session;
  /** Makes calls in the other direction; `null` where the codec cannot. */
  readonly caller: (() => Client) | null;
}

/** Makes the sessions of a server: what they share, and what each is given. */
export class Serving {
  readonly #registry: Registry;
  readonly #options: ServingOptions;
  readonly #gate: CallGate;
  readonly #around: Around;

  constructor(registry: Registry, options: ServingOptions) {
    this.#registry = registry;
    this.#options = checkOptions(options);
    const { maxTotalCalls = defaultMaxTotal, maxTotalQueuedCalls = defaultMaxTotal } = options;
    this.#gate = new CallGate(maxTotalCalls, maxTotalQueuedCalls);
    this.#around = new Around(serverObserver(), options.interceptors);
  }

  /** Begins to serve a connection through its codec. */
  serve(codec: ServerCodec): Served {
    if (!isDuplex(codec)) return { session: this.one(codec), caller: null };
    const duplex = new Duplex(codec);
    let client: Client | null = null;
    const caller = () => (client ??= new Client(duplex.client));
    const session = this.#session(duplex.server, caller, () => client?.pendingCalls ?? null);
    duplex.onCall = () => session.touch();
    return { session, caller };
  }

  /** Begins to serve through a codec that makes no calls back. */
  one(codec: ServerCodec): Session {
    return this.#session(codec, null, () => null);
  }

  /** Makes the session that shares a connection with a client. */
  beside(duplex: Duplex, client: Client): Session {
    const session = this.#session(
      duplex.server,
      () => client,
      () => client.pendingCalls,
    );
    duplex.onCall = () => session.touch();
    return session;
  }

  #session(codec: ServerCodec, caller: (() => Caller) | null, callsBack: () => number | null): Session {
    const { maxConcurrentCalls = defaultMaxConcurrentCalls, maxQueuedCalls = defaultMaxQueuedCalls } = this.#options;
    const { whenBusy = "wait", idleTimeoutMs = 0 } = this.#options;
    return new Session({
      codec,
      registry: this.#registry,
      gate: this.#gate,
      maxConcurrentCalls,
      maxQueuedCalls,
      idleTimeoutMs,
      whenBusy,
      callsBack,
      caller,
      around: () => this.#around.list,
      onError: (err) => this.report(err),
    });
  }

  /** Tells whom it may concern of an error. Never throws. */
  report(err: unknown): void {
    const { onError } = this.#options;
    if (onError !== undefined) void handled(told(onError, err)); // who is told of errors must not be one more
  }
}

async function told(onError: (err: unknown) => unknown, err: unknown): Promise<void> {
  await onError(err);
}

function checkOptions(options: ServingOptions): ServingOptions {
  const { maxConcurrentCalls = 1, maxTotalCalls = 1, maxQueuedCalls = 0, maxTotalQueuedCalls = 0 } = options;
  atLeast(1, "maxConcurrentCalls", maxConcurrentCalls);
  atLeast(1, "maxTotalCalls", maxTotalCalls);
  atLeast(0, "maxQueuedCalls", maxQueuedCalls);
  atLeast(0, "maxTotalQueuedCalls", maxTotalQueuedCalls);
  atLeast(0, "idleTimeoutMs", options.idleTimeoutMs ?? 0);
  return options;
}

function isDuplex(codec: ServerCodec): codec is DuplexCodec {
  return typeof (codec as Partial<DuplexCodec>).readHeader === "function";
}
