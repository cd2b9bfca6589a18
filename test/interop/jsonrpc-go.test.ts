import { bytes, float64, GoTime, int, int64, map, optional, slice, string, struct, time, uint64 } from "toolkit/gob";
import { type Client, newClientWithCodec, type Reply, Server, ServerError } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { JSONClientCodec } from "../../src/rpc/jsonrpc/client-codec.js";
import { JSONServerCodec } from "../../src/rpc/jsonrpc/server-codec.js";
import { Arith } from "../rpc/arith.js";
import { TextHand } from "../rpc/json-wire.js";
import { goProgram, outcomeOf, Program } from "../support/programs.js";
import { requireTool } from "../support/tools.js";

const go = requireTool("go");

interface Outcome {
  reply: unknown;
  error: string;
  fromServer: boolean;
}

class Echo {
  Kinds(args: unknown, reply: Reply): void {
    reply.value = args;
  }
  Back(args: unknown, reply: Reply): void {
    reply.value = args;
  }
  Nothing(_args: unknown, _reply: Reply): void {}
}

class BuiltinTypes {
  Map(i: number, reply: Reply): void {
    reply.value = new Map([[i, i]]);
  }
  Slice(i: number, reply: Reply): void {
    reply.value = [i];
  }
  Array(i: number, reply: Reply): void {
    reply.value = [i];
  }
}

const Kinds = struct("Kinds", {
  Big: int64,
  Huge: uint64,
  Float: float64,
  Text: string,
  Bytes: bytes,
  At: time,
  List: slice(int),
  Table: map(string, int),
  Numbers: map(int, string),
  Nothing: optional(int),
  Nested: struct("Quotient", { Quo: int, Rem: int }),
});
const kinds = {
  Big: -(2n ** 62n),
  Huge: 2n ** 64n - 1n,
  Float: 1.5,
  Text: "<grüße & 世界>\u2028\0",
  Bytes: Uint8Array.of(0, 1, 254, 255),
  At: new GoTime(1_795_243_150, 123_456_789, 5400),
  List: [1, 200, 70_000],
  Table: new Map([
    ["a<b", 2],
    ["one", 1],
  ]),
  Numbers: new Map([[-7, "x"]]),
  Nothing: null,
  Nested: { Quo: 3, Rem: 1 },
};

/** Serves on a free port until the test is over. */
async function ourServer(): Promise<string> {
  const server = new Server();
  server.register(new Arith());
  server.register(new Echo());
  server.register(new BuiltinTypes());
  const listener = await tcp.listen("127.0.0.1:0");
  const serving = (async () => {
    for await (const conn of listener) void server.serveCodec(new JSONServerCodec(conn));
  })();
  onTestFinished(async () => {
    listener.close();
    await serving;
    await server.shutdown({ graceMs: 0 });
  });
  return String(listener.addr);
}

describe.skipIf(go === undefined)("Go's net/rpc/jsonrpc (skipped unless go is on PATH)", () => {
  const program = goProgram(go, "jsonrpcpeer");

  test("a Go client calls our server", async () => {
    const outcomes = await outcomeOf<Record<string, Outcome>>(program(), "client", await ourServer());
    const failed = (error: string) => ({ reply: null, error, fromServer: true });
    expect(outcomes).toEqual({
      multiply: succeeded(56),
      divide: succeeded({ Quo: 3, Rem: 2 }),
      "divide by zero": failed("divide by zero"),
      "no method": failed("rpc: can't find method Arith.BadOperation"),
      "no service": failed("rpc: can't find service Nobody.Multiply"),
      "no dot": failed("rpc: service/method request ill-formed: Multiply"),
      nothing: succeeded({}),
      map: succeeded({ "7": 7 }),
      slice: succeeded([7]),
      array: succeeded([7]),
      kinds: succeeded(true),
      "in flight": succeeded(999_000),
    });
  });

  describe("our client", () => {
    let server: Program;
    let client: Client;
    beforeAll(async () => {
      server = await Program.start(program(), "server");
      client = newClientWithCodec(new JSONClientCodec(await tcp.dial(server.address)));
    });
    afterAll(async () => {
      client.close();
      await server.stop();
    });

    test("calls a Go server", async () => {
      const arith = client.service<Arith>("Arith");
      expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
      expect(await arith.Divide({ A: 17, B: 5 })).toEqual({ Quo: 3, Rem: 2 });
      expect(await client.call("Echo.Nothing", {})).toEqual({});
      expect(await client.call("BuiltinTypes.Map", 7)).toEqual({ "7": 7 });
    });

    test("gets a Go method's error, the server's, and that of arguments of another type", async () => {
      await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
      await expect(client.call("Arith.Nope", {})).rejects.toThrow("rpc: can't find method Arith.Nope");
      await expect(client.call("Arith.Multiply", { A: "x" })).rejects.toThrow(
        "cannot unmarshal string into Go struct field",
      );
    });

    test("has many calls in flight, and gets replies in the order in which they are done", async () => {
      const calls = Array.from({ length: 1000 }, (_, i) => client.call<number>("Arith.Multiply", { A: i, B: 2 }));
      expect((await Promise.all(calls)).reduce((sum, n) => sum + n, 0)).toBe(999_000);
      const order: string[] = [];
      const slow = client.call("Arith.SleepMilli", { A: 200, B: 0 }).then(() => order.push("slow"));
      const fast = client.call("Arith.Multiply", { A: 1, B: 1 }).then(() => order.push("fast"));
      await Promise.all([slow, fast]);
      expect(order).toEqual(["fast", "slow"]);
    });

    test("sends every kind as Go's types have it, and reads it by its schema", async () => {
      const codec = new JSONClientCodec(await tcp.dial(server.address));
      await codec.writeRequest({ serviceMethod: "Echo.Kinds", seq: 3 }, kinds);
      expect(await codec.readResponseHeader()).toMatchObject({ seq: 3, error: "" });
      expect(await codec.readResponseBody({ schema: Kinds })).toEqual(kinds);
      codec.close();
    });
  });

  test("our server answers byte for byte as Go's, whatever it is sent", async () => {
    const go = await Program.start(program(), "server");
    onTestFinished(() => go.stop());
    const ours = await ourServer();
    const texts = [
      "{}",
      "null",
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":1}',
      '{"METHOD":"Arith.Multiply","pAraMs":[{"A":7,"B":8}],"ID":"x"}',
      '{"method":"Arith.Multiply","Param\u017f":[{"A":7,"B":8}],"id":"x"}',
      '{"method":"Nope","method":"Arith.Multiply","id":1,"params":[{"A":7,"B":8}],"Id":2}',
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8},5],"id":[ 1, {"z" : "< \\" >"} ]}',
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8}]}',
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":null}',
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":1.50e3}',
      '{"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":"\\u0041<&>\u2028"}',
      '{"jsonrpc":"2.0","method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":true}',
      '{"method":"Arith.Divide","params":[{"A":7,"B":0}],"id":{}}',
      '{"method":"Arith.Divide","id":3}',
      '{"method":"Arith.Divide","params":null,"id":3}',
      '{"method":"Arith.Divide","params":{},"id":3}',
      '{"method":"Arith.Divide","params":5,"id":3}',
      '{"method":"Arith.Divide","params":true,"id":3}',
      '{"method":"Arith.Divide","params":"x","id":3}',
      '{"method":"Arith.<Nope>","params":[],"id":3}',
      '{"method":null,"params":[],"id":3}',
      '{"method":"Echo.Back","params":["<a>&\u2028\\u003c\\b\\f\\n\\r\\t\\u000b\\u0000"],"id":4}',
      '{"method":"Echo.Back","params":[[1,2.5,-0.25,true,null,{"a":"\u00e9"}]],"id":4}',
      '{"method":"Echo.Back","params":[9223372036854775807],"id":4}',
      // These end the connection.
      '[{"method":"Arith.Divide","id":3}]',
      '{"method":5}',
      '{"method":"Arith.Divide"',
      "{id:1}",
      "5 ",
      '"x"',
    ];
    for (const text of texts) {
      const [theirs, mine] = await Promise.all([exchange(go.address, text), exchange(ours, text)]);
      expect(mine, text).toEqual(theirs);
    }
  });
});

function succeeded(reply: unknown): Outcome {
  return { reply, error: "", fromServer: false };
}

async function exchange(address: string, text: string): Promise<string[]> {
  const conn = await tcp.dial(address);
  const hand = new TextHand(conn);
  await hand.send(text);
  const lines = await hand.rest();
  conn.close();
  return lines;
}
