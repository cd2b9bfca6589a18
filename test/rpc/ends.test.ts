// However a call, a stream, a notification or a connection ends, and whatever the codec does: every promise is settled, and
// nothing is left behind.
import { pipe, type StreamConn, TimeoutError, UnexpectedEOFError } from "toolkit/net";
import {
  type Awaitable,
  type ClientCodec,
  type CodecFeatures,
  dialPeer,
  EncodeError,
  newClient,
  newClientWithCodec,
  newPeer,
  Reply,
  type ReplyStream,
  type Request,
  type Response,
  Server,
  type ServerCodec,
  ShutdownError,
} from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { describe, expect, onTestFinished, test } from "vitest";
import { Arith, connected, Gate } from "./arith.js";
import { peer as byHand } from "./wire.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcome = (call: Promise<unknown>) => call.catch((err: unknown) => err);
const never = () => new Promise<never>(() => {});
const features: CodecFeatures = { cancel: true, notify: true, stream: true, meta: true };

/** A promise that is settled from outside. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A client's codec that does what it is told, and nothing else: not even what a codec must do when it is closed. */
class Told implements ClientCodec {
  readonly features = features;
  readonly requests: Request[] = [];
  readonly #headers: ReturnType<typeof deferred<Response | null>>[] = [deferred()];
  body: () => Awaitable<unknown> = () => null;
  write: () => Awaitable<void> = () => undefined;

  writeRequest(request: Request): Awaitable<void> {
    this.requests.push({ ...request });
    return this.write();
  }
  readResponseHeader(): Awaitable<Response | null> {
    return (this.#headers[0] as ReturnType<typeof deferred<Response | null>>).promise.finally(() =>
      this.#headers.shift(),
    );
  }
  readResponseBody(): Awaitable<unknown> {
    return this.body();
  }
  close(): void {
    throw new Error("a codec that cannot be closed");
  }
  answer(seq: number, more: Partial<Response> = {}): void {
    const header = this.#headers.at(-1);
    this.#headers.push(deferred());
    header?.resolve({ serviceMethod: "", seq, error: "", ...more });
  }
  end(err?: unknown): void {
    if (err === undefined) this.#headers.at(-1)?.resolve(null);
    else this.#headers.at(-1)?.reject(err);
  }
}

/** Everything that one may wait for of a client, at once. */
function everything(codec: Told) {
  const client = newClientWithCodec(codec);
  const numbers = client.stream("S.M", null);
  const waits = [
    outcome(client.call("S.M", null)),
    outcome(client.call("S.M", null, { timeoutMs: 100_000, signal: new AbortController().signal })),
    outcome(client.go("S.M", null).done.then(({ error }) => error)),
    outcome(numbers.next()),
    outcome(client.notify("S.M", null)),
  ];
  return { client, waits, numbers };
}

describe("a client with a codec that settles nothing", () => {
  test.each<[string, (codec: Told) => void]>([
    ["while it waits for a header", () => {}],
    ["while a request is being written", (codec) => (codec.write = never)],
    [
      "while a body is being read",
      (codec) => {
        codec.body = never;
        setImmediate(() => codec.answer(0));
      },
    ],
    [
      "while the body of an error is being read",
      (codec) => {
        codec.body = never;
        setImmediate(() => codec.answer(1, { error: "boom" }));
      },
    ],
    [
      "while a stream's reply is being read",
      (codec) => {
        codec.body = never;
        setImmediate(() => codec.answer(0, { isPartial: true }));
      },
    ],
  ])("%s: close settles all", async (_, arrange) => {
    const codec = new Told();
    arrange(codec);
    const { client, waits } = everything(codec);
    await turn();
    await turn();
    client.close();
    const settled = await Promise.all(waits);
    for (const each of settled.slice(0, 4)) expect(each).toMatchObject({ name: /^(ShutdownError|ServerError)$/ });
    await client.closed;
    expect(client.pendingCalls).toBe(0);
  });

  test.each<[string, (codec: Told) => void, RegExp]>([
    ["the end of the stream", (codec) => codec.end(), /unexpected EOF/],
    ["an error", (codec) => codec.end(new Error("broken pipe")), /broken pipe/],
    ["nothing as an error", (codec) => codec.end(null), /null/],
    [
      "a body that throws",
      (codec) => {
        codec.body = () => {
          throw new Error("broken body");
        };
        codec.answer(0);
      },
      /broken body/,
    ],
    [
      "a body that rejects with nothing",
      (codec) => {
        codec.body = async () => {
          throw undefined;
        };
        codec.answer(0);
      },
      /undefined/,
    ],
    [
      "the body of an error that rejects",
      (codec) => {
        codec.body = () => Promise.reject(new Error("broken body"));
        codec.answer(0, { error: "boom" });
      },
      /broken body|boom/,
    ],
  ])("%s settles all", async (_, bring, words) => {
    const codec = new Told();
    const { client, waits } = everything(codec);
    await turn();
    bring(codec);
    const settled = await Promise.all(waits);
    for (const each of settled.slice(0, 4)) expect(String(each)).toMatch(words);
    await client.closed;
    await expect(client.call("S.M", null)).rejects.toThrow(ShutdownError);
  });

  test("a body that is being read keeps no caller from giving up, and is not delivered then", async () => {
    const codec = new Told();
    const body = deferred<unknown>();
    codec.body = () => body.promise;
    const client = newClientWithCodec(codec);
    const stop = new AbortController();
    const reply = { value: "before" };
    const call = outcome(client.call("S.M", null, { signal: stop.signal, reply }));
    codec.answer(0);
    await turn();
    stop.abort("enough");
    expect(await call).toBe("enough");
    body.resolve("after");
    await turn();
    expect(reply.value).toBe("before");
    client.close();
  });

  test("a stream that was broken off while a reply was being read stays ended", async () => {
    const codec = new Told();
    const body = deferred<unknown>();
    const client = newClientWithCodec(codec);
    const numbers = client.stream("S.M", null);
    const first = numbers.next();
    codec.body = () => body.promise;
    codec.answer(0, { isPartial: true });
    await turn();
    expect(await numbers.return?.()).toEqual({ done: true, value: undefined });
    expect(await first).toEqual({ done: true, value: undefined });
    body.resolve(5);
    await turn();
    expect(await numbers.next()).toEqual({ done: true, value: undefined });
    client.close();
  });

  test("a client that is closed reads no more, whatever its codec has", async () => {
    let reads = 0;
    const codec: ClientCodec = {
      writeRequest() {},
      readResponseHeader: () => {
        if (++reads === 100) client.close();
        return Promise.resolve({ serviceMethod: "", seq: 7, error: "" });
      },
      readResponseBody: () => null,
      close() {},
    };
    const client = newClientWithCodec(codec);
    await client.closed;
    await turn();
    expect(reads).toBeLessThan(102);
  });

  test("notifications leave in order with calls, are bounded, and end with the client", async () => {
    const codec = new Told();
    const writes: ReturnType<typeof deferred<void>>[] = [];
    codec.write = () => {
      const write = deferred<void>();
      writes.push(write);
      return write.promise;
    };
    const client = newClientWithCodec(codec, { maxPendingCalls: 4 });
    const call = outcome(client.call("S.A", null));
    const notified = [client.notify("S.B", null), outcome(client.notify("S.C", null))];
    const last = outcome(client.call("S.D", null));
    await expect(client.notify("S.E", null)).rejects.toMatchObject({ code: "ERR_LIMIT" });
    for (let i = 0; i < 2; i++) {
      writes[i]?.resolve();
      await turn();
    }
    await notified[0];
    expect(codec.requests.map(({ serviceMethod }) => serviceMethod)).toEqual(["S.A", "S.B", "S.C"]);
    client.close();
    for (const each of [call, notified[1], last]) expect(await each).toBeInstanceOf(ShutdownError);
  });

  test("a notification whose write fails rejects, at once or later", async () => {
    const codec = new Told();
    const client = newClientWithCodec(codec);
    codec.write = () => Promise.reject(new Error("later"));
    await expect(client.notify("S.M", null)).rejects.toThrow("later");
    codec.write = () => {
      throw new EncodeError("at once");
    };
    await expect(client.notify("S.M", null)).rejects.toThrow("at once");
    expect(client.pendingCalls).toBe(0);
    client.close();
  });
});

describe("timeouts of a call", () => {
  test.each([0, -1, -0, Number.NEGATIVE_INFINITY])("of %d ms: it is over before it is sent", async (timeoutMs) => {
    const codec = new Told();
    const client = newClientWithCodec(codec);
    await expect(client.call("S.M", null, { timeoutMs })).rejects.toThrow(TimeoutError);
    await expect(client.stream("S.M", null, { timeoutMs }).next()).rejects.toThrow(TimeoutError);
    expect(codec.requests).toEqual([]);
    client.close();
  });

  test("of no number are the caller's mistake", async () => {
    const client = newClientWithCodec(new Told());
    await expect(client.call("S.M", null, { timeoutMs: Number.NaN })).rejects.toThrow(RangeError);
    await expect(client.stream("S.M", null, { timeoutMs: Number.NaN }).next()).rejects.toThrow(RangeError);
    client.close();
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e300, Number.POSITIVE_INFINITY])(
    "of %d ms pass for none by now, on both sides",
    async (timeoutMs) => {
      for (const codec of ["msgpack", "jsonrpc2", "gob"] as const) {
        const [ours, theirs] = pipe();
        const server = new Server();
        server.registerName("Deadline", {
          async Get(_args: unknown, reply: Reply<string>) {
            const { deadline, signal } = reply.call;
            await new Promise((resolve) => setTimeout(resolve, 3));
            reply.value = `${String(signal.aborted)} ${String(deadline?.toISOString())}`;
          },
        });
        void server.serveConn(theirs, { codec });
        const client = newClient(ours, { codec });
        expect(await client.call("Deadline.Get", null, { timeoutMs })).toMatch(/^false /);
        client.close();
      }
    },
  );
});

test("a graceMs, or an idleTimeoutMs, of more than a timer takes is for ever", async () => {
  for (const ms of [2 ** 31, Number.POSITIVE_INFINITY]) {
    const gate = new Gate();
    const { client, server, served } = connected([gate], { server: { idleTimeoutMs: ms } });
    const call = client.call("Gate.Wait", "patient");
    await gate.holds(1);
    const stopped = server.shutdown({ graceMs: ms });
    await new Promise((resolve) => setTimeout(resolve, 5));
    gate.openAll();
    expect(await call).toBe("patient");
    await stopped;
    await served;
  }
  const { client, server } = connected([new Arith()], { server: { idleTimeoutMs: Number.POSITIVE_INFINITY } });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  await server.shutdown();
});

test("options that make no sense are refused", () => {
  for (const bad of [Number.NaN, -1]) {
    expect(() => new Server({ maxConcurrentCalls: bad })).toThrow(RangeError);
    expect(() => new Server({ maxQueuedCalls: bad })).toThrow(RangeError);
    expect(() => new Server({ maxTotalCalls: bad })).toThrow(RangeError);
    expect(() => new Server({ maxTotalQueuedCalls: bad })).toThrow(RangeError);
    expect(() => new Server({ idleTimeoutMs: bad })).toThrow(RangeError);
    expect(() => newClientWithCodec(new Told(), { maxPendingCalls: bad })).toThrow(RangeError);
  }
  expect(() => new Server({ maxConcurrentCalls: 0 })).toThrow(RangeError);
});

describe("a signal", () => {
  test("that is aborted already begins nothing, of any kind", async () => {
    const codec = new Told();
    const client = newClientWithCodec(codec);
    const signal = AbortSignal.abort("before");
    await expect(client.call("S.M", null, { signal, timeoutMs: 5 })).rejects.toBe("before");
    const numbers = client.stream("S.M", null, { signal, timeoutMs: 5 });
    await expect(numbers.next()).rejects.toBe("before");
    expect(await numbers.next()).toEqual({ done: true, value: undefined });
    expect(codec.requests).toEqual([]);
    client.close();
  });

  test("that aborts as the reply comes is told one of the two, and the server no nonsense", async () => {
    const codec = new Told();
    const client = newClientWithCodec(codec);
    const stop = new AbortController();
    const call = outcome(client.call("S.M", null, { signal: stop.signal }));
    codec.answer(0);
    stop.abort("enough");
    expect(await call).toBe("enough");
    const next = client.call("S.M", null);
    codec.body = () => "next";
    codec.answer(codec.requests.at(-1)?.seq as number);
    expect(await next).toBe("next");
    client.close();
  });
});

describe("go", () => {
  test("after close, and beyond the bound, is done with an error, and tells so", async () => {
    const client = newClientWithCodec(new Told(), { maxPendingCalls: 1 });
    const first = client.go("S.M", null);
    const told: unknown[] = [];
    const second = await client.go("S.M", null, new Reply(), ({ error }) => told.push(error)).done;
    expect(second.error).toMatchObject({ code: "ERR_LIMIT" });
    client.close();
    expect((await first.done).error).toBeInstanceOf(ShutdownError);
    const third = await client.go("S.M", null, undefined, ({ error }) => told.push(error)).done;
    expect(third.error).toBeInstanceOf(ShutdownError);
    await turn();
    expect(told).toEqual([second.error, third.error]);
  });
});

describe("a stream's reader", () => {
  class Feed {
    async Count(n: number, reply: ReplyStream<number>): Promise<void> {
      for (let i = 0; i < n; i++) await reply.send(i);
    }
  }
  const started = () => {
    const { client, server } = connected([new Feed(), new Arith()]);
    onTestFinished(() => client.close());
    return { client, server };
  };
  const done = { done: true, value: undefined };

  test("may break off before it begins, twice, and while it waits", async () => {
    const codec = new Told();
    const client = newClientWithCodec(codec);
    const unread = client.stream("S.M", null);
    expect(await unread.return?.()).toEqual(done);
    expect(await unread.return?.()).toEqual(done);
    expect(await unread.next()).toEqual(done);
    expect(codec.requests).toEqual([]);
    const numbers = client.stream("S.M", null);
    const waiting = [numbers.next(), numbers.next()];
    expect(await numbers.return?.()).toEqual(done);
    expect(await Promise.all(waiting)).toEqual([done, done]);
    expect(await numbers.return?.()).toEqual(done);
    expect(codec.requests.map(({ serviceMethod }) => serviceMethod)).toEqual(["S.M", "_goRPC_.Cancel"]);
    client.close();
  });

  test("may ask for many at once", async () => {
    const { client } = started();
    const numbers = client.stream<number>("Feed.Count", 3);
    const all = await Promise.all(Array.from({ length: 6 }, () => numbers.next()));
    expect(all.map(({ value }) => value as unknown)).toEqual([0, 1, 2, undefined, undefined, undefined]);
  });

  test("may throw within its loop, which breaks off", async () => {
    const { client } = started();
    const reading = (async () => {
      for await (const n of client.stream<number>("Feed.Count", 1e9)) if (n === 3) throw new Error("in the loop");
    })();
    await expect(reading).rejects.toThrow("in the loop");
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test.each([Number.POSITIVE_INFINITY, Number.NaN, 0, -5, 0.5, 2 ** 53])(
    "with a window of %d reads all",
    async (window) => {
      const { client } = started();
      const list: number[] = [];
      for await (const n of client.stream<number>("Feed.Count", 100, { window })) list.push(n);
      expect(list).toHaveLength(100);
    },
  );

  test("of a closed client is told so", async () => {
    const { client } = started();
    const numbers = client.stream("Feed.Count", 3);
    client.close();
    await expect(numbers.next()).rejects.toThrow(ShutdownError);
    expect(await numbers.next()).toEqual(done);
  });
});

describe("a server with a codec of one's own", () => {
  /** Reads what it is given, and then waits; writes as it is told. */
  function codecOf(requests: (Request | null)[], parts: Partial<ServerCodec> = {}) {
    const written: Response[] = [];
    const codec: ServerCodec = {
      readRequestHeader: () => (requests.length > 0 ? (requests.shift() as Request | null) : never()),
      readRequestBody: () => ({ A: 7, B: 8 }),
      writeResponse: (response) => void written.push({ ...response }),
      close() {},
      ...parts,
    };
    return { codec, written };
  }
  const multiply = (seq = 0): Request => ({ serviceMethod: "Arith.Multiply", seq });
  function serverOf(...services: object[]) {
    const errors: unknown[] = [];
    const server = new Server({ onError: (err) => errors.push(err) });
    for (const each of [new Arith(), ...services]) server.register(each);
    return { server, errors };
  }

  test("that cannot be closed is told of, and done", async () => {
    const { server, errors } = serverOf();
    const { codec, written } = codecOf([multiply(), null], {
      close: () => {
        throw new Error("cannot be closed");
      },
    });
    await server.serveCodec(codec);
    expect(written).toHaveLength(1);
    expect(errors).toEqual([new Error("cannot be closed")]);
  });

  test.each<[string, Partial<ServerCodec>]>([
    [
      "at once",
      {
        writeResponse: () => {
          throw new Error("no paper");
        },
      },
    ],
    ["later", { writeResponse: () => Promise.reject(new Error("no paper")) }],
    [
      "with nothing at once",
      {
        writeResponse: () => {
          throw null as unknown as Error;
        },
      },
    ],
    ["with nothing later", { writeResponse: () => Promise.reject(undefined) }],
    [
      "when it is flushed",
      {
        flush: () => {
          throw new Error("no paper");
        },
      },
    ],
    ["when it is flushed, later", { flush: () => Promise.reject(new Error("no paper")) }],
  ])("that cannot write, %s, ends", async (_, parts) => {
    const gate = new Gate();
    const { server, errors } = serverOf(gate);
    const { codec } = codecOf([{ serviceMethod: "Gate.Wait", seq: 1 }, multiply(), null], parts);
    const served = server.serveCodec(codec);
    await gate.holds(1);
    gate.openAll();
    await served;
    expect(errors).toHaveLength(1);
  });

  test("that can say nothing at all, not even an error, ends: nobody waits for ever", async () => {
    const { server, errors } = serverOf();
    const { codec } = codecOf([multiply()], { writeResponse: () => Promise.reject(new EncodeError("speechless")) });
    await server.serveCodec(codec);
    expect(errors).toEqual([new EncodeError("speechless")]);
  });

  test("that never writes to the end lets go of its calls when it is closed", async () => {
    const gate = new Gate();
    const server = new Server({ maxTotalCalls: 1 });
    server.register(gate);
    const { codec } = codecOf([{ serviceMethod: "Gate.Wait", seq: 0 }], { writeResponse: never });
    const served = server.serveCodec(codec);
    await gate.holds(1);
    gate.open(0);
    await turn();
    const [ours, theirs] = pipe();
    void server.serveConn(theirs, { codec: "msgpack" });
    const client = newClient(ours);
    onTestFinished(() => client.close());
    const next = client.call("Gate.Wait", "next"); // there is room for one
    await turn();
    const stopped = server.shutdown({ graceMs: 1 });
    await served;
    await outcome(next);
    await stopped;
  });

  test.each<[string, Partial<ServerCodec>]>([
    ["a header that is nothing", { readRequestHeader: () => undefined as unknown as null }],
    ["a header that rejects with nothing", { readRequestHeader: () => Promise.reject(null) }],
    [
      "a header that throws nothing",
      {
        readRequestHeader: () => {
          throw undefined as unknown as Error;
        },
      },
    ],
  ])("that reads %s ends", async (_, parts) => {
    const { server, errors } = serverOf();
    await server.serveCodec(codecOf([], parts).codec);
    expect(errors).toHaveLength(1);
  });

  test("that fails to read bodies, in any way, tells each caller", async () => {
    const { server, errors } = serverOf();
    const fails = [
      () => Promise.reject(new Error("torn")),
      () => {
        throw new Error("torn");
      },
      () => Promise.reject(undefined),
      () => {
        throw null as unknown as Error;
      },
    ];
    const { codec, written } = codecOf([multiply(0), multiply(1), multiply(2), multiply(3), multiply(4), null]);
    const read = codec.readRequestBody.bind(codec);
    codec.readRequestBody = (type) => (fails.shift() ?? (() => read(type)))();
    await server.serveCodec(codec);
    expect(written.map(({ error }) => error)).toEqual(["torn", "torn", "internal error", "internal error", ""]);
    expect(errors).toEqual([]);
  });
});

describe("a peer that", () => {
  class Feed {
    readonly failed: unknown[] = [];
    async Count(n: number, reply: ReplyStream<number>): Promise<void> {
      try {
        for (let i = 0; i < n; i++) await reply.send(i);
      } catch (err) {
        this.failed.push(err);
        throw err;
      }
    }
  }

  test("half-closes with streams open, running and waiting for their turn, keeps no server", async () => {
    const feed = new Feed();
    const server = new Server({ maxConcurrentCalls: 1 });
    server.register(feed as object);
    const [ours, theirs] = pipe();
    const served = server.serveConn(theirs, { codec: "msgpack" });
    const client = newClient(ours);
    const streams = [1, 2, 3].map(() => client.stream<number>("Feed.Count", 10, { window: 2 }));
    const firsts = streams.map((each) => outcome(each.next()));
    await firsts[0];
    await ours.closeWrite();
    await served;
    expect(feed.failed).toHaveLength(3);
    for (const err of feed.failed) expect(err).toBeInstanceOf(UnexpectedEOFError);
    await client.closed;
  });

  test("goes away at any byte, while calls run both ways, leaves nothing pending", async () => {
    const whole = await conversation(Number.POSITIVE_INFINITY);
    expect(whole).toBeGreaterThan(100);
    for (let n = 0; n < whole; n += 11) await conversation(n);
  });
});

/** Two peers call each other; one's conn ends after `n` bytes. Returns how many bytes it had written. */
async function conversation(n: number): Promise<number> {
  const [ours, theirs] = pipe();
  const { conn, written } = cutAfter(theirs, n);
  const own = newPeer(ours);
  const other = newPeer(conn);
  for (const each of [own, other]) {
    each.register(new Arith());
    each.registerName("Feed", {
      async Count(to: number, reply: ReplyStream<number>) {
        for (let i = 0; i < to; i++) await reply.send(i);
      },
    });
  }
  const waits = [own, other].flatMap((each) => [
    outcome(each.call("Arith.Multiply", { A: 7, B: 8 })),
    outcome(each.call("Arith.Divide", { A: 7, B: 0 })),
    outcome(each.notify("Arith.Multiply", { A: 7, B: 8 })),
    outcome(all(each.stream<number>("Feed.Count", 5, { window: 2 }))),
  ]);
  await Promise.all(waits);
  own.close();
  other.close();
  await Promise.all([own.closed, other.closed]);
  return written();
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/** A conn that is closed after so many bytes were written to it. */
function cutAfter(conn: StreamConn, n: number) {
  let left = n;
  let written = 0;
  const write = async (p: Uint8Array) => {
    const part = p.subarray(0, Math.min(p.byteLength, left));
    left -= part.byteLength;
    written += part.byteLength;
    const taken = part.byteLength > 0 ? await conn.write(part) : 0;
    if (left === 0) conn.close();
    return part.byteLength === p.byteLength ? taken : Promise.reject(new Error("cut"));
  };
  return {
    conn: { read: (p: Uint8Array) => conn.read(p), write, close: () => conn.close() },
    written: () => written,
  };
}

test("a codec that carries calls one way is refused before anything is dialled", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  onTestFinished(() => listener.close());
  const dialled = dialPeer("tcp", listener.addr.toString(), { codec: "gob" as "msgpack" });
  await expect(dialled).rejects.toThrow(new TypeError("rpc: codec gob carries calls one way only"));
});

test("what the end of a stream leaves unsaid is not waited for: a hand that stops within a reply", async () => {
  const { conn, hand } = byHand();
  const client = newClient(conn);
  const numbers = client.stream("F.S", null);
  const next = outcome(numbers.next());
  await hand.receiveSome();
  await hand.send("84a54572726f72a0a44d6f7265c3a353657100ad536572766963654d6574686f64a0"); // a header, and no body
  hand.conn.close();
  expect(String(await next)).toMatch(/unexpected EOF/);
  await client.closed;
});

test("the context of a call that is over starts no timer", async () => {
  const kept: Reply[] = [];
  const { client, server } = connected([]);
  server.registerName("Keep", { It: (_args: unknown, reply: Reply) => void kept.push(reply) });
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  await client.call("Keep.It", null, { timeoutMs: 100_000 });
  expect(kept[0]?.call.deadline).toBeInstanceOf(Date);
  expect(kept[0]?.call.signal.aborted).toBe(false);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBe(before);
  await server.shutdown();
});
