// How many calls may run and wait, what is done with more, and how a server stops.
import { pipe } from "toolkit/net";
import { type Client, newClient, type Reply, Server, ServerError, type ServerOptions } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith, Gate } from "./arith.js";

const opened: Client[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function serving(options: ServerOptions) {
  const server = new Server(options);
  const gate = new Gate();
  server.register(gate);
  server.register(new Arith());
  const dial = () => {
    const [ours, theirs] = pipe();
    const served = server.serveConn(theirs, { codec: "msgpack" });
    const client = newClient(ours);
    opened.push(client);
    return Object.assign(client, { served });
  };
  return { server, gate, dial };
}

const outcome = (call: Promise<unknown>) => call.catch((err: unknown) => err);
const names = (n: number, prefix = "") => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

describe("calls of one connection", () => {
  test("run as many at once as may; the others wait for their turn, in order", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 2 });
    const client = dial();
    const calls = names(5).map((name) => client.call("Gate.Wait", name));
    await gate.holds(2);
    await client.call("Arith.Nothing", 1).catch(() => {}); // by now all were read
    expect(gate.waiting).toHaveLength(2);
    for (let i = 0; i < 5; i++) {
      gate.open(i);
      expect(await calls[i]).toBe(String(i));
      await gate.holds(Math.min(5, i + 3));
    }
  });

  test("beyond the queue are not read, until there is room", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 1 });
    const client = dial();
    const calls = names(20).map((name) => client.call("Gate.Wait", name));
    for (let i = 0; i < 20; i++) {
      await gate.holds(i + 1);
      gate.open(i);
    }
    expect(await Promise.all(calls)).toEqual(names(20));
  });

  test("beyond the queue are refused, if that is asked for", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 1, whenBusy: "refuse" });
    const client = dial();
    const calls = names(4).map((name) => outcome(client.call("Gate.Wait", name)));
    for (const refused of [await calls[2], await calls[3]]) {
      expect(refused).toBeInstanceOf(ServerError);
      expect(refused).toMatchObject({ code: "ERR_RPC_BUSY", message: "rpc: server is busy: too many calls wait" });
    }
    gate.open(0);
    await gate.holds(2);
    gate.open(1);
    expect([await calls[0], await calls[1]]).toEqual(["0", "1"]);
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("that are cancelled or too late while they wait are never started", async () => {
    const { gate, dial } = serving({ maxConcurrentCalls: 1 });
    const client = dial();
    const first = client.call("Gate.Wait", "first");
    await gate.holds(1);
    const stop = new AbortController();
    const cancelled = outcome(client.call("Gate.Wait", "cancelled", { signal: stop.signal }));
    const late = outcome(client.call("Gate.Wait", "late", { timeoutMs: 5 }));
    stop.abort(new Error("stopped"));
    expect(await cancelled).toMatchObject({ message: "stopped" });
    expect(await late).toMatchObject({ timeout: true });
    const last = client.call("Gate.Wait", "last");
    await client.call("Arith.Nothing", 1).catch(() => {}); // by now the server knows
    gate.open(0);
    expect(await first).toBe("first");
    await gate.holds(2);
    gate.open(1);
    expect(await last).toBe("last");
    expect(gate.waiting).toHaveLength(2);
  });
});

describe("calls of all connections", () => {
  test("run as many at once as may, and take turns", async () => {
    const { gate, dial } = serving({ maxTotalCalls: 2 });
    const [one, other] = [dial(), dial()];
    const calls = [
      ...names(3, "a").map((name) => one.call("Gate.Wait", name)),
      ...names(3, "b").map((name) => other.call("Gate.Wait", name)),
    ];
    for (let i = 0; i < 6; i++) {
      await gate.holds(Math.min(6, i + 2));
      expect(gate.waiting.length).toBeLessThanOrEqual(i + 2);
      gate.open(i);
    }
    expect(await Promise.all(calls)).toEqual([...names(3, "a"), ...names(3, "b")]);
  });

  test("free their places when a connection ends, but not before their methods do", async () => {
    const { gate, dial } = serving({ maxTotalCalls: 1 });
    const [one, other] = [dial(), dial()];
    const lost = outcome(one.call("Gate.Wait", "lost"));
    await gate.holds(1);
    const queued = outcome(one.call("Gate.Wait", "queued"));
    const call = other.call("Gate.Wait", "call");
    one.close();
    await Promise.all([lost, queued]);
    expect(gate.waiting).toHaveLength(1);
    gate.open(0);
    await gate.holds(2);
    gate.open(1);
    expect(await call).toBe("call");
    expect(gate.waiting).toHaveLength(2);
  });

  test("are refused when too many wait, if that is asked for", async () => {
    const { gate, dial } = serving({ maxTotalCalls: 1, maxTotalQueuedCalls: 1, whenBusy: "refuse" });
    const [one, other] = [dial(), dial()];
    const running = one.call("Gate.Wait", "running");
    await gate.holds(1);
    const waiting = one.call("Gate.Wait", "waiting");
    await one.call("Arith.Nothing", 1).catch(() => {});
    await expect(other.call("Gate.Wait", "refused")).rejects.toMatchObject({ code: "ERR_RPC_BUSY" });
    gate.open(0);
    await gate.holds(2);
    gate.open(1);
    expect([await running, await waiting]).toEqual(["running", "waiting"]);
  });
});

describe("shutdown", () => {
  test("lets running calls finish, refuses new ones, and closes", async () => {
    const { server, gate, dial } = serving({});
    const client = dial();
    const running = client.call("Gate.Wait", "running");
    await gate.holds(1);
    const stopped = server.shutdown({ graceMs: 5000 });
    const refused = await outcome(client.call("Arith.Multiply", { A: 7, B: 8 }));
    expect(refused).toMatchObject({ name: "ServerError", code: "ERR_RPC_SHUTDOWN" });
    gate.openAll();
    expect(await running).toBe("running");
    await stopped;
    await client.closed;
    await client.served;
  });

  test("cuts off what takes longer than its grace", async () => {
    const { server, gate, dial } = serving({});
    const client = dial();
    const running = outcome(client.call("Gate.Wait", "running"));
    await gate.holds(1);
    await server.shutdown({ graceMs: 5 });
    expect(gate.waiting[0]?.call.signal.reason).toMatchObject({ name: "ShutdownError" });
    expect(await running).toBeInstanceOf(Error);
    gate.openAll();
  });

  test("closes connections that come afterwards", async () => {
    const { server, dial } = serving({});
    await server.shutdown();
    const client = dial();
    await client.served;
    await client.closed;
  });
});

test("a connection without calls is closed after a while, if that is asked for", async () => {
  const { dial, gate } = serving({ idleTimeoutMs: 30 });
  const client = dial();
  const busy = client.call("Gate.Wait", "busy");
  await gate.holds(1);
  const idle = dial();
  await idle.closed;
  expect(client.state).toBe("open");
  gate.openAll();
  expect(await busy).toBe("busy");
  await client.closed;
});

test("methods that answer at once do not count", async () => {
  class Quick {
    running = 0;
    Do(_args: unknown, reply: Reply<number>): void {
      reply.value = ++this.running;
    }
  }
  const { server, dial } = serving({ maxConcurrentCalls: 1, maxQueuedCalls: 0, whenBusy: "refuse" });
  server.register(new Quick());
  const client = dial();
  const calls = Array.from({ length: 50 }, () => client.call("Quick.Do", null));
  expect(await Promise.all(calls)).toHaveLength(50);
});
