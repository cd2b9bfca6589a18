import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { GoTime } from "toolkit/gob";
import { type Client, dial, type Reply, Server, ServerError } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as go from "../rpc/gob-services.js";
import { reasonOf } from "../support/bytes.js";
import { goProgram, outcomeOf, Program } from "../support/programs.js";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);

/** The Go releases to talk to: the one on PATH, and one more that `TOOLKIT_OTHER_GO` names. */
const releases = [
  ["go on PATH", requireTool("go")],
  ["TOOLKIT_OTHER_GO", process.env["TOOLKIT_OTHER_GO"]],
] as const;

/** What the Go client says of one call. */
interface Outcome {
  reply: unknown;
  error: string;
  fromServer: boolean;
}

const kinds = {
  Bool: true,
  Small: -5,
  Minus: -300,
  Big: -(2n ** 62n),
  Huge: 2n ** 64n - 1n,
  Float: 1.5,
  Complex: { real: 1, imag: 2 },
  Text: "grüße, 世界",
  Bytes: Uint8Array.of(0, 1, 254),
  List: [1, 0, 70_000],
  Pair: ["", "b"],
  Table: new Map([["one", 1]]),
  Nothing: null,
  Nested: { Quo: 3, Rem: 1 },
  Time: new GoTime(1_795_248_550, 11, 0),
};

describe.each(releases)("net/rpc (skipped unless there is %s)", (_, compiler) => {
  const program = goProgram(compiler, "netrpc");

  test.skipIf(compiler === undefined)("still sends the bytes in test/testdata/rpc", async () => {
    const { stdout } = await run(program(), ["golden"]);
    const file = stdout.includes('"2e7f') ? "gob-go1.21.json" : "gob-go1.20.json"; // whose first type has id 64, or 65
    expect(stdout).toBe(await readFile(new URL(`../testdata/rpc/${file}`, import.meta.url), "utf8"));
  });

  describe.skipIf(compiler === undefined)("a Go client of our server", () => {
    let called: Promise<Record<string, Outcome>> | undefined;
    const calls = () => (called ??= callsOf(program()));
    const succeeded = (reply: unknown): Outcome => ({ reply, error: "", fromServer: false });
    const failed = (error: string): Outcome => ({ reply: null, error, fromServer: true });

    test("calls what the documentation of net/rpc does", async () => {
      const outcomes = await calls();
      expect(outcomes["multiply"]).toEqual(succeeded(56));
      expect(outcomes["divide"]).toEqual(succeeded({ Quo: 2, Rem: 1 }));
      expect(outcomes["divide, asynchronously"]).toEqual(succeeded({ Quo: 2, Rem: 1 }));
      expect(outcomes["divide by zero"]).toEqual(failed("divide by zero"));
    });

    test("gets replies of every type", async () => {
      const outcomes = await calls();
      expect(outcomes["add"]).toEqual(succeeded({ C: 15 }));
      expect(outcomes["promoted"]).toEqual(succeeded({ C: 15 }));
      expect(outcomes["scan"]).toEqual(succeeded({ C: 123 }));
      expect(outcomes["string"]).toEqual(succeeded("7+8=15"));
      expect(outcomes["a name with dots"]).toEqual(succeeded({ C: 15 }));
      expect(outcomes["map"]).toEqual(succeeded({ 7: 8 }));
      expect(outcomes["slice"]).toEqual(succeeded([7, 8]));
      expect(outcomes["array"]).toEqual(succeeded([7, 8]));
    });

    test("gets Go's zero value where there is nothing", async () => {
      const outcomes = await calls();
      expect(outcomes["add nothing"]).toEqual(succeeded({ C: 0 }));
      expect(outcomes["no map"]).toEqual(succeeded({}));
      expect(outcomes["no slice"]).toEqual(succeeded(null)); // an empty slice, for which Go leaves a nil one as it is
      expect(outcomes["no reply"]).toEqual(succeeded({ C: 0 }));
    });

    test("gets back unchanged what it sends, of every kind", async () => {
      const outcomes = await calls();
      expect(outcomes["kinds"]).toEqual(succeeded(true));
      expect(outcomes["no kinds"]).toEqual(succeeded(true));
    });

    test("is told in Go's words what nobody serves", async () => {
      const outcomes = await calls();
      expect(outcomes["no method"]).toEqual(failed("rpc: can't find method Arith.BadOperation"));
      expect(outcomes["no service"]).toEqual(failed("rpc: can't find service Nobody.Multiply"));
      expect(outcomes["no dot"]).toEqual(failed("rpc: service/method request ill-formed: Multiply"));
    });

    test("is told in Go's words of arguments of another type, and goes on", async () => {
      const outcomes = await calls();
      const noFields = "gob: type mismatch: no fields matched compiling decoder for Args";
      expect(outcomes["wrong arguments"]).toEqual(failed(noFields));
      const noStruct = "gob: type mismatch in decoder: want struct type Args; got non-struct";
      expect(outcomes["wrong kind of arguments"]).toEqual(failed(noStruct));
      expect(outcomes["after that"]).toEqual(succeeded({ C: 7 }));
    });

    test("is told what went wrong with a method, and goes on", async () => {
      const outcomes = await calls();
      expect(outcomes["an error without a message"]).toEqual(failed("unspecified error"));
      expect(outcomes["an unencodable reply"]).toEqual(failed("gob: Reply.C: want int, got string"));
      expect(outcomes["in flight"]).toEqual(succeeded(999_000));
    });

    test("gets its reply after it has ended its side (TestShutdown)", async () => {
      const outcomes = await calls();
      expect(outcomes["half closed"]).toEqual(succeeded({ C: 0 }));
    });
  });

  describe.skipIf(compiler === undefined)("our client of a Go server", () => {
    let server: Program;
    let client: Client;
    beforeAll(async () => {
      server = await Program.start(program(), "server");
      client = await dial("tcp", server.address, { codec: "gob" });
    });
    afterAll(async () => {
      client.close();
      await server.stop();
    });

    test("calls what the documentation of net/rpc does", async () => {
      const arith = client.service(go.arith);
      expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
      expect(await arith.Divide({ A: 17, B: 8 })).toEqual({ Quo: 2, Rem: 1 });
      const call = await client.go("Arith.Divide", { A: 17, B: 8 }).done;
      expect([call.reply.value, call.error]).toEqual([{ Quo: 2, Rem: 1 }, null]);
      await expect(arith.Divide({ A: 1, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
    });

    test("gets replies of every type, by a contract and without", async () => {
      const types = client.service(go.builtinTypes);
      expect(await types.Map({ A: 7, B: 8 })).toEqual(new Map([[7, 8]]));
      expect(await types.Slice({ A: 7, B: 8 })).toEqual([7, 8]);
      expect(await types.Array({ A: 7, B: 8 })).toEqual([7, 8]);
      expect(await client.service(go.arith).Scan("123")).toEqual({ C: 123 });
      expect(await client.service(go.arith).String({ A: 7, B: 8 })).toBe("7+8=15");
      expect(await client.service(go.embed).Exported({ A: 7, B: 8 })).toEqual({ C: 15 });
      expect(await client.call("BuiltinTypes.Map", { A: 7, B: 8 })).toEqual(new Map([[7, 8]]));
      expect(await client.call("net.rpc.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
      expect(await client.call("Arith.Add", null)).toEqual({ C: 0 });
    });

    test("gets back unchanged what it sends, of every kind", async () => {
      const echo = client.service(go.echo);
      expect(await echo.Kinds(kinds)).toEqual(kinds);
      expect(await echo.Table(new Map())).toEqual(new Map());
      expect(await echo.Text("")).toBe("");
      expect(await echo.Bytes(new Uint8Array(100_000).fill(7))).toEqual(new Uint8Array(100_000).fill(7));
    });

    test("is told in Go's words what is wrong, and goes on", async () => {
      const text = (call: Promise<unknown>) => call.then(String, (err: ServerError) => err.message);
      expect(await text(client.call("Arith.BadOperation", {}))).toBe("rpc: can't find method Arith.BadOperation");
      expect(await text(client.call("Nobody.Multiply", {}))).toBe("rpc: can't find service Nobody.Multiply");
      expect(await text(client.call("Arith.Add", { X: 1 }))).toMatch(/^gob: type mismatch: no fields matched .*Args$/);
      expect(await text(client.call("Arith.Add", "text"))).toMatch(/^gob: type mismatch.*; got non-struct$/);
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    });

    test("takes an error without a message for success, as Go's client does", async () => {
      expect(await client.service(go.odd).NoMessage({ A: 5, B: 0 })).toBe(5);
    });

    test("fails when the server cannot encode its reply, as Go's client does (TestGobError)", async () => {
      const other = await dial("tcp", server.address, { codec: "gob" });
      onTestFinished(() => other.close());
      await expect(other.call("Odd.Unencodable", { A: 1, B: 2 })).rejects.toThrow("reading body unexpected EOF");
      await other.closed;
    });

    test("has many calls in flight", async () => {
      const calls = Array.from({ length: 1000 }, (__, i) => client.service(go.arith).Multiply({ A: i, B: 2 }));
      expect((await Promise.all(calls)).reduce((sum, n) => sum + n, 0)).toBe(999_000);
    });

    test("sends meta and a time-out, which the server passes over", async () => {
      const arith = client.service(go.arith);
      const options = { meta: { trace: "1", __proto__: "2" }, timeoutMs: 60_000 };
      const replies = [
        arith.Multiply({ A: 2, B: 3 }, options),
        arith.Multiply({ A: 3, B: 3 }),
        arith.Multiply({ A: 4, B: 3 }, options),
      ];
      expect(await Promise.all(replies)).toEqual([6, 9, 12]);
    });

    test("cancels a call, of which the server knows nothing", async () => {
      const arith = client.service(go.arith);
      const giveUp = new AbortController();
      const slow = arith.SleepMilli({ A: 50, B: 0 }, { signal: giveUp.signal });
      giveUp.abort(new Error("given up"));
      await expect(slow).rejects.toThrow("given up");
      expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
      expect(await arith.SleepMilli({ A: 60, B: 0 })).toEqual({ C: 0 }); // the late reply has come by now
    });
  });

  describe.skipIf(compiler === undefined)("keegancsmith/rpc", () => {
    test("as a server, cancels the call that our client gives up", async () => {
      const server = await Program.start(program(), "ctxserver");
      onTestFinished(() => server.stop());
      using client = await dial("tcp", server.address, { codec: "gob" });
      const giveUp = new AbortController();
      const a = client.call("Gate.Wait", "a");
      a.catch(() => {}); // it goes with the client
      const b = reasonOf(client.call("Gate.Wait", "b", { signal: giveUp.signal }));
      const began = [await server.report(), await server.report()];
      expect(began).toEqual(expect.arrayContaining([{ began: "a" }, { began: "b" }]));
      giveUp.abort();
      expect(await server.report()).toEqual({ cancelled: "b" });
      expect(await b).toBe(giveUp.signal.reason);
      expect(await client.call("Gate.Pass", "c")).toBe("c");
    });

    test("as a client, makes our method's signal abort", async () => {
      const server = new Server();
      server.registerName("Gate", new Gate());
      const served = await serve(server);
      onTestFinished(() => served.stop());
      const seen = await outcomeOf(program(), "ctxclient", served.address);
      expect(seen).toEqual({ error: "context canceled", reply: "a was cancelled" });
    });
  });
});

/** What the Go client gets from our server. */
async function callsOf(program: string): Promise<Record<string, Outcome>> {
  const served = await serve(serverOfAll());
  try {
    return await outcomeOf(program, "client", served.address);
  } finally {
    await served.stop();
  }
}

/** Holds a call until it is cancelled. */
class Gate {
  #held: () => void = () => {};
  #cancelled: () => void = () => {};
  readonly #holds = new Promise<void>((resolve) => {
    this.#held = resolve;
  });
  readonly #ends = new Promise<void>((resolve) => {
    this.#cancelled = resolve;
  });

  async Wait(name: string, reply: Reply<string>): Promise<void> {
    const { signal } = reply.call;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.#held();
    await aborted;
    this.#cancelled();
    reply.value = name;
  }
  async Holds(name: string, reply: Reply<string>): Promise<void> {
    await this.#holds;
    reply.value = name;
  }
  async Cancelled(name: string, reply: Reply<string>): Promise<void> {
    await this.#ends;
    reply.value = `${name} was cancelled`;
  }
}

async function serve(server: Server): Promise<{ address: string; stop: () => Promise<void> }> {
  const listener = await tcp.listen("127.0.0.1:0");
  const accepted = go.acceptGob(server, listener);
  const stop = async () => {
    listener.close();
    await accepted;
    await server.shutdown();
  };
  return { address: listener.addr.toString(), stop };
}

function serverOfAll(): Server {
  const server = new Server();
  server.register(new go.Arith(), go.arith);
  server.register(new go.Arith(), go.dotted);
  server.register(new go.Embed(), go.embed);
  server.register(new go.BuiltinTypes(), go.builtinTypes);
  server.register(new go.Echo(), go.echo);
  server.register(new go.Odd(), go.odd);
  return server;
}
