import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bool, bytes, float32, float64, int, int64, map, optional, slice, string, struct, uint64 } from "toolkit/gob";
import { type Client, dial, method, type Reply, Server, ServerError, service } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Arith } from "../rpc/arith.js";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../interop/go/msgpackrpc", import.meta.url));
const captured = fileURLToPath(new URL("../testdata/rpc/msgpack.json", import.meta.url));
const go = requireTool("go");

/** What the Go client says of one call. */
interface Outcome {
  reply: unknown;
  error: string;
  fromServer: boolean;
}

const Args = struct("Args", { A: int, B: int });
const Quotient = struct("Quotient", { Quo: int, Rem: int });
const Kinds = struct("Kinds", {
  Bool: bool,
  Small: int,
  Minus: int,
  Big: int64,
  Huge: uint64.as("bigint"),
  Float: float64,
  Single: float32,
  Text: string,
  Long: string,
  Bytes: bytes,
  List: slice(int),
  Table: map(string, int),
  Nothing: optional(int),
  Nested: Quotient,
});
const arithContract = service("Arith", { Multiply: method(Args, int), Divide: method(Args, Quotient) });
const echoContract = service("Echo", { Kinds: method(Kinds, Kinds) });

class Echo {
  Kinds(args: unknown, reply: Reply): void {
    reply.value = args;
  }
}

describe.skipIf(go === undefined)("hashicorp/net-rpc-msgpackrpc (skipped unless go is on PATH)", () => {
  let folder = "";
  let program = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "msgpackrpc-"));
    program = join(folder, "msgpackrpc");
    await run(go as string, ["build", "-o", program, "."], { cwd });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("still sends the bytes in test/testdata/rpc/msgpack.json", async () => {
    const { stdout } = await run(program, ["golden"]);
    expect(stdout).toBe(await readFile(captured, "utf8"));
  });

  test.each(["by its class", "by a contract"])("a Go client calls our server, %s", async (way) => {
    const outcomes = await callFromGo(program, way === "by a contract");
    expect(outcomes["multiply"]?.reply).toBe(56);
    expect(outcomes["divide"]?.reply).toEqual({ Quo: 3, Rem: 2 });
    expect(outcomes["divide by zero"]).toEqual({ reply: null, error: "divide by zero", fromServer: true });
    expect(outcomes["no method"]?.error).toBe("rpc: can't find method Arith.BadOperation");
    expect(outcomes["no service"]?.error).toBe("rpc: can't find service Nobody.Multiply");
    expect(outcomes["no dot"]?.error).toBe("rpc: service/method request ill-formed: Multiply");
    expect(outcomes["in flight"]?.reply).toBe(999_000);
  });

  test.each(["by its class", "by a contract"])("what a Go client sends comes back to it unchanged, %s", async (way) => {
    const outcomes = await callFromGo(program, way === "by a contract");
    expect(outcomes["kinds"]?.reply).toMatchObject({
      Bool: true,
      Small: 5,
      Minus: -300,
      Float: 1.5,
      Text: "text",
      List: [1, 200, 70_000],
      Table: { one: 1 },
      Nothing: null,
      Nested: { Quo: 3, Rem: 1 },
    });
  });

  describe("our client", () => {
    let server: ChildProcess;
    let client: Client;

    beforeAll(async () => {
      server = spawn(program, ["server"], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = (await once(createInterface({ input: server.stdout as NodeJS.ReadableStream }), "line")) as [
        string,
      ];
      client = await dial("tcp", line.replace("READY ", ""));
    });
    afterAll(async () => {
      client.close();
      server.kill();
      await once(server, "exit");
    });

    test("calls a Go server", async () => {
      const arith = client.service<Arith>("Arith");
      expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
      expect(await arith.Divide({ A: 17, B: 5 })).toEqual({ Quo: 3, Rem: 2 });
    });

    test("gets a Go method's error, and the server's", async () => {
      await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
      const unknown = client.call("Arith.BadOperation", {});
      await expect(unknown).rejects.toThrow(new ServerError("rpc: can't find method Arith.BadOperation"));
    });

    test("has many calls in flight", async () => {
      const calls = Array.from({ length: 1000 }, (_, i) => client.call<number>("Arith.Multiply", { A: i, B: 2 }));
      expect((await Promise.all(calls)).reduce((sum, n) => sum + n, 0)).toBe(999_000);
    });

    test("gets replies in the order in which they are done", async () => {
      const order: string[] = [];
      const slow = client.call("Arith.SleepMilli", { A: 200, B: 0 }).then(() => order.push("slow"));
      const fast = client.call("Arith.Multiply", { A: 1, B: 1 }).then(() => order.push("fast"));
      await Promise.all([slow, fast]);
      expect(order).toEqual(["fast", "slow"]);
    });

    test("sends numbers, texts and bytes as Go's types have them", async () => {
      const kinds = {
        Bool: true,
        Small: 5,
        Minus: -300,
        Big: -(2 ** 53) + 1,
        Huge: 2n ** 64n - 1n,
        Float: 1.5,
        Single: 0.25,
        Text: "grüße, 世界",
        Long: "long ".repeat(14),
        Bytes: new Uint8Array([104, 105]),
        List: [1, 200, 70_000, 5_000_000_000],
        Table: { one: 1, many: 1_763_712_000_000 },
        Nothing: null,
        Nested: { Quo: 3, Rem: 1 },
      };
      // Go sends bytes as a string, unless WriteExt is set on its handle
      expect(await client.call("Echo.Kinds", kinds)).toEqual({ ...kinds, Bytes: "hi" });
    });

    test("keeps a contract: every kind of value comes back as it was, bytes too", async () => {
      const kinds = {
        Bool: true,
        Small: 200,
        Minus: -300,
        Big: -(2 ** 53) + 1,
        Huge: 2n ** 64n - 1n,
        Float: 5_000_000_000,
        Single: 0.25,
        Text: "grüße, 世界",
        Long: "long ".repeat(14_000),
        Bytes: Uint8Array.of(0xff, 0, 104),
        List: Array.from({ length: 70_000 }, (_, i) => i - 100),
        Table: new Map([["many", 1_763_712_000_000]]),
        Nothing: null,
        Nested: { Quo: 3, Rem: 1 },
      };
      const echo = client.service(echoContract);
      expect(await echo.Kinds(kinds)).toEqual(kinds);
      expect(await echo.Kinds({ ...kinds, Nothing: 5 })).toEqual({ ...kinds, Nothing: 5 });
      const arith = client.service(arithContract);
      expect(await arith.Divide({ A: 17, B: 5 })).toEqual({ Quo: 3, Rem: 2 });
      await expect(arith.Divide({ A: 1, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
    });

    test("sends a whole number where Go wants a float, and a map of any size", async () => {
      const Table = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
      const reply = await client.call<Record<string, unknown>>("Echo.Kinds", { Float: 5_000_000_000, Table });
      expect(reply["Float"]).toBe(5_000_000_000);
      expect(reply["Table"]).toEqual(Table);
    });

    test("a date arrives as Go's time", async () => {
      const echoed = await client.call<string>("Echo.Time", new Date("2026-11-21T08:09:10.000Z"));
      expect(echoed).toHaveLength(4); // a timestamp's four bytes in a string: WriteExt again
    });
  });
});

/** Lets the Go client call our server in every way. */
async function callFromGo(program: string, byContract = false): Promise<Record<string, Outcome>> {
  const listener = await tcp.listen("127.0.0.1:0");
  const server = new Server();
  if (byContract) {
    server.register(new Arith(), arithContract);
    server.register(new Echo() as never, echoContract);
  } else {
    server.register(new Arith());
    server.register(new Echo());
  }
  const accepted = server.accept(listener);
  onTestFinished(async () => {
    await server.shutdown();
    await accepted;
  });
  const { stdout } = await run(program, ["client", listener.addr.toString()]);
  return JSON.parse(stdout) as Record<string, Outcome>;
}
