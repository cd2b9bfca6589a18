// What a user's code does wrong harms its own call, and nothing else: not the connection, not the process. An unhandled
// rejection fails the run, so each test gives way before it ends.
import { pipe } from "toolkit/net";
import {
  type AnySchema,
  type Caller,
  type Client,
  type ClientOptions,
  DecodeError,
  type Interceptor,
  method,
  newClient,
  newPeer,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
  type ServerOptions,
  service,
  stream,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith } from "./arith.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcome = (call: Promise<unknown>) => call.catch((err: unknown) => err);
const noop = () => {};

const opened: Client[] = [];
afterEach(async () => {
  await turn(); // what is rejected and not heard of would be told now
  for (const each of opened.splice(0)) each.close();
});

type Options = { server?: ServerOptions; client?: ClientOptions; codec?: "msgpack" | "jsonrpc2" | "gob" | "jsonrpc" };

function connect(services: readonly object[], { server: options, client: own, codec = "msgpack" }: Options = {}) {
  const [ours, theirs] = pipe();
  const errors: unknown[] = [];
  const server = new Server({ onError: (err) => errors.push(err), ...options });
  server.register(new Arith());
  for (const each of services) server.register(each);
  const served = server.serveConn(theirs, { codec });
  const client = newClient(ours, { codec, ...own });
  opened.push(client);
  return { client, server, served, errors };
}

/** Throws what is to be thrown, at once or later. */
function throwing(value: unknown): never {
  throw value;
}

/** Any Standard Schema whose check does what `validate` does. */
function schemaOf(validate: (value: unknown) => unknown): AnySchema {
  return { "~standard": { version: 1, vendor: "test", validate: validate as AnySchema["~standard"]["validate"] } };
}

class Sly extends Error {
  override get message(): string {
    throw new Error("a message that throws");
  }
}
class SlyServerError extends ServerError {
  override get code(): string {
    throw new Error("a code that throws");
  }
  override set code(_: string | number) {}
}
const proxied = () =>
  new Proxy(new Error("x"), {
    get: () => throwing(new Error("trap")),
    getPrototypeOf: () => throwing(new Error("trap")),
  });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

describe.each(["msgpack", "gob", "jsonrpc", "jsonrpc2"] as const)("over %s, a method that", (codec) => {
  const thrown: [string, () => unknown][] = [
    ["null", () => null],
    ["undefined", () => undefined],
    ["a number", () => 0],
    ["a symbol", () => Symbol("s")],
    ["an error whose message throws", () => new Sly()],
    ["an error of ours whose code throws", () => new SlyServerError("x")],
    ["a proxy whose traps throw", proxied],
    ["a proxy that is revoked", revoked],
    ["an object that has no prototype", () => Object.create(null) as unknown],
    ["an error whose message is no text", () => Object.assign(new Error("x"), { message: 5 })],
    ["an error of ours whose code is no code", () => new ServerError("x", { code: {} as string })],
    ["an error of ours whose code is a book", () => new ServerError("x", { code: "c".repeat(2_000_000) })],
    ["an error of ours whose data cannot be sent", () => new ServerError("x", { data: { f: noop, big: 2n ** 80n } })],
  ];
  test.each(thrown)("throws %s, at once or later, fails its call alone", async (_, make) => {
    class Bad {
      Throws(_args: unknown, _reply: Reply): void {
        throw make();
      }
      Rejects(_args: unknown, _reply: Reply): Promise<void> {
        return Promise.reject(make());
      }
      async Late(_args: unknown, _reply: Reply): Promise<void> {
        await turn();
        throw make();
      }
      Returns(_args: unknown, _reply: Reply): unknown {
        return make();
      }
      async Resolves(_args: unknown, _reply: Reply): Promise<unknown> {
        await turn();
        return make();
      }
    }
    const { client, errors } = connect([new Bad()], { codec });
    for (const name of ["Throws", "Rejects", "Late"]) {
      const err = await outcome(client.call(`Bad.${name}`, null));
      expect(err).toBeInstanceOf(ServerError);
      expect((err as Error).message).toMatch(/^(internal error|unspecified error|x)$/);
    }
    for (const name of ["Returns", "Resolves"]) await outcome(client.call(`Bad.${name}`, null));
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(errors).toEqual([]);
  });

  test("returns what is thenable, of whatever kind, is waited for as `await` does", async () => {
    const thenable = (then: (resolve: (v?: unknown) => void, reject: (err?: unknown) => void) => unknown) => ({ then });
    class Odd {
      Both(_args: unknown, reply: Reply<number>): unknown {
        return thenable((resolve, reject) => {
          reply.value = 1;
          resolve();
          reject(new Error("after"));
          throw new Error("thrown after");
        });
      }
      Throws(_args: unknown, _reply: Reply): unknown {
        return thenable(() => throwing(new Error("thrown in then")));
      }
      Getter(_args: unknown, _reply: Reply): unknown {
        return Object.defineProperty({}, "then", { get: () => throwing(new Error("thrown by then's getter")) });
      }
      Nested(_args: unknown, _reply: Reply): unknown {
        return thenable((resolve) => resolve(thenable((_, reject) => reject(new Error("inner")))));
      }
      Late(_args: unknown, reply: Reply<number>): unknown {
        setImmediate(() => (reply.value = 7));
        return thenable((resolve) => setImmediate(() => setImmediate(resolve)));
      }
      Function(_args: unknown, _reply: Reply): unknown {
        return noop;
      }
    }
    const { client } = connect([new Odd()], { codec });
    expect(await client.call("Odd.Both", null)).toBe(1);
    await expect(client.call("Odd.Throws", null)).rejects.toThrow("thrown in then");
    await expect(client.call("Odd.Getter", null)).rejects.toThrow("thrown by then's getter");
    await expect(client.call("Odd.Nested", null)).rejects.toThrow("inner");
    expect(await client.call("Odd.Late", null)).toBe(7);
    await expect(client.call("Odd.Function", null)).rejects.toThrow("Odd.Function returned a function");
  });

  test("sets its reply after it has returned has set it too late", async () => {
    class Slow {
      After(_args: unknown, reply: Reply<number>): void {
        reply.value = 1;
        void Promise.resolve().then(() => (reply.value = 2));
      }
    }
    const { client } = connect([new Slow()], { codec });
    expect(await client.call("Slow.After", null)).toBe(1);
  });

  test("replies with what throws when it is read fails its call alone", async () => {
    class Bad {
      Proxy(_args: unknown, reply: Reply): void {
        reply.value = proxied();
      }
      Revoked(_args: unknown, reply: Reply): void {
        reply.value = revoked();
      }
      JSON(_args: unknown, reply: Reply): void {
        reply.value = { toJSON: () => throwing(null) };
      }
    }
    const { client, errors } = connect([new Bad()], { codec });
    const names = codec === "gob" ? ["Proxy", "Revoked"] : ["Proxy", "Revoked", "JSON"]; // gob does not ask for JSON
    for (const name of names) {
      expect(await outcome(client.call(`Bad.${name}`, null)), name).toBeInstanceOf(ServerError);
    }
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(errors).toEqual([]);
  });
});

class Feed {
  readonly kept: ReplyStream<number>[] = [];
  readonly failed: unknown[] = [];
  async Keep(n: number, reply: ReplyStream<number>): Promise<void> {
    this.kept.push(reply);
    for (let i = 0; i < n; i++) await reply.send(i);
  }
  /** Forgets to wait. */
  Careless(n: number, reply: ReplyStream<number>): void {
    for (let i = 0; i < n; i++) void reply.send(i);
  }
  async CarelessForever(_args: unknown, reply: ReplyStream<number>): Promise<void> {
    for (let i = 0; !reply.call.signal.aborted; i++) {
      void reply.send(i);
      await turn();
    }
  }
  /** Sends, and replies. */
  async Both(n: number, reply: ReplyStream<number> & Reply<number>): Promise<void> {
    for (let i = 0; i < n; i++) await reply.send(i);
    reply.value = -1;
  }
  async Unsendable(_args: unknown, reply: ReplyStream<unknown>): Promise<void> {
    void reply.send(noop);
    await turn();
    await reply.send(1);
  }
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe.each(["msgpack", "jsonrpc2"] as const)("over %s, a method with many replies", (codec) => {
  test("that sends after its end is told so", async () => {
    const feed = new Feed();
    const { client } = connect([feed], { codec });
    expect(await all(client.stream("Feed.Keep", 3))).toEqual([0, 1, 2]);
    const late = (feed.kept[0] as ReplyStream<number>).send(9);
    await expect(late).rejects.toThrow("rpc: Feed.Keep sends a reply after its end");
    void (feed.kept[0] as ReplyStream<number>).send(10); // and nobody is to hear of it
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("that does not wait, and is done before all was sent, fails, and sends what it could", async () => {
    const { client } = connect([new Feed()], { codec });
    expect(await all(client.stream("Feed.Careless", 3, { window: 3 }))).toEqual([0, 1, 2]);
    const numbers = client.stream("Feed.Careless", 5, { window: 3 });
    for (let i = 0; i < 3; i++) expect((await numbers.next()).value).toBe(i);
    await expect(numbers.next()).rejects.toThrow("rpc: Feed.Careless returned before all that it sent was on its way");
  });

  test("that does not hear of its sends harms nobody when its caller breaks off", async () => {
    const { client } = connect([new Feed()], { codec });
    const numbers = client.stream("Feed.CarelessForever", null, { window: 2 });
    await numbers.next();
    await turn();
    await numbers.return?.();
    for (let i = 0; i < 5; i++) await turn();
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(await all(client.stream("Feed.Unsendable", null))).toEqual([1]);
  });

  test("that sends and replies has its reply wait for its reader too", async () => {
    const { client } = connect([new Feed()], { codec });
    const numbers = client.stream("Feed.Both", 2, { window: 2 });
    expect((await numbers.next()).value).toBe(0);
    for (let i = 0; i < 5; i++) await turn();
    expect(await all(numbers)).toEqual([1, -1]);
  });
});

describe("listeners that throw", () => {
  test("onConnect: the connection is served, and the error told", async () => {
    const onConnect = () => throwing(new Error("in onConnect"));
    const { client, errors, served, server } = connect([], { server: { onConnect } });
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(errors).toEqual([new Error("in onConnect")]);
    client.close();
    await served;
    await server.shutdown({ graceMs: 10_000 });
  });

  test("onError: nobody hears of it", async () => {
    const [ours, theirs] = pipe();
    const server = new Server({ onError: () => throwing(new Error("in onError")) });
    const served = server.serveConn(theirs, { codec: "msgpack" });
    await ours.write(Uint8Array.of(0xc1));
    await served;
    ours.close();
  });

  test("done: the call is done all the same", async () => {
    const { client } = connect([]);
    const call = client.go("Arith.Multiply", { A: 7, B: 8 }, undefined, () => throwing(new Error("in done")));
    const later = client.go("Arith.Multiply", { A: 7, B: 8 }, undefined, () => Promise.reject(new Error("in done")));
    expect((await call.done).reply.value).toBe(56);
    expect((await later.done).reply.value).toBe(56);
    await turn();
  });

  test("a reply of one's own that cannot be set: the call fails, and no other", async () => {
    const { client } = connect([]);
    const frozen = Object.freeze({ value: 0 });
    const throws = Object.defineProperty({ value: 0 }, "value", { set: () => throwing(new Error("in a setter")) });
    await expect(client.call("Arith.Multiply", { A: 7, B: 8 }, { reply: frozen })).rejects.toThrow(TypeError);
    await expect(client.call("Arith.Multiply", { A: 7, B: 8 }, { reply: throws })).rejects.toThrow("in a setter");
    const call = await client.go("Arith.Multiply", { A: 7, B: 8 }, frozen as never).done;
    expect(call.error).toBeInstanceOf(TypeError);
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });
});

describe("arguments that throw when they are read", () => {
  test.each(["msgpack", "gob", "jsonrpc", "jsonrpc2"] as const)("over %s fail their call alone", async (codec) => {
    const { client } = connect([], { codec });
    for (const args of [proxied(), revoked(), { a: Symbol("s"), toJSON: () => throwing(null) }]) {
      expect(await outcome(client.call("Arith.Multiply", args))).toBeInstanceOf(Error);
    }
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("a getter that makes a call of its own while it is encoded mixes nothing up", async () => {
    const { client } = connect([]);
    const inner: Promise<unknown>[] = [];
    const args = {
      A: 7,
      get B() {
        inner.push(client.call("Arith.Multiply", { A: 2, B: inner.length, text: "x".repeat(300) }));
        return 8;
      },
    };
    expect(await client.call("Arith.Multiply", args)).toBe(56);
    expect(await Promise.all(inner)).toEqual(inner.map((_, i) => 2 * i));
    expect(inner.length).toBeGreaterThan(0);
  });
});

describe("meta", () => {
  test("that cannot be written fails its call alone", async () => {
    const { client, errors } = connect([]);
    const bad: Record<string, string>[] = [
      Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, ""])),
      { large: "x".repeat(2_000_000) },
      { symbol: Symbol("s") as unknown as string },
      Object.defineProperty({}, "getter", {
        enumerable: true,
        get: () => throwing(new Error("in a getter")),
      }),
      new Proxy({}, { ownKeys: () => throwing(new Error("in a trap")) }),
    ];
    for (const meta of bad) {
      expect(await outcome(client.call("Arith.Multiply", { A: 1, B: 1 }, { meta }))).toBeInstanceOf(Error);
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    }
    expect(await outcome(client.call("x".repeat(2_000_000), null))).toMatchObject({ code: "ERR_RPC_ENCODE" });
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(errors).toEqual([]);
  });

  test.each(["msgpack", "jsonrpc2", "gob"] as const)(
    "over %s holds any key, and changes no prototype",
    async (codec) => {
      class Meta {
        Own(_args: unknown, reply: Reply<string[]>): void {
          const { meta } = reply.call;
          reply.value = [String(Object.getPrototypeOf(meta) === Object.prototype), ...Object.keys(meta).toSorted()];
        }
      }
      const { client } = connect([new Meta()], { codec });
      const meta = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<string, string>;
      const [isPlain, ...keys] = await client.call<string[]>("Meta.Own", null, { meta });
      expect(isPlain).toBe("true");
      expect(keys).toContain("constructor");
      expect(keys).toContain("toString");
      expect(({} as Record<string, unknown>)["p"]).toBeUndefined();
    },
  );
});

describe("interceptors", () => {
  const never: Interceptor = () => new Promise(noop);
  const args = { A: 7, B: 8 };

  test("that never go on hold back no signal and no timeout of a caller", async () => {
    const { client } = connect([], { client: { interceptors: [never] } });
    const stop = new AbortController();
    const aborted = outcome(client.call("Arith.Multiply", args, { signal: stop.signal }));
    const late = outcome(client.call("Arith.Multiply", args, { timeoutMs: 5 }));
    const stream = outcome(client.stream("Arith.Multiply", args, { signal: stop.signal }).next());
    stop.abort("enough");
    expect(await aborted).toBe("enough");
    expect(await stream).toBe("enough");
    expect(await late).toMatchObject({ code: "ERR_TIMEOUT", message: "call Arith.Multiply: i/o timeout" });
  });

  test("that never go on hold back no close", async () => {
    const { client } = connect([], { client: { interceptors: [never] } });
    const call = outcome(client.call("Arith.Multiply", args));
    const notified = outcome(client.notify("Arith.Multiply", args));
    const next = outcome(client.stream("Arith.Multiply", args).next());
    const { done } = client.go("Arith.Multiply", args);
    await turn();
    client.close();
    for (const each of [await call, await notified, await next, (await done).error]) {
      expect(each).toMatchObject({ name: "ShutdownError" });
    }
  });

  test("that go on after the caller has given up send nothing", async () => {
    const going: (() => void)[] = [];
    const seen: string[] = [];
    const slow: Interceptor = async (call, next) => {
      await new Promise<void>((resolve) => going.push(resolve));
      return next(call);
    };
    const counting: Interceptor = (call, next) => {
      seen.push(call.serviceMethod);
      return next(call);
    };
    const { client } = connect([], { client: { interceptors: [slow] }, server: { interceptors: [counting] } });
    const late = outcome(client.call("Arith.Multiply", args, { timeoutMs: 5 }));
    expect(await late).toMatchObject({ code: "ERR_TIMEOUT" });
    going[0]?.();
    const call = client.call("Arith.Add", args);
    going[1]?.();
    expect(await call).toEqual({ C: 15 });
    expect(seen).toEqual(["Arith.Add"]);
  });

  test("may go on twice, or not wait for how it goes on", async () => {
    const twice: Interceptor = async (call, next) => {
      await next(call);
      return next(call);
    };
    const forgetting: Interceptor = (call, next) => {
      void next(call);
      return 1;
    };
    const failing = { A: 1, B: 0 };
    for (const side of ["client", "server"] as const) {
      const { client } = connect([], { [side]: { interceptors: [twice] } });
      expect(await client.call("Arith.Multiply", args)).toBe(56);
      await expect(client.call("Arith.Divide", failing)).rejects.toThrow("divide by zero");
      const other = connect([], { [side]: { interceptors: [forgetting, twice] } });
      expect(await other.client.call("Arith.Divide", failing)).toBe(1);
      await turn();
      await turn();
    }
  });

  test("that throw what is no error fail their call alone", async () => {
    for (const make of [() => null, () => undefined, () => 0, proxied]) {
      const { client } = connect([], { server: { interceptors: [() => throwing(make())] } });
      await expect(client.call("Arith.Multiply", args)).rejects.toThrow("internal error");
    }
    for (const value of [null, undefined, 0]) {
      const { client } = connect([], { client: { interceptors: [() => throwing(value)] } });
      expect(await outcome(client.call("Arith.Multiply", args))).toBe(value);
    }
  });

  test("let go of a stream whose reader breaks off while it waits", async () => {
    class Quiet {
      readonly signals: AbortSignal[] = [];
      async Wait(_args: unknown, reply: ReplyStream<number>): Promise<void> {
        const { signal } = reply.call;
        this.signals.push(signal);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
    }
    const quiet = new Quiet();
    const passing: Interceptor = (call, next) => next(call);
    const { client } = connect([quiet], { client: { interceptors: [passing] } });
    const numbers = client.stream("Quiet.Wait", null);
    const next = numbers.next();
    while (quiet.signals.length === 0) await turn();
    expect(await numbers.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    while (quiet.signals[0]?.aborted !== true) await turn();
  });
});

describe("validators", () => {
  const any = schemaOf((value) => ({ value }));
  const started = (args: AnySchema, options?: Options) => {
    const contract = service("Echo", { Say: method(args, any) });
    const [ours, theirs] = pipe();
    const server = new Server(options?.server);
    server.register({ Say: (text: unknown, reply: Reply) => void (reply.value = text) } as object as never, contract);
    server.register(new Arith());
    const served = server.serveConn(theirs, { codec: "msgpack" });
    const client = newClient(ours);
    opened.push(client);
    return { client, server, served };
  };

  test.each([
    ["throw", () => throwing(new Error("in a validator")), "in a validator"],
    ["throw null", () => throwing(null), "internal error"],
    ["reject", () => Promise.reject(new Error("in a validator")), "in a validator"],
    ["give nothing", () => undefined, /./],
    ["give null", () => Promise.resolve(null), /./],
    ["give issues that are none", () => ({ issues: null }), /./],
    ["give no list of issues", () => ({ issues: 5 }), /./],
    ["give issues without a message", () => ({ issues: [{}, null] }), /./],
    [
      "give a thenable that rejects",
      () => ({ then: (_: unknown, no: (e: Error) => void) => no(new Error("no")) }),
      "no",
    ],
  ] as [string, () => unknown, string | RegExp][])(
    "of arguments that %s fail the call alone",
    async (_, check, words) => {
      const { client } = started(schemaOf(check));
      await expect(client.call("Echo.Say", "x")).rejects.toThrow(words);
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    },
  );

  test("of arguments may take their time: other calls go on", async () => {
    const going: (() => void)[] = [];
    const slow = schemaOf((value) => new Promise((resolve) => going.push(() => resolve({ value }))));
    const { client, server, served } = started(slow);
    const first = client.call("Echo.Say", "first");
    const second = client.call("Echo.Say", "second");
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    while (going.length < 2) await turn();
    going[1]?.();
    expect(await second).toBe("second");
    const stopped = server.shutdown({ graceMs: 10_000 });
    going[0]?.();
    expect(await first).toBe("first");
    await stopped;
    await served;
  });

  test("of arguments that never settle count as calls, and end with the connection", async () => {
    const { client, server, served } = started(
      schemaOf(() => new Promise(noop)),
      {
        server: { maxConcurrentCalls: 2, maxQueuedCalls: 0, whenBusy: "refuse" },
      },
    );
    const calls = [1, 2, 3].map((n) => outcome(client.call("Echo.Say", n)));
    expect(await calls[2]).toMatchObject({ code: "ERR_RPC_BUSY" });
    await server.shutdown({ graceMs: 1 });
    await served;
    for (const call of calls) expect(await call).toBeInstanceOf(Error);
  });

  const remote = (reply: AnySchema) => {
    const { client } = connect([new Feed()]);
    const arith = client.service(service("Arith", { Multiply: method(any, reply) }));
    const feed = client.service(service("Feed", { Keep: stream(any, reply) }));
    return { client, arith, feed };
  };

  test.each([
    ["throw", () => throwing(new Error("in a validator")), "in a validator"],
    ["throw null", () => throwing(null), "null"],
    ["reject", () => Promise.reject(new Error("in a validator")), "in a validator"],
    ["reject with nothing", () => Promise.reject(undefined as unknown as Error), "undefined"],
    ["give nothing", () => undefined, /./],
    ["give issues", () => ({ issues: [{ message: "not good" }] }), "not good"],
    [
      "give a thenable that rejects",
      () => ({ then: (_: unknown, no: (e: Error) => void) => no(new Error("no")) }),
      "no",
    ],
  ] as [string, () => unknown, string | RegExp][])(
    "of replies that %s fail the call alone",
    async (_, check, words) => {
      const { client, arith, feed } = remote(schemaOf(check));
      const failed = outcome(arith.Multiply({ A: 7, B: 8 }));
      expect(await failed).toMatchObject({ code: "ERR_RPC_DECODE" });
      expect((await failed) as Error).toHaveProperty("cause", expect.any(DecodeError));
      expect(((await failed) as Error).message).toMatch(words);
      await expect(all(feed.Keep(3))).rejects.toMatchObject({ code: "ERR_RPC_DECODE" });
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    },
  );

  test("of replies may take their time: other replies are read meanwhile, and those of a stream keep their order", async () => {
    const going: ((value: unknown) => void)[] = [];
    const { client, arith, feed } = remote(schemaOf(() => new Promise((resolve) => going.push(resolve))));
    const first = arith.Multiply({ A: 1, B: 1 });
    const second = arith.Multiply({ A: 2, B: 2 });
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    going[1]?.({ value: "second" });
    expect(await second).toBe("second");
    going[0]?.({ value: "first" });
    expect(await first).toBe("first");
    const numbers = feed.Keep(2);
    const both = [numbers.next(), numbers.next()];
    while (going.length < 4) await turn();
    going[3]?.({ value: "b" });
    going[2]?.({ value: "a" });
    expect((await Promise.all(both)).map(({ value }) => value as unknown)).toEqual(["a", "b"]);
    expect((await numbers.next()).done).toBe(true);
  });

  test("of replies that never settle keep no caller from giving up, and none beyond the end", async () => {
    const { client, arith, feed } = remote(schemaOf(() => new Promise(noop)));
    const stop = new AbortController();
    const aborted = outcome(arith.Multiply({ A: 1, B: 1 }, { signal: stop.signal }));
    const late = outcome(arith.Multiply({ A: 1, B: 1 }, { timeoutMs: 5 }));
    const call = outcome(arith.Multiply({ A: 1, B: 1 }));
    const next = outcome(feed.Keep(2).next());
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    stop.abort("enough");
    expect(await aborted).toBe("enough");
    expect(await late).toMatchObject({ code: "ERR_TIMEOUT" });
    client.close();
    expect(await call).toMatchObject({ name: "ShutdownError" });
    expect(await next).toMatchObject({ name: "ShutdownError" });
  });

  test("of a stream's replies that fail stop the method", async () => {
    const stopped: unknown[] = [];
    class Endless {
      async Count(_args: unknown, reply: ReplyStream<number>): Promise<void> {
        try {
          for (let i = 0; ; i++) await reply.send(i);
        } catch (err) {
          stopped.push(err);
        }
      }
    }
    const { client } = connect([new Endless()]);
    const odd = schemaOf((value) => (value === 1 ? { issues: [{ message: "one" }] } : { value }));
    const endless = client.service(service("Endless", { Count: stream(any, odd) }));
    await expect(all(endless.Count(null))).rejects.toThrow("one");
    while (stopped.length === 0) await turn();
    expect(stopped).toMatchObject([{ code: "ERR_RPC_CANCELED" }]);
  });
});

test("a peer whose method throws anything goes on in both directions", async () => {
  const [ours, theirs] = pipe();
  let caller: Caller | undefined;
  const server = new Server({ onConnect: (each) => (caller = each) });
  server.register(new Arith());
  void server.serveConn(theirs, { codec: "msgpack" });
  const peer = newPeer(ours);
  opened.push(peer);
  peer.registerName("Own", { Bad: (_args: unknown, _reply: Reply) => throwing(proxied()) });
  await expect(caller?.call("Own.Bad", null)).rejects.toThrow("internal error");
  expect(await peer.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
});
