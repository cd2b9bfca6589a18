import fc from "fast-check";
import { int, type Schema, slice, struct } from "toolkit/gob";
import { pipe } from "toolkit/net";
import {
  type AnySchema,
  type Client,
  method,
  newClient,
  newClientWithCodec,
  type Reply,
  type Response,
  Server,
  ServerError,
  service,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { cancelMethod, creditMethod, type ServerCodec } from "../../src/rpc/codec.js";
import { JSON2ClientCodec } from "../../src/rpc/jsonrpc2/client-codec.js";
import { JSON2Codec } from "../../src/rpc/jsonrpc2/duplex-codec.js";
import { positional } from "../../src/rpc/jsonrpc2/params.js";
import { JSON2ServerCodec } from "../../src/rpc/jsonrpc2/server-codec.js";
import type { JSON2Limits } from "../../src/rpc/jsonrpc2/stream.js";
import { Arith, Gate } from "./arith.js";
import { answersTo, type Methods, scripted, type TextHand, textPeer } from "./json-wire.js";

class Echo {
  readonly seen: unknown[] = [];
  Back(args: unknown, reply: Reply): void {
    this.seen.push(args);
    reply.value = args;
  }
}

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

const methods: Methods = {
  echo: (args) => args,
  fail(args) {
    throw Object.assign(new Error("it failed"), args);
  },
};

/** What methods by hand answer. */
const answers = (text: string | Uint8Array, limits?: JSON2Limits, step?: number) =>
  answersTo(text, (conn) => new JSON2ServerCodec(conn, limits), methods, step);
const request = (method: string, params: string, id: string) =>
  `{"jsonrpc":"2.0","method":"${method}","params":${params},"id":${id}}`;
const result = (value: string, id: string) => `{"jsonrpc":"2.0","result":${value},"id":${id}}\n`;
const failure = (code: number, message: string, id = "null", data?: string) =>
  `{"jsonrpc":"2.0","error":{"code":${code},"message":"${message}"${data === undefined ? "" : `,"data":${data}`}},"id":${id}}\n`;

function served(errors: unknown[] = [], services: object[] = []): { hand: TextHand; done: Promise<void>; echo: Echo } {
  const { conn, hand } = textPeer();
  const server = new Server({ onError: (err) => errors.push(err) });
  const echo = new Echo();
  for (const service of [new Arith(), echo, ...services]) server.register(service);
  return { hand, done: server.serveCodec(new JSON2ServerCodec(conn)), echo };
}

function called(): { client: Client; hand: TextHand } {
  const { conn, hand } = textPeer();
  const client = newClientWithCodec(new JSON2ClientCodec(conn));
  open.push(client);
  return { client, hand };
}

function connected(): { client: Client; echo: Echo } {
  const [ours, theirs] = pipe();
  const echo = new Echo();
  const server = new Server();
  server.register(new Arith());
  server.register(echo);
  void server.serveCodec(new JSON2ServerCodec(theirs));
  const client = newClientWithCodec(new JSON2ClientCodec(ours));
  open.push(client);
  return { client, echo };
}

/** Reads one header, and its body by a schema. */
async function argsOf(text: string, schema?: Schema): Promise<unknown> {
  const codec = new JSON2ServerCodec(scripted(text));
  await codec.readRequestHeader();
  return codec.readRequestBody({ schema });
}

describe("ids", () => {
  test.each([
    '"a"',
    '"\\u0041\\u0000"',
    "0",
    "-1.50",
    "1e2",
    "null",
    '""',
    "123456789012345678901234567890",
    '"<&>"',
    '"\\ud800"',
  ])("%s is echoed byte for byte", async (id) => {
    expect(await answers(request("echo", "[1]", id))).toBe(result("1", id));
    expect(await answers(request("nope", "[1]", id))).toBe(failure(-32601, "Method not found", id));
    expect(await answers(`[${request("echo", "[1]", id)}]`, {}, 1)).toBe(`[${result("1", id).trim()}]\n`);
    expect(await answers(`{"id":${id},"method":1}`)).toBe(failure(-32600, "Invalid Request", id));
  });

  test("that are none make the request invalid", async () => {
    for (const id of ["true", "{}", "[1]"]) {
      expect(await answers(request("echo", "[1]", id))).toBe(failure(-32600, "Invalid Request"));
    }
  });

  test("may come more than once", async () => {
    const twice = request("echo", "[1]", "7").repeat(2);
    expect(await answers(twice)).toBe(result("1", "7").repeat(2));
  });
});

describe("an invalid request", () => {
  test.each([
    "1",
    '"x"',
    "null",
    "true",
    "{}",
    '{"jsonrpc":"1.0","method":"echo","params":[]}',
    '{"jsonrpc":2.0,"method":"echo"}',
    '{"method":"echo","params":[]}',
    '{"JSONRPC":"2.0","method":"echo"}',
    '{"jsonrpc":"2.0","method":null}',
    '{"jsonrpc":"2.0","method":["echo"]}',
    '{"jsonrpc":"2.0","method":"echo","params":"x"}',
    '{"jsonrpc":"2.0","method":"echo","params":1}',
    '{"jsonrpc":"2.0","method":"echo","params":false}',
    '{"jsonrpc":"2.0","method":"echo","result":1}',
    '{"__proto__":{"jsonrpc":"2.0","method":"echo"}}',
  ])("%s is answered with -32600, and the next one served", async (text) => {
    expect(await answers(`${text} ${request("echo", "[1]", "1")}`)).toBe(
      failure(-32600, "Invalid Request") + result("1", "1"),
    );
  });

  test("within a batch leaves the others alone, null and nested batches too", async () => {
    const invalid = failure(-32600, "Invalid Request").trim();
    expect(await answers(`[null,[],${request("echo", "[1]", "1")}]`)).toBe(
      `[${invalid},${invalid},${result("1", "1").trim()}]\n`,
    );
  });

  test("that looks like a response is not answered: two servers would never stop", async () => {
    for (const text of ['{"jsonrpc":"2.0","result":1,"id":1}', '{"result":1}', failure(-32600, "Invalid Request")]) {
      expect(await answers(text)).toBe("");
      expect(await answers(`[${text}]`)).toBe("");
    }
  });
});

describe("a batch", () => {
  test("of one is answered by a list of one", async () => {
    expect(await answers(`[${request("echo", "[1]", "1")}]`)).toBe(`[${result("1", "1").trim()}]\n`);
    const notification = '{"jsonrpc":"2.0","method":"echo"}';
    expect(await answers(`[${notification},${request("echo", "[1]", "1")}]`)).toBe(`[${result("1", "1").trim()}]\n`);
  });

  test("beyond the bound is refused whole", async () => {
    const batch = (n: number) => `[${Array.from({ length: n }, () => request("echo", "[1]", "1")).join(",")}]`;
    expect((await answers(batch(1024))).match(/result/g)).toHaveLength(1024);
    const refusal = failure(-32600, "Invalid Request", "null", '"more than 1024 in a batch (option maxBatchSize)"');
    expect(await answers(batch(1025))).toBe(refusal);
    expect(await answers(batch(3), { maxBatchSize: 2 })).toContain("more than 2 in a batch");
  });

  test("is answered once, when the last of its calls is done", async () => {
    const gate = new Gate();
    const { hand, done } = served([], [gate]);
    await hand.send(`[${request("Gate.Wait", '["a"]', '"a"')},${request("Gate.Wait", '["b"]', '"b"')}]`);
    await gate.holds(2);
    await hand.send(request("Echo.Back", "[3]", "3"));
    gate.open(1);
    expect(await hand.line()).toBe(result("3", "3").trim());
    gate.open(0);
    expect(await hand.line()).toBe(`[${result('"a"', '"a"').trim()},${result('"b"', '"b"').trim()}]`);
    hand.conn.close();
    await done;
  });

  test("whose answers are too large together has errors for those that are too much", async () => {
    class Long {
      Text(args: string, reply: Reply<string>): void {
        reply.value = args.repeat(300);
      }
    }
    const { conn, hand } = textPeer();
    const server = new Server();
    server.register(new Long());
    const done = server.serveCodec(new JSON2ServerCodec(conn, { maxMessageBytes: 500 }));
    await hand.send(`[${request("Long.Text", '["x"]', "1")},${request("Long.Text", '["y"]', "2")}]`);
    const [line] = await hand.rest();
    await done;
    const [first, second] = JSON.parse(line as string) as [{ result: string }, { error: { message: string } }];
    expect(first.result).toBe("x".repeat(300));
    expect(second.error.message).toBe("json: message larger than 500 bytes (option maxMessageBytes)");
  });
});

describe("notifications", () => {
  test("are never answered, whatever becomes of them", async () => {
    const { hand, done, echo } = served();
    await hand.send('{"jsonrpc":"2.0","method":"Echo.Back","params":[1]}{"jsonrpc":"2.0","method":"Echo.Nope"}');
    await hand.send('[{"jsonrpc":"2.0","method":"Arith.Throw"},{"jsonrpc":"2.0","method":"$/unknown"}]');
    await hand.send(request("Echo.Back", "[2]", "2"));
    expect(await hand.rest()).toEqual([result("2", "2").trim()]);
    await done;
    expect(echo.seen).toEqual([1, 2]);
  });

  test("are told from requests with the id null", async () => {
    const codec = new JSON2ServerCodec(
      scripted('{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"a","id":null}'),
    );
    expect(await codec.readRequestHeader()).toMatchObject({ isNotification: true });
    expect(await codec.readRequestHeader()).toMatchObject({ isNotification: false });
  });
});

describe("errors", () => {
  test.each<[Response["code"], number]>([
    ["ERR_RPC_NO_METHOD", -32601],
    ["ERR_RPC_INVALID_ARGS", -32602],
    ["ERR_RPC_INTERNAL", -32603],
    ["ERR_RPC_BUSY", -32001],
    ["ERR_RPC_SHUTDOWN", -32002],
    [7, 7],
    [-32050, -32050],
    [0, -32000],
    [1.5, -32000],
    [Number.NaN, -32000],
    ["EMINE", -32000],
    [undefined, -32000],
  ])("with the code %s travel as %i, and back", async (code, number) => {
    const { conn, hand } = textPeer();
    const codec = new JSON2ServerCodec(conn);
    void hand.send(request("a", "[]", "1"));
    await codec.readRequestHeader();
    await codec.writeResponse({ serviceMethod: "a", seq: 1, error: "why", code, data: { a: [1] } }, "not this");
    const line = await hand.line();
    expect(line).toBe(failure(number, "why", "1", '{"a":[1]}').trim());
    codec.close();
    const client = new JSON2ClientCodec(scripted(line as string));
    const back = number === -32000 ? "ERR_RPC_SERVER" : code;
    expect(await client.readResponseHeader()).toEqual({
      serviceMethod: "",
      seq: 1,
      error: "why",
      code: back,
      data: { a: [1] },
    });
  });

  test("never have a stack, and data that has no JSON is left out", async () => {
    expect(await answers(request("fail", '{"data":null}', "1"))).toBe(failure(-32000, "it failed", "1"));
    const conn = scripted(request("a", "[]", "1"));
    const codec = new JSON2ServerCodec(conn);
    await codec.readRequestHeader();
    await codec.writeResponse({ serviceMethod: "a", seq: 1, error: "why", data: { n: Number.NaN } }, null);
    await codec.flush();
    expect(conn.written).toBe(failure(-32000, "why", "1"));
  });

  test("of a client's peer are what it says, whatever their shape", async () => {
    const read = async (error: string) => {
      const codec = new JSON2ClientCodec(scripted(`{"jsonrpc":"2.0","error":${error},"id":3}`));
      return codec.readResponseHeader();
    };
    expect(await read('{"code":0,"message":""}')).toMatchObject({ error: "unspecified error", code: undefined });
    expect(await read('"plain"')).toMatchObject({ error: "plain" });
    expect(await read("[1]")).toMatchObject({ error: "[1]" });
    expect(await read("null")).toMatchObject({ error: "" });
    expect(await read('{"code":"x","message":5}')).toMatchObject({ error: "unspecified error", code: undefined });
  });
});

describe("what is no JSON", () => {
  const good = request("echo", "[1]", "1");

  test("is answered, and passed over where messages have lines of their own", async () => {
    for (const step of [1, 2, 1000]) {
      const text = `${good}\n{"bad": x}}}\n${good}\n\x01\n${good}`;
      const bad = failure(-32700, "Parse error");
      const lines = (await answers(text, {}, step)).split(/(?<=\n)/);
      expect(lines.toSorted()).toEqual([bad, bad, result("1", "1"), result("1", "1"), result("1", "1")]);
    }
  });

  test("is answered, and ends the connection, where there is no telling what comes next", async () => {
    for (const text of [`${good}x`, `${good} ${good}\nx\n${good}`, `x\n${good}`, `${good}\n[\n1,x\n${good}`]) {
      const errors: unknown[] = [];
      const { hand, done } = served(errors);
      await hand.send(text.replaceAll('"echo"', '"Echo.Back"'));
      const lines = await hand.rest();
      await done;
      expect(lines.at(-1), text).toBe(failure(-32700, "Parse error").trim());
      expect(lines.filter((line) => line.includes("error"))).toHaveLength(1);
      expect(errors).toHaveLength(1);
    }
  });

  test("because it is cut off is answered too", async () => {
    const { hand, done } = served();
    await hand.send('{"jsonrpc":"2.0","meth');
    expect(await hand.rest()).toEqual([failure(-32700, "Parse error").trim()]);
    await done;
  });

  test("because it is beyond a limit is answered with -32600", async () => {
    const { hand, done } = served();
    await hand.send("[".repeat(101));
    const [line] = await hand.rest();
    expect(line).toBe(
      failure(-32600, "Invalid Request", "null", '"json: nested deeper than 100 (option maxDepth)"').trim(),
    );
    await done;
  });
});

describe("params", () => {
  test.each<[string, unknown]>([
    ['{"A":1}', { A: 1 }],
    ['[{"A":1}]', { A: 1 }],
    ["[5]", 5],
    ["[[5]]", [5]],
    ["[1,2]", [1, 2]],
    ["[]", []],
    ["[null]", null],
    ["null", undefined],
  ])("%s without a schema", async (params, args) => {
    expect(await argsOf(request("m", params, "1"))).toEqual(args);
  });

  test("without params, and with a schema, are Go's zero value", async () => {
    const Args = struct("Args", { A: int, B: int });
    expect(await argsOf('{"jsonrpc":"2.0","method":"m","id":1}', Args)).toEqual({ A: 0, B: 0 });
    expect(await argsOf('{"jsonrpc":"2.0","method":"m","id":1}')).toBeUndefined();
  });

  test("by position fill the fields of a struct", async () => {
    const Args = struct("Args", { A: int, B: int });
    for (const [params, args] of [
      ["[7,8]", { A: 7, B: 8 }],
      ["[7]", { A: 7, B: 0 }],
      ["[]", { A: 0, B: 0 }],
      ['[{"A":7,"B":8}]', { A: 7, B: 8 }],
    ] as const) {
      expect(await argsOf(request("m", params, "1"), Args), params).toEqual(args);
    }
    await expect(argsOf(request("m", "[1,2,3]", "1"), Args)).rejects.toThrow("3 values into 2 fields of Args");
    await expect(argsOf(request("m", '["x"]', "1"), Args)).rejects.toThrow("cannot unmarshal string into Go value");
  });

  test("that are a list of one are the argument, or the list where that alone fits", async () => {
    expect(await argsOf(request("m", "[1]", "1"), slice(int))).toEqual([1]);
    expect(await argsOf(request("m", "[[1]]", "1"), slice(int))).toEqual([1]);
    expect(await argsOf(request("m", "[]", "1"), int)).toBe(0);
    const numbers = standard((value) => Array.isArray(value) && value.every((item) => typeof item === "number"));
    const argsBy = async (params: string) => {
      const codec = new JSON2ServerCodec(scripted(request("m", params, "1")));
      await codec.readRequestHeader();
      return codec.readRequestBody({ schema: numbers });
    };
    expect(await argsBy("[1]")).toEqual([1]);
    expect(await argsBy("[[1]]")).toEqual([1]);
    expect(await argsBy('["x"]')).toBe("x");
  });

  test("carry any arguments of ours there unchanged", async () => {
    const { client, echo } = connected();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (args) => {
        const text = JSON.stringify(args);
        fc.pre(!text.includes("__proto__") && !/\d{16}/.test(text));
        await client.call("Echo.Back", args);
        expect(echo.seen.at(-1)).toEqual(JSON.parse(text));
      }),
    );
    await client.call("Echo.Back", undefined);
    expect(echo.seen.at(-1)).toBeUndefined();
  });
});

describe("the client", () => {
  test("sends objects by name, lists by position, and all else as a list of one", async () => {
    const { client, hand } = called();
    const sent: [unknown, string][] = [
      [{ A: 1 }, '"params":{"A":1},'],
      [[42, 23], '"params":[42,23],'],
      [[5], '"params":[[5]],'],
      [[], '"params":[],'],
      [5, '"params":[5],'],
      [null, '"params":[null],'],
      [undefined, ""],
      [positional({ A: 1 }), '"params":[{"A":1}],'],
      [new Map([["k", 1n]]), '"params":{"k":1},'],
      [Uint8Array.of(255), '"params":["/w=="],'],
    ];
    for (const [i, [args, params]] of sent.entries()) {
      const call = client.call("m.M", args);
      expect(await hand.line()).toBe(`{"jsonrpc":"2.0","method":"m.M",${params}"id":${i}}`);
      await hand.send(result('"ok"', String(i)), 1 + i);
      expect(await call).toBe("ok");
    }
  });

  test("takes responses in any order, in batches, and drops those that it knows nothing of", async () => {
    const { client, hand } = called();
    const calls = ["a", "b", "c"].map((name) => client.call(`x.${name}`, {}));
    for (let i = 0; i < 3; i++) await hand.line();
    await hand.send(result("9", '"0"') + result("9", "99") + failure(-32000, "not ours"));
    await hand.send(`[${result('"c"', "2").trim()},${result('"a"', "0").trim()}]${result("null", "1")}`);
    expect(await Promise.all(calls)).toEqual(["a", null, "c"]);
  });

  test("is told by a peer that did not understand it: every call fails", async () => {
    for (const text of [
      failure(-32700, "Parse error"),
      failure(-32600, "Invalid Request"),
      "{}",
      '{"result":1,"id":0}',
      "[5]",
    ]) {
      const { client, hand } = called();
      const call = client.call("x.X", {});
      await hand.line();
      await hand.send(text);
      await expect(call, text).rejects.toThrow(/jsonrpc2: (peer answers|message is neither)/);
      expect(client.state).toBe("closed");
    }
  });

  test("answers requests of its peer with -32601, and not its notifications", async () => {
    const { hand } = called();
    await hand.send(`{"jsonrpc":"2.0","method":"x"}[${request("y", "[]", '"r"')}]${request("z", "[]", "5")}`);
    const lines = new Set([await hand.line(), await hand.line()]);
    expect(lines).toContain(`[${failure(-32601, "Method not found", '"r"').trim()}]`);
    expect(lines).toContain(failure(-32601, "Method not found", "5").trim());
  });

  test("fails a call alone whose reply does not fit the schema", async () => {
    const codec = new JSON2ClientCodec(scripted(result('"x"', "1") + result("5", "2")));
    await codec.readResponseHeader();
    expect(() => codec.readResponseBody({ schema: int })).toThrow(
      "json: cannot unmarshal string into Go value of type int",
    );
    await codec.readResponseHeader();
    expect(await codec.readResponseBody({ schema: int })).toBe(5);
  });
});

describe("what Go's net/rpc has not", () => {
  test("meta, deadline and window travel beside params", async () => {
    const { conn, hand } = textPeer();
    const client = new JSON2ClientCodec(conn);
    await client.writeRequest({ serviceMethod: "m", seq: 1, meta: { k: "v" }, timeoutMs: 50, window: 4 }, { A: 1 });
    await client.writeRequest({ serviceMethod: "n", seq: 2, isNotification: true }, undefined);
    const [first, second] = [await hand.line(), await hand.line()] as [string, string];
    expect(first).toBe(
      '{"jsonrpc":"2.0","method":"m","params":{"A":1},"meta":{"k":"v"},"timeoutMs":50,"window":4,"id":1}',
    );
    expect(second).toBe('{"jsonrpc":"2.0","method":"n"}');
    client.close();
    const server = new JSON2ServerCodec(scripted(first + second));
    expect(await server.readRequestHeader()).toMatchObject({
      meta: { k: "v" },
      timeoutMs: 50,
      window: 4,
      isNotification: false,
    });
    expect(await server.readRequestHeader()).toMatchObject({ serviceMethod: "n", isNotification: true });
  });

  test("that make no sense are passed over", async () => {
    const text = '{"jsonrpc":"2.0","method":"m","id":1,"meta":{"a":1,"b":"x"},"timeoutMs":-1,"window":"2"}';
    const codec = new JSON2ServerCodec(scripted(text));
    expect(await codec.readRequestHeader()).toMatchObject({
      meta: { b: "x" },
      timeoutMs: undefined,
      window: undefined,
    });
  });

  test("$/cancelRequest and $/credit name a call by its id, and reach the server by its number", async () => {
    const text =
      request("first", "[]", '"x"') +
      request("second", "[]", '"y"') +
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"y"}}' +
      '{"jsonrpc":"2.0","method":"$/credit","params":{"id":"x","n":3}}' +
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"nobody"}}' +
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":[]}{"jsonrpc":"2.0","method":"$/credit","params":{"id":"x"}}';
    const codec = new JSON2ServerCodec(scripted(text));
    const first = { ...(await codec.readRequestHeader()) };
    const second = { ...(await codec.readRequestHeader()) };
    expect(await codec.readRequestHeader()).toMatchObject({ serviceMethod: cancelMethod, isNotification: true });
    expect(await codec.readRequestBody({})).toEqual({ Seq: second.seq });
    expect(await codec.readRequestHeader()).toMatchObject({ serviceMethod: creditMethod, isNotification: true });
    expect(await codec.readRequestBody({})).toEqual({ Seq: first.seq, N: 3 });
    expect(await codec.readRequestHeader()).toMatchObject({ serviceMethod: creditMethod });
    expect(await codec.readRequestBody({})).toEqual({ Seq: first.seq, N: 0 });
    expect(await codec.readRequestHeader()).toBeNull();
  });

  test("the client cancels, and asks for more, by the id", async () => {
    const { conn, hand } = textPeer();
    const client = new JSON2ClientCodec(conn);
    await client.writeRequest({ serviceMethod: cancelMethod, seq: 9 }, { Seq: 5 });
    await client.writeRequest({ serviceMethod: creditMethod, seq: 10 }, { Seq: 5, N: 8 });
    expect(await hand.line()).toBe('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":5}}');
    expect(await hand.line()).toBe('{"jsonrpc":"2.0","method":"$/credit","params":{"id":5,"n":8}}');
    client.close();
  });

  test("replies of a stream are notifications $/stream, until the last", async () => {
    const { conn, hand } = textPeer();
    const server = new JSON2ServerCodec(conn);
    void hand.send('{"jsonrpc":"2.0","method":"m","id":7,"window":2}');
    await server.readRequestHeader();
    const reply = { serviceMethod: "m", seq: 1, error: "" };
    await server.writeResponse({ ...reply, isPartial: true }, { a: 1 });
    await server.writeResponse({ ...reply, isPartial: true }, undefined);
    await server.writeResponse(reply, null);
    const lines = [await hand.line(), await hand.line(), await hand.line()] as string[];
    expect(lines).toEqual([
      '{"jsonrpc":"2.0","method":"$/stream","params":{"id":7,"value":{"a":1}}}',
      '{"jsonrpc":"2.0","method":"$/stream","params":{"id":7,"value":null}}',
      result("null", "7").trim(),
    ]);
    server.close();
    const client = new JSON2ClientCodec(scripted(lines.join("\n"), 3));
    expect(await client.readResponseHeader()).toMatchObject({ seq: 7, error: "", isPartial: true });
    expect(await client.readResponseBody({})).toEqual({ a: 1 });
    expect(await client.readResponseHeader()).toMatchObject({ seq: 7, isPartial: true });
    expect((await client.readResponseHeader())?.isPartial).toBeUndefined();
  });

  test("both ends of one connection serve and call", async () => {
    const [a, b] = pipe();
    const [one, other] = [new JSON2Codec(a), new JSON2Codec(b)];
    await one.writeRequest({ serviceMethod: "x", seq: 1 }, { A: 1 });
    await other.writeRequest({ serviceMethod: "y", seq: 1 }, [1, 2]);
    for (const codec of [one, other]) {
      expect(await codec.readHeader()).toBe("request");
      const args = await codec.readRequestBody({});
      await codec.writeResponse({ ...codec.request, error: "" }, { args, method: codec.request.serviceMethod });
    }
    const replies: unknown[] = [];
    for (const codec of [one, other]) {
      expect(await codec.readHeader()).toBe("response");
      expect(codec.response.seq).toBe(1);
      replies.push(await codec.readResponseBody({}));
    }
    expect(replies).toEqual([
      { args: { A: 1 }, method: "x" },
      { args: [1, 2], method: "y" },
    ]);
    one.close();
    expect(await other.readHeader()).toBeNull();
  });

  test("a peer that serves and calls answers what is no request, and ends on what is no response", async () => {
    for (const step of [1, 1000]) {
      const conn = scripted(`{"method":1}${request("m", "[]", "1")}{"result":1,"id":1}`, step);
      const codec = new JSON2Codec(conn);
      expect(await codec.readHeader()).toBe("request");
      await expect((async () => codec.readHeader())()).rejects.toThrow("neither a request nor a response");
      await codec.flush();
      expect(conn.written).toBe(failure(-32600, "Invalid Request"));
    }
  });
});

describe("a hostile peer", () => {
  test("whatever it sends, the server answers JSON and comes to an end", async () => {
    const pieces = fc.constantFrom(
      '{"jsonrpc":"2.0",',
      '"method":"echo",',
      '"id":1}',
      '"params":[',
      "]",
      "[",
      "}",
      "\n",
      ",",
      "null",
      request("echo", "[1]", "1"),
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}',
      '{"jsonrpc":"2.0","method":"fail","id":"\\u0000"}',
      "\x00",
      "\u00ff",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), async (parts, step) => {
        const conn = scripted(parts.join(""), step);
        const codec: ServerCodec = new JSON2ServerCodec(conn);
        await serveQuietly(codec);
        for (const line of conn.written.split("\n").slice(0, -1)) JSON.parse(line);
      }),
      { numRuns: 300 },
    );
  });

  test("that sends bytes at random is cut off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const conn = scripted(bytes, 7);
        await serveQuietly(new JSON2ServerCodec(conn));
        for (const line of conn.written.split("\n").slice(0, -1)) JSON.parse(line);
      }),
    );
  });

  test("that never reads its refusals is read no more", async () => {
    let written = 0;
    let reads = 0;
    const invalid = new TextEncoder().encode("1 ".repeat(2048));
    const conn = {
      read(p: Uint8Array) {
        reads++;
        p.set(invalid.subarray(0, p.length));
        return Promise.resolve(Math.min(p.length, invalid.length));
      },
      write(p: Uint8Array) {
        written += p.length;
        return new Promise<number>(() => {});
      },
      close() {},
    };
    const codec = new JSON2ServerCodec(conn);
    void Promise.resolve(codec.readRequestHeader()).catch(() => {});
    for (let i = 0; i < 500; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(1_000_000);
    expect(reads).toBeLessThan(100);
    codec.close();
  });

  test("that is closed within a batch leaves nothing pending", async () => {
    const codec = new JSON2ServerCodec(scripted(`[${request("a", "[]", "1")},${request("b", "[]", "2")}]`));
    await codec.readRequestHeader();
    await codec.writeResponse({ serviceMethod: "a", seq: 1, error: "" }, 1);
    codec.close();
    await codec.flush();
    await codec.writeResponse({ serviceMethod: "b", seq: 2, error: "" }, 1);
  });
});

async function serveQuietly(codec: ServerCodec): Promise<void> {
  try {
    for (let header = await codec.readRequestHeader(); header !== null; header = await codec.readRequestHeader()) {
      const { serviceMethod, seq } = header;
      const args = await codec.readRequestBody({});
      await codec.writeResponse({ serviceMethod, seq, error: serviceMethod === "fail" ? "failed" : "" }, args);
    }
  } catch {
    // what it sends may be no JSON
  }
  await codec.flush?.();
}

function standard(accepts: (value: unknown) => boolean) {
  return {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => (accepts(value) ? { value } : { issues: [{ message: "no", path: [] }] }),
    },
  };
}

test("a schema that takes its time and fails at last fails the call, and nothing else", async () => {
  const late = {
    "~standard": { version: 1, vendor: "test", validate: () => Promise.reject(new Error("no answer")) },
  } as unknown as AnySchema;
  const [ours, theirs] = pipe();
  const server = new Server();
  server.register({ Do: (_args, _reply) => {} }, service("Slow", { Do: method(late, late) }));
  void server.serveConn(theirs, { codec: "jsonrpc2" });
  const client = newClient(ours, { codec: "jsonrpc2" });
  await expect(client.call("Slow.Do", [1])).rejects.toThrow(ServerError);
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail this file
  client.close();
});
