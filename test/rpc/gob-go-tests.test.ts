// The tests of Go's net/rpc that concern its codec and TCP, each under its own name there.
import { encode, int, string, struct, uint } from "toolkit/gob";
import { ClosedError, pipe } from "toolkit/net";
import {
  type Client,
  type ClientCodec,
  defaultServer,
  dial,
  method,
  newClient,
  newClientWithCodec,
  type Reply as RPCReply,
  Server,
  ServerError,
  ShutdownError,
  service,
} from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { describe, expect, onTestFinished, test } from "vitest";
import { GobServerCodec } from "../../src/rpc/gob/server-codec.js";
import * as go from "./gob-services.js";
import { fakeConn } from "./wire.js";

/** Starts a server of all services over TCP, and a client of it. */
async function started(server = new Server()): Promise<{ client: Client; server: Server }> {
  server.register(new go.Arith(), go.arith);
  server.register(new go.Embed(), go.embed);
  server.registerName("net.rpc.Arith", new go.Arith(), go.dotted);
  server.registerName("newServer.Arith", new go.Arith(), go.arith);
  server.register(new go.BuiltinTypes(), go.builtinTypes);
  const listener = await tcp.listen("127.0.0.1:0");
  const accepted = go.acceptGob(server, listener);
  const client = await dial("tcp", listener.addr.toString(), { codec: "gob" });
  onTestFinished(async () => {
    client.close();
    listener.close();
    await accepted;
    await server.shutdown();
  });
  return { client, server };
}

describe("server_test.go", () => {
  describe.each([
    ["NewServer", () => new Server()],
    ["DefaultServer", () => defaultServer],
  ])("TestRPC, on %s", (_, make) => {
    test("calls of every kind", { timeout: 10_000 }, async () => {
      const { client } = await started(make());
      const arith = client.service(go.arith);
      expect(await arith.Add({ A: 7, B: 8 })).toEqual({ C: 15 });
      expect(await client.service(go.embed).Exported({ A: 7, B: 8 })).toEqual({ C: 15 });
      await expect(client.call("Arith.BadOperation", { A: 7, B: 0 })).rejects.toThrow(/^rpc: can't find method /);
      await expect(client.call("Arith.Unknown", { A: 7, B: 0 })).rejects.toThrow(/method/);
      const [mul, add] = [client.go("Arith.Mul", { A: 7, B: 8 }), client.go("Arith.Add", { A: 7, B: 8 })];
      expect([(await add.done).reply.value, (await mul.done).reply.value]).toEqual([{ C: 15 }, { C: 56 }]);
      await expect(arith.Divide({ A: 7, B: 0 })).rejects.toEqual(new ServerError("divide by zero"));
      await expect(client.call("Arith.Add", { C: 1 })).rejects.toThrow(/type/);
      expect(await arith.Scan("123")).toEqual({ C: 123 });
      expect(await arith.String({ A: 7, B: 8 })).toBe("7+8=15");
      expect(await arith.Mul({ A: 7, B: 8 })).toEqual({ C: 56 });
      expect(await client.call("net.rpc.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
      expect(await client.call("newServer.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
    });
  });

  test("TestBuiltinTypes", async () => {
    const types = (await started()).client.service(go.builtinTypes);
    expect(await types.Map({ A: 7, B: 8 })).toEqual(new Map([[7, 8]]));
    expect(await types.Slice({ A: 7, B: 8 })).toEqual([7, 8]);
    expect(await types.Array({ A: 7, B: 8 })).toEqual([7, 8]);
  });

  test("TestServeRequest", async () => {
    const [ours, theirs] = pipe();
    const server = new Server();
    server.register(new go.Arith(), go.arith);
    const client = newClient(ours, { codec: "gob" });
    onTestFinished(() => client.close());
    const codec = new GobServerCodec(theirs);
    const reply = client.service(go.arith).Add({ A: 7, B: 8 });
    expect(await server.serveRequest(codec)).toBe(true);
    expect(await reply).toEqual({ C: 15 });
    const failed = client.call("Arith.Add", "no operands");
    await expect(server.serveRequest(codec)).rejects.toThrow("gob: type mismatch in decoder");
    await expect(failed).rejects.toThrow("gob: type mismatch in decoder");
  });

  test("TestSendDeadlock", async () => {
    const codec: ClientCodec = {
      writeRequest: () => Promise.reject(new Error("fail")),
      readResponseHeader: () => new Promise(() => {}),
      readResponseBody: () => new Promise(() => {}),
      close() {},
    };
    const client = newClientWithCodec(codec);
    onTestFinished(() => client.close());
    await expect(client.call("Arith.Add", {})).rejects.toThrow("fail");
    await expect(client.call("Arith.Add", {})).rejects.toThrow("fail");
  });

  test("TestClientWriteError", async () => {
    const conn = fakeConn(() => Promise.reject(new Error("fake write failure")));
    const client = newClient(conn, { codec: "gob" });
    onTestFinished(() => client.close());
    await expect(client.call("foo", true)).rejects.toThrow(/^fake write failure$/);
  });

  test("TestTCPClose", async () => {
    const { client } = await started();
    expect(await client.service(go.arith).Mul({ A: 17, B: 8 })).toEqual({ C: 17 * 8 });
    client.close();
    await client.closed;
    expect(client.state).toBe("closed");
  });

  test("TestErrorAfterClientClose", async () => {
    const { client } = await started();
    client.close();
    await expect(client.call("Arith.Add", { A: 1, B: 2 })).rejects.toThrow(ShutdownError);
    await expect(client.call("Arith.Add", { A: 1, B: 2 })).rejects.toThrow("connection is shut down");
  });

  test("TestAcceptExitAfterListenerClose", async () => {
    const listener = await tcp.listen("127.0.0.1:0");
    listener.close();
    await expect(listener.accept()).rejects.toThrow(ClosedError);
    await new Server().accept(listener);
  });

  test("TestShutdown", async () => {
    const [ours, theirs] = pipe();
    const server = new Server();
    const begun = new Promise<void>((resolve) => {
      server.registerName("Slow", {
        async Double(args: number, reply: RPCReply<number>): Promise<void> {
          resolve();
          await ended;
          reply.value = 2 * args;
        },
      });
    });
    const served = server.serveConn(theirs, { codec: "gob" });
    const client = newClient(ours, { codec: "gob" });
    const ended = begun.then(() => ours.closeWrite());
    expect(await client.call("Slow.Double", 21)).toBe(42);
    await served;
    await client.closed;
  });
});

describe("client_test.go", () => {
  test("TestCloseCodec", async () => {
    let closes = 0;
    const codec: ClientCodec = {
      writeRequest() {},
      readResponseHeader: () => Promise.reject(new Error("shutdownCodec ReadResponseHeader")),
      readResponseBody: () => Promise.reject(new Error("shutdownCodec ReadResponseBody")),
      close() {
        closes++;
      },
    };
    const client = newClientWithCodec(codec);
    await client.closed;
    client.close();
    expect(closes).toBeGreaterThan(0);
  });

  test("TestGobError: what Go's server does with a reply that it cannot encode", async () => {
    const [ours, theirs] = pipe();
    const client = newClient(ours, { codec: "gob" });
    const call = client.call("S.Recv", {});
    const codec = new GobServerCodec(theirs);
    await codec.readRequestHeader();
    await codec.readRequestBody(null);
    const header = struct("Response", { ServiceMethod: string, Seq: uint, Error: string });
    await theirs.write(encode({ ServiceMethod: "S.Recv", Seq: 0, Error: "" }, header));
    codec.close();
    await expect(call).rejects.toThrow(/^reading body unexpected EOF$/);
    await client.closed;
  });

  test("TestGobError: what ours does, which goes on", async () => {
    const [ours, theirs] = pipe();
    const server = new Server();
    const contract = service("S", { Recv: method(struct({}), struct("R", { Msg: int })) });
    server.register({ Recv: (_args: unknown, reply: RPCReply) => void (reply.value = { Msg: "x" }) }, contract);
    server.register(new go.Arith(), go.arith);
    void server.serveConn(theirs, { codec: "gob" });
    const client = newClient(ours, { codec: "gob" });
    onTestFinished(() => client.close());
    await expect(client.call("S.Recv", {})).rejects.toThrow(new ServerError("gob: R.Msg: want int, got string"));
    expect(await client.service(go.arith).Add({ A: 7, B: 8 })).toEqual({ C: 15 });
  });
});
