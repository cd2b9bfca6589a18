import { int, struct } from "toolkit/gob";
import { pipe, TimeoutError, UnexpectedEOFError } from "toolkit/net";
import {
  type Client,
  newClient,
  newPeer,
  ProtocolError,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
  type ServerOptions,
  ShutdownError,
  service,
  stream,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { peer as byHand, fromHex } from "./wire.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends numbers, and tells what became of it. */
class Feed {
  sent = 0;
  readonly stopped: unknown[] = [];
  #onStop: (() => void)[] = [];

  async Count(args: { To: number }, reply: ReplyStream<number>): Promise<void> {
    for (let n = 1; n <= args.To; n++) await reply.send(n);
  }
  async Forever(_args: unknown, reply: ReplyStream<number>): Promise<void> {
    try {
      for (;;) {
        await reply.send(this.sent++);
        if (this.sent % 50 === 0) await turn(); // memory is so quick that timers would never have theirs
      }
    } catch (err) {
      this.stopped.push(err);
      for (const resolve of this.#onStop.splice(0)) resolve();
      throw err;
    }
  }
  async Fail(_args: unknown, reply: ReplyStream<number>): Promise<void> {
    await reply.send(1);
    throw new Error("out of numbers");
  }
  async Odd(_args: unknown, reply: ReplyStream<unknown>): Promise<void> {
    await reply.send(() => 1);
  }
  One(_args: unknown, reply: Reply<string>): void {
    reply.value = "one";
  }
  Nothing(_args: unknown, _reply: Reply<null>): void {}

  async hasStopped(): Promise<void> {
    if (this.stopped.length === 0) await new Promise<void>((resolve) => this.#onStop.push(resolve));
  }
}

const opened: Client[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function connect(codec: "msgpack" | "jsonrpc2", options?: ServerOptions) {
  const [ours, theirs] = pipe();
  const server = new Server(options);
  const feed = new Feed();
  server.register(feed);
  const served = server.serveConn(theirs, { codec });
  const client = newClient(ours, { codec });
  opened.push(client);
  return { client, feed, server, served, theirs };
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe.each(["msgpack", "jsonrpc2"] as const)("streams over %s", (codec) => {
  test("are read to their end, in order", async () => {
    const { client } = connect(codec);
    const numbers = await all(client.stream<number>("Feed.Count", { To: 500 }));
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(await all(client.stream("Feed.Count", { To: 0 }))).toEqual([]);
  });

  test("are typed, by the class or by a contract", async () => {
    const { client, server } = connect(codec);
    const feed = client.service<Feed>("Feed", { streams: ["Count", "Forever", "Fail", "Odd"] });
    expect(await all(feed.Count({ To: 3 }))).toEqual([1, 2, 3]);
    expect(await feed.One(null)).toBe("one");
    const contract = service("Counter", { Count: stream(struct("Range", { To: int }), int) });
    server.register(new Feed(), contract);
    const remote = client.service(contract);
    expect(await all(remote.Count({ To: 3 }))).toEqual([1, 2, 3]);
    await expect(all(client.stream("Counter.Count", { To: "three" }))).rejects.toMatchObject({
      code: "ERR_RPC_INVALID_ARGS",
    });
    await expect(client.call("Counter.Count", { To: 3 })).rejects.toMatchObject({ code: "ERR_RPC_STREAM" });
  });

  test("send no more than the reader takes", async () => {
    const { client, feed } = connect(codec);
    const numbers = client.stream<number>("Feed.Forever", null, { window: 4 });
    expect((await numbers.next()).value).toBe(0);
    await client.call("Feed.One", null); // all that could be sent has been sent
    expect(feed.sent).toBeLessThanOrEqual(6);
    for (let n = 1; n < 100; n++) expect((await numbers.next()).value).toBe(n);
    expect(feed.sent).toBeLessThanOrEqual(106);
    await numbers.return?.();
    await feed.hasStopped();
  });

  test("stop at the server when the reader breaks off", async () => {
    const { client, feed } = connect(codec);
    for await (const n of client.stream<number>("Feed.Forever", null)) if (n === 10) break;
    await feed.hasStopped();
    expect(feed.stopped).toMatchObject([{ code: "ERR_RPC_CANCELED" }]);
    expect(await client.call("Feed.One", null)).toBe("one");
  });

  test("stop by signal and by time", async () => {
    const { client, feed } = connect(codec);
    const stop = new AbortController();
    const reason = new Error("enough");
    const aborted = all(client.stream("Feed.Forever", null, { signal: stop.signal }));
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(all(client.stream("Feed.Forever", null, { signal: stop.signal }))).rejects.toBe(reason);
    await expect(all(client.stream("Feed.Forever", null, { timeoutMs: 30 }))).rejects.toThrow(TimeoutError);
    await feed.hasStopped();
  });

  test("end with the method's error, after what it had sent", async () => {
    const { client } = connect(codec);
    const numbers = client.stream<number>("Feed.Fail", null);
    expect(await numbers.next()).toEqual({ done: false, value: 1 });
    await expect(numbers.next()).rejects.toThrow(new ServerError("out of numbers"));
    expect(await numbers.next()).toEqual({ done: true, value: undefined });
    await expect(all(client.stream("Feed.Odd", null))).rejects.toThrow(ServerError);
    await expect(all(client.stream("Feed.None", null))).rejects.toThrow("rpc: can't find method Feed.None");
  });

  test("of a method that replies once are that one reply", async () => {
    const { client } = connect(codec);
    expect(await all(client.stream("Feed.One", null))).toEqual(["one"]);
    expect(await all(client.stream("Feed.Nothing", null))).toEqual([]);
  });

  test("are refused to a caller who waits for one reply", async () => {
    const { client } = connect(codec);
    await expect(client.call("Feed.Count", { To: 3 })).rejects.toMatchObject({
      message: "rpc: Feed.Count sends many replies: read it with stream",
      code: "ERR_RPC_STREAM",
    });
  });

  test("reject when the connection ends, whichever way, and the method stops", async () => {
    const { client, feed, theirs } = connect(codec);
    const numbers = client.stream("Feed.Forever", null, { window: 1 });
    await numbers.next();
    const next = all(numbers);
    theirs.close();
    await expect(next).rejects.toThrow(UnexpectedEOFError);
    await feed.hasStopped();
    const again = connect(codec);
    const others = again.client.stream("Feed.Forever", null, { window: 1 });
    await others.next();
    again.client.close();
    await expect(all(others)).rejects.toThrow(ShutdownError);
    await again.feed.hasStopped();
  });

  test("are many at once, beside calls", async () => {
    const { client } = connect(codec);
    const streams = [100, 200, 300].map((To) => all(client.stream("Feed.Count", { To }, { window: 3 })));
    const calls = Array.from({ length: 100 }, () => client.call("Feed.One", null));
    expect((await Promise.all(streams)).map((each) => each.length)).toEqual([100, 200, 300]);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["one"]));
  });

  test("end on shutdown", async () => {
    const { client, server, feed } = connect(codec);
    const numbers = client.stream("Feed.Forever", null, { window: 1 });
    await numbers.next();
    const rest = all(numbers).catch((err: unknown) => err);
    await server.shutdown({ graceMs: 10 });
    expect(await rest).toBeInstanceOf(Error);
    await feed.hasStopped();
    expect(feed.stopped).toMatchObject([{ name: "ShutdownError" }]);
  });
});

test.each(["gob", "jsonrpc"] as const)("codec %s refuses streams and notifications on both sides", async (codec) => {
  const [ours, theirs] = pipe();
  const server = new Server();
  server.register(new Feed());
  void server.serveConn(theirs, { codec });
  const client = newClient(ours, { codec });
  opened.push(client);
  const refusal = { code: "ERR_NOT_SUPPORTED", message: `rpc: codec ${codec} has no streams` };
  await expect(all(client.stream("Feed.Count", { To: 3 }))).rejects.toMatchObject(refusal);
  await expect(client.notify("Feed.Count", { To: 3 })).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
  await expect(client.call("Feed.Count", { To: 3 })).rejects.toThrow(
    `rpc: Feed.Count sends many replies: codec ${codec} carries one`,
  );
  expect(() => newPeer(pipe()[0], { codec: codec as "msgpack" })).toThrow(
    new TypeError(`rpc: codec ${codec} carries calls one way only`),
  );
});

test("a server that sends more than it was asked for fails the stream alone, and is told to stop", async () => {
  const { conn, hand } = byHand();
  const client = newClient(conn);
  opened.push(client);
  const numbers = client.stream("F.S", null, { window: 2 });
  const first = numbers.next();
  await hand.receiveSome();
  // {Error: "", More: true, Seq: 0, ServiceMethod: ""} and 1
  const item = "84a54572726f72a0a44d6f7265c3a353657100ad536572766963654d6574686f64a001";
  await hand.send(item.repeat(4));
  expect((await first).value).toBe(1);
  await expect(all(numbers)).rejects.toThrow(ProtocolError);
  const told = await hand.receiveSome();
  expect(told).toContain(Buffer.from("_goRPC_.Cancel").toString("hex"));
  // An item of a stream that is over, and of a call that nobody made, are passed over.
  await hand.send(item);
  const call = client.call("F.Once", null);
  const request = fromHex((await hand.receiveSome()) ?? "");
  const seq = request[5] ?? 0;
  await hand.send(`83a54572726f72a0a3536571${seq.toString(16).padStart(2, "0")}ad536572766963654d6574686f64a007`);
  expect(await call).toBe(7);
});
