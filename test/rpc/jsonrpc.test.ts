import { int, slice, struct } from "toolkit/gob";
import { pipe } from "toolkit/net";
import { type Client, newClientWithCodec, type Reply, type Response, Server } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { JSONClientCodec } from "../../src/rpc/jsonrpc/client-codec.js";
import { JSONServerCodec } from "../../src/rpc/jsonrpc/server-codec.js";
import { Arith, Gate } from "./arith.js";
import { answersTo, scripted, type TextHand, textPeer } from "./json-wire.js";

class BuiltinTypes {
  Map(i: number, reply: Reply<Map<number, number>>): void {
    reply.value = new Map([[i, i]]);
  }
  Slice(i: number, reply: Reply<number[]>): void {
    reply.value = [i];
  }
  Array(i: number, reply: Reply<[number]>): void {
    reply.value = [i];
  }
}

class Echo {
  readonly seen: unknown[] = [];
  Back(args: unknown, reply: Reply): void {
    this.seen.push(args);
    reply.value = args;
  }
  Nothing(_args: unknown, _reply: Reply): void {}
}

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

function server(errors: unknown[] = []): Server {
  const made = new Server({ onError: (err) => errors.push(err) });
  made.register(new Arith());
  made.register(new BuiltinTypes());
  made.register(new Echo());
  return made;
}

/** A server with a peer by hand. */
function served(services: object[] = []): { hand: TextHand; done: Promise<void>; errors: unknown[] } {
  const errors: unknown[] = [];
  const { conn, hand } = textPeer();
  const made = server(errors);
  for (const service of services) made.register(service);
  return { hand, done: made.serveCodec(new JSONServerCodec(conn)), errors };
}

/** A client with a peer by hand. */
function called(): { client: Client; hand: TextHand } {
  const { conn, hand } = textPeer();
  const client = newClientWithCodec(new JSONClientCodec(conn));
  open.push(client);
  return { client, hand };
}

/** A client and our own server. */
function connected(): Client {
  const [ours, theirs] = pipe();
  void server().serveCodec(new JSONServerCodec(theirs));
  const client = newClientWithCodec(new JSONClientCodec(ours));
  open.push(client);
  return client;
}

async function answers(text: string, step?: number): Promise<string[]> {
  const { hand, done } = served();
  await hand.send(text, step);
  const lines = await hand.rest();
  await done;
  return lines;
}

// What Go's jsonrpc/all_test.go has, under its names.
describe("Go's own tests", () => {
  test("TestServerNoParams: a request without params has an error", async () => {
    expect(await answers('{"method": "Arith.Add", "id": "123"}')).toEqual([
      '{"id":"123","result":null,"error":"jsonrpc: request body missing params"}',
    ]);
  });

  test("TestServerEmptyMessage: an empty request has an error", async () => {
    expect(await answers("{}")).toEqual([
      '{"id":null,"result":null,"error":"rpc: service/method request ill-formed: "}',
    ]);
  });

  test("TestServer: an id is echoed, whatever it is", async () => {
    const { hand, done } = served();
    for (let i = 0; i < 10; i++) {
      await hand.send(`{"method": "Arith.Add", "id": "\\u000${i}", "params": [{"A": ${i}, "B": ${i + 1}}]}`, i + 1);
      expect(await hand.line()).toBe(`{"id":"\\u000${i}","result":{"C":${2 * i + 1}},"error":null}`);
    }
    hand.conn.close();
    await done;
  });

  test("TestClient: calls one by one, out of order, and one that fails", async () => {
    const client = connected();
    const arith = client.service<Arith>("Arith");
    expect(await arith.Add({ A: 7, B: 8 })).toEqual({ C: 15 });
    expect(await arith.Multiply({ A: 7, B: 8 })).toBe(56);
    const multiplied = client.go<number>("Arith.Multiply", { A: 7, B: 8 });
    const added = client.go<{ C: number }>("Arith.Add", { A: 7, B: 8 });
    expect((await added.done).reply.value).toEqual({ C: 15 });
    expect((await multiplied.done).reply.value).toBe(56);
    await expect(arith.Divide({ A: 7, B: 0 })).rejects.toThrow("divide by zero");
  });

  test("TestBuiltinTypes: a reply may be a map, a slice or an array", async () => {
    const client = connected();
    expect(await client.call("BuiltinTypes.Map", 7)).toEqual({ "7": 7 });
    expect(await client.call("BuiltinTypes.Slice", 7)).toEqual([7]);
    expect(await client.call("BuiltinTypes.Array", 7)).toEqual([7]);
  });

  test("TestMalformedInput: bad JSON ends the connection without a word", async () => {
    const { hand, done, errors } = served();
    await hand.send("{id:1}");
    await done;
    expect(await hand.line()).toBeNull();
    expect(String(errors[0])).toContain("invalid character 'i' looking for beginning of object key string");
  });

  test("TestMalformedOutput: a response with neither result nor error fails the client", async () => {
    const { client, hand } = called();
    await hand.send('{"id":0,"result":null,"error":null}');
    await expect(client.call("Arith.Add", { A: 7, B: 8 })).rejects.toThrow("invalid error <nil>");
  });

  test("TestServerErrorHasNullResult: a response with an error has no value", async () => {
    const conn = scripted('{"method": "Arith.Add", "id": "123", "params": []}');
    const codec = new JSONServerCodec(conn);
    await codec.readRequestHeader();
    const response: Response = { serviceMethod: "Method", seq: 1, error: "some error" };
    await codec.writeResponse(response, "the value we don't want to see");
    await codec.flush();
    expect(conn.written).toBe('{"id":"123","result":null,"error":"some error"}\n');
  });

  test("TestUnexpectedError: a read that fails ends the connection", async () => {
    const errors: unknown[] = [];
    const conn = { ...scripted(""), read: () => Promise.reject(new Error("unexpected error!")) };
    await server(errors).serveCodec(new JSONServerCodec(conn));
    expect(String(errors[0])).toContain("unexpected error!");
  });
});

describe("the server", () => {
  test("answers what Go's answers, one or two bytes at a time too", async () => {
    const exchanges: [string, string][] = [
      ['{"method":"Arith.Add","params":[{"A":1,"B":2}],"id":0}', '{"id":0,"result":{"C":3},"error":null}'],
      ['{"METHOD":"Arith.Add","Param\u017f":[{"A":1,"B":2}],"ID":1}', '{"id":1,"result":{"C":3},"error":null}'],
      ['{"method":"x","method":"Echo.Back","params":[1,2,3],"id":2}', '{"id":2,"result":1,"error":null}'],
      ['{"method":"Echo.Back","params":[5]}', '{"id":null,"result":5,"error":null}'],
      ['{"method":"Echo.Back","params":[5],"id":null}', '{"id":null,"result":5,"error":null}'],
      [
        '{"method":"Echo.Back","params":null,"id":3}',
        '{"id":3,"result":null,"error":"jsonrpc: request body missing params"}',
      ],
      [
        '{"method":"Echo.Back","params":{},"id":4}',
        '{"id":4,"result":null,"error":"json: cannot unmarshal object into Go value of type [1]interface {}"}',
      ],
      [
        '{"method":"Echo.Back","params":"x","id":5}',
        '{"id":5,"result":null,"error":"json: cannot unmarshal string into Go value of type [1]interface {}"}',
      ],
      [
        '{"method":"Echo.Nope","params":[1],"id":6}',
        '{"id":6,"result":null,"error":"rpc: can\'t find method Echo.Nope"}',
      ],
      [
        '{"method":null,"id":[1, {"z":null}]}',
        '{"id":[1,{"z":null}],"result":null,"error":"rpc: service/method request ill-formed: "}',
      ],
      ["null", '{"id":null,"result":null,"error":"rpc: service/method request ill-formed: "}'],
      [
        '{"jsonrpc":"2.0","method":"Echo.Back","params":["<a href=\\"x\\">&\u2028"],"id":1.50}',
        '{"id":1.50,"result":"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028","error":null}',
      ],
      [
        '{"method":"Echo.Back","params":[9007199254740993],"id":123456789012345678901234567890}',
        '{"id":123456789012345678901234567890,"result":9007199254740993,"error":null}',
      ],
    ];
    for (const [request, response] of exchanges) expect(await answers(request), request).toEqual([response]);
    const all = exchanges.map(([request]) => request);
    for (const step of [1, 2]) {
      for (const between of ["", " \r\n\t"]) {
        expect(await answers(all.join(between), step)).toEqual(exchanges.map(([, response]) => response));
      }
    }
  });

  test("never answers a success with null, which Go's client takes for an error", async () => {
    expect(
      await answers('{"method":"Echo.Nothing","params":[1],"id":1}{"method":"Echo.Back","params":[],"id":2}'),
    ).toEqual(['{"id":1,"result":{},"error":null}', '{"id":2,"result":{},"error":null}']);
    const schemas = [int, slice(int), struct({ A: int })];
    for (const [i, result] of ["0", "[]", '{"A":0}'].entries()) {
      const conn = scripted('{"method":"x","id":1}');
      const codec = new JSONServerCodec(conn);
      await codec.readRequestHeader();
      await codec.writeResponse({ serviceMethod: "x", seq: 1, error: "" }, null, { schema: schemas[i] });
      await codec.flush();
      expect(conn.written).toBe(`{"id":1,"result":${result},"error":null}\n`);
    }
  });

  test.each([
    [
      "a batch",
      '[{"method":"Echo.Back","params":[1],"id":1}]',
      "json: cannot unmarshal array into Go value of type jsonrpc.serverRequest",
    ],
    [
      "a method that is no string",
      '{"method":5,"id":1}',
      "json: cannot unmarshal number into Go struct field serverRequest.method of type string",
    ],
    ["a string", '"x"', "json: cannot unmarshal string into Go value of type jsonrpc.serverRequest"],
    ["bad JSON", "{'method':1}", "invalid character '\\'' looking for beginning of object key string"],
    ["what is too deep", "[".repeat(101), "json: nested deeper than 100 (option maxDepth)"],
  ])("ends the connection without a word for %s", async (_, text, message) => {
    const { hand, done, errors } = served();
    await hand.send(text);
    await done;
    expect(await hand.line()).toBeNull();
    expect(String(errors[0])).toContain(message);
  });

  test("answers two requests of one packet out of order, and after the peer has hung up", async () => {
    const gate = new Gate();
    const { hand, done } = served([gate]);
    await hand.send('{"method":"Gate.Wait","params":["a"],"id":"a"}{"method":"Gate.Wait","params":["b"],"id":"b"}');
    const lines = hand.rest();
    await gate.holds(2);
    gate.open(1);
    await Promise.resolve();
    gate.open(0);
    expect(await lines).toEqual(['{"id":"b","result":"b","error":null}', '{"id":"a","result":"a","error":null}']);
    await done;
  });

  test("tells the caller of a reply that JSON has no words for", async () => {
    const methods = { NaN: () => Number.NaN };
    await expect(
      answersTo('{"method":"NaN","params":[0],"id":1}', (conn) => new JSONServerCodec(conn), methods),
    ).rejects.toThrow("json: unsupported value: NaN");
    class Bad {
      Reply(_args: unknown, reply: Reply): void {
        reply.value = Number.NaN;
      }
    }
    const { hand, done } = served([new Bad()]);
    await hand.send('{"method":"Bad.Reply","params":[0],"id":1}');
    expect(await hand.rest()).toEqual(['{"id":1,"result":null,"error":"json: unsupported value: NaN"}']);
    await done;
  });

  test("refuses to answer what nobody asked", () => {
    const codec = new JSONServerCodec(scripted(""));
    expect(() => codec.writeResponse({ serviceMethod: "", seq: 7, error: "" }, 1)).toThrow(
      "invalid sequence number in response",
    );
  });
});

describe("the client", () => {
  test("sends what Go's sends", async () => {
    const { client, hand } = called();
    const results = [
      client.call("Arith.Add", { A: 1, B: 2 }),
      client.call("A.<b>", "x&y"),
      client.call("A.C", undefined),
    ];
    expect(await hand.line()).toBe('{"method":"Arith.Add","params":[{"A":1,"B":2}],"id":0}');
    expect(await hand.line()).toBe('{"method":"A.\\u003cb\\u003e","params":["x\\u0026y"],"id":1}');
    expect(await hand.line()).toBe('{"method":"A.C","params":[null],"id":2}');
    await hand.send('{"id":2,"result":{"C":3}}{"ID":0,"Result":1,"ERROR":null,"more":[1]} \n{"id":7,"result":0}');
    await hand.send('{"id":1,"result":null,"error":""}', 1);
    expect(await results[2]).toEqual({ C: 3 });
    expect(await results[0]).toBe(1);
    await expect(results[1]).rejects.toThrow("unspecified error");
  });

  test.each([
    ['{"id":0,"result":null}', "invalid error <nil>"],
    ['{"id":0,"error":{"code":1,"more":["x",null]}}', "invalid error map[code:1 more:[x <nil>]]"],
    ['{"id":0,"result":1,"error":5}', "invalid error 5"],
    ['{"id":"0","result":1}', "json: cannot unmarshal string into Go struct field clientResponse.id of type uint64"],
    ['{"id":-1,"result":1}', "json: cannot unmarshal number -1 into Go struct field clientResponse.id of type uint64"],
    ["[]", "json: cannot unmarshal array into Go value of type jsonrpc.clientResponse"],
    ["{]", "invalid character ']' looking for beginning of object key string"],
  ])("ends for good on %s, as Go's does", async (text, message) => {
    const { client, hand } = called();
    const calls = Promise.allSettled([client.call("A.B", 1), client.call("A.C", 2)]);
    await hand.send(text);
    for (const call of await calls) expect(String((call as PromiseRejectedResult).reason)).toContain(message);
    expect(client.state).toBe("closed");
  });

  test("settles all calls when the server hangs up within a response", async () => {
    const { client, hand } = called();
    const call = client.call("A.B", 1);
    await hand.send('{"id":0,"resu');
    await hand.conn.closeWrite();
    await expect(call).rejects.toThrow("unexpected EOF");
  });

  test("fails a call alone whose arguments cannot be sent", async () => {
    const client = connected();
    await expect(client.call("Echo.Back", Number.NaN)).rejects.toThrow("json: unsupported value: NaN");
    expect(await client.call("Echo.Back", [1])).toEqual([1]);
  });
});
