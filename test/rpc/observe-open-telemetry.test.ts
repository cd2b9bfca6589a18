import { subscribe, unsubscribe } from "node:diagnostics_channel";
import * as api from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { Reply, ReplyStream } from "toolkit/rpc";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClosedError, TimeoutError } from "../../src/net/errors.js";
import { IPv4 } from "../../src/net/index.js";
import { ServerError } from "../../src/rpc/errors.js";
import { clientObserver, serverObserver } from "../../src/rpc/observe/observers.js";
import { openTelemetry } from "../../src/rpc/observe/open-telemetry.js";
import { TCPAddr } from "../../src/tcp/index.js";
import { UnixAddr } from "../../src/unix/index.js";
import { connected } from "./arith.js";
import { callOf, carry, watch } from "./observe-wire.js";

/** W3C's `traceparent`, as far as it is needed here. */
const traceContext: api.TextMapPropagator<Record<string, string>> = {
  inject(context, carrier, setter) {
    const span = api.trace.getSpanContext(context);
    if (span === undefined) return;
    setter.set(carrier, "traceparent", `00-${span.traceId}-${span.spanId}-0${span.traceFlags}`);
  },
  extract(context, carrier, getter) {
    const [, traceId = "", spanId = "", flags = ""] = String(getter.get(carrier, "traceparent")).split("-");
    if (flags === "") return context;
    return api.trace.setSpanContext(context, { traceId, spanId, traceFlags: Number(flags), isRemote: true });
  },
  fields: () => ["traceparent"],
};

let exporter: InMemorySpanExporter;

function register(provider?: BasicTracerProvider): void {
  exporter = new InMemorySpanExporter();
  const ours = provider ?? new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  api.trace.setGlobalTracerProvider(ours);
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(traceContext);
}

function unregister(): void {
  api.trace.disable();
  api.context.disable();
  api.propagation.disable();
}

function spans(): { client: ReadableSpan; server: ReadableSpan } {
  const of = (kind: api.SpanKind) => exporter.getFinishedSpans().find((span) => span.kind === kind) as ReadableSpan;
  return { client: of(api.SpanKind.CLIENT), server: of(api.SpanKind.SERVER) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => register());
afterEach(unregister);

describe.each([
  ["registered", () => ({ client: clientObserver().observe, server: serverObserver().observe })],
  ["by hand", () => ({ client: openTelemetry(api), server: openTelemetry(api) })],
])("an SDK, %s", (_, make) => {
  test("gets a call's two spans: the server's is the child of the client's", async () => {
    const { client, server } = make();
    await expect(carry(client, server, () => Promise.resolve(56))).resolves.toBe(56);
    const { client: parent, server: child } = spans();
    expect(exporter.getFinishedSpans()).toHaveLength(2);
    expect([parent.name, child.name]).toEqual(["Arith/Multiply", "Arith/Multiply"]);
    expect(child.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(child.parentSpanContext?.isRemote).toBe(true);
    expect(child.spanContext().traceId).toBe(parent.spanContext().traceId);
    expect(parent.status.code).toBe(api.SpanStatusCode.UNSET);
    expect(parent.instrumentationScope.name).toBe("toolkit/rpc");
  });

  test("has a call within a method for a child of the method's span, which is active there", async () => {
    const { client, server } = make();
    let active: api.Span | undefined;
    await carry(client, server, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      active = api.trace.getActiveSpan();
      return watch(client, callOf({ serviceMethod: "Other.Method" }), () => Promise.resolve(1));
    });
    const method = exporter.getFinishedSpans().find(({ kind }) => kind === api.SpanKind.SERVER);
    const inner = exporter.getFinishedSpans().find(({ name }) => name === "Other/Method");
    expect(active?.spanContext()).toEqual(method?.spanContext());
    expect(inner?.parentSpanContext?.spanId).toBe(method?.spanContext().spanId);
  });

  test("has the caller's active span for the parent of the client's", async () => {
    const { client, server } = make();
    const outer = api.trace.getTracer("test").startSpan("outer");
    const active = api.trace.setSpan(api.context.active(), outer);
    await api.context.with(active, () => carry(client, server, () => Promise.resolve(56)));
    expect(spans().client.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });

  test("has no parent for the server's span without the caller's context, whatever is active", async () => {
    const { server } = make();
    const outer = api.trace.getTracer("test").startSpan("accepting");
    const active = api.trace.setSpan(api.context.active(), outer);
    await api.context.with(active, () => watch(server, callOf({ side: "server" }), () => Promise.resolve(56)));
    expect(spans().server.parentSpanContext).toBeUndefined();
  });

  test("is told why a call failed, on both sides", async () => {
    const { client, server } = make();
    const why = new ServerError("divide by zero");
    await expect(carry(client, server, () => Promise.reject(why))).rejects.toBe(why);
    for (const span of [spans().client, spans().server]) {
      expect(span.status).toEqual({ code: api.SpanStatusCode.ERROR, message: "divide by zero" });
      expect(span.attributes["error.type"]).toBe("ERR_RPC_SERVER");
      expect(span.events.map(({ name }) => name)).toEqual(["exception"]);
      expect(span.ended).toBe(true);
    }
  });

  test("passes on a decision not to sample", async () => {
    unregister();
    register(new BasicTracerProvider({ sampler: new AlwaysOffSampler() }));
    const { client } = make();
    const sent = (await watch(client, callOf(), (call) => Promise.resolve(call.meta))) as Record<string, string>;
    expect(sent["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});

describe("attributes", () => {
  const attributesOf = async (...parts: Parameters<typeof callOf>) => {
    await watch(clientObserver().observe, callOf(...parts), () => Promise.resolve(1));
    return exporter.getFinishedSpans()[0];
  };

  test("name the system, the service, the method and the server", async () => {
    const remoteAddr = new TCPAddr({ ip: IPv4(127, 0, 0, 1), port: 1234 });
    expect((await attributesOf({ remoteAddr, serviceMethod: "my.pkg.Arith.Multiply" }))?.attributes).toEqual({
      "rpc.system": "go_net_rpc",
      "rpc.service": "my.pkg.Arith",
      "rpc.method": "Multiply",
      "server.address": "127.0.0.1",
      "server.port": 1234,
    });
  });

  test("name a Unix socket by its path, and JSON-RPC by its version", async () => {
    const span = await attributesOf({ remoteAddr: new UnixAddr("/run/rpc"), codec: "jsonrpc2", serviceMethod: "sum" });
    expect(span?.name).toBe("sum");
    expect(span?.attributes).toEqual({
      "rpc.system": "jsonrpc",
      "rpc.jsonrpc.version": "2.0",
      "rpc.method": "sum",
      "server.address": "/run/rpc",
    });
  });

  test("name the client on a server", async () => {
    const remoteAddr = new TCPAddr({ ip: IPv4(127, 0, 0, 1), port: 1234 });
    await watch(serverObserver().observe, callOf({ side: "server", remoteAddr }), () => Promise.resolve(1));
    expect(spans().server.attributes).toMatchObject({ "client.address": "127.0.0.1", "client.port": 1234 });
  });

  test.each([
    [new TimeoutError(), "ERR_TIMEOUT"],
    [new ClosedError(), "ERR_CLOSED"],
    [new RangeError("Out of range"), "RangeError"],
    [new DOMException("stop", "AbortError"), "AbortError"],
    ["a string", "_OTHER"],
    [undefined, "_OTHER"],
    [Object.create(null), "_OTHER"],
  ])("name the kind of an error: %s", async (err, type) => {
    const call = () => watch(clientObserver().observe, callOf(), () => Promise.reject(err as Error));
    await call().catch((caught: unknown) => expect(caught).toBe(err));
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes["error.type"]).toBe(type);
    expect(span?.status.code).toBe(api.SpanStatusCode.ERROR);
  });

  test("have the number of an error of JSON-RPC 2.0", async () => {
    const err = new ServerError("Method not found", { code: -32_601 });
    await watch(clientObserver().observe, callOf({ codec: "jsonrpc2" }), () => Promise.reject(err)).catch(() => {});
    expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({
      "rpc.jsonrpc.error_code": -32_601,
      "error.type": "-32601",
    });
  });
});

test("an observer wakes when an SDK is registered after it was made, and rests when it goes", () => {
  unregister();
  const observer = clientObserver();
  expect(observer.isActive).toBe(false);
  register();
  expect(observer.isActive).toBe(true);
  unregister();
  expect(observer.isActive).toBe(false);
});

test("a subscriber of the diagnostics channel finds the span active, and its context in meta", async () => {
  const seen: (api.Span | undefined)[] = [];
  const start = (message: unknown) => {
    seen.push(api.trace.getActiveSpan());
    expect((message as { meta: object }).meta).toHaveProperty("traceparent");
  };
  subscribe("tracing:toolkit:rpc:client:start", start);
  await watch(clientObserver().observe, callOf(), () => Promise.resolve(1));
  unsubscribe("tracing:toolkit:rpc:client:start", start);
  expect(seen.map((span) => span?.spanContext())).toEqual([spans().client.spanContext()]);
});

describe.each([
  ["registered", {}],
  ["registered, and by hand too", { interceptors: [openTelemetry(api)] }],
])("over a connection, with an SDK that is %s,", (_, options) => {
  class Relay {
    async Ask(name: string, reply: Reply<string>): Promise<void> {
      await turn();
      reply.value = `${name}: ${api.trace.getActiveSpan()?.spanContext().traceId}`;
    }
    async Count(n: number, reply: ReplyStream<number>): Promise<void> {
      for (let i = 1; i <= n; i++) await reply.send(i);
    }
  }
  const connect = () => connected([new Relay()], { server: options, client: options }).client;

  test("a call's trace goes on in its method, and the caller's meta stays as it is", async () => {
    const client = connect();
    const meta = Object.freeze({ who: "me" });
    const reply = await client.call<string>("Relay.Ask", "Ada", { meta });
    client.close();
    const { client: parent, server: child } = spans();
    expect(reply).toBe(`Ada: ${parent.spanContext().traceId}`);
    expect(child.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });

  test("a stream's span lasts until it is read, and its method's is the child", async () => {
    const client = connect();
    const got: number[] = [];
    for await (const n of client.stream<number>("Relay.Count", 5)) {
      got.push(n);
      expect(spans().client).toBeUndefined();
    }
    await turn();
    client.close();
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(spans().server.parentSpanContext?.spanId).toBe(spans().client.spanContext().spanId);
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });

  test("a method that is not there fails the client's span by the server's code", async () => {
    const client = connect();
    await expect(client.call("Relay.Nothing", 1)).rejects.toThrow("can't find method");
    client.close();
    expect(spans().client.attributes).toMatchObject({ "error.type": "ERR_RPC_NO_METHOD" });
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});
