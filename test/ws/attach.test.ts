import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createSecureServer as createHTTP2Server } from "node:http2";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { finished, Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { connect as connectTLS } from "node:tls";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { attach } from "../../src/ws/attach.js";
import * as ws from "../../src/ws/index.js";
import { Upgrader } from "../../src/ws/upgrader.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { frame } from "./frames.js";
import { readHead, upgradeRequest } from "./raw-peer.js";
import { ask, askOnce, deferred, listening } from "./upgrading.js";

const open = closing();
const upgrader = new Upgrader();

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

async function serving(listener: Handler, options?: Parameters<typeof attach>[1]): Promise<[Server, number]> {
  const server = createServer((request, response) => void listener(request, response));
  attach(server, options);
  open({ close: () => server.close().closeAllConnections() });
  return [server, await listening(server)];
}

function upgrade(request: IncomingMessage, response: ServerResponse): void {
  const echo = async (conn: ws.Conn) => {
    open({ close: () => conn.closeNow() });
    for await (const { type, data } of conn) await conn.writeMessage(type, data);
  };
  upgrader
    .upgrade(request, response)
    .then(echo)
    .catch(() => {});
}

async function echoes(url: string, options?: ws.DialOptions): Promise<void> {
  const conn = await ws.dial(url, options);
  await conn.writeMessage(ws.TextMessage, "hello");
  expect((await conn.readMessage()).text()).toBe("hello");
  conn.close();
  await conn.closed;
}

describe("a request to upgrade", () => {
  test("runs through all request listeners once, however often the server was attached to", async () => {
    let count = 0;
    const [server, port] = await serving(upgrade);
    server.on("request", () => count++);
    attach(server);
    attach(server);
    await echoes(`ws://127.0.0.1:${port}/`);
    expect(count).toBe(1);
  });

  test("upgrades over TLS", async () => {
    const pem = await selfSigned();
    const server = createSecureServer({ ...pem, ALPNProtocols: ["http/1.1"] }, upgrade);
    attach(server);
    open({ close: () => server.close().closeAllConnections() });
    const port = await listening(server);
    await echoes(`wss://127.0.0.1:${port}/`, { ca: pem.cert });
  });

  test("upgrades on a server of HTTP/2 that allows HTTP/1 too", async () => {
    const pem = await selfSigned();
    const handler = (request: unknown, response: unknown) =>
      upgrade(request as IncomingMessage, response as ServerResponse);
    const server = createHTTP2Server({ ...pem, allowHTTP1: true }, handler);
    attach(server);
    open(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await echoes(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/`, { ca: pem.cert });
  });

  test("leaves a response that is complete, with 101, and a request that knows its addresses", async () => {
    const events: string[] = [];
    const told = deferred<void>();
    const [server, port] = await serving(async (request, response) => {
      const before = [request.socket.remoteAddress, request.socket.remotePort];
      response.on("finish", () => events.push(`finish ${response.statusCode}`));
      response.on("close", () => events.push("close"));
      finished(response, (err) => events.push(`finished ${err?.message ?? "well"}`));
      const conn = await upgrader.upgrade(request, response);
      open({ close: () => conn.closeNow() });
      await turn();
      expect([request.socket.remoteAddress, request.socket.remotePort]).toEqual(before);
      expect(String(conn.remoteAddr)).toBe(before.join(":"));
      expect(response).toMatchObject({ headersSent: true, writableEnded: true, writableFinished: true, closed: true });
      expect(() => response.writeHead(500, { "X-Late": "1" }).end("late")).not.toThrow();
      finished(response, (err) => {
        events.push(`finished ${err?.message ?? "well"} later`);
        told.resolve();
      });
      await conn.writeMessage(ws.TextMessage, "first");
    });
    server.on("error", told.reject);
    const conn = await ws.dial(`ws://127.0.0.1:${port}/`);
    expect((await conn.readMessage()).text()).toBe("first");
    await told.promise;
    expect(events.toSorted()).toEqual(["close", "finish 101", "finished well", "finished well later"]);
    conn.closeNow();
  });

  test("waits for middleware that ends responses late, as one that saves a session", async () => {
    const [, port] = await serving((request, response) => {
      const end = response.end.bind(response);
      const endLate = () => {
        setTimeout(() => end(), 20);
        return response;
      };
      Object.assign(response, { end: endLate });
      upgrade(request, response);
    });
    await echoes(`ws://127.0.0.1:${port}/`);
  });

  test("does not keep its server from closing", async () => {
    const [server, port] = await serving(upgrade);
    const conn = await ws.dial(`ws://127.0.0.1:${port}/`);
    const closed = once(server, "close");
    server.close();
    await closed;
    await conn.writeMessage(ws.TextMessage, "still here");
    expect((await conn.readMessage()).text()).toBe("still here");
    conn.closeNow();
  });
});

describe("an ordinary answer to a request to upgrade", () => {
  const large = Buffer.alloc(5_000_000, "0123456789");

  test("goes out whole, with the back-pressure of streams", async () => {
    const [, port] = await serving(async (_, response) => {
      response.writeHead(403);
      for (const part of [large.subarray(0, 3_000_000), large.subarray(3_000_000)]) {
        const chunks = Readable.from(
          Array.from({ length: 30 }, (_, i) => part.subarray(i * 100_000, (i + 1) * 100_000)),
        );
        await once(chunks.pipe(response, { end: false }) && chunks, "end");
      }
      response.end();
    });
    const answer = await ask(port, upgradeRequest());
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer.match(/0123456789/g)?.length).toBeGreaterThan(499_000);
    expect(answer.endsWith("\r\n0\r\n\r\n")).toBe(true);
  });

  test("reaches a client that is still sending", async () => {
    const [, port] = await serving(upgrade);
    for (const request of [
      upgradeRequest({ "Content-Length": String(large.byteLength) }, "POST / HTTP/1.1"),
      upgradeRequest({ Origin: "http://evil.example" }),
    ]) {
      const answer = await ask(port, Buffer.concat([Buffer.from(request), large]));
      expect(answer).toMatch(/^HTTP\/1\.1 40[35] /);
    }
  });

  test("is the end of a client that does not go", async () => {
    const [server, port] = await serving(upgrade);
    const connected = once(server, "connection") as Promise<[Socket]>;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    socket.write(upgradeRequest({ "Sec-WebSocket-Version": "8" }));
    socket.resume();
    const [theirs] = await connected;
    await once(theirs, "close");
    socket.destroy();
  });

  test("to HEAD has no body", async () => {
    const [, port] = await serving(upgrade);
    expect(await ask(port, upgradeRequest({}, "HEAD / HTTP/1.1"))).toMatch(/^HTTP\/1\.1 405 [^]*\r\n\r\n$/);
  });

  test("may come after the client has gone", async () => {
    const handler = deferred<ServerResponse>();
    const [, port] = await serving((_, response) => handler.resolve(response));
    const socket = connect(port, "127.0.0.1");
    socket.write(upgradeRequest());
    const response = await handler.promise;
    const closed = once(response, "close");
    socket.resetAndDestroy();
    await closed;
    expect(response.destroyed).toBe(true);
    response.writeHead(401).end("too late");
  });
});

const twice = Array.from({ length: 3 }, () => "x".repeat(12));

describe("a request to upgrade behind others that wait for their answers", () => {
  test.each(["websocket", "h2c"])("waits for its turn (%s)", async (protocol) => {
    const large = "x".repeat(1_000_000);
    const [, port] = await serving(async (request, response) => {
      if (request.url === "/") return protocol === "h2c" ? void response.end("its turn") : upgrade(request, response);
      await turn();
      Readable.from([large, large, large]).pipe(response);
    });
    const early = `${upgradeRequest({ Upgrade: null, Connection: null }, "GET /1 HTTP/1.1")}${upgradeRequest({ Upgrade: null, Connection: null }, "GET /2 HTTP/1.1")}`;
    const socket = connect(port, "127.0.0.1");
    socket.write(early + upgradeRequest({ Upgrade: protocol }));
    let answer = "";
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      answer += chunk.toString("latin1");
      if (/101 Switching Protocols|its turn/.test(answer)) break;
    }
    const order = answer.match(/HTTP\/1\.1 \d+|x{1000000}/g);
    const last = protocol === "h2c" ? "HTTP/1.1 200" : "HTTP/1.1 101";
    expect(order?.map((each) => each.slice(0, 12))).toEqual(["HTTP/1.1 200", ...twice, "HTTP/1.1 200", ...twice, last]);
  });

  test("ends with its connection, if that ends before", async () => {
    let count = 0;
    const [server, port] = await serving(() => count++);
    const upgrade = deferred<unknown>();
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.url === "/ours") upgrader.upgradeSocket(request, socket, head).catch(upgrade.resolve);
    });
    for (const path of ["/", "/ours"]) {
      const connected = once(server, "connection") as Promise<[Socket]>;
      const socket = connect(port, "127.0.0.1");
      const early = upgradeRequest({ Upgrade: null, Connection: null }, "GET /1 HTTP/1.1");
      socket.write(early + upgradeRequest({}, `GET ${path} HTTP/1.1`));
      const [theirs] = await connected;
      await once(server, "upgrade");
      await turn();
      socket.resetAndDestroy();
      await new Promise((resolve) => theirs.once("close", resolve));
      await turn();
    }
    expect(count).toBe(2);
    expect(await upgrade.promise).toMatchObject({ op: "upgrade", code: "EPIPE" });
  });
});

describe("a request to upgrade to something else", () => {
  const h2c = { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABk" };
  const answering = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { connection, upgrade } = request.headers;
    response.end(`[${request.method} ${connection} ${upgrade} ${Buffer.concat(chunks).toString()}]`);
  };

  test("is served with its body, as it came, on a connection that stays", async () => {
    const [, port] = await serving(answering);
    const first = `${upgradeRequest({ ...h2c, "Content-Length": "5" }, "POST / HTTP/1.1")}hello`;
    const second = upgradeRequest({ ...h2c, "Transfer-Encoding": "chunked" }, "PUT /x HTTP/1.1");
    const third = upgradeRequest({ Upgrade: null, Connection: "close" });
    for (const cut of [1, first.length - 3, first.length, first.length + second.length + 4, 100_000]) {
      const all = `${first}${second}3\r\nabc\r\n0\r\n\r\n${third}`;
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      socket.write(all.slice(0, cut));
      setTimeout(() => socket.write(all.slice(cut)), 5);
      let answer = "";
      for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
      expect(answer.match(/\[.*?\]/g)).toEqual([
        "[POST Upgrade, HTTP2-Settings h2c hello]",
        "[PUT Upgrade, HTTP2-Settings h2c abc]",
        "[GET close undefined ]",
      ]);
      expect(answer.match(/Connection: keep-alive/g)).toHaveLength(2);
    }
  });

  test.each([
    { ...h2c, Connection: null, "Proxy-Connection": "Upgrade" },
    { ...h2c, Connection: "close, upgrade ,\tUPGRADE,Upgrade" },
  ])("is served once, however it asks: %o", async (fields) => {
    let count = 0;
    const [, port] = await serving((_, response) => response.setHeader("Connection", "close").end(String(++count)));
    expect(await ask(port, upgradeRequest(fields))).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n1$/);
  });

  test("is served over TLS too", async () => {
    const pem = await selfSigned();
    const server = createSecureServer(pem, (request, response) => void answering(request, response));
    attach(server);
    open({ close: () => server.close().closeAllConnections() });
    const port = await listening(server);
    const socket = connectTLS({ port, host: "127.0.0.1", ca: pem.cert });
    socket.write(`${upgradeRequest({ ...h2c, "Content-Length": "5" }, "POST / HTTP/1.1")}hello`);
    const [chunk] = (await once(socket, "data")) as [Buffer];
    expect(chunk.toString()).toContain("[POST Upgrade, HTTP2-Settings h2c hello]");
    socket.destroy();
  });

  test("is told by an upgrader that it may upgrade", async () => {
    const [, port] = await serving(upgrade);
    const answer = await askOnce(port, upgradeRequest(h2c));
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toContain("\r\nUpgrade: websocket\r\n");
    expect(answer).toContain("\r\nConnection: Upgrade\r\n");
  });
});

describe("other 'upgrade' listeners", () => {
  test("keep what they take at once, or begin to take; the rest is ours", async () => {
    const [server, port] = await serving(upgrade);
    const verifyClient = (_: unknown, done: (ok: boolean) => void) => void setTimeout(done, 10, true);
    const theirs = new WebSocketServer({ noServer: true });
    const slow = new WebSocketServer({ noServer: true, verifyClient });
    const taken: string[] = [];
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const url = request.url ?? "";
      if (url === "/") return;
      taken.push(url);
      const welcome = (conn: { send(text: string): void; close(): void }) => {
        conn.send(`theirs ${url}`);
        conn.close();
      };
      if (url === "/theirs") theirs.handleUpgrade(request, socket, head, welcome);
      else if (url === "/slow") slow.handleUpgrade(request, socket, head, welcome);
      else if (url === "/ours") void upgrader.upgradeSocket(request, socket, head).then((c) => c.close(4000));
      else socket.end("HTTP/1.1 418 Gone for Tea\r\nConnection: close\r\n\r\n");
    });
    for (const path of ["/theirs", "/slow"]) {
      const conn = await ws.dial(`ws://127.0.0.1:${port}${path}`);
      expect((await conn.readMessage()).text()).toBe(`theirs ${path}`);
      conn.closeNow();
    }
    const conn = await ws.dial(`ws://127.0.0.1:${port}/ours`);
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 4000 });
    expect(await ask(port, upgradeRequest({}, "GET /tea HTTP/1.1"))).toMatch(/^HTTP\/1\.1 418 /);
    await echoes(`ws://127.0.0.1:${port}/`);
    expect(taken).toEqual(["/theirs", "/slow", "/ours", "/tea"]);
  });

  test("may be older than ours", async () => {
    const server = createServer(upgrade);
    const theirs = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.url === "/theirs") theirs.handleUpgrade(request, socket, head, (conn) => conn.close(4001));
    });
    attach(server);
    open({ close: () => server.close().closeAllConnections() });
    const port = await listening(server);
    const conn = await ws.dial(`ws://127.0.0.1:${port}/theirs`);
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 4001 });
    conn.closeNow();
    await echoes(`ws://127.0.0.1:${port}/`);
  });

  test("may decide late where a filter says what is ours", async () => {
    const bye = (conn: { close(code: number): void }) => conn.close(4002);
    const [server, port] = await serving(upgrade, { filter: (request) => request.url === "/" });
    const theirs = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.url === "/") return;
      setTimeout(() => theirs.handleUpgrade(request, socket, head, bye), 10);
    });
    const conn = await ws.dial(`ws://127.0.0.1:${port}/late`);
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 4002 });
    conn.closeNow();
    await echoes(`ws://127.0.0.1:${port}/`);
  });

  test("may lose their client while they make up their mind", async () => {
    let upgrades = 0;
    const [server, port] = await serving(() => upgrades++);
    server.on("upgrade", (_: IncomingMessage, socket: Socket) => socket.destroy(new Error("gone")));
    const closed = await ask(port, upgradeRequest()).catch(() => "");
    expect([closed, upgrades]).toEqual(["", 0]);
  });
});

test("frames behind the request are kept, although others are asked first", async () => {
  const [server, port] = await serving(upgrade);
  server.on("upgrade", () => {});
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.write(Buffer.concat([Buffer.from(upgradeRequest()), frame(0x81, "early")]));
  const { rest } = await readHead(socket);
  const [chunk] = rest.byteLength > 0 ? [rest] : ((await once(socket, "data")) as [Buffer]);
  expect(Buffer.from(chunk ?? []).toString("latin1")).toBe("\x81\x05early");
  socket.destroy();
});
