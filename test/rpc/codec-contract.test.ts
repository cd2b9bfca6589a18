// What every codec must do, whatever its bytes: a client and a server that speak it, on a conn in memory.
import { bytes, duration, GoTime, int, int64, map, optional, slice, string, struct, time } from "toolkit/gob";
import { pipe, TimeoutError, UnexpectedEOFError } from "toolkit/net";
import {
  type CodecName,
  method,
  newClient,
  type Reply,
  Server,
  ServerError,
  ShutdownError,
  service,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith, Gate } from "./arith.js";
import { slowly } from "./slowly.js";

const Args = struct("Args", { A: int, B: int });
const Quotient = struct("Quotient", { Quo: int, Rem: int });
const arith = service("Arith", {
  Add: method(Args, struct("Reply", { C: int })),
  Multiply: method(Args, int),
  Divide: method(Args, Quotient),
});
const Everything = struct("Everything", {
  Big: int64.as("bigint"),
  Data: bytes,
  Due: time,
  For: duration,
  Names: slice(string),
  Ages: map(string, int),
  Left: optional(Args),
});
const echo = service("Echo", { All: method(Everything, Everything), Text: method(string, string) });

class Echo {
  All(args: never, reply: Reply): void {
    reply.value = args;
  }
  Text(args: string, reply: Reply<string>): void {
    reply.value = args;
  }
}

const everything = {
  Big: 2n ** 62n + 1n,
  Data: Uint8Array.of(0, 255, 128),
  Due: new GoTime(1_767_323_045, 678_912_345, 7200),
  For: 1500,
  Names: ["a", "ü", ""],
  Ages: new Map([["x", 1]]),
  Left: null,
};

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function connect(codec: CodecName, services: object[] = [new Arith()], isSlow = false) {
  const [ours, theirs] = pipe();
  const server = new Server();
  for (const each of services) server.register(each);
  const served = server.serveConn(isSlow ? slowly(theirs) : theirs, { codec });
  const client = newClient(isSlow ? slowly(ours) : ours, { codec });
  opened.push(client);
  return { client, server, served, ours, theirs };
}

describe.each(["msgpack", "gob", "jsonrpc", "jsonrpc2"] as const)("codec %s", (codec) => {
  test("carries arguments and replies", async () => {
    const { client } = connect(codec);
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(await client.call("Arith.Add", { A: 7, B: -8 })).toEqual({ C: -1 });
    expect(await client.call("Arith.Scan", "15")).toBe(15);
    expect(await client.call("Arith.String", { A: 7, B: 8 })).toBe("7+8=15");
  });

  test("is understood one byte at a time", async () => {
    const { client } = connect(codec, [new Arith()], true);
    const calls = [1, 2, 3].map((n) => client.call("Arith.Multiply", { A: n, B: 8 }));
    expect(await Promise.all(calls)).toEqual([8, 16, 24]);
    await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toThrow("divide by zero");
  });

  test("carries errors as their messages, and goes on", async () => {
    const { client } = connect(codec);
    await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toEqual(new ServerError("divide by zero"));
    await expect(client.call("Arith.Throw", 1)).rejects.toThrow(new ServerError("thrown"));
    await expect(client.call("Arith.Nothing", { A: 1, B: 0 })).rejects.toMatchObject({
      name: "ServerError",
      message: "rpc: can't find method Arith.Nothing",
      code: "ERR_RPC_NO_METHOD",
    });
    await expect(client.call("Nobody.Home", { A: [1, 2] })).rejects.toThrow("rpc: can't find service Nobody.Home");
    await expect(client.call("Multiply", "x")).rejects.toThrow("rpc: service/method request ill-formed: Multiply");
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("matches replies that come out of order", async () => {
    const gate = new Gate();
    const { client } = connect(codec, [gate]);
    const calls = ["a", "b", "c"].map((name) => client.call("Gate.Wait", name));
    await gate.holds(3);
    for (const at of [2, 0, 1]) gate.open(at);
    expect(await Promise.all(calls)).toEqual(["a", "b", "c"]);
  });

  test("answers all that was asked before the client closed its side", async () => {
    const gate = new Gate();
    const { client, ours, served } = connect(codec, [gate]);
    const call = client.call("Gate.Wait", "late");
    await gate.holds(1);
    await ours.closeWrite();
    gate.openAll();
    expect(await call).toBe("late");
    await served;
  });

  test("settles all calls when the server hangs up, and when the client closes", async () => {
    const gate = new Gate();
    const { client, theirs, served } = connect(codec, [gate]);
    const calls = ["a", "b"].map((name) => client.call("Gate.Wait", name).catch((err: unknown) => err));
    await gate.holds(2);
    theirs.close();
    for (const outcome of await Promise.all(calls)) expect(outcome).toBeInstanceOf(UnexpectedEOFError);
    await expect(client.call("Gate.Wait", "c")).rejects.toThrow(ShutdownError);
    gate.openAll();
    await served;

    const again = connect(codec, [new Gate()]);
    const waiting = again.client.call("Gate.Wait", "d");
    again.client.close();
    await expect(waiting).rejects.toThrow(ShutdownError);
    await again.served;
  });

  test("gives up a call by signal and by time, and goes on", async () => {
    const gate = new Gate();
    const { client } = connect(codec, [gate, new Arith()]);
    const stop = new AbortController();
    const aborted = client.call("Gate.Wait", "a", { signal: stop.signal });
    const timedOut = client.call("Gate.Wait", "b", { timeoutMs: 30 });
    const reason = new Error("changed my mind");
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(timedOut).rejects.toThrow(TimeoutError);
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    gate.openAll();
  });

  test("keeps a contract: types at both ends, and arguments that fit", async () => {
    const [ours, theirs] = pipe();
    const server = new Server();
    server.register(new Arith(), arith);
    void server.serveConn(theirs, { codec });
    const client = newClient(ours, { codec });
    opened.push(client);
    const remote = client.service(arith);
    expect(await remote.Multiply({ A: 7, B: 8 })).toBe(56);
    expect(await remote.Divide({ A: 17, B: 5 })).toEqual({ Quo: 3, Rem: 2 });
    await expect(remote.Divide({ A: 1, B: 0 })).rejects.toThrow("divide by zero");
    await expect(client.call("Arith.Multiply", { A: "seven", B: 8 })).rejects.toThrow(/A|type/);
    await expect(client.call("Arith.Multiply", "no struct")).rejects.toThrow(/Args|object/);
    expect(await remote.Add({ A: 1, B: 2 })).toEqual({ C: 3 });
    const counted = server.services[0]?.methods.map(({ name, calls }) => [name, calls]);
    expect(counted).toEqual([
      ["Add", 1],
      ["Divide", 2],
      ["Multiply", 1],
    ]);
  });

  test("carries by a contract what its own bytes have no words for", async () => {
    const [ours, theirs] = pipe();
    const server = new Server();
    server.register(new Echo() as never, echo);
    void server.serveConn(theirs, { codec });
    const client = newClient(ours, { codec });
    opened.push(client);
    const remote = client.service(echo);
    const Due =
      codec === "msgpack" ? GoTime.fromTemporal({ epochNanoseconds: everything.Due.unixNanoseconds }) : everything.Due;
    expect(await remote.All(everything)).toEqual({ ...everything, Due }); // a timestamp has no zone
    expect(await remote.Text("\u0000ü\u2028<&>😀")).toBe("\u0000ü\u2028<&>😀");
  });

  test("fails a reply that cannot be sent, and its call alone", async () => {
    class Odd {
      Function(_args: unknown, reply: Reply): void {
        reply.value = () => 1;
      }
      Getter(_args: unknown, reply: Reply): void {
        reply.value = {
          get A() {
            throw new Error("a getter that throws");
          },
        };
      }
      Fine(_args: unknown, reply: Reply<number>): void {
        reply.value = 1;
      }
    }
    const { client } = connect(codec, [new Odd()]);
    await expect(client.call("Odd.Function", 1)).rejects.toThrow(ServerError);
    await expect(client.call("Odd.Getter", 1)).rejects.toThrow(ServerError);
    expect(await client.call("Odd.Fine", 1)).toBe(1);
  });

  test("fails arguments that cannot be sent, and their call alone", async () => {
    const { client } = connect(codec);
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    await expect(client.call("Arith.Add", cycle)).rejects.toMatchObject({ code: "ERR_RPC_ENCODE" });
    await expect(client.call("Arith.Add", Symbol("s"))).rejects.toMatchObject({ code: "ERR_RPC_ENCODE" });
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  });

  test("carries many calls at once, and large ones", async () => {
    const { client } = connect(codec, [new Echo(), new Arith()]);
    const many = Array.from({ length: 2000 }, (_, i) => client.call("Arith.Multiply", { A: i, B: 3 }));
    const large = "x".repeat(2_000_000);
    const text = client.call("Echo.Text", large);
    expect(await Promise.all(many)).toEqual(Array.from({ length: 2000 }, (_, i) => i * 3));
    expect(await text).toBe(large);
  });
});
