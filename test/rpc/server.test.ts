import { PipeListener, pipe, UnexpectedEOFError } from "toolkit/net";
import {
  accept,
  type BodyType,
  type Client,
  defaultServer,
  EncodeError,
  newClient,
  type Reply,
  type Request,
  type Response,
  register,
  registerName,
  Server,
  type ServerCodec,
  ServerError,
  ShutdownError,
  serveConn,
  serveRequest,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith, connected, Gate } from "./arith.js";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function started(...args: Parameters<typeof connected>): ReturnType<typeof connected> {
  const all = connected(...args);
  opened.push(all.client);
  return all;
}

/** What Go's TestRPC asks of a server. */
async function asksAll(client: Client): Promise<void> {
  expect(await client.call("Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
  await expect(client.call("Arith.BadOperation", {})).rejects.toThrow("rpc: can't find method Arith.BadOperation");
  await expect(client.call("Arith.Unknown", {})).rejects.toThrow("method");
  const multiply = client.go("Arith.Multiply", { A: 7, B: 8 });
  const add = client.go("Arith.Add", { A: 7, B: 8 });
  expect((await add.done).reply.value).toEqual({ C: 15 });
  expect((await multiply.done).reply.value).toBe(56);
  await expect(client.call("Arith.Divide", { A: 7, B: 0 })).rejects.toThrow(new ServerError("divide by zero"));
  expect(await client.call("Arith.Scan", "15")).toBe(15);
  expect(await client.call("Arith.String", { A: 7, B: 8 })).toBe("7+8=15");
  expect(await client.call("net.rpc.Arith.Add", { A: 7, B: 8 })).toEqual({ C: 15 });
}

describe("Server", () => {
  test("answers what Go's test asks, over a listener", async () => {
    const listener = new PipeListener();
    const server = new Server();
    server.register(new Arith());
    server.registerName("net.rpc.Arith", new Arith());
    const accepted = server.accept(listener);
    const client = newClient(await listener.dial());
    await asksAll(client);
    client.close();
    listener.close();
    await accepted;
  });

  test("has a default, with functions of its own", async () => {
    const listener = new PipeListener();
    register(new Arith());
    registerName("net.rpc.Arith", new Arith());
    const accepted = accept(listener);
    const client = newClient(await listener.dial());
    await asksAll(client);
    client.close();
    const [ours, theirs] = pipe();
    const served = serveConn(theirs);
    expect(await newClient(ours).call("Arith.Multiply", { A: 2, B: 3 })).toBe(6);
    expect(defaultServer.services).toHaveLength(2);
    ours.close();
    await served;
    listener.close();
    await accepted;
  });

  test("stops accepting when its listener is closed, before or after", async () => {
    const listener = new PipeListener();
    const server = new Server();
    const accepted = server.accept(listener);
    listener.close();
    await accepted;
    await server.accept(listener);
  });

  test("tells accept's caller when a listener fails", async () => {
    const failing = { accept: () => Promise.reject(new Error("no more descriptors")), close() {} };
    await expect(new Server().accept(failing)).rejects.toThrow("no more descriptors");
  });

  test("answers in the order in which calls are done", async () => {
    const gate = new Gate();
    const { client } = started([gate]);
    const order: string[] = [];
    const calls = ["a", "b", "c"].map((name) =>
      client.call<string>("Gate.Wait", name).then((reply) => order.push(reply)),
    );
    await gate.holds(3);
    for (const at of [2, 0, 1]) {
      gate.open(at);
      await calls[at];
    }
    expect(order).toEqual(["c", "a", "b"]);
  });

  test("delivers the replies of calls under way after a half-close", async () => {
    const gate = new Gate();
    const [ours, theirs] = pipe();
    const server = new Server();
    server.register(gate);
    const served = server.serveConn(theirs);
    const client = newClient(ours);
    const call = client.call("Gate.Wait", "late");
    await gate.holds(1);
    await ours.closeWrite();
    gate.open(0);
    expect(await call).toBe("late");
    await served;
    await client.closed;
  });

  test("runs a bounded number of calls at once, and the rest after them", async () => {
    const gate = new Gate();
    const { client } = started([gate, new Arith()], { server: { maxConcurrentCalls: 2 } });
    const calls = ["a", "b", "c", "d"].map((name) => client.call("Gate.Wait", name));
    const behind = client.call("Arith.Multiply", { A: 2, B: 2 });
    await gate.holds(2);
    await Promise.resolve();
    expect(gate.waiting).toHaveLength(2);
    gate.open(1);
    expect(await calls[1]).toBe("b");
    await gate.holds(3);
    gate.open(0);
    await gate.holds(4);
    gate.openAll();
    expect(await Promise.all(calls)).toEqual(["a", "b", "c", "d"]);
    expect(await behind).toBe(4);
  });

  test("tells a method about its call", async () => {
    const gate = new Gate();
    const { client, hangUp } = started([gate]);
    const call = client.call("Gate.Wait", "x").catch((err: unknown) => err);
    await gate.holds(1);
    const { call: context } = gate.waiting[0] as Reply<string>;
    expect(context).toMatchObject({ serviceMethod: "Gate.Wait", meta: {}, deadline: null });
    expect(context.remoteAddr?.transport).toBe("pipe");
    expect(context.signal.aborted).toBe(false);
    const aborted = new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    hangUp();
    await aborted;
    await call;
  });
});

class Results {
  Nothing(_args: unknown, _reply: Reply): void {}
  Null(_args: unknown, reply: Reply): null {
    reply.value = 1;
    return null;
  }
  ReturnsError(_args: unknown, reply: Reply): Error {
    reply.value = "never seen";
    return new TypeError("Returned");
  }
  async ResolvesError(_args: unknown, _reply: Reply): Promise<Error> {
    await Promise.resolve();
    return new Error("resolved");
  }
  Empty(_args: unknown, _reply: Reply): Error {
    return new Error("");
  }
  ThrowsText(_args: unknown, _reply: Reply): void {
    const thrown: unknown = "secret text";
    throw thrown;
  }
  RejectsNothing(_args: unknown, _reply: Reply): Promise<void> {
    const nothing: unknown = undefined;
    return Promise.reject(nothing);
  }
  ReturnsNumber(_args: unknown, _reply: Reply): unknown {
    return 5;
  }
  async ResolvesText(_args: unknown, _reply: Reply): Promise<unknown> {
    await Promise.resolve();
    return "text";
  }
  Function(_args: unknown, reply: Reply): void {
    reply.value = () => 1;
  }
  async Knot(_args: unknown, reply: Reply): Promise<void> {
    const knot: unknown[] = [];
    knot.push(knot);
    await Promise.resolve();
    reply.value = knot;
  }
  LongError(_args: unknown, _reply: Reply): Error {
    return new Error("y".repeat(3_000_000));
  }
  Large(_args: unknown, reply: Reply): void {
    reply.value = "y".repeat(2000);
  }
}

describe("what a method returns or throws", () => {
  const outcome = async (method: string) => {
    const { client } = started([new Results(), new Arith()], { server: { maxMessageBytes: 1000 } });
    const reply = await client.call(`Results.${method}`, null).catch((err: unknown) => err);
    expect(await client.call("Arith.Multiply", { A: 3, B: 3 }), "the connection lives on").toBe(9);
    return reply;
  };

  test("nothing, or null, is success", async () => {
    expect(await outcome("Nothing")).toBeNull();
    expect(await outcome("Null")).toBe(1);
  });

  test("an Error is its message, whichever way it comes", async () => {
    expect(await outcome("ReturnsError")).toEqual(new ServerError("Returned"));
    expect(await outcome("ResolvesError")).toEqual(new ServerError("resolved"));
    const { client } = started();
    await expect(client.call("Arith.Throw", null)).rejects.toThrow(new ServerError("thrown"));
    await expect(client.call("Arith.Reject", null)).rejects.toThrow(new ServerError("rejected"));
  });

  test("an Error without a message is an error all the same", async () => {
    expect(await outcome("Empty")).toEqual(new ServerError("unspecified error"));
  });

  test("a message without end is cut off", async () => {
    expect(await outcome("LongError")).toEqual(new ServerError("y".repeat(65_536)));
  });

  test("anything else that is thrown is an internal error", async () => {
    expect(await outcome("ThrowsText")).toEqual(new ServerError("internal error", { code: "ERR_RPC_INTERNAL" }));
    expect(await outcome("RejectsNothing")).toEqual(new ServerError("internal error", { code: "ERR_RPC_INTERNAL" }));
  });

  test("anything else that is returned is told to the caller", async () => {
    const told = (method: string, type: string) => {
      const text = `returned a ${type}: a method sets reply.value, and returns nothing or an Error`;
      return new ServerError(`rpc: Results.${method} ${text}`, { code: "ERR_RPC_INTERNAL" });
    };
    expect(await outcome("ReturnsNumber")).toEqual(told("ReturnsNumber", "number"));
    expect(await outcome("ResolvesText")).toEqual(told("ResolvesText", "string"));
  });

  test("a reply that cannot be sent fails its call alone", async () => {
    expect(await outcome("Function")).toEqual(new ServerError("msgpack: Cannot encode a function"));
    expect(await outcome("Knot")).toEqual(
      new ServerError("msgpack: Cannot encode what is nested too deep, or within itself"),
    );
    expect(await outcome("Large")).toEqual(
      new ServerError("msgpack: message larger than 1000 bytes (option maxMessageBytes)"),
    );
  });
});

describe("shutdown", () => {
  test("answers what is under way, closes connections and listeners, and serves no more", async () => {
    const gate = new Gate();
    const listener = new PipeListener();
    const server = new Server();
    server.register(gate);
    const accepted = server.accept(listener);
    const [busy, idle] = [newClient(await listener.dial()), newClient(await listener.dial())];
    const call = busy.call("Gate.Wait", "kept");
    await gate.holds(1);
    const down = server.shutdown();
    gate.open(0);
    expect(await call).toBe("kept");
    await down;
    await Promise.all([accepted, busy.closed, idle.closed]);
    await expect(listener.dial()).rejects.toThrow("connection refused");
    const [ours, theirs] = pipe();
    await server.serveConn(theirs);
    await newClient(ours).closed;
    await server.shutdown();
  });

  test("cuts off what takes longer than the grace, and tells it", async () => {
    const gate = new Gate();
    const { client, server, served } = started([gate]);
    const call = client.call("Gate.Wait", "lost");
    const failed = expect(call).rejects.toThrow(UnexpectedEOFError);
    await gate.holds(1);
    const { signal } = (gate.waiting[0] as Reply).call;
    await server.shutdown({ graceMs: 0 });
    await Promise.all([failed, served, client.closed]);
    expect(signal.reason).toBeInstanceOf(ShutdownError);
    gate.openAll();
  });
});

/** A codec in memory that serves one request, as Go's CodecEmulator. */
class Emulator implements ServerCodec {
  request: Request | null = { serviceMethod: "Arith.Add", seq: 0 };
  args: unknown = { A: 7, B: 8 };
  written: { response: Response; body: unknown } | null = null;
  closes = 0;

  readRequestHeader(): Promise<Request | null> {
    return Promise.resolve(this.request);
  }
  readRequestBody(type: BodyType | null): Promise<unknown> {
    if (this.args === undefined) return Promise.reject(new UnexpectedEOFError());
    return Promise.resolve(type === null ? undefined : this.args);
  }
  writeResponse(response: Response, body: unknown): Promise<void> {
    this.written = { response, body };
    return Promise.resolve();
  }
  close(): void {
    this.closes++;
  }
}

describe("serveRequest", () => {
  const server = new Server();
  server.register(new Arith());

  test.each([
    ["a server", (codec: ServerCodec) => server.serveRequest(codec)],
    ["the default server", serveRequest],
  ])("of %s serves one request and leaves the codec open", async (_, serve) => {
    const codec = new Emulator();
    expect(await serve(codec)).toBe(true);
    expect(codec.written).toEqual({ response: { serviceMethod: "Arith.Add", seq: 0, error: "" }, body: { C: 15 } });
    expect(codec.closes).toBe(0);
  });

  test("rejects with what the codec says of the body, and tells the caller", async () => {
    const codec = new Emulator();
    codec.args = undefined;
    await expect(server.serveRequest(codec)).rejects.toThrow(UnexpectedEOFError);
    expect(codec.written?.response.error).toBe("unexpected EOF");
  });

  test("rejects for a method that is not there, and tells the caller", async () => {
    const codec = new Emulator();
    codec.request = { serviceMethod: "Arith.Nothing", seq: 4 };
    await expect(server.serveRequest(codec)).rejects.toThrow("rpc: can't find method Arith.Nothing");
    expect(codec.written?.response).toEqual({
      serviceMethod: "Arith.Nothing",
      seq: 4,
      error: "rpc: can't find method Arith.Nothing",
      code: "ERR_RPC_NO_METHOD",
    });
  });

  test("keeps a method's own error for the caller", async () => {
    const codec = new Emulator();
    codec.request = { serviceMethod: "Arith.Divide", seq: 1 };
    codec.args = { A: 1, B: 0 };
    expect(await server.serveRequest(codec)).toBe(true);
    expect(codec.written?.response.error).toBe("divide by zero");
  });

  test("says when the stream has ended, and what a bad header was", async () => {
    const codec = new Emulator();
    codec.request = null;
    expect(await server.serveRequest(codec)).toBe(false);
    codec.readRequestHeader = () => Promise.reject(new Error("bad magic"));
    await expect(server.serveRequest(codec)).rejects.toThrow("rpc: server cannot decode request: bad magic");
  });
});

describe("serveCodec", () => {
  test("serves until the end, writes one response at a time, and closes", async () => {
    const gate = new Gate();
    const server = new Server();
    server.register(gate);
    server.register(new Arith());
    const requests: Request[] = ["a", "b", "c"].map((_, seq) => ({ serviceMethod: "Gate.Wait", seq }));
    let writing = 0;
    const seqs: unknown[] = [];
    const codec: ServerCodec = {
      readRequestHeader: () => requests.shift() ?? null,
      readRequestBody: () => "x",
      async writeResponse({ seq }) {
        expect(++writing).toBe(1);
        await Promise.resolve();
        writing--;
        seqs.push(seq);
      },
      close() {},
    };
    const served = server.serveCodec(codec);
    await gate.holds(3);
    for (const at of [1, 2, 0]) gate.open(at);
    await served;
    expect(seqs).toEqual([1, 2, 0]);
  });

  test("ends the connection when a response cannot be written", async () => {
    const errors: unknown[] = [];
    const server = new Server({ onError: (err) => errors.push(err) });
    server.register(new Arith());
    const codec = new Emulator();
    codec.writeResponse = () => Promise.reject(new Error("disk full"));
    await server.serveCodec(codec);
    expect(errors).toEqual([new Error("disk full")]);
    expect(codec.closes).toBe(1);
  });

  test("sends the message of what cannot be encoded in place of the reply", async () => {
    const server = new Server();
    server.register(new Arith());
    const codec = new Emulator();
    const written: string[] = [];
    codec.writeResponse = ({ error }) => {
      if (error === "") return Promise.reject(new EncodeError("no words for it"));
      written.push(error);
      codec.request = null;
      return Promise.resolve();
    };
    await server.serveCodec(codec);
    expect(written).toEqual(["no words for it"]);
  });
});
