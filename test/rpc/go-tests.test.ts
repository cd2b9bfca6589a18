// The tests of Go's net/rpc and net/rpc/jsonrpc, each under its own name there. Where each of the 28 is:
//
// server_test.go
//  1 TestRPC                            below, over every codec and both servers; gob-go-tests
//  2 TestHTTP                           below; one-port, http-connect-*, interop/rpc-http
//  3 TestBuiltinTypes                   below, over every codec, over HTTP; gob-go-tests
//  4 TestServeRequest                   below; server ("serveRequest"), gob-go-tests
//  5 TestRegistrationError              below; rules
//  6 TestSendDeadlock                   below; client, ends
//  7 TestCountMallocs                   it prints and asserts nothing: bench/rpc prints what a call costs
//  8 TestCountMallocsOverHTTP           the same
//  9 TestClientWriteError               below, over every codec
// 10 TestTCPClose                       below
// 11 TestErrorAfterClientClose          below, over every codec
// 12 TestAcceptExitAfterListenerClose   below
// 13 TestShutdown                       below, over every codec
// 14 to 17 BenchmarkEndToEnd*           below, to see that they work; bench/rpc measures
// client_test.go
// 18 TestCloseCodec                     below; ends
// 19 TestGobError                       gob-go-tests, with Go's server and with ours
// jsonrpc/all_test.go
// 20 to 28 TestServerNoParams, TestServerEmptyMessage, TestServer, TestClient, TestBuiltinTypes, TestMalformedInput,
//          TestMalformedOutput, TestServerErrorHasNullResult, TestUnexpectedError: jsonrpc ("Go's own tests")
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { array as goArray, int, map, slice } from "toolkit/gob";
import { type StreamConn, UnexpectedEOFError } from "toolkit/net";
import {
  type BodyType,
  type Client,
  type ClientCodec,
  type CodecName,
  defaultServer,
  dial,
  dialHTTP,
  dialHTTPPath,
  method,
  newClient,
  newClientWithCodec,
  type Reply,
  type Request,
  type Response,
  register,
  registerName,
  Server,
  type ServerCodec,
  ServerError,
  ShutdownError,
  serveRequest,
  service,
} from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Args as ArgsSchema } from "./gob-services.js";
import { fakeConn } from "./wire.js";

interface Args {
  A: number;
  B: number;
}

class Arith {
  Add(args: Args, reply: Reply<{ C: number }>): void {
    reply.value = { C: args.A + args.B };
  }
  async Mul(args: Args, reply: Reply<{ C: number }>): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // so that Add, asked for later, may be answered first
    reply.value = { C: args.A * args.B };
  }
  Div(args: Args, reply: Reply<{ C: number }>): Error | null {
    if (args.B === 0) return new Error("divide by zero");
    reply.value = { C: Math.trunc(args.A / args.B) };
    return null;
  }
  String(args: Args, reply: Reply<string>): void {
    reply.value = `${args.A}+${args.B}=${args.A + args.B}`;
  }
  Scan(args: string, reply: Reply<{ C: number }>): void {
    reply.value = { C: Number(args) };
  }
  Error(_args: Args, _reply: Reply<{ C: number }>): void {
    const panic: unknown = "ERROR";
    throw panic;
  }
  async SleepMilli(args: Args, reply: Reply<{ C: number }>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, args.A));
    reply.value = { C: 0 };
  }
}

class Hidden {
  Exported(args: Args, reply: Reply<{ C: number }>): void {
    reply.value = { C: args.A + args.B };
  }
}
class Embed extends Hidden {}

const builtinTypes = service("BuiltinTypes", {
  Map: method(ArgsSchema, map(int, int)),
  Slice: method(ArgsSchema, slice(int)),
  Array: method(ArgsSchema, goArray(2, int)),
});
class BuiltinTypes {
  Map(args: Args, reply: Reply<Map<number, number>>): void {
    reply.value = new Map([[args.A, args.B]]);
  }
  Slice(args: Args, reply: Reply<number[]>): void {
    reply.value = [args.A, args.B];
  }
  Array(args: Args, reply: Reply<number[]>): void {
    reply.value = [args.A, args.B];
  }
}

const newServer = new Server();
beforeAll(() => {
  register(new Arith());
  register(new Embed());
  registerName("net.rpc.Arith", new Arith());
  register(new BuiltinTypes(), builtinTypes);
  newServer.register(new Arith());
  newServer.register(new Embed());
  newServer.registerName("net.rpc.Arith", new Arith());
  newServer.registerName("newServer.Arith", new Arith());
});

const codecs = ["gob", "msgpack", "jsonrpc", "jsonrpc2"] as const;

async function listening(server: Server): Promise<string> {
  const listener = await tcp.listen("127.0.0.1:0");
  const accepted = server.accept(listener);
  onTestFinished(async () => {
    listener.close();
    await accepted;
  });
  return listener.addr.toString();
}

async function dialled(server: Server, codec: CodecName): Promise<Client> {
  const client = await dial("tcp", await listening(server), { codec });
  onTestFinished(() => client.close());
  return client;
}

/** The default server on an HTTP server's two paths, as Go's tests have it. */
let http: ReturnType<typeof createServer> | undefined;
async function overHTTP(codec: CodecName = "gob"): Promise<{ client: Client; own: Client }> {
  http = createServer();
  defaultServer.handleHTTP(http);
  newServer.handleHTTP(http, "/foo", "/bar");
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const server = http;
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await dialHTTP("tcp", address, { codec });
  const own = await dialHTTPPath("tcp", address, "/foo", { codec });
  onTestFinished(() => {
    client.close();
    own.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, own };
}

describe("server_test.go", () => {
  describe.each([
    ["the default server", () => defaultServer],
    ["a new server", () => newServer],
  ])("on %s", (_, serverOf) => {
    test.each(codecs)("TestRPC, over %s", async (codec) => {
      const client = await dialled(serverOf(), codec);
      const args = { A: 7, B: 8 };
      expect(await client.call("Arith.Add", args)).toEqual({ C: 15 });
      expect(await client.call("Embed.Exported", args)).toEqual({ C: 15 });
      await expect(client.call("Arith.BadOperation", args)).rejects.toThrow(/^rpc: can't find method /);
      await expect(client.call("Arith.Unknown", args)).rejects.toThrow(/method/);
      const [mul, add] = [client.go("Arith.Mul", args), client.go("Arith.Add", args)];
      expect((await add.done).reply.value).toEqual({ C: 15 });
      expect((await mul.done).reply.value).toEqual({ C: 56 });
      await expect(client.call("Arith.Div", { A: 7, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
      expect(await client.call("Arith.Scan", "123")).toEqual({ C: 123 });
      expect(await client.call("Arith.String", args)).toBe("7+8=15");
      expect(await client.call("Arith.Mul", args)).toEqual({ C: 56 });
      expect(await client.call("net.rpc.Arith.Add", args)).toEqual({ C: 15 });
      await expect(client.call("Arith.Error", args)).rejects.toThrow("internal error"); // which is the end of Go's server
      expect(await client.call("Arith.Add", args)).toEqual({ C: 15 });
    });
  });

  test("TestRPC: a service under a name with dots of its own", async () => {
    const client = await dialled(newServer, "gob");
    expect(await client.call("newServer.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
  });

  test("TestHTTP", async () => {
    const { client, own } = await overHTTP();
    expect(await client.call("Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
    expect(await own.call("newServer.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
  });

  test.each(codecs)("TestBuiltinTypes, over %s and HTTP", async (codec) => {
    const types = (await overHTTP(codec)).client.service(builtinTypes);
    expect(await types.Map({ A: 7, B: 8 })).toEqual(new Map([[7, 8]]));
    expect(await types.Slice({ A: 7, B: 8 })).toEqual([7, 8]);
    expect(await types.Array({ A: 7, B: 8 })).toEqual([7, 8]);
  });

  /** Go's CodecEmulator: a codec in memory. */
  class CodecEmulator implements ServerCodec {
    readonly serviceMethod: string;
    readonly args: Args | null;
    reply: { C: number } | undefined;
    error = "";
    constructor(serviceMethod: string, args: Args | null) {
      this.serviceMethod = serviceMethod;
      this.args = args;
    }
    readRequestHeader(): Request {
      return { serviceMethod: this.serviceMethod, seq: 1 };
    }
    readRequestBody(type: BodyType | null): unknown {
      if (this.args === null) throw new UnexpectedEOFError();
      return type === null ? undefined : this.args;
    }
    writeResponse(response: Response, body: unknown): void {
      this.error = response.error;
      this.reply = body as { C: number };
    }
    close(): void {}
  }

  test.each([
    ["the default server", (codec: ServerCodec) => serveRequest(codec)],
    ["a new server", (codec: ServerCodec) => newServer.serveRequest(codec)],
  ])("TestServeRequest, on %s", async (_, serve) => {
    const good = new CodecEmulator("Arith.Add", { A: 7, B: 8 });
    expect(await serve(good)).toBe(true);
    expect([good.reply, good.error]).toEqual([{ C: 15 }, ""]);
    const bad = new CodecEmulator("Arith.Add", null);
    await expect(serve(bad)).rejects.toThrow(UnexpectedEOFError);
    expect(bad.error).toBe("unexpected EOF");
  });

  test("TestRegistrationError", () => {
    class ReplyNotPointer {
      ReplyNotPointer(_args: Args): void {}
    }
    class ArgNotPublic {
      ArgNotPublic(): void {}
    }
    class ReplyNotPublic {
      replyNotPublic(_args: Args, _reply: Reply<number>): void {}
    }
    class NeedsPtrType {
      NeedsPtrType(_args: Args, _reply: Reply<number>): void {}
    }
    for (const bad of [new ReplyNotPointer(), new ArgNotPublic(), new ReplyNotPublic()]) {
      const words = `rpc.Register: type ${bad.constructor.name} has no exported methods of suitable type`;
      expect(() => newServer.register(bad as object)).toThrow(new TypeError(words));
    }
    expect(() => newServer.register(NeedsPtrType as object)).toThrow("(hint: pass an instance of that class)");
  });

  test("TestSendDeadlock", async () => {
    const codec: ClientCodec = {
      writeRequest() {
        throw new Error("fail");
      },
      readResponseHeader: () => new Promise(() => {}),
      readResponseBody: () => new Promise(() => {}),
      close() {},
    };
    const client = newClientWithCodec(codec);
    onTestFinished(() => client.close());
    for (let i = 0; i < 2; i++) await expect(client.call("Arith.Add", { A: 7, B: 8 })).rejects.toThrow(/^fail$/);
  });

  test.each(codecs)("TestClientWriteError, over %s", async (codec) => {
    const client = newClient(
      fakeConn(() => Promise.reject(new Error("fake write failure"))),
      { codec },
    );
    onTestFinished(() => client.close());
    await expect(client.call("foo", true)).rejects.toThrow(/^fake write failure$/);
  });

  test("TestTCPClose", async () => {
    const { client } = await overHTTP();
    expect(await client.call("Arith.Mul", { A: 17, B: 8 })).toEqual({ C: 17 * 8 });
    client.close();
    await client.closed;
  });

  test.each(codecs)("TestErrorAfterClientClose, over %s", async (codec) => {
    const client = await dialled(newServer, codec);
    client.close();
    await expect(client.call("Arith.Add", { A: 7, B: 9 })).rejects.toThrow(ShutdownError);
    await expect(client.call("Arith.Add", { A: 7, B: 9 })).rejects.toThrow(/^connection is shut down$/);
  });

  test("TestAcceptExitAfterListenerClose", async () => {
    const listener = await tcp.listen("127.0.0.1:0");
    listener.close();
    await new Server().accept(listener);
  });

  test.each(codecs)("TestShutdown, over %s: replies come after a half-close", async (codec) => {
    const listener = await tcp.listen("127.0.0.1:0");
    const begun = new Promise<StreamConn>((resolve) => {
      void listener.accept().then(resolve);
    });
    const server = new Server();
    server.register(new Arith());
    const conn = await tcp.dial(listener.addr.toString());
    const served = server.serveConn(await begun, { codec });
    const client = newClient(conn, { codec });
    const call = client.call("Arith.SleepMilli", { A: 30, B: 0 });
    expect(await client.call("Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 }); // SleepMilli has begun
    await conn.closeWrite();
    expect(await call).toEqual({ C: 0 });
    await served;
    await client.closed;
    listener.close();
  });

  test.each([
    ["EndToEnd", false, 1],
    ["EndToEndHTTP", true, 1],
    ["EndToEndAsync", false, 100],
    ["EndToEndAsyncHTTP", true, 100],
  ] as const)("Benchmark%s: every reply is that of its call", async (_, isHTTP, inFlight) => {
    const client = isHTTP ? (await overHTTP()).client : await dialled(defaultServer, "gob");
    let next = 0;
    const worker = async () => {
      while (next < 500) {
        const A = next++;
        expect(await client.call("Arith.Add", { A, B: 8 })).toEqual({ C: A + 8 });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  });
});

describe("client_test.go", () => {
  test("TestCloseCodec", async () => {
    let closes = 0;
    const codec: ClientCodec = {
      writeRequest() {},
      readResponseHeader: () => Promise.reject(new Error("shutdownCodec ReadResponseHeader")),
      readResponseBody: () => Promise.reject(new Error("shutdownCodec ReadResponseBody")),
      close: () => void closes++,
    };
    const client = newClientWithCodec(codec);
    await client.closed;
    client.close();
    expect(closes).toBe(1);
  });
});

describe("the package's documentation", () => {
  test("Arith, word for word", async () => {
    interface Quotient {
      Quo: number;
      Rem: number;
    }
    // type Arith int
    const documented = {
      // func (t *Arith) Multiply(args *Args, reply *int) error
      Multiply(args: Args, reply: Reply<number>): Error | null {
        reply.value = args.A * args.B;
        return null;
      },
      // func (t *Arith) Divide(args *Args, quo *Quotient) error
      Divide(args: Args, quo: Reply<Quotient>): Error | null {
        if (args.B === 0) return new Error("divide by zero");
        quo.value = { Quo: Math.trunc(args.A / args.B), Rem: args.A % args.B };
        return null;
      },
    };
    const server = new Server();
    server.registerName("Arith", documented);
    const http = createServer();
    server.handleHTTP(http);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const client = await dialHTTP("tcp", `127.0.0.1:${(http.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.close();
      http.close();
    });
    // Synchronous call
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    // Asynchronous call
    const divCall = client.go<Quotient>("Arith.Divide", { A: 17, B: 8 });
    const replyCall = await divCall.done; // will be equal to divCall
    expect(replyCall).toBe(divCall);
    expect([replyCall.error, replyCall.reply.value]).toEqual([null, { Quo: 2, Rem: 1 }]);
  });
});
