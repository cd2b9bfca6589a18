import type { InterceptedCall, Interceptor, Next } from "../interceptor.js";
import { callAttributes, errorAttributes, type SpanAttributes, spanName } from "./span-attributes.js";
import { wholeStreams } from "./whole-streams.js";

/** What of a span is used here. */
export interface OpenTelemetrySpan {
  /** Adds an attribute. */
  setAttribute(key: string, value: string | number): unknown;
  /** Says how it went. */
  setStatus(status: { code: number; message?: string }): unknown;
  /** Adds an exception. */
  recordException(exception: Error): void;
  /** Ends it. */
  end(): void;
}

/** What of a tracer is used here. */
export interface OpenTelemetryTracer {
  /** Begins a span. */
  startSpan(name: string, options: { kind: number; attributes: SpanAttributes }, context: unknown): OpenTelemetrySpan;
}

/**
 * Is what of the package `@opentelemetry/api` is used here: hand that in. It is written out so that these types need no
 * such package.
 */
export interface OpenTelemetryAPI {
  /** The API of traces. */
  readonly trace: {
    /** Gives a tracer. */
    getTracer(name: string): OpenTelemetryTracer;
    /** Puts a span into a context. */
    setSpan(context: unknown, span: unknown): unknown;
  };
  /** The API of contexts. */
  readonly context: {
    /** Gives the context that is active. */
    active(): unknown;
    /** Runs a function within a context. */
    with(context: unknown, fn: () => Promise<unknown>): Promise<unknown>;
  };
  /** The API of propagation. */
  readonly propagation: {
    /** Writes a context into what travels along. */
    inject(context: unknown, carrier: Record<string, string>): void;
    /** Reads a context from what travelled along. */
    extract(context: unknown, carrier: Record<string, string>): unknown;
  };
  /** The context that has nothing in it. */
  readonly ROOT_CONTEXT: unknown;
  /** Which end a span is of. */
  readonly SpanKind: {
    /** The one that is called. */
    readonly SERVER: number;
    /** The one that calls. */
    readonly CLIENT: number;
  };
  /** How a span ended. */
  readonly SpanStatusCode: {
    /** It failed. */
    readonly ERROR: number;
  };
}

const tracerName = "toolkit/rpc";

/**
 * Makes an interceptor that puts each call into a span, a client's and its server's in one trace: the client's context is
 * sent along in the call's `meta`, by the propagators that are registered; over codecs that carry none, each side has a
 * trace of its own. The span is active while the call, or the method, runs.
 *
 * There is no need of it in Node where an SDK is registered by the time of the call: calls have their spans then, one each.
 * It is for a browser, and for an API that is not registered.
 *
 * Attributes are `rpc.system` (`go_net_rpc`, or `jsonrpc`), `rpc.service`, `rpc.method`, `server.address` and `server.port`
 * on a client, `client.address` and `client.port` on a server, `error.type` of a call that failed: the error's code or its
 * name. Such a span has the status `ERROR`. That of a stream lasts until it is read to its end.
 *
 * @example
 * ```ts
 * import * as api from "@opentelemetry/api";
 * import { openTelemetry, Server } from "toolkit/rpc";
 *
 * const server = new Server({ interceptors: [openTelemetry(api)] });
 * console.log(server.services.length); // 0
 * ```
 * @see {@link https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ | OpenTelemetry: RPC spans}
 */
export function openTelemetry(api: OpenTelemetryAPI): Interceptor {
  const observe = wholeStreams((call, next) =>
    call.side === "client" ? observeClient(api, call, next) : observeServer(api, call, next),
  );
  return (call, next) => {
    if (inSpans.has(call.meta)) return next(call);
    inSpans.add(call.meta);
    return observe(call, next);
  };
}

/** The calls that have their span, told by what travels along: one is enough where an SDK is registered, too. */
const inSpans = new WeakSet<InterceptedCall["meta"]>();

function observeClient(api: OpenTelemetryAPI, call: InterceptedCall, next: Next): Promise<unknown> {
  const parent = api.context.active();
  const span = startSpan(api, call, parent);
  const context = api.trace.setSpan(parent, span);
  api.propagation.inject(context, call.meta);
  return api.context.with(context, () => run(api, span, call, next));
}

/** A method's span has no parent but the caller's: whatever was active when the connection was made is not. */
function observeServer(api: OpenTelemetryAPI, call: InterceptedCall, next: Next): Promise<unknown> {
  const parent = api.propagation.extract(api.ROOT_CONTEXT, call.meta);
  const span = startSpan(api, call, parent);
  return api.context.with(api.trace.setSpan(parent, span), () => run(api, span, call, next));
}

function startSpan(api: OpenTelemetryAPI, call: InterceptedCall, parent: unknown): OpenTelemetrySpan {
  const { CLIENT, SERVER } = api.SpanKind;
  const kind = call.side === "client" ? CLIENT : SERVER;
  const tracer = api.trace.getTracer(tracerName);
  return tracer.startSpan(spanName(call), { kind, attributes: callAttributes(call) }, parent);
}

async function run(
  api: OpenTelemetryAPI,
  span: OpenTelemetrySpan,
  call: InterceptedCall,
  next: Next,
): Promise<unknown> {
  try {
    return await next(call);
  } catch (err) {
    fail(api, span, call, err);
    throw err;
  } finally {
    span.end();
  }
}

function fail(api: OpenTelemetryAPI, span: OpenTelemetrySpan, call: InterceptedCall, err: unknown): void {
  for (const [key, value] of Object.entries(errorAttributes(call, err))) span.setAttribute(key, value);
  const exception = err instanceof Error ? err : new Error(`${typeof err} thrown`); // its text might throw again
  span.recordException(exception);
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: exception.message });
}
