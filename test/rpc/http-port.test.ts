import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import fc from "fast-check";
import { pipe } from "toolkit/net";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectHTTP } from "../../src/rpc/http/connect-client.js";
import { debugPage } from "../../src/rpc/http/debug-page.js";
import { HTTPPort, type HTTPPortOptions } from "../../src/rpc/http/port.js";
import type { ServableConn } from "../../src/rpc/replay-conn.js";
import { sniffConn } from "../../src/rpc/sniff.js";
import * as tcp from "../../src/tcp/index.js";
import { dial as dialWS } from "../../src/ws/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { raisesNothing } from "../support/handles.js";
import { cut, cuts } from "../support/readers.js";
import { connected, echo, Talker } from "./http-server.js";
import { busySnapshot } from "./snapshots.js";

raisesNothing();

interface TestPort {
  readonly http: HTTPPort;
  readonly port: number;
  readonly conns: ServableConn[];
  /** What the peers spoke. */
  readonly protocols: string[];
}

/** Listens on a port where those who speak HTTP are served so, and all others echoed. */
async function listen(options: Partial<HTTPPortOptions> = {}): Promise<TestPort> {
  const conns: ServableConn[] = [];
  const protocols: string[] = [];
  const serveConn: HTTPPortOptions["serveConn"] = (conn, codec) => {
    expect(codec).toBeUndefined();
    conns.push(conn);
    return (options.serveConn ?? echo)(conn, codec);
  };
  const http = new HTTPPort({ debugPage: debugPage(busySnapshot), ...options, serveConn });
  const listener = await tcp.listen("127.0.0.1:0");
  const serve = async (conn: tcp.TCPConn): Promise<void> => {
    const sniffed = await sniffConn(conn);
    if (sniffed === null) return;
    protocols.push(sniffed.protocol);
    if (sniffed.protocol === "http") void http.serve(sniffed.conn);
    else await echo(sniffed.conn);
  };
  void (async () => {
    for await (const conn of listener) serve(conn).catch(() => {});
  })();
  onTestFinished(() => {
    listener.close();
    http.close();
    for (const conn of conns) conn.close();
  });
  return { http, port: listener.addr.port, conns, protocols };
}

async function ask(port: number, path: string, options: object = {}, body = ""): Promise<[number, string, object]> {
  const sent = request({ host: "127.0.0.1", port, path, agent: false, ...options });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  return [response.statusCode ?? 0, text, response.headers];
}

/** Answers with what it is asked. */
const post: HTTPPortOptions["post"] = (incoming, response) => {
  const { method, url, socket } = incoming;
  void incoming.toArray().then((chunks) => {
    response.end(`${method} ${url} ${Buffer.concat(chunks as Buffer[]).toString()} from ${socket.remoteAddress}`);
  });
};

describe("HTTP on the one port", () => {
  test("a client of a codec is not touched", async () => {
    const { port, protocols } = await listen();
    const talker = await Talker.dial(port);
    await talker.send('{"jsonrpc":"2.0"}');
    talker.socket.end();
    expect(await talker.rest()).toBe('{"jsonrpc":"2.0"}');
    expect(protocols).toEqual(["jsonrpc2"]);
  });

  test("CONNECT is answered byte for byte, however it is cut, and nothing is lost", async () => {
    const { port } = await listen();
    await fc.assert(
      fc.asyncProperty(cuts(), fc.boolean(), async (sizes, isGo) => {
        const asked = isGo ? "CONNECT /_goRPC_ HTTP/1.0\n\n" : "CONNECT /_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\n";
        const talker = await Talker.dial(port);
        for (const chunk of cut(bytes(`${asked}calls`), sizes)) await talker.send(Buffer.from(chunk).toString());
        talker.socket.end();
        expect(await talker.rest()).toBe(`${connected}calls`);
      }),
      { numRuns: 40 },
    );
  });

  test("CONNECT as the second request of a connection", async () => {
    const { port } = await listen();
    const talker = await Talker.dial(port);
    await talker.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
    let got = "";
    while (!got.endsWith("page not found\n")) got += await talker.get(1);
    await talker.send("CONNECT /_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\nping");
    expect(await talker.get(connected.length + 4)).toBe(`${connected}ping`);
    talker.socket.end("last");
    expect(await talker.rest()).toBe("last");
  });

  test("CONNECT with our own client, to a path of its own", async () => {
    const { port, conns } = await listen({ rpcPath: "/foo" });
    const dialled = await tcp.dial(`127.0.0.1:${port}`);
    const conn = await connectHTTP(dialled, { path: "/foo" });
    await conn.write(bytes("ping"));
    expect(await readText(conn)).toBe("ping");
    expect(conns[0]?.remoteAddr?.toString()).toBe(dialled.localAddr.toString());
    conn.close();
    const other = reasonOf(connectHTTP(await tcp.dial(`127.0.0.1:${port}`)));
    expect(String(await other)).toContain("unexpected HTTP response: 404 Not Found");
    expect((await ask(port, "/foo")).slice(0, 2)).toEqual([405, "405 must CONNECT\n"]);
  });

  test("a WebSocket on any path carries RPC", async () => {
    const { port, conns } = await listen();
    const conn = await dialWS(`ws://127.0.0.1:${port}/any/path`);
    await conn.write(bytes("ping"));
    expect(await readText(conn)).toBe("ping");
    expect(conn.subprotocol).toBe("");
    expect(conns).toHaveLength(1);
    conn.close();
    await conn.closed;
  });

  test("a WebSocket carries large messages both ways", async () => {
    const { port } = await listen();
    const conn = await dialWS(`ws://127.0.0.1:${port}/`);
    const large = new Uint8Array(3_000_000).fill(7);
    const got = (async () => {
      let total = 0;
      const p = new Uint8Array(65_536);
      while (total < large.byteLength) total += (await conn.read(p)) ?? Number.POSITIVE_INFINITY;
      return total;
    })();
    await conn.write(large);
    expect(await got).toBe(large.byteLength);
    conn.close();
    await conn.closed;
  });

  test("a WebSocket on its own path alone, and of its own pages alone", async () => {
    const { port } = await listen({ webSocketPath: "/ws" });
    await expect(dialWS(`ws://127.0.0.1:${port}/other`)).rejects.toThrow("404");
    const foreign = dialWS(`ws://127.0.0.1:${port}/ws`, { headers: { Origin: "http://evil.example" } });
    await expect(foreign).rejects.toThrow("403");
    const conn = await dialWS(`ws://127.0.0.1:${port}/ws`);
    conn.close();
    await conn.closed;
  });

  test("POST goes to its handler on any path, many on one connection", async () => {
    const { port, protocols } = await listen({ post });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (const body of ["{}", "x".repeat(200_000), ""]) {
      const [status, text] = await ask(port, "/rpc", { method: "POST", agent }, body);
      expect([status, text]).toEqual([200, `POST /rpc ${body} from 127.0.0.1`]);
    }
    expect(protocols).toEqual(["http"]);
  });

  test("POST goes to its handler on one path alone, with whatever else comes there", async () => {
    const { port } = await listen({ post, postPath: "/rpc" });
    expect((await ask(port, "/rpc?x", { method: "POST" }, "1"))[1]).toBe("POST /rpc?x 1 from 127.0.0.1");
    expect((await ask(port, "/rpc", { method: "PUT" }))[1]).toBe("PUT /rpc  from 127.0.0.1");
    expect((await ask(port, "/", { method: "POST" })).slice(0, 2)).toEqual([404, "404 page not found\n"]);
  });

  test("the page about the services is there, and nothing else", async () => {
    const { port } = await listen();
    const [status, text] = await ask(port, "/debug/rpc?format=json");
    expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(JSON.stringify(busySnapshot()))]);
    for (const [path, options] of [
      ["/", {}],
      ["/", { method: "POST" }],
      ["/debug", {}],
    ] as const) {
      expect((await ask(port, path, options)).slice(0, 2)).toEqual([404, "404 page not found\n"]);
    }
  });

  test("a client that offers h2c, as curl does, is answered in HTTP/1.1", async () => {
    const { port } = await listen({ post });
    const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQ" };
    expect((await ask(port, "/", { method: "POST", headers }, "{}"))[1]).toBe("POST / {} from 127.0.0.1");
  });

  test("a conn of another kind than a socket serves as well", async () => {
    const http = new HTTPPort({ serveConn: echo, post });
    onTestFinished(() => http.close());
    const [ours, theirs] = pipe();
    void http.serve(theirs);
    void ours.write(bytes("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"));
    let got = "";
    for (let text = await readText(ours); text !== null; text = await readText(ours)) got += text;
    expect(got).toContain("POST / hi from undefined");
  });
});

describe("the end of the port", () => {
  test("drain waits for the requests under way, and takes no more", async () => {
    let answer = () => {};
    const { http, port } = await listen({ post: (_, response) => void (answer = () => response.end("late")) });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const asked = ask(port, "/", { method: "POST", agent });
    const idle = await Talker.dial(port);
    await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await idle.get(12)).toBe("HTTP/1.1 404");
    const drained = http.drain().then(() => "drained");
    expect(await idle.rest()).toContain("page not found"); // and then its end
    const refused = await Talker.dial(port);
    await refused.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await refused.rest()).toBe("");
    answer();
    expect((await asked)[1]).toBe("late");
    expect(await drained).toBe("drained");
    expect(await http.drain()).toBeUndefined();
  });

  test("close cuts what speaks HTTP, and leaves what has left it", async () => {
    const { http, port } = await listen({ post: () => {} });
    const talker = await Talker.dial(port);
    await talker.send("CONNECT /_goRPC_ HTTP/1.0\n\nping");
    expect(await talker.get(connected.length + 4)).toBe(`${connected}ping`);
    const ws = await dialWS(`ws://127.0.0.1:${port}/`);
    const posting = await Talker.dial(port);
    await posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
    await ask(port, "/"); // the server has seen the other by then
    http.close();
    expect(await posting.rest()).toBe("");
    await talker.send("pong");
    expect(await talker.get(4)).toBe("pong");
    await ws.write(bytes("pong"));
    expect(await readText(ws)).toBe("pong");
    ws.close();
    await ws.closed;
  });
});

describe("hostile clients of the port", () => {
  test("one that sends half a header is cut off in time", async () => {
    const { port } = await listen({ headersTimeoutMs: 60 });
    const halves = ["GET ", "GET / HTTP/1.1\r\nA", "CONNECT /_goRPC_ HTTP/1.0\n", "CONNECT ", "POST / HTTP/1.1\r\n"];
    const ends = await Promise.all(
      halves.map(async (half) => {
        const talker = await Talker.dial(port);
        await talker.send(half);
        return (await talker.rest()).split("\r\n")[0];
      }),
    );
    const late = "HTTP/1.1 408 Request Timeout";
    expect(ends).toEqual([late, late, "", "", late]);
  });

  test("one that is silent after an answer is cut off in time", async () => {
    const { port } = await listen({ keepAliveTimeoutMs: 20 });
    const talker = await Talker.dial(port);
    await talker.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect((await talker.rest()).startsWith("HTTP/1.1 404")).toBe(true);
  });

  test("one whose header is too long is refused", async () => {
    const { port } = await listen();
    for (const method of ["GET /", "CONNECT /_goRPC_", "CONNECT /other"]) {
      const talker = await Talker.dial(port);
      await talker.send(`${method} HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(20_000)}\r\n\r\n`);
      expect((await talker.rest()).split("\r\n")[0], method).toBe("HTTP/1.1 431 Request Header Fields Too Large");
    }
  });

  test("random bytes and resets behind a method never bring the server down", async () => {
    const { port } = await listen({ post });
    const methods = fc.constantFrom("GET /", "CONNECT /", "POST / HTTP/1.1\r\n", "CONNECT /_goRPC_ HTTP/1.0\n");
    await fc.assert(
      fc.asyncProperty(methods, fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (method, noise, resets) => {
        const talker = await Talker.dial(port);
        await talker.send(method + Buffer.from(noise).toString("latin1"));
        if (resets) talker.socket.resetAndDestroy();
        else talker.socket.end();
        await talker.rest();
      }),
      { numRuns: 40 },
    );
    expect((await ask(port, "/", { method: "POST" }, "still"))[1]).toBe("POST / still from 127.0.0.1");
  });

  test("one that nobody could serve is closed", async () => {
    const { port } = await listen({ serveConn: () => Promise.reject(new Error("no")) });
    const talker = await Talker.dial(port);
    await talker.send("CONNECT /_goRPC_ HTTP/1.0\n\n");
    expect(await talker.rest()).toBe(connected);
    const ws = await dialWS(`ws://127.0.0.1:${port}/`);
    expect(await readText(ws)).toBeNull();
    ws.close();
    await ws.closed;
  });
});
