// What waits for what, and how much of it: no order of calls, streams, cancels and closes may leave a call without an answer
// while there is room for it, and nothing that a peer does may take memory without a bound.
import fc from "fast-check";
import { pipe } from "toolkit/net";
import {
  type Caller,
  type Client,
  newClient,
  newPeer,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
  type ServerOptions,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { CallGate } from "../../src/rpc/call-gate.js";
import { PendingCalls } from "../../src/rpc/pending-calls.js";
import { Arith, Gate } from "./arith.js";
import { peer as byHand, fakeConn, fromHex } from "./wire.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcome = (call: Promise<unknown>) => call.catch((err: unknown) => err);

const opened: Client[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

class Feed {
  async Count(n: number, reply: ReplyStream<number>): Promise<void> {
    for (let i = 0; i < n; i++) await reply.send(i);
  }
}

/** Calls back, whoever calls. */
class Back {
  async Ask(_args: unknown, reply: Reply<number>): Promise<void> {
    reply.value = await (reply.call.caller as Caller).call<number>("Arith.Multiply", { A: 7, B: 8 });
  }
}

function serving(options: ServerOptions) {
  const errors: unknown[] = [];
  const server = new Server({ onError: (err) => errors.push(err), ...options });
  const gate = new Gate();
  for (const each of [gate, new Arith(), new Feed(), new Back()]) server.register(each as object);
  const dial = () => {
    const [ours, theirs] = pipe();
    const served = server.serveConn(theirs, { codec: "msgpack" });
    const client = newPeer(ours);
    client.register(new Arith());
    opened.push(client);
    return Object.assign(client, { served, conn: ours });
  };
  return { server, gate, dial, errors };
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe("places", () => {
  test("that methods which answer at once leave free go to who waits next", async () => {
    const { gate, dial } = serving({ maxTotalCalls: 1 });
    const [a, b, c, d] = [dial(), dial(), dial(), dial()];
    const running = a.call("Gate.Wait", "a");
    await gate.holds(1);
    const waiting = [b, c, d].map((each) => each.call("Arith.Multiply", { A: 7, B: 8 }));
    await turn();
    gate.open(0);
    expect(await running).toBe("a");
    expect(await Promise.all(waiting)).toEqual([56, 56, 56]);
  });

  test("that nobody can use at one connection go to another", async () => {
    const gate = new CallGate(2, 10);
    const proceeded: string[] = [];
    gate.enter();
    gate.enter();
    gate.await({ proceed: () => proceeded.push("cannot") });
    gate.await({
      proceed: () => {
        proceeded.push("can");
        gate.enter();
      },
    });
    gate.await({ proceed: () => proceeded.push("must wait") });
    gate.leave();
    expect(proceeded).toEqual(["cannot", "can"]);
    await turn();
  });
});

describe("a server that reads no more when it is busy", () => {
  test("goes on for a stream whose reader asks for more behind the calls that wait", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 1 });
    const client = dial();
    const numbers = all(client.stream<number>("Feed.Count", 50, { window: 2 }));
    const calls = Array.from({ length: 20 }, () => outcome(client.call("Gate.Wait", "x")));
    expect(await numbers).toHaveLength(50);
    await gate.holds(1);
    gate.openAll();
    const settled = await Promise.all(calls);
    expect(settled.filter((each) => each === "x").length).toBeGreaterThan(0);
    for (const each of settled) if (each !== "x") expect(each).toMatchObject({ code: "ERR_RPC_BUSY" });
  });

  test("goes on for a stream that begins while it waits", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 1 });
    const client = dial();
    const first = client.call("Gate.Wait", "first");
    await gate.holds(1);
    const numbers = all(client.stream<number>("Feed.Count", 50, { window: 2 }));
    const calls = Array.from({ length: 5 }, () => outcome(client.call("Arith.Multiply", { A: 7, B: 8 })));
    await turn();
    gate.openAll();
    expect(await first).toBe("first");
    expect(await numbers).toHaveLength(50);
    await Promise.all(calls);
  });

  test("goes on for a method that calls back, whose answer comes behind the calls that wait", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 2, maxQueuedCalls: 1 });
    const client = dial();
    const first = client.call("Gate.Wait", "first");
    await gate.holds(1);
    const calls = Array.from({ length: 10 }, () => outcome(client.call("Back.Ask", null)));
    const settled = await Promise.all(calls);
    expect(settled).toContain(56);
    gate.openAll();
    expect(await first).toBe("first");
  });

  test("goes on when the caller is asked for late", async () => {
    const { dial, server } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 1 });
    let go: () => void = () => {};
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.registerName("Late", {
      async Ask(_args: unknown, reply: Reply<number>) {
        await going;
        reply.value = await (reply.call.caller as Caller).call<number>("Arith.Multiply", { A: 7, B: 8 });
      },
    });
    const client = dial();
    const first = client.call("Late.Ask", null);
    const calls = Array.from({ length: 10 }, () => outcome(client.call("Arith.Multiply", { A: 1, B: 1 })));
    await turn();
    await turn(); // by now it reads no more
    go();
    expect(await first).toBe(56);
    await Promise.all(calls);
  });
});

describe("a connection is not idle", () => {
  test("while calls in the other direction are under way, or are made again and again", async () => {
    const callers: Caller[] = [];
    const { dial, gate } = serving({ idleTimeoutMs: 20, onConnect: (caller) => callers.push(caller) });
    const client = dial();
    const theirs = new Gate();
    client.register(theirs);
    const call = callers[0]?.call("Gate.Wait", "back");
    await theirs.holds(1);
    for (let i = 0; i < 8; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(client.state).toBe("open");
    theirs.openAll();
    expect(await call).toBe("back");
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 8));
      await callers[0]?.notify("Arith.Multiply", { A: 1, B: 1 });
    }
    expect(client.state).toBe("open");
    await client.closed; // and then it is
    expect(gate.waiting).toEqual([]);
  });
});

const name = (text: string) =>
  `${Buffer.from([0xa0 | text.length]).toString("hex")}${Buffer.from(text).toString("hex")}`;
const request = (seq: number, method: string, body: string) =>
  `82a3536571ce${seq.toString(16).padStart(8, "0")}ad536572766963654d6574686f64${name(method)}${body}`;

describe("memory is bounded", () => {
  /** A peer that sends `one` for ever, and reads nothing. */
  function flood(one: string, options: ServerOptions = {}, services: object[] = []) {
    const bytes = fromHex(one);
    let taken = 0;
    const sink = fakeConn(() => new Promise<number>(() => {}));
    const read = (p: Uint8Array) => {
      if (sink.closes > 0) return Promise.resolve(null);
      const n = Math.floor(p.byteLength / bytes.byteLength);
      for (let i = 0; i < Math.max(1, n); i++) p.set(bytes.subarray(0, p.byteLength), i * bytes.byteLength);
      taken += Math.max(1, n);
      return turn().then(() => Math.max(1, n) * bytes.byteLength);
    };
    const errors: unknown[] = [];
    const server = new Server({ onError: (err) => errors.push(err), ...options });
    for (const each of [new Arith(), new Feed(), ...services]) server.register(each);
    const served = server.serveConn(
      { read, write: (p) => sink.write(p), close: () => sink.close() },
      { codec: "msgpack" },
    );
    return { server, served, errors, taken: () => taken, sink };
  }

  test("against a peer that calls for ever and reads nothing, where the server must go on reading", async () => {
    let made = 0;
    const large = "y".repeat(100_000);
    class Large {
      Text(_args: unknown, reply: Reply<string>): void {
        made++;
        reply.value = large;
      }
    }
    const callers: Caller[] = [];
    const limits = {
      maxConcurrentCalls: 10,
      maxQueuedCalls: 10,
      onConnect: (caller: Caller) => void callers.push(caller),
    };
    const { server, served, errors } = flood(request(1, "Large.Text", "c0"), limits, [new Large()]);
    await served; // it is cut off
    expect(String(errors[0])).toContain("peer does not read");
    expect(made).toBeLessThan(100);
    await server.shutdown({ graceMs: 0 });
  });

  test("against one that does so where calls are refused", async () => {
    const { server, taken } = flood(request(1, "Nobody.Home", "c0"), { whenBusy: "refuse" });
    let before = -1;
    for (let i = 0; i < 100 && taken() > before; i++) {
      before = taken();
      for (let j = 0; j < 50; j++) await turn();
    }
    expect(taken()).toBe(before); // it is read no more
    expect(taken()).toBeLessThan(100_000);
    await server.shutdown({ graceMs: 0 });
  });

  test("against floods of cancels and of requests for more, which change nothing", async () => {
    const { gate, dial, errors } = serving({});
    const client = dial();
    const call = client.call("Gate.Wait", "x");
    await gate.holds(1);
    const numbers = client.stream<number>("Feed.Count", 300, { window: 1 });
    expect((await numbers.next()).value).toBe(0);
    for (let i = 0; i < 2000; i++) {
      void client.notify("_goRPC_.Cancel", { Seq: 1000 + i });
      void client.notify("_goRPC_.Credit", { Seq: 0, N: 5 }); // of a call that is no stream
      void client.notify("_goRPC_.Credit", { Seq: 999, N: 5 });
      void client.notify("_goRPC_.Credit", { Seq: 1, N: 0 });
    }
    for (const odd of [-1, 0.5, Number.NaN, "5", null, {}, 2 ** 60, 1e300]) {
      await outcome(client.call("_goRPC_.Credit", { Seq: 0, N: odd }));
      await outcome(client.call("_goRPC_.Cancel", { Seq: odd }));
    }
    await outcome(client.call("_goRPC_.Cancel", null));
    await outcome(client.call("_goRPC_.Cancel", "x"));
    gate.openAll();
    expect(await call).toBe("x");
    expect(await all(numbers)).toHaveLength(299);
    expect(errors).toEqual([]);
  });

  test("against a server that sends what nobody asked for, or more than was asked for, in a stream or a call", async () => {
    const { conn, hand } = byHand();
    const client = newClient(conn);
    opened.push(client);
    const call = client.call("F.S", null);
    await hand.receiveSome();
    const item = (seq: string) => `84a54572726f72a0a44d6f7265c3a3536571${seq}ad536572766963654d6574686f64a001`;
    await hand.send(item("00").repeat(1000) + item("07").repeat(1000) + item("cfffffffffffffffff").repeat(100));
    await hand.send("83a54572726f72a0a353657100ad536572766963654d6574686f64a002");
    expect(await call).toBe(2);
    expect(client.pendingCalls).toBe(0);
  });

  test("against methods whose names are never the same, on both sides", async () => {
    const { dial, server } = serving({});
    const client = dial();
    const arith = client.service<Record<string, never>>("Arith") as unknown as Record<
      string,
      (args: unknown) => Promise<unknown>
    >;
    for (let i = 0; i < 3000; i++) {
      const call = arith[`Nothing${i}`]?.(null);
      if (i % 100 === 0) await expect(call).rejects.toThrow(ServerError);
      else void outcome(call as Promise<unknown>);
    }
    expect(await arith["Multiply"]?.({ A: 7, B: 8 })).toBe(56);
    expect(server.services.map(({ name: each }) => each)).toEqual(["Arith", "Back", "Feed", "Gate"]);
  });
});

describe("the ring of calls that wait", () => {
  test("does what a map would do", () => {
    const commands = fc.array(
      fc.oneof(
        fc.constant({ kind: "add" as const }),
        fc.record({ kind: fc.constantFrom("take" as const, "get" as const), at: fc.nat(60) }),
        fc.constant({ kind: "all" as const }),
        fc.record({ kind: fc.constant("foreign" as const), seq: fc.oneof(fc.integer(), fc.double(), fc.bigInt()) }),
      ),
      { maxLength: 300, size: "max" },
    );
    fc.assert(
      fc.property(commands, (list) => {
        const calls = new PendingCalls(50);
        const model = new Map<number, object>();
        const call = () => ({ seq: -1, isSent: false, type: undefined, resolve() {}, reject() {} });
        for (const each of list) {
          if (each.kind === "add") {
            const one = call();
            if (model.size === 50) expect(() => calls.add(one)).toThrow("maxPendingCalls");
            else {
              calls.add(one);
              expect(model.has(one.seq)).toBe(false);
              model.set(one.seq, one);
            }
          } else if (each.kind === "all") {
            expect(new Set(calls.takeAll())).toEqual(new Set(model.values()));
            model.clear();
          } else if (each.kind === "foreign") {
            expect(calls.get(each.seq)).toBe(typeof each.seq === "number" ? model.get(each.seq) : undefined);
          } else {
            const seq = [...model.keys()][each.at % Math.max(1, model.size)] ?? 10_000;
            expect(calls[each.kind](seq)).toBe(model.get(seq));
            if (each.kind === "take") model.delete(seq);
          }
          expect(calls.size).toBe(model.size);
        }
      }),
      { numRuns: 100 },
    );
  });
});
