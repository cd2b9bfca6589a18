import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { newClientWithCodec, type Reply, Server } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { describe, expect, onTestFinished, test } from "vitest";
import { postHandler } from "../../src/rpc/http/post.js";
import { JSON2ClientCodec } from "../../src/rpc/jsonrpc2/client-codec.js";
import { JSON2ServerCodec } from "../../src/rpc/jsonrpc2/server-codec.js";
import { Arith } from "../rpc/arith.js";
import { outcomeOf, Program } from "../support/programs.js";
import { pythonProgram, requirePython } from "../support/python.js";

const python = requirePython("json");

class Echo {
  Back(args: unknown, reply: Reply): void {
    reply.value = args;
  }
}

function ourServer(): Server {
  const server = new Server();
  server.register(new Arith());
  server.register(new Echo());
  onTestFinished(() => server.shutdown({ graceMs: 0 }));
  return server;
}

/** What our server answers to the requests of interop/python/jsonrpc2_peer.py. */
const invalid = { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" }, id: null };
const result = (value: unknown, id: unknown) => ({ jsonrpc: "2.0", result: value, id });
const failure = (code: number, message: string, id: unknown) => ({ jsonrpc: "2.0", error: { code, message }, id });
const answers = {
  named: result(56, 1),
  one: result(56, "two"),
  error: failure(-32000, "divide by zero", 3.5),
  "no method": failure(-32601, "rpc: can't find method Arith.Nope", null),
  text: result("grüße, 世界 \u2028", "\0😀"),
  big: { jsonrpc: "2.0", result: String(2n ** 63n - 1n), id: String(2n ** 70n) },
  list: result([1, 2, [3]], 6),
  invalid: { ...invalid, id: 7 },
  batch: [result("a", 1), failure(-32601, "rpc: service/method request ill-formed: Nope", 2)],
  "batch of one": [result("a", 1)],
  "empty batch": invalid,
  "parse error": { jsonrpc: "2.0", error: { code: -32700, message: "Parse error" }, id: null },
};

describe.skipIf(python === undefined)("JSON-RPC 2.0 in Python (skipped unless there is one)", () => {
  const peer = pythonProgram(python, "jsonrpc2_peer.py");

  test("a Python client calls our server", async () => {
    const server = ourServer();
    const listener = await tcp.listen("127.0.0.1:0");
    const serving = (async () => {
      for await (const conn of listener) void server.serveCodec(new JSON2ServerCodec(conn));
    })();
    const outcomes = await outcomeOf(...peer, "client", String(listener.addr));
    listener.close();
    await serving;
    expect(outcomes).toEqual({ ...answers, "after a notification": result("still here", 9) });
  });

  test("a Python client posts to our server", async () => {
    const server = ourServer();
    const http = createServer(postHandler((codec) => server.serveCodec(codec))).listen(0, "127.0.0.1");
    await once(http, "listening");
    const outcomes = await outcomeOf(...peer, "post", `http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    http.close();
    await once(http, "close");
    expect(outcomes).toEqual({ ...answers, notification: null });
  });

  test("our client calls a Python server", async () => {
    const server = await Program.start(...peer, "server");
    const client = newClientWithCodec(new JSON2ClientCodec(await tcp.dial(server.address)));
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    expect(await client.call("subtract", [42, 23])).toBe(19);
    expect(await client.call("subtract", { subtrahend: 23, minuend: 42 })).toBe(19);
    expect(await client.call("sum", [])).toBe(0);
    expect(await client.call("sum", 5)).toBe(5);
    expect(await client.call("echo", [[1, "grüße 😀\0"]])).toEqual([[1, "grüße 😀\0"]]);
    expect(await client.call("echo", 2n ** 63n - 1n)).toBe(2n ** 63n - 1n);
    await expect(client.call("nobody", undefined)).rejects.toThrow("Method not found");
    await expect(client.call("subtract", [1])).rejects.toThrow("Invalid params");
    const many = Array.from({ length: 500 }, (_, i) => client.call<number>("sum", [i, i]));
    expect((await Promise.all(many)).reduce((a, b) => a + b, 0)).toBe(249_500);
    client.close();
    await server.stop();
  });
});
