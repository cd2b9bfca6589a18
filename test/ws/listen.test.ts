import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import * as ws from "../../src/ws/index.js";
import type { WSListener } from "../../src/ws/listener.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { frame, join } from "./frames.js";
import { readHead, upgradeRequest } from "./raw-peer.js";
import { deferred } from "./upgrading.js";

const open = closing();

async function listen(options?: ws.ListenOptions): Promise<WSListener> {
  return open(await ws.listen("127.0.0.1:0", options));
}

/** Sends a request by hand; resolves to the whole answer. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(request);
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return answer;
}

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

describe("a port that is taken, or no address at all", () => {
  test("rejects in Go's words", async () => {
    const listener = await listen();
    const address = `127.0.0.1:${listener.addr.port}`;
    await expect(ws.listen(address)).rejects.toThrow(`listen ws ws://${address}/: bind: address already in use`);
    await expect(ws.listen("nonsense")).rejects.toThrow("listen ws: address nonsense: missing port in address");
    await expect(ws.listen("127.0.0.1:0", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    const abort = new AbortController();
    const aborted = await ws.listen("127.0.0.1:0", { signal: abort.signal });
    abort.abort();
    await expect(aborted.accept()).rejects.toMatchObject({ code: "ERR_CLOSED" });
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

describe("the limits of a handshake", () => {
  test("a client that says nothing is cut", async () => {
    const listener = await listen({ handshakeTimeoutMs: 30 });
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket.resume(), "close");
  });

  test("a header that is too large is answered with 431", async () => {
    const listener = await listen({ maxHeaderBytes: 1000 });
    const large = upgradeRequest({ "X-Large": "x".repeat(1000) });
    expect(await ask(listener.addr.port, large)).toMatch(/^HTTP\/1\.1 431 /);
    const byDefault = await listen();
    const conn = await ws.dial(byDefault.addr.toString(), { headers: { "X-Large": "x".repeat(15_000) } });
    conn.closeNow();
    expect(await ask(byDefault.addr.port, upgradeRequest({ "X-Large": "x".repeat(17_000) }))).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  test.each([0, Number.POSITIVE_INFINITY])("there is none on the time with %d", async (handshakeTimeoutMs) => {
    const listener = await listen({ handshakeTimeoutMs });
    (await ws.dial(listener.addr.toString())).closeNow();
  });

  test("options that make no sense reject", async () => {
    await expect(ws.listen("127.0.0.1:0", { closeTimeoutMs: Number.NaN })).rejects.toBeInstanceOf(RangeError);
  });
});

describe("the options of an upgrader", () => {
  test("hold for a listener", async () => {
    const listener = await listen({
      enableCompression: true,
      maxMessageBytes: 3,
      error: (_, response, status) => void response.writeHead(status, { "X-Mine": "yes" }).end(),
    });
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.write(upgradeRequest({ "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const [conn, { head }] = await Promise.all([listener.accept(), readHead(socket)]);
    expect(head).toContain("\r\nSec-WebSocket-Extensions: permessage-deflate;");
    socket.write(frame(0x81, "four"));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1009 });
    conn.closeNow();
    socket.destroy();
    for (const line of ["GET / HTTP/1.1", "GET /other HTTP/1.1"]) {
      const answer = await ask(listener.addr.port, upgradeRequest({ Origin: "http://evil.example" }, line));
      expect(answer).toMatch(/^HTTP\/1\.1 40[34] /);
      expect(answer).toContain("\r\nX-Mine: yes\r\n");
    }
  });

  test("that throw cost the client an answer of 500, and nobody else anything", async () => {
    const oops = () => {
      throw new Error("oops");
    };
    for (const options of [
      { checkOrigin: oops },
      { checkOrigin: () => false, error: oops },
      { enableCompression: oops },
    ]) {
      const listener = await listen(options);
      const answer = await ask(listener.addr.port, upgradeRequest());
      expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    }
  });
});

describe("shutdown", () => {
  const gone = async (conn: ws.Conn) => {
    const err = await conn.readMessage().catch((e: unknown) => e);
    await conn.closed;
    return err;
  };

  test("closes all conns with 1001, those that nobody has accepted too, and gives the port back", async () => {
    const listener = await listen();
    const url = listener.addr.toString();
    const clients = await Promise.all([ws.dial(url), ws.dial(url), ws.dial(url)]);
    const accepted = await listener.accept();
    const ends = clients.map(gone);
    await listener.shutdown({ graceMs: 5000, reason: "see you" });
    await accepted.closed; // at once
    for (const end of await Promise.all(ends)) expect(end).toMatchObject({ closeCode: 1001, text: "see you" });
    await expect(listener.accept()).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await expect(ws.dial(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const again = open(await ws.listen(`127.0.0.1:${listener.addr.port}`));
    again.close();
  });

  test("refuses new handshakes with 503 while it waits, and cuts after graceMs", async () => {
    const listener = await listen({ closeTimeoutMs: 60_000 });
    const url = listener.addr.toString();
    const deaf = connect(listener.addr.port, "127.0.0.1");
    open({ close: () => deaf.destroy() });
    deaf.on("error", () => {});
    deaf.write(upgradeRequest());
    const [conn] = await Promise.all([listener.accept(), readHead(deaf)]);
    const start = performance.now();
    const over = listener.shutdown({ graceMs: 60, code: 1012 });
    await expect(ws.dial(url)).rejects.toMatchObject({
      status: 503,
      headers: { connection: "close", "retry-after": "1" },
    });
    const plain = await ask(listener.addr.port, upgradeRequest());
    expect(plain).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(performance.now() - start).toBeLessThan(55);
    await over;
    expect(performance.now() - start).toBeGreaterThan(55);
    await conn.closed;
    await expect(ws.dial(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("refuses although whoever accepts in a loop has left it", async () => {
    const listener = await listen({ closeTimeoutMs: 60_000 });
    const url = listener.addr.toString();
    const conns: ws.Conn[] = [];
    const loop = (async () => {
      for await (const conn of listener) conns.push(conn);
    })();
    const client = connect(listener.addr.port, "127.0.0.1");
    open({ close: () => client.destroy() });
    client.on("error", () => {});
    client.write(upgradeRequest());
    await readHead(client);
    const over = listener.shutdown({ graceMs: 50 });
    await loop;
    await expect(ws.dial(url)).rejects.toMatchObject({ status: 503 });
    await over;
  });

  test("closes what is upgraded while it begins", async () => {
    const { promise: asked, resolve: ask } = deferred<(ok: boolean) => void>();
    const checkOrigin = () => new Promise<boolean>((decide) => ask(decide));
    const listener = await listen({ checkOrigin });
    const blocker = connect(listener.addr.port, "127.0.0.1");
    open({ close: () => blocker.destroy() });
    blocker.write(upgradeRequest());
    const decide = await asked;
    const over = listener.shutdown({ graceMs: 2000, code: 1012 });
    decide(true);
    const { rest } = await readHead(blocker);
    const [chunk] = rest.byteLength > 0 ? [rest] : ((await once(blocker, "data")) as [Buffer]);
    expect([...(chunk ?? [])].slice(0, 4)).toEqual([0x88, 2, 1012 >> 8, 1012 & 0xff]);
    blocker.destroy();
    await over;
  });

  test("cuts a handshake that takes too long", async () => {
    const listener = await listen({ checkOrigin: () => new Promise<boolean>(() => {}), handshakeTimeoutMs: 0 });
    const socket = connect(listener.addr.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(upgradeRequest());
    await once(socket, "ready");
    await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([once(socket.resume(), "close"), listener.shutdown({ graceMs: 20 })]);
  });

  test("can be called again, and after close, which spares what shutdown ends", async () => {
    const listener = await listen();
    const [client, server] = await Promise.all([ws.dial(listener.addr.toString()), listener.accept()]);
    listener.close();
    await server.writeMessage(ws.TextMessage, "x");
    expect((await client.readMessage()).text()).toBe("x");
    const ends = Promise.all([gone(client), server.closed]);
    await Promise.all([listener.shutdown(), listener.shutdown({ graceMs: 0 })]);
    expect((await ends)[0]).toMatchObject({ closeCode: 1001 });
    listener.close();
  });

  test("cuts at once with graceMs 0, and needs no conns", async () => {
    const listener = await listen({ closeTimeoutMs: 60_000 });
    const client = await ws.dial(listener.addr.toString());
    await listener.shutdown({ graceMs: 0 });
    await gone(client);
    await (await listen()).shutdown();
  });

  test("rejects a code that must not be sent, and goes on as before", async () => {
    const listener = await listen();
    await expect(listener.shutdown({ code: 1005 })).rejects.toBeInstanceOf(RangeError);
    (await ws.dial(listener.addr.toString())).closeNow();
  });

  test("works over TLS", async () => {
    const pem = await selfSigned();
    const listener = await listen(pem);
    const client = await ws.dial(listener.addr.toString(), { ca: pem.cert });
    const end = gone(client);
    await listener.shutdown({ graceMs: 5000 });
    expect(await end).toMatchObject({ closeCode: 1001 });
  });
});
