import { createServer as createHTTPServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Dialer, defaultDialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import { bytes, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { deafListener } from "../support/deaf.js";
import { agreeAndSend, agreeing, answering, echoServer, hearsBoth, roundTrip } from "./dial-peers.js";

const opened = closing();

/** Dials a server that agrees; resolves to the request. */
async function requestOf(header: Parameters<Dialer["dial"]>[1], options?: ConstructorParameters<typeof Dialer>[0]) {
  const server = opened(await answering((request, socket) => void socket.write(agreeing(request))));
  const { conn } = await new Dialer(options).dial(server.url, header);
  conn.closeNow();
  return server.requests[0] ?? "";
}

describe("a Dialer", () => {
  test("dials, with a subprotocol, and gives the server's answer", async () => {
    const fields = ["Sec-WebSocket-Protocol: p1", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Two: 1", "X-Two: 2"];
    const server = opened(await answering((request, socket) => void socket.write(agreeing(request, ...fields))));
    const { conn, response } = await new Dialer({ subprotocols: ["p1", "p2"] }).dial(server.url);
    expect(conn.subprotocol).toBe("p1");
    expect(server.requests[0]).toContain("\r\nSec-WebSocket-Protocol: p1, p2\r\n");
    expect(response).toMatchObject({ status: 101, statusText: "Switching Protocols", body: new Uint8Array(0) });
    expect(response.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-two": "1, 2" });
    expect(new Headers([...response.rawHeaders]).getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.rawHeaders).toContainEqual(["Upgrade", "websocket"]);
    conn.closeNow();
  });

  test("may dial many times at once", async () => {
    const server = opened(await echoServer());
    const dialer = new Dialer();
    const url = server.addr.toString();
    const all = await Promise.all(Array.from({ length: 20 }, () => dialer.dial(url)));
    await Promise.all(
      all.map(async ({ conn }, i) => {
        await conn.writeMessage(ws.TextMessage, `${i}`);
        expect((await conn.readMessage()).text()).toBe(`${i}`);
        conn.closeNow();
      }),
    );
  });

  test("keeps frames that come together with the 101", async () => {
    const server = opened(await answering(agreeAndSend));
    await hearsBoth((await new Dialer().dial(server.url)).conn);
  });

  test("takes the addresses of a conn from its socket and its URL", async () => {
    const server = opened(await echoServer());
    const { conn } = await new Dialer().dial(server.addr.toString());
    expect(String(conn.remoteAddr)).toBe(server.addr.toString());
    expect(conn.localAddr).toMatchObject({ transport: "ws", hostname: "127.0.0.1" });
    expect(conn.localAddr.port).toBeGreaterThan(0);
    expect(String(conn.netConn.remoteAddr)).toBe(`127.0.0.1:${server.addr.port}`);
    conn.closeNow();
  });

  test("checks its options when it is made", () => {
    expect(() => new Dialer({ maxMessageBytes: Number.NaN })).toThrow(RangeError);
    expect(() => new Dialer({ handshakeTimeoutMs: Number.NaN })).toThrow(RangeError);
    expect(() => new Dialer({ enableCompression: { level: 10 } })).toThrow("websocket: invalid compression level");
  });

  test("the default one dials this machine whatever the environment says", async () => {
    const server = opened(await echoServer());
    const { conn } = await defaultDialer.dial(server.addr.toString());
    conn.closeNow();
  });

  test("gives its limits to the conn", async () => {
    const server = opened(await echoServer());
    const { conn } = await new Dialer({ maxMessageBytes: 10 }).dial(server.addr.toString());
    await conn.writeMessage(ws.BinaryMessage, new Uint8Array(11));
    await expect(conn.readMessage()).rejects.toBeInstanceOf(ws.ReadLimitError);
    conn.closeNow();
  });
});

describe("the header", () => {
  test.each<[string, Parameters<Dialer["dial"]>[1], string]>([
    ["an object", { "X-Two": ["1", "2"], "X-One": "3" }, "X-Two: 1\r\nX-Two: 2\r\nX-One: 3\r\n"],
    ["one whose names differ in case", { "X-Two": "1", "x-two": "2" }, "X-Two: 1\r\nX-Two: 2\r\n"],
    ["pairs", [["X-Two", "1"] as const, ["X-Two", "2"] as const], "X-Two: 1\r\nX-Two: 2\r\n"],
    ["a Map", new Map([["X-One", "3"]]), "X-One: 3\r\n"],
    [
      "a Headers",
      new Headers([
        ["X-Two", "1"],
        ["X-Two", "2"],
      ]),
      "x-two: 1, 2\r\n",
    ],
    ["nothing", undefined, "Sec-WebSocket-Version: 13\r\n"],
    ["a cookie in two lines", { Cookie: ["a=1", "b=2"] }, "Cookie: a=1; b=2\r\n"],
    ["a Host", { hOST: "other.example:81" }, "Host: other.example:81\r\n"],
    ["subprotocols by hand", { "sec-websocket-protocol": "x, y" }, "sec-websocket-protocol: x, y\r\n"],
  ])("may be %s", async (_, header, want) => {
    const request = await requestOf(header);
    expect(request).toContain(`\r\n${want}`);
    const names = request.toLowerCase().match(/^(?:host|cookie|connection|upgrade):/gm) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });

  test("has RFC 6455's fields in RFC 6455's spelling, and no others", async () => {
    const names = [...(await requestOf({})).matchAll(/^([\w-]+): /gm)].map(([, name]) => name);
    expect(names).toEqual(["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]);
  });

  test.each(["Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions"])(
    "must not have %s",
    async (name) => {
      const dialling = new Dialer().dial("ws://127.0.0.1:1/", { [name]: "bad" });
      await expect(dialling).rejects.toThrow(new TypeError(`websocket: duplicate header not allowed: ${name}`));
    },
  );

  test("must not have subprotocols where the option has some", async () => {
    const dialling = new Dialer({ subprotocols: ["a"] }).dial("ws://127.0.0.1:1/", { "Sec-Websocket-Protocol": "b" });
    await expect(dialling).rejects.toThrow("duplicate header not allowed: Sec-Websocket-Protocol");
  });

  test("must be one that can be sent: nothing is split off", async () => {
    for (const header of [{ "X-A": "1\r\nX-B: 2" }, { "X-A\r\nX-B": "1" }, { "": "1" }, { "X-A": "€" }]) {
      await expect(new Dialer().dial("ws://127.0.0.1:1/", header)).rejects.toBeInstanceOf(TypeError);
    }
    const dialer = new Dialer({ subprotocols: ["a\r\nX-B: 2"] });
    await expect(dialer.dial("ws://127.0.0.1:1/")).rejects.toBeInstanceOf(TypeError);
  });

  test("may have names that mean something to JavaScript", async () => {
    const request = await requestOf([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    expect(request).toContain("\r\n__proto__: x\r\nconstructor: y\r\n");
  });
});

describe("a URL", () => {
  test.each([
    "http://127.0.0.1/",
    "https://x/",
    "ftp://x/",
    "ws://user@x/",
    "wss://user:secret@x/",
    "x:80",
    "",
    "ws://",
  ])("%j is malformed", async (url) => {
    await expect(new Dialer().dial(url)).rejects.toThrow("malformed ws or wss URL");
  });

  test("has a path, a query, and a fragment that stays here", async () => {
    const server = opened(await answering((request, socket) => void socket.write(agreeing(request))));
    for (const [path, want] of [
      ["", "/"],
      ["?a=b", "/?a=b"],
      ["a b/%2F?c=d#e", "/a%20b/%2F?c=d"],
    ]) {
      const { conn } = await new Dialer().dial(new URL(server.url + path));
      expect(server.requests.at(-1)).toMatch(new RegExp(`^GET ${want?.replace("?", "\\?")} HTTP/1\\.1\r\n`));
      conn.closeNow();
    }
  });
});

describe("the time limit", () => {
  test("that is negative is over at once", async () => {
    const server = opened(await echoServer());
    const url = server.addr.toString();
    await expect(new Dialer({ handshakeTimeoutMs: -1 }).dial(url)).rejects.toMatchObject({
      name: "OpError",
      message: `dial ws ${url}: i/o timeout`,
      timeout: true,
    });
  });

  test.each([0, Number.POSITIVE_INFINITY])("of %d is none", async (handshakeTimeoutMs) => {
    const server = opened(await echoServer());
    await roundTrip(server.addr.toString(), { handshakeTimeoutMs });
  });

  test("does not bind the conn", async () => {
    const server = opened(await echoServer());
    const { conn } = await new Dialer({ handshakeTimeoutMs: 200 }).dial(server.addr.toString());
    const read = conn.readMessage();
    await new Promise((resolve) => setTimeout(resolve, 250));
    await conn.writeMessage(ws.TextMessage, "late");
    expect((await read).text()).toBe("late");
    conn.closeNow();
  });

  test("and the signal cover connecting", async () => {
    const deaf = opened(await deafListener());
    const url = `ws://${deaf.address}/`;
    await expect(new Dialer({ handshakeTimeoutMs: 30 }).dial(url)).rejects.toMatchObject({ timeout: true });
    const dialling = new Dialer().dial(url, {}, { signal: AbortSignal.timeout(30) });
    await expect(dialling).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("and the signal cover the answer, however slowly it comes", async () => {
    const drip = (_: string, socket: Socket) => {
      const timer = setInterval(() => socket.write("X-Drip: drop\r\n"), 5);
      socket.write("HTTP/1.1 101 Switching Protocols\r\n");
      socket.once("close", () => clearInterval(timer));
    };
    const server = opened(await answering(drip));
    await expect(new Dialer({ handshakeTimeoutMs: 40 }).dial(server.url)).rejects.toMatchObject({ timeout: true });
    const abort = new AbortController();
    const dialling = new Dialer().dial(server.url, {}, { signal: abort.signal });
    setTimeout(() => abort.abort("enough"), 20);
    await expect(dialling).rejects.toBe("enough");
    await server.gone();
  });

  test("cuts a body that refuses: what came of it is told", async () => {
    const answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000\r\n\r\nfirst";
    const server = opened(await answering((_, socket) => void socket.write(answer)));
    const err = await reasonOf(new Dialer({ handshakeTimeoutMs: 60 }).dial(server.url));
    expect(err).toMatchObject({ name: "BadHandshakeError", status: 503, body: bytes("first") });
    const dialling = new Dialer().dial(server.url, {}, { signal: AbortSignal.timeout(30) });
    await expect(dialling).rejects.toMatchObject({ name: "TimeoutError" });
    await server.gone();
  });

  test("a signal that is aborted already is the first thing to be seen", async () => {
    const dialling = new Dialer().dial("nonsense", { Upgrade: "x" }, { signal: AbortSignal.abort("no") });
    await expect(dialling).rejects.toBe("no");
  });
});

describe("a server that refuses", () => {
  test("an origin: 403, with its answer", async () => {
    const server = opened(await echoServer());
    const err = await reasonOf(new Dialer().dial(server.addr.toString(), { Origin: "http://bad.example" }));
    expect(err).toBeInstanceOf(ws.BadHandshakeError);
    expect(err).toMatchObject({ status: 403, statusText: "Forbidden", body: bytes("Forbidden\n") });
    expect((err as ws.BadHandshakeError).rawHeaders).toContainEqual(["Sec-WebSocket-Version", "13"]);
  });

  test.each([10, 1023, 1024, 1025, 100_000])("with a body of %d bytes: the first 1024 are told", async (n) => {
    const server = createHTTPServer((_, response) => void response.writeHead(410).end("x".repeat(n))).listen(0);
    opened(server);
    const { port } = server.address() as AddressInfo;
    const err = await reasonOf(new Dialer().dial(`ws://127.0.0.1:${port}/`));
    expect(err).toMatchObject({ status: 410, statusText: "Gone" });
    expect((err as ws.BadHandshakeError).body).toEqual(bytes("x".repeat(Math.min(n, 1024))));
  });

  test("with a body that never ends: 1024 bytes of it are enough", async () => {
    const answer = `HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(2000)}`;
    const server = opened(await answering((_, socket) => void socket.write(answer)));
    const err = await reasonOf(new Dialer().dial(server.url));
    expect(err).toMatchObject({ status: 503, body: bytes("x".repeat(1024)) });
    await server.gone();
  });

  test("and redirects: it is not followed", async () => {
    const elsewhere = opened(await answering((request, socket) => void socket.write(agreeing(request))));
    const head = `HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n\r\n`;
    const server = opened(await answering(head));
    await expect(new Dialer().dial(server.url)).rejects.toMatchObject({
      name: "BadHandshakeError",
      message: "websocket: bad handshake: status 302",
      status: 302,
      headers: { location: elsewhere.url },
    });
    expect(elsewhere.requests).toEqual([]);
  });
});
