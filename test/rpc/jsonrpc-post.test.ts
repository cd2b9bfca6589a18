import { once } from "node:events";
import { createServer, type Server as HTTPServer, request as httpRequest, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { type Client, newClientWithCodec, type Reply, Server } from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { cancelMethod } from "../../src/rpc/codec.js";
import { type PostOptions, postHandler } from "../../src/rpc/http/post.js";
import { PostClientCodec, type PostClientOptions } from "../../src/rpc/http/post-client.js";
import { Arith, Gate } from "./arith.js";

class Echo {
  readonly seen: unknown[] = [];
  Back(args: unknown, reply: Reply): void {
    this.seen.push(args);
    reply.value = args;
  }
  Where(_args: unknown, reply: Reply<string>): void {
    reply.value = String(reply.call.remoteAddr);
  }
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function listening(listener: RequestListener): Promise<string> {
  const http: HTTPServer = createServer(listener).listen(0, "127.0.0.1");
  await once(http, "listening");
  cleanups.push(async () => {
    http.closeAllConnections();
    http.close();
    await once(http, "close");
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

interface Posts {
  readonly url: string;
  readonly server: Server;
  readonly echo: Echo;
  readonly gate: Gate;
}

async function posts(
  options?: PostOptions,
  mount?: (handler: ReturnType<typeof postHandler>) => RequestListener,
): Promise<Posts> {
  const server = new Server();
  const echo = new Echo();
  const gate = new Gate();
  server.register(new Arith());
  server.register(echo);
  server.register(gate);
  const handler = postHandler((codec) => server.serveCodec(codec), options);
  return { url: await listening(mount?.(handler) ?? handler), server, echo, gate };
}

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return [response.status, await response.text()];
}

const call = (method: string, params: string, id: string) =>
  `{"jsonrpc":"2.0","method":"${method}","params":${params},"id":${id}}`;

describe("a POST", () => {
  test("with a call is answered", async () => {
    const { url } = await posts();
    const body = call("Arith.Multiply", '{"A":7,"B":8}', "1.0");
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json; charset=utf-8" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe('{"jsonrpc":"2.0","result":56,"id":1.0}\n');
    expect(await post(url, call("Echo.Where", "[]", "1"))).toEqual([200, expect.stringMatching(/"127\.0\.0\.1:\d+"/)]);
  });

  test("with a batch is answered whole, and notifications in it are not", async () => {
    const { url, echo } = await posts();
    const batch = `[${call("Echo.Back", "[1]", '"a"')},{"jsonrpc":"2.0","method":"Echo.Back","params":[2]},5]`;
    expect(await post(url, batch)).toEqual([
      200,
      '[{"jsonrpc":"2.0","result":1,"id":"a"},{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}]\n',
    ]);
    expect(echo.seen).toEqual([1, 2]);
  });

  test("with notifications alone has status 204, and does not wait for them", async () => {
    const { url, gate } = await posts();
    const one = '{"jsonrpc":"2.0","method":"Gate.Wait","params":["x"]}';
    expect(await post(url, one)).toEqual([204, ""]);
    expect(await post(url, `[${one},${one}]`)).toEqual([204, ""]);
    await gate.holds(3);
    gate.openAll();
  });

  test("with what is JSON and no call is answered as the specification has it", async () => {
    const { url } = await posts();
    const invalid = '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}';
    for (const body of ["1", " null ", "[]", '{"jsonrpc":"2.0","method":1}']) {
      expect(await post(url, body), body).toEqual([200, `${invalid}\n`]);
    }
    expect(await post(url, "[1]")).toEqual([200, `[${invalid}]\n`]);
  });

  test("with what is no JSON has status 400 and says so", async () => {
    const { url } = await posts({ maxDepth: 3, maxBatchSize: 2 });
    for (const body of ["", " ", "{", '{"a":1', "{}{}", "1 2", "x", "[1,]", '"\\ud8"']) {
      expect(await post(url, body), body).toEqual([
        400,
        '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}\n',
      ]);
    }
    for (const body of ["[[[[1]]]]", "[1,2,3]"]) {
      expect(await post(url, body), body).toEqual([400, expect.stringContaining('"code":-32600')]);
    }
  });

  test("without jsonrpc is of JSON-RPC 1.0", async () => {
    const { url } = await posts();
    expect(await post(url, '{"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":1}')).toEqual([
      200,
      '{"id":1,"result":56,"error":null}\n',
    ]);
    expect(await post(url, '{"method":"Arith.Multiply"}')).toEqual([
      200,
      '{"id":null,"result":null,"error":"jsonrpc: request body missing params"}\n',
    ]);
    expect(await post(url, '{"method":5}')).toEqual([400, ""]);
  });

  test("of another kind is refused with a status", async () => {
    const { url } = await posts({ maxMessageBytes: 100 });
    const get = await fetch(url);
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await post(url, "{}", { "content-type": "text/plain" }))[0]).toBe(415);
    expect((await post(url, "{}", { "content-type": "application/json; charset=latin1" }))[0]).toBe(415);
    expect((await post(url, "{}", { "content-encoding": "gzip" }))[0]).toBe(415);
    expect((await post(url, `"${"x".repeat(100)}"`))[0]).toBe(413);
  });

  test("whose body is larger than it says, or slower than it may be, is refused", async () => {
    const { url } = await posts({ maxMessageBytes: 100, bodyTimeoutMs: 20 });
    const chunked = async (chunks: string[]) => {
      const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
      const req = httpRequest(url, { method: "POST", headers });
      req.on("error", () => {}); // it may be cut off within
      for (const chunk of chunks) req.write(chunk);
      const [response] = (await once(req, "response")) as [{ statusCode: number; resume(): void }];
      response.resume();
      req.destroy();
      return response.statusCode;
    };
    expect(await chunked(["[", `"${"x".repeat(200)}"`])).toBe(413);
    expect(await chunked(["["])).toBe(408);
  });

  test("of a server that is shut down has status 503", async () => {
    const { url, server } = await posts();
    await server.shutdown();
    expect(await post(url, call("Echo.Back", "[1]", "1"))).toEqual([503, ""]);
  });

  test("of a client that hangs up aborts the signals of its calls", async () => {
    const { url, gate } = await posts();
    const over = new AbortController();
    const headers = { "content-type": "application/json" };
    const asked = fetch(url, { method: "POST", body: call("Gate.Wait", '["x"]', "1"), headers, signal: over.signal });
    await gate.holds(1);
    const signal = gate.waiting[0]?.call.signal as AbortSignal;
    expect(signal.aborted).toBe(false);
    over.abort();
    await expect(asked).rejects.toThrow("abort");
    if (!signal.aborted) await once(signal, "abort");
    expect(String(signal.reason)).toContain("client hung up");
    gate.openAll();
  });

  test("asks for no stream", async () => {
    const { url } = await posts();
    const body = '{"jsonrpc":"2.0","method":"Echo.Back","params":[1],"window":5,"id":1}';
    expect(await post(url, body)).toEqual([200, '{"jsonrpc":"2.0","result":1,"id":1}\n']);
  });
});

describe("in Express", () => {
  test("the handler is mounted as it is", async () => {
    const { url } = await posts(undefined, (handler) => express().use("/rpc", handler));
    expect(await post(`${url}rpc`, call("Echo.Back", "[1]", "1"))).toEqual([
      200,
      '{"jsonrpc":"2.0","result":1,"id":1}\n',
    ]);
  });

  test.each([
    ["express.json()", express.json()],
    ["express.text()", express.text({ type: "application/json" })],
    ["express.raw()", express.raw({ type: "application/json" })],
    ["express.urlencoded()", express.urlencoded()],
  ])("%s may have read the body before", async (_, parser) => {
    const { url, echo } = await posts(undefined, (handler) => express().use(parser).post("/rpc", handler));
    const body = call("Echo.Back", '{"A":[1,null]}', '"id"');
    expect(await post(`${url}rpc`, body)).toEqual([200, '{"jsonrpc":"2.0","result":{"A":[1,null]},"id":"id"}\n']);
    expect(await post(`${url}rpc`, `[${body}]`)).toEqual([
      200,
      '[{"jsonrpc":"2.0","result":{"A":[1,null]},"id":"id"}]\n',
    ]);
    expect(echo.seen).toHaveLength(2);
  });

  test("a body that somebody has read and not kept is a bad request", async () => {
    const { url } = await posts(undefined, (handler) => (req, res) => {
      req.resume();
      req.once("end", () => handler(req, res));
    });
    expect(await post(url, call("Echo.Back", "[1]", "1"))).toEqual([400, ""]);
  });
});

describe("a client over POST", () => {
  const clientOf = (url: string, options?: PostClientOptions): Client => {
    const client = newClientWithCodec(new PostClientCodec(url, options));
    cleanups.push(() => client.close());
    return client;
  };

  test("calls", async () => {
    const { url } = await posts();
    const client = clientOf(url);
    const arith = client.service<Arith>("Arith");
    const products = Array.from({ length: 20 }, (_, i) => arith.Multiply({ A: i, B: 2 }));
    expect(await Promise.all(products)).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
    await expect(arith.Divide({ A: 1, B: 0 })).rejects.toThrow("divide by zero");
    await expect(client.call("Arith.Nope", {})).rejects.toThrow("rpc: can't find method Arith.Nope");
    expect(await client.call("Echo.Back", [{ deep: [1, 2] }])).toEqual([{ deep: [1, 2] }]);
  });

  test("sends the calls of one tick as one batch, if asked to", async () => {
    const { url } = await posts();
    const bodies: string[] = [];
    const client = clientOf(url, {
      batch: true,
      headers: { "x-token": "t" },
      fetch: (to, init) => {
        bodies.push(init.body);
        expect(init.headers["x-token"]).toBe("t");
        return fetch(to, init);
      },
    });
    expect(await Promise.all([client.call("Echo.Back", 1), client.call("Echo.Back", 2)])).toEqual([1, 2]);
    expect(await client.call("Echo.Back", 3)).toBe(3);
    expect(bodies).toEqual([
      `[${call("Echo.Back", "[1]", "0")},${call("Echo.Back", "[2]", "1")}]`,
      `[${call("Echo.Back", "[3]", "2")}]`,
    ]);
  });

  test("fails the calls of a request that fails, and those alone", async () => {
    const { url } = await posts();
    const client = clientOf(url, {
      fetch: (to, init) => (init.body.includes("offline") ? Promise.reject(new Error("offline")) : fetch(to, init)),
    });
    const failed = await client.call("Echo.Back", "offline").catch((err: unknown) => err);
    expect(String(failed)).toContain("offline");
    expect(failed).not.toMatchObject({ name: "ServerError" });
    expect(await client.call("Echo.Back", 1)).toBe(1);
  });

  test.each<[string, RequestListener, string]>([
    ["a page of a proxy", (_, res) => res.writeHead(502).end("<html>"), "HTTP status 502 Bad Gateway, and no answer"],
    [
      "no answer to the call",
      (_, res) => res.end('{"jsonrpc":"2.0","result":1,"id":77}'),
      "the answer lacks this call",
    ],
    ["nothing", (_, res) => res.writeHead(204).end(), "the answer lacks this call"],
    ["a request", (_, res) => res.end(call("x", "[]", "1")), "and no answer"],
    [
      "a refusal",
      (_, res) => res.end('{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}'),
      "Parse error",
    ],
    ["too much", (_, res) => res.end(`"${"x".repeat(2000)}"`), "answer larger than 1000 bytes"],
  ])("fails a call that is answered by %s", async (_, listener, message) => {
    const client = clientOf(await listening(listener), { maxMessageBytes: 1000 });
    await expect(client.call("Echo.Back", 1)).rejects.toThrow(message);
    await expect(client.call("Echo.Back", 1)).rejects.toThrow(message);
  });

  test("ends the request of a call that is cancelled, which aborts its signal", async () => {
    const { url, gate } = await posts();
    const codec = new PostClientCodec(url);
    cleanups.push(() => codec.close());
    void codec.writeRequest({ serviceMethod: "Gate.Wait", seq: 5 }, "x");
    await gate.holds(1);
    const signal = gate.waiting[0]?.call.signal as AbortSignal;
    void codec.writeRequest({ serviceMethod: cancelMethod, seq: 6 }, { Seq: 5 });
    if (!signal.aborted) await once(signal, "abort");
    expect(await codec.readResponseHeader()).toMatchObject({ seq: 5 });
    expect(() => codec.readResponseBody({})).toThrow("abort");
    gate.openAll();
  });

  test("aborts the signal of a call that is given up", async () => {
    const { url, gate } = await posts();
    const client = clientOf(url);
    const over = new AbortController();
    const call = client.call("Gate.Wait", "x", { signal: over.signal });
    await gate.holds(1);
    const signal = gate.waiting[0]?.call.signal as AbortSignal;
    over.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow("changed my mind");
    if (!signal.aborted) await once(signal, "abort");
    gate.openAll();
    expect(await client.call("Echo.Back", 1)).toBe(1);
  });

  test("settles its calls when it is closed", async () => {
    const { url, gate } = await posts();
    const client = clientOf(url);
    const waiting = client.call("Gate.Wait", "x");
    await gate.holds(1);
    client.close();
    await expect(waiting).rejects.toThrow("connection is shut down");
    gate.openAll();
  });
});
