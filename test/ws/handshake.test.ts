import { once } from "node:events";
import { createServer as createHTTPServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { OpError } from "../../src/net/index.js";
import { acceptKey, isSameOrigin } from "../../src/ws/handshake.js";
import * as ws from "../../src/ws/index.js";
import { frame, join } from "./frames.js";
import { readHead, upgradeRequest } from "./raw-peer.js";

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

async function listen(options?: ws.ListenOptions) {
  const listener = await ws.listen("127.0.0.1:0", options);
  open.push(listener);
  return listener;
}

/** Sends a request by hand; resolves to the whole answer. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(request);
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return answer;
}

test("acceptKey is that of RFC 6455 1.3", () => {
  expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

describe("a listener refuses", () => {
  const cases: [string, Record<string, string | null>, string, number][] = [
    ["another path", {}, "GET /other HTTP/1.1", 404],
    ["a plain request", { Connection: null, Upgrade: null }, "GET /chat HTTP/1.1", 426],
    ["a plain request for another path", { Connection: null, Upgrade: null }, "GET / HTTP/1.1", 404],
    ["no Connection: upgrade", { Connection: "keep-alive" }, "GET /chat HTTP/1.1", 400],
    ["another protocol", { Upgrade: "h2c" }, "GET /chat HTTP/1.1", 426],
    ["another method", {}, "PUT /chat HTTP/1.1", 405],
    ["another version", { "Sec-WebSocket-Version": "8" }, "GET /chat HTTP/1.1", 400],
    ["another origin", { Origin: "http://evil.com" }, "GET /chat HTTP/1.1", 403],
    ["another port of the origin", { Origin: "http://example.com:81" }, "GET /chat HTTP/1.1", 403],
    ["an origin that is null", { Origin: "null" }, "GET /chat HTTP/1.1", 403],
    ["no key", { "Sec-WebSocket-Key": null }, "GET /chat HTTP/1.1", 400],
    ["a key of other than 16 bytes", { "Sec-WebSocket-Key": "YWJj" }, "GET /chat HTTP/1.1", 400],
    ["the origin before the key", { Origin: "http://evil.com", "Sec-WebSocket-Key": null }, "GET /chat HTTP/1.1", 403],
  ];
  test.each(cases)("%s", async (_, fields, line, status) => {
    const listener = await listen({ path: "/chat" });
    const answer = await ask(listener.addr.port, upgradeRequest(fields, line));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\r\nConnection: .*close\r\n/);
    if (status !== 404) expect(answer).toContain("Sec-WebSocket-Version: 13\r\n");
    if (status === 426) expect(answer).toMatch(/\r\nUpgrade: websocket\r\n/);
  });

  test("with 503 those that its backlog has no room for", async () => {
    const listener = await listen({ backlog: 1 });
    const url = listener.addr.toString();
    const first = await ws.dial(url);
    await expect(ws.dial(url)).rejects.toMatchObject({ name: "BadHandshakeError", status: 503 });
    const accepted = await listener.accept();
    const second = await ws.dial(url);
    for (const conn of [first, accepted, second]) conn.closeNow();
  });

  test("clients that take too long", async () => {
    const listener = await listen({ handshakeTimeoutMs: 30 });
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
  });
});

describe("a listener accepts", () => {
  test.each([
    [{ Origin: "http://example.com" }],
    [{ Origin: "https://EXAMPLE.com" }],
    [{ Connection: "keep-alive, Upgrade", Upgrade: "foo, WebSocket" }],
    [{ "Sec-WebSocket-Version": "8, 13" }],
  ])("%o", async (fields) => {
    const listener = await listen();
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.write(upgradeRequest(fields, "GET /?token=1 HTTP/1.1"));
    const [conn, { head }] = await Promise.all([listener.accept(), readHead(socket)]);
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    conn.closeNow();
    socket.destroy();
  });

  test("what checkOrigin lets pass", async () => {
    const listener = await listen({ checkOrigin: (request) => request.headers.origin === "http://friend.com" });
    const conn = await ws.dial(listener.addr.toString(), { headers: { Origin: "http://friend.com" } });
    conn.closeNow();
    await expect(ws.dial(listener.addr.toString())).rejects.toMatchObject({ status: 403 });
  });

  test("the first subprotocol of the client's that it speaks", async () => {
    const listener = await listen({ subprotocols: ["b", "a"] });
    const url = listener.addr.toString();
    for (const [offered, chosen] of [
      [["c", "a", "b"], "a"],
      [["c"], ""],
      [[], ""],
    ] as const) {
      const [client, server] = await Promise.all([ws.dial(url, { subprotocols: offered }), listener.accept()]);
      expect([client.subprotocol, server.subprotocol]).toEqual([chosen, chosen]);
      client.closeNow();
    }
  });

  test("frames that come together with the request, cut anywhere", async () => {
    const listener = await listen();
    const bytes = join([new TextEncoder().encode(upgradeRequest()), frame(0x81, "one"), frame(0x81, "two")]);
    for (const back of [0, 1, 4, 9, 10, 17, 18, 19, 30]) {
      const socket = connect({ port: listener.addr.port, host: "127.0.0.1", noDelay: true });
      socket.write(bytes.subarray(0, bytes.byteLength - back));
      const conn = await (back > 18 ? new Promise<null>((resolve) => setTimeout(resolve, 5, null)) : listener.accept());
      socket.write(bytes.subarray(bytes.byteLength - back));
      const accepted = conn ?? (await listener.accept());
      expect((await accepted.readMessage()).text()).toBe("one");
      expect((await accepted.readMessage()).text()).toBe("two");
      accepted.closeNow();
      socket.destroy();
    }
  });

  test("a flood behind the request, and stops it", async () => {
    const listener = await listen();
    const socket = connect({ port: listener.addr.port, host: "127.0.0.1", noDelay: true });
    const messages = Array.from({ length: 2000 }, (_, i) => frame(0x82, new Uint8Array(1000).fill(i)));
    socket.write(join([new TextEncoder().encode(upgradeRequest()), ...messages]));
    const conn = await listener.accept();
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 2000; i++) expect((await conn.readMessage()).data[999]).toBe(i & 0xff);
    conn.closeNow();
    socket.destroy();
  });
});

test("same origin", () => {
  const check = (origin: string | undefined, host: string) =>
    isSameOrigin({ headers: { host, ...(origin === undefined ? {} : { origin }) } });
  expect(check(undefined, "example.org")).toBe(true);
  expect(check("https://example.org", "other.org")).toBe(false);
  expect(check("https://example.org", "Example.org")).toBe(true);
  expect(check("https://example.org:8080", "example.org:8080")).toBe(true);
  expect(check("https://example.org", "example.org:8080")).toBe(false);
  expect(check("garbage", "garbage")).toBe(false);
});

describe("a port that is taken, or no address at all", () => {
  test("rejects in Go's words", async () => {
    const listener = await listen();
    const address = `127.0.0.1:${listener.addr.port}`;
    await expect(ws.listen(address)).rejects.toThrow("listen ws: bind: address already in use");
    await expect(ws.listen("nonsense")).rejects.toThrow("listen ws: address nonsense: missing port in address");
    await expect(ws.listen("127.0.0.1:0", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    const abort = new AbortController();
    const aborted = await ws.listen("127.0.0.1:0", { signal: abort.signal });
    abort.abort();
    await expect(aborted.accept()).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });
});

async function answering(answer: string | ((socket: Socket, head: string) => void)): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    void readHead(socket).then(({ head }) => (typeof answer === "string" ? socket.end(answer) : answer(socket, head)));
  });
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function agreeing(head: string, more = ""): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? "";
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo, WebSocket\r\nConnection: upgrade, keep-alive\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n${more}\r\n`;
}

describe("dial", () => {
  test("takes more tokens than needed", async () => {
    const url = await answering((socket, head) => void socket.write(agreeing(head)));
    (await ws.dial(url)).closeNow();
  });

  test("gives the answer of a server that refuses: status, headers, 1024 bytes of the body", async () => {
    const server: Server = createHTTPServer((_, response) => {
      response.writeHead(410, { "X-Why": "gone" }).end("x".repeat(5000));
    });
    open.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const err = await ws.dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`).catch((e: unknown) => e);
    expect(err).toBeInstanceOf(ws.BadHandshakeError);
    expect(err).toMatchObject({
      status: 410,
      code: "ERR_WS_BAD_HANDSHAKE",
      message: "websocket: bad handshake: status 410",
    });
    const { headers, body } = err as ws.BadHandshakeError;
    expect(headers["x-why"]).toBe("gone");
    expect(new TextDecoder().decode(body)).toBe("x".repeat(1024));
  });

  test.each([
    ["a redirect", "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302],
    ["no upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", 101],
    ["a success of another kind", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200],
    [
      "a wrong accept",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
      101,
    ],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 101],
  ])("refuses %s", async (_, answer, status) => {
    await expect(ws.dial(await answering(answer))).rejects.toMatchObject({ name: "BadHandshakeError", status });
  });

  test("refuses what it did not offer", async () => {
    for (const field of ["Sec-WebSocket-Protocol: x", "Sec-WebSocket-Extensions: permessage-deflate"]) {
      const url = await answering((socket, head) => void socket.write(agreeing(head, `${field}\r\n`)));
      await expect(ws.dial(url, { subprotocols: ["a"] })).rejects.toBeInstanceOf(ws.BadHandshakeError);
    }
  });

  test("refuses header fields that are its own", async () => {
    for (const name of [
      "Upgrade",
      "connection",
      "Sec-Websocket-Key",
      "Sec-WebSocket-Version",
      "sec-websocket-extensions",
    ]) {
      await expect(ws.dial("ws://127.0.0.1:1/", { headers: { [name]: "x" } })).rejects.toThrow(
        `websocket: duplicate header not allowed: ${name}`,
      );
    }
    const both = { headers: { "Sec-WebSocket-Protocol": "x" }, subprotocols: ["y"] };
    await expect(ws.dial("ws://127.0.0.1:1/", both)).rejects.toThrow("duplicate header");
  });

  test("sends header fields, Host too", async () => {
    let seen = "";
    const url = await answering((socket, head) => {
      seen = head;
      socket.write(agreeing(head, "Sec-WebSocket-Protocol: mine\r\n"));
    });
    const conn = await ws.dial(`${url}a%20b?c=d#fragment`, {
      headers: { Host: "other.example", "X-Two": ["1", "2"], "Sec-WebSocket-Protocol": "mine" },
    });
    expect(conn.subprotocol).toBe("mine");
    expect(seen).toMatch(/^GET \/a%20b\?c=d HTTP\/1\.1\r\n/);
    expect(seen).toMatch(/\r\nHost: other\.example\r\n/i);
    expect(seen).toMatch(/\r\nX-Two: 1\r\nX-Two: 2\r\n/);
    expect(seen).toMatch(/\r\nSec-WebSocket-Version: 13\r\n/);
    conn.closeNow();
  });

  test.each(["http://x/", "ftp://x/", "ws://user@x/", "ws://user:pass@x/", "x:80", "", "ws://"])(
    "refuses the URL %j",
    async (url) => {
      const err = await ws.dial(url).catch((e: unknown) => e);
      expect(err).toBeInstanceOf(OpError);
      expect((err as Error).message).toContain("malformed ws or wss URL");
    },
  );

  test("says in Go's words why it could not connect", async () => {
    const listener = await ws.listen("127.0.0.1:0");
    const url = listener.addr.toString();
    listener.close();
    await expect(ws.dial(url)).rejects.toMatchObject({
      message: `dial ws ${url}: connect: connection refused`,
      code: "ECONNREFUSED",
    });
    await expect(ws.dial("ws://nosuch.invalid/")).rejects.toThrow("lookup nosuch.invalid");
  });

  test("gives up after timeoutMs, and when aborted, and lets the socket go", async () => {
    const gone: Promise<unknown>[] = [];
    const url = await answering((socket) => void gone.push(once(socket.resume(), "close")));
    await expect(ws.dial(url, { timeoutMs: 20 })).rejects.toMatchObject({
      timeout: true,
      message: `dial ws ${url}: i/o timeout`,
    });
    const reason = new Error("enough");
    const abort = new AbortController();
    const dialling = ws.dial(url, { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 20);
    await expect(dialling).rejects.toBe(reason);
    await expect(ws.dial(url, { signal: abort.signal })).rejects.toBe(reason);
    await expect(ws.dial(url, { timeoutMs: 0 })).rejects.toMatchObject({ timeout: true });
    await Promise.all(gone);
  });

  test("a signal that aborts later changes nothing", async () => {
    const listener = await listen();
    const abort = new AbortController();
    const conn = await ws.dial(listener.addr.toString(), { signal: abort.signal });
    abort.abort();
    const server = await listener.accept();
    await conn.writeMessage(ws.TextMessage, "x");
    expect((await server.readMessage()).text()).toBe("x");
    conn.closeNow();
  });

  test("a server that goes in the middle of its answer", async () => {
    const url = await answering("HTTP/1.1 101 Switching Pro");
    await expect(ws.dial(url)).rejects.toBeInstanceOf(OpError);
    const silent = await answering((socket) => void socket.destroy());
    await expect(ws.dial(silent)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

test("closing a listener ends handshakes that are not over, and spares conns", async () => {
  const listener = await listen();
  const socket = connect(listener.addr.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\n");
  const [client, server] = await Promise.all([ws.dial(listener.addr.toString()), listener.accept()]);
  listener.close();
  await once(socket.resume(), "close");
  await client.writeMessage(ws.TextMessage, "x");
  expect((await server.readMessage()).text()).toBe("x");
  client.close();
  await Promise.all([client.closed, server.closed]);
});

test("a peer may vanish right behind its request", async () => {
  const listener = await listen();
  for (const leave of [(s: Socket) => s.resetAndDestroy(), (s: Socket) => s.destroy(), (s: Socket) => s.end()]) {
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(upgradeRequest());
    const conn = await listener.accept();
    leave(socket.resume());
    await conn.readMessage().catch(() => {});
    await conn.closed;
  }
});
