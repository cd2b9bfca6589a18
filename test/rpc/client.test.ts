import { ClosedError, LimitError, OpError, pipe, TimeoutError, UnexpectedEOFError } from "toolkit/net";
import {
  type Call,
  type Client,
  type ClientCodec,
  newClient,
  newClientWithCodec,
  ProtocolError,
  Reply,
  type Response,
  ServerError,
  ShutdownError,
} from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Arith, connected, Gate } from "./arith.js";
import { fakeConn, type Hand, peer } from "./wire.js";

const multiplied = (seq: string, value: string, error = "a0") =>
  `83a54572726f72${error}a3536571${seq}ad536572766963654d6574686f64ae41726974682e4d756c7469706c79${value}`;
const requestBytes = 42;

/** A client whose server is worked by hand, with so many calls waiting. */
async function waiting(calls: number): Promise<{ client: Client; hand: Hand; calls: Promise<unknown>[] }> {
  const { conn, hand } = peer();
  const client = newClient(conn);
  const outcomes = Array.from({ length: calls }, () =>
    client.call("Arith.Multiply", { A: 7, B: 8 }).catch((err: unknown) => err),
  );
  await hand.receive(calls * requestBytes);
  return { client, hand, calls: outcomes };
}

describe("call", () => {
  test("fills a reply of the caller's own", async () => {
    const { client, server } = connected();
    const reply = new Reply<number>();
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 }, { reply })).toBe(56);
    expect(reply.value).toBe(56);
    expect(reply.call).toMatchObject({ serviceMethod: "", remoteAddr: null });
    await server.shutdown();
  });

  test("matches replies by number, in whatever order they come", async () => {
    const { client, hand, calls } = await waiting(3);
    await hand.send(multiplied("02", "c3") + multiplied("00", "01") + multiplied("01", "c2"));
    expect(await Promise.all(calls)).toEqual([1, false, true]);
    client.close();
  });

  test("throws away a reply that nobody waits for", async () => {
    const { client, hand, calls } = await waiting(1);
    await hand.send(multiplied("09", "93010203") + multiplied("cfffffffffffffffff", "80") + multiplied("00", "05"));
    expect(await calls[0]).toBe(5);
    await hand.send(multiplied("00", "06")); // answered once more
    const next = client.call("Arith.Multiply", {});
    await hand.receiveSome();
    await hand.send(multiplied("01", "07"));
    expect(await next).toBe(7);
    client.close();
  });

  test("throws away the body of a failed call, whatever it is", async () => {
    const { client, hand, calls } = await waiting(2);
    await hand.send(multiplied("00", "82a16101a16202", "a4626f6f6d") + multiplied("01", "05"));
    expect(await Promise.all(calls)).toEqual([new ServerError("boom"), 5]);
    client.close();
  });

  test("rejects for arguments that cannot be sent, and harms no other call", async () => {
    const { client, server } = connected();
    const good = client.call("Arith.Multiply", { A: 7, B: 8 });
    await expect(client.call("Arith.Multiply", { A: () => 7 })).rejects.toThrow("msgpack: Cannot encode a function");
    await expect(client.call("Arith.Multiply", { A: () => 7 })).rejects.toThrow(TypeError);
    expect(await good).toBe(56);
    expect(await client.call("Arith.Multiply", { A: 2, B: 2 })).toBe(4);
    await server.shutdown();
  });

  test("rejects for a reply that cannot be read, and harms no other call", async () => {
    const { client, hand, calls } = await waiting(2);
    await hand.send(`${multiplied("00", "d46201")}${multiplied("01", "05")}`);
    const [unreadable, five] = await Promise.all(calls);
    expect(unreadable).toMatchObject({
      message: "reading body msgpack: unknown extension type 98",
      code: "ERR_RPC_DECODE",
    });
    expect(five).toBe(5);
    client.close();
  });

  test("rejects when too many wait", async () => {
    const gate = new Gate();
    const { client, server } = connected([gate], { client: { maxPendingCalls: 3 } });
    const calls = ["a", "b", "c"].map((name) => client.call("Gate.Wait", name));
    await expect(client.call("Gate.Wait", "d")).rejects.toThrow(LimitError);
    await gate.holds(3);
    gate.openAll();
    expect(await Promise.all(calls)).toEqual(["a", "b", "c"]);
    const again = client.call("Gate.Wait", "e");
    await gate.holds(4);
    gate.openAll();
    expect(await again).toBe("e");
    await server.shutdown();
  });

  test("a call that waits long is not mixed up with thousands after it", async () => {
    const gate = new Gate();
    const { client, server } = connected([gate, new Arith()]);
    const long = client.call("Gate.Wait", "long");
    await gate.holds(1);
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 100 }, (_, i) => client.call("Arith.Multiply", { A: i, B: round }));
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, i) => i * round));
    }
    gate.openAll();
    expect(await long).toBe("long");
    await server.shutdown();
  });
});

describe("giving up", () => {
  test("an aborted call rejects at once with the signal's reason, and its late reply is dropped", async () => {
    const gate = new Gate();
    const { client, server } = connected([gate, new Arith()]);
    const controller = new AbortController();
    const call = client.call("Gate.Wait", "x", { signal: controller.signal });
    await gate.holds(1);
    const reason = { why: "no longer" };
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    gate.openAll();
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    await server.shutdown();
  });

  test("an aborted signal sends nothing", async () => {
    const { conn, hand } = peer();
    const client = newClient(conn);
    const signal = AbortSignal.abort("before");
    await expect(client.call("Arith.Multiply", {}, { signal })).rejects.toBe("before");
    client.close();
    expect(await hand.receiveSome()).toBeNull();
  });

  test("a call that takes too long rejects with a timeout, and leaves the client usable", async () => {
    const gate = new Gate();
    const { client, server } = connected([gate, new Arith()]);
    const late = client.call("Gate.Wait", "x", { timeoutMs: 1 });
    await expect(late).rejects.toThrow(TimeoutError);
    await expect(late).rejects.toThrow("call Gate.Wait: i/o timeout");
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 }, { timeoutMs: 10_000 })).toBe(56);
    gate.openAll();
    await server.shutdown();
  });

  test("a signal that outlives its calls keeps no listener", async () => {
    const { client, server } = connected();
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    await client.call("Arith.Multiply", { A: 1, B: 1 }, { signal });
    await client.call("Arith.Throw", null, { signal }).catch(() => {});
    expect(listeners).toBe(0);
    await server.shutdown();
  });
});

describe("go", () => {
  test("returns what becomes of the call, and tells `done`", async () => {
    const { client, server } = connected();
    const reply = new Reply<number>();
    const told: Call<number>[] = [];
    const call = client.go("Arith.Multiply", { A: 7, B: 8 }, reply, (each) => told.push(each));
    expect(call).toMatchObject({ serviceMethod: "Arith.Multiply", args: { A: 7, B: 8 }, error: null });
    expect(await call.done).toBe(call);
    expect([call.reply, reply.value, call.error]).toEqual([reply, 56, null]);
    expect(told).toEqual([call]);
    await server.shutdown();
  });

  test("keeps the error in the call", async () => {
    const { client, server } = connected();
    expect((await client.go("Arith.Divide", { A: 1, B: 0 }).done).error).toEqual(new ServerError("divide by zero"));
    await server.shutdown();
    await client.closed;
    expect((await client.go("Arith.Divide", { A: 1, B: 0 }).done).error).toBeInstanceOf(ShutdownError);
  });
});

describe("service", () => {
  test("has the service's methods, and nothing else", async () => {
    const { client, server } = connected();
    const arith = client.service<Arith>("Arith");
    expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
    expect(arith.Multiply).toBe(arith.Multiply);
    const loose = arith as unknown as Record<string | symbol, unknown>;
    for (const key of [
      "then",
      "toJSON",
      "constructor",
      "secret",
      "",
      "__proto__",
      Symbol.toPrimitive,
      Symbol.asyncIterator,
    ]) {
      expect(loose[key], String(key)).toBeUndefined();
    }
    expect(await Promise.resolve(arith)).toBe(arith);
    const signal = AbortSignal.abort("no");
    await expect(arith.Multiply({ A: 7, B: 8 }, { signal })).rejects.toBe("no");
    await server.shutdown();
  });
});

describe("the end of a client", () => {
  test("close rejects what waits and what comes later with ShutdownError, and may be called twice", async () => {
    const { client, calls } = await waiting(2);
    expect(client.state).toBe("open");
    client.close();
    client.close();
    expect(client.state).toBe("closed");
    for (const outcome of await Promise.all(calls)) expect(outcome).toBeInstanceOf(ShutdownError);
    const later = client.call("Arith.Multiply", {});
    await expect(later).rejects.toThrow(ShutdownError);
    await expect(later).rejects.toThrow("connection is shut down");
    await expect(later).rejects.toBeInstanceOf(ClosedError); // through its cause: this side closed
    await client.closed;
  });

  test("a server that hangs up between messages is an unexpected EOF", async () => {
    const { client, hand, calls } = await waiting(2);
    hand.conn.close();
    for (const outcome of await Promise.all(calls)) expect(outcome).toEqual(new UnexpectedEOFError());
    await client.closed;
    expect(client.state).toBe("closed");
    await expect(client.call("Arith.Multiply", {})).rejects.toThrow(ShutdownError);
  });

  test("so is one that hangs up within a header, or between header and body", async () => {
    for (const bytes of [multiplied("00", "").slice(0, 40), multiplied("00", ""), multiplied("00", "92c0")]) {
      const { client, hand, calls } = await waiting(2);
      await hand.send(bytes);
      hand.conn.close();
      for (const outcome of await Promise.all(calls)) expect(String(outcome)).toContain("unexpected EOF");
      await client.closed;
    }
  });

  test("bytes that are no message end it with what was wrong", async () => {
    const { client, hand, calls } = await waiting(1);
    await hand.send("c1");
    expect(await calls[0]).toBeInstanceOf(ProtocolError);
    await client.closed;
    expect(await hand.receiveSome()).toBeNull();
  });

  test("so does a reply beyond the limits", async () => {
    const { conn, hand } = peer();
    const client = newClient(conn, { maxMessageBytes: 100 });
    const call = expect(client.call("Arith.Multiply", {})).rejects.toThrow("maxMessageBytes");
    await hand.receiveSome();
    await hand.send(multiplied("00", "dbffffffff"));
    await call;
    await client.closed;
  });

  test("a write that fails rejects the call with the failure itself", async () => {
    const conn = fakeConn(() => Promise.reject(new Error("fake write failure")));
    const client = newClient(conn);
    await expect(client.call("Arith.Multiply", {})).rejects.toThrow(new Error("fake write failure"));
    await client.closed;
    expect(conn.closes).toBeGreaterThan(0);
  });

  test("a conn that does not settle its reads harms nobody", async () => {
    const conn = { ...fakeConn(() => Promise.reject(new Error("fake write failure"))), close() {} };
    const client = newClient(conn);
    await expect(client.call("Arith.Multiply", {})).rejects.toThrow("fake write failure");
    const other = newClient({ ...conn, write: (p: Uint8Array) => Promise.resolve(p.byteLength) });
    const call = expect(other.call("Arith.Multiply", {})).rejects.toThrow(ShutdownError);
    other.close();
    await call;
  });

  test("a conn that is closed underneath is told as it tells", async () => {
    const [ours, theirs] = pipe();
    const client = newClient(ours);
    const call = client.call("Arith.Multiply", {}).catch((err: unknown) => err);
    ours.close();
    expect(await call).toBeInstanceOf(OpError);
    theirs.close();
    await client.closed;
  });

  test("`using` closes it", async () => {
    const { client, server } = connected();
    client[Symbol.dispose]();
    await client.closed;
    await server.shutdown();
  });
});

/** A codec whose answers the test gives. */
function codecOf(parts: Partial<ClientCodec>): ClientCodec & { closes: number } {
  return {
    closes: 0,
    writeRequest: () => {},
    readResponseHeader: () => new Promise<null>(() => {}),
    readResponseBody: () => null,
    close() {
      this.closes++;
    },
    ...parts,
  };
}

describe("newClientWithCodec", () => {
  test("closes a codec whose header failed", async () => {
    const codec = codecOf({ readResponseHeader: () => Promise.reject(new Error("fail")) });
    const client = newClientWithCodec(codec);
    await client.closed;
    client.close();
    expect(codec.closes).toBe(1);
  });

  test("a request that cannot be written fails its call alone, and blocks nobody", async () => {
    let writes = 0;
    const client = newClientWithCodec(
      codecOf({
        writeRequest() {
          if (++writes % 2 === 1) throw new Error("at once");
          return Promise.reject(new Error("later"));
        },
      }),
    );
    const calls = ["a", "b", "c"].map((args) =>
      client.call("X.Y", args).catch((err: unknown) => (err as Error).message),
    );
    expect(await Promise.all(calls)).toEqual(["at once", "later", "at once"]);
    expect(client.state).toBe("open");
    client.close();
  });

  test("writes one request at a time, and none that was given up meanwhile", async () => {
    const release: (() => void)[] = [];
    const seqs: unknown[] = [];
    const client = newClientWithCodec(
      codecOf({
        writeRequest({ seq }) {
          seqs.push(seq);
          return new Promise<void>((resolve) => release.push(resolve));
        },
      }),
    );
    const controller = new AbortController();
    const outcomes = [
      client.call("X.Y", 0),
      client.call("X.Y", 1, { signal: controller.signal }),
      client.call("X.Y", 2),
    ].map((call) => call.catch((err: unknown) => err));
    expect(seqs).toEqual([0]);
    controller.abort("enough");
    expect(await outcomes[1]).toBe("enough");
    release[0]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(seqs).toEqual([0, 2]);
    client.close();
    expect(await outcomes[0]).toBeInstanceOf(ShutdownError);
    expect(await outcomes[2]).toBeInstanceOf(ShutdownError);
  });

  test("a body that fails ends the client; the call is told it was the body", async () => {
    const responses: (Response | Promise<null>)[] = [{ serviceMethod: "X.Y", seq: 0, error: "" }];
    let start: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const client = newClientWithCodec(
      codecOf({
        readResponseHeader: async () => {
          await started;
          return responses.shift() as Response;
        },
        readResponseBody: () => Promise.reject(new Error("short")),
      }),
    );
    const calls = [0, 1].map((args) => client.call("X.Y", args).catch((err: unknown) => (err as Error).message));
    start();
    expect(await Promise.all(calls)).toEqual(["reading body short", "short"]);
    await client.closed;
  });

  test("so does the body of an error", async () => {
    let start: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const client = newClientWithCodec(
      codecOf({
        readResponseHeader: async () => {
          await started;
          return { serviceMethod: "X.Y", seq: 0, error: "boom" };
        },
        readResponseBody: () => Promise.reject(new Error("short")),
      }),
    );
    const calls = [0, 1].map((args) => client.call("X.Y", args).catch((err: unknown) => (err as Error).message));
    start();
    expect(await Promise.all(calls)).toEqual(["boom", "reading error body: short"]);
  });
});
