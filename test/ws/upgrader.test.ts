import { once } from "node:events";
import { IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHTTP2, createServer as createHTTP2Server } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { isTimeout } from "../../src/net/index.js";
import { acceptKey, isChallengeKey, isSameOrigin } from "../../src/ws/handshake.js";
import { HandshakeError } from "../../src/ws/handshake-error.js";
import { equalFold, hasToken, isWebSocketUpgrade, subprotocols } from "../../src/ws/upgrade-request.js";
import { Upgrader } from "../../src/ws/upgrader.js";
import { closing } from "../support/closing.js";
import { frame, join } from "./frames.js";
import { readHead, upgradeRequest } from "./raw-peer.js";
import { ask, askOnce, upgrading } from "./upgrading.js";

const open = closing();
const latin1 = new TextEncoder();

/** Does a handshake by hand with a server that agrees; resolves to its answer. */
async function shake(port: number, request = upgradeRequest()): Promise<{ head: string; socket: Socket }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  open({ close: () => socket.destroy() });
  socket.on("error", () => {});
  socket.write(request);
  const { head } = await readHead(socket);
  return { head, socket };
}

const notWebSocket = "websocket: the client is not using the websocket protocol: ";
const badConnection = `${notWebSocket}'upgrade' token not found in 'Connection' header`;
const badUpgrade = `${notWebSocket}'websocket' token not found in 'Upgrade' header`;
const badMethod = `${notWebSocket}request method is not GET`;
const badVersion = "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header";
const badOrigin = "websocket: request origin not allowed by Upgrader.CheckOrigin";
const badKey =
  "websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length";
const badExtensions = "websocket: application specific 'Sec-WebSocket-Extensions' headers are unsupported";

type Fields = Record<string, string | null>;
const noUpgrade: Fields = { Connection: null, Upgrade: null };
const evil: Fields = { Origin: "http://evil.example" };
const badKeyField: Fields = { "Sec-WebSocket-Key": "abc" };
const oldVersion: Fields = { "Sec-WebSocket-Version": "8" };

test("acceptKey is that of RFC 6455 1.3", () => {
  expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test.each([
  ["dGhlIHNhbXBsZSBub25jZQ==", true],
  ["", false],
  ["abc", false],
  ["YWJj", false],
  ["dGhlIHNhbXBsZSBub25jZQ", false],
  ["dGhlIHNhbXBsZSBub25jZQ=", false],
  ["dGhlIHNhbXBsZSBub25jZSE=", false],
  ["dGhlIHNhbXBsZSBub25j", false],
  ["dGhl HNhbXBsZSBub25jZQ==", false],
  ["dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", false],
  [undefined, false],
])("isChallengeKey takes the Base64 of 16 bytes alone: %j", (key, ok) => {
  expect(isChallengeKey(key)).toBe(ok);
});

test.each([
  ["WebSocket", true],
  ["WEBSOCKET", true],
  ["websocket", true],
  ["websockets", false],
  ["x websocket", false],
  ["websocket x", false],
  ["other,websocket,more", true],
  ["other, websocket, more", true],
  ["other;websocket", false],
  ["", false],
  [undefined, false],
])("hasToken finds a whole token: %j", (header, found) => {
  expect(hasToken(header, "websocket")).toBe(found);
});

test.each([
  ["WebSocket", "websocket", true],
  ["websocket", "WebSocket", true],
  ["Öyster", "öyster", false],
  ["WebSocket", "WetSocket", false],
  ["\u212a", "k", false],
  ["", "", true],
])("equalFold ignores the case of ASCII letters alone: %j %j", (a, b, equal) => {
  expect(equalFold(a, b)).toBe(equal);
});

test.each([
  [{ upgrade: "websocket" }, false],
  [{ connection: "upgrade" }, false],
  [{ connection: "upgRade", upgrade: "WebSocket" }, true],
  [{ Connection: "keep-alive, Upgrade", Upgrade: "foo, websocket" }, true],
  [{ connection: "keep-alive", upgrade: "websocket" }, false],
])("isWebSocketUpgrade wants both tokens: %o", (headers, yes) => {
  expect(isWebSocketUpgrade({ headers })).toBe(yes);
  expect(isWebSocketUpgrade({ headers: new Headers(headers as Record<string, string>) })).toBe(yes);
});

test.each([
  ["", []],
  ["foo", ["foo"]],
  ["foo,bar", ["foo", "bar"]],
  ["foo, bar", ["foo", "bar"]],
  [" foo, bar", ["foo", "bar"]],
  [" foo, bar ", ["foo", "bar"]],
])("subprotocols splits and trims: %j", (header, list) => {
  const headers = { "sec-websocket-protocol": header };
  expect(subprotocols({ headers })).toEqual(list);
  expect(subprotocols({ headers: new Headers(headers) })).toEqual(list);
});

test("subprotocols takes all lines, and a request without any", () => {
  expect(subprotocols({ headers: { "Sec-WebSocket-Protocol": ["foo, bar", "baz"] } })).toEqual(["foo", "bar", "baz"]);
  expect(subprotocols({ headers: {} })).toEqual([]);
  expect(subprotocols(new Request("http://example.com/"))).toEqual([]);
});

test.each([
  [undefined, "example.org", true],
  ["https://other.org", "example.org", false],
  ["https://example.org", "example.org", true],
  ["https://example.org", "Example.org", true],
  ["http://EXAMPLE.org", "example.org", true],
  ["https://example.org:8080", "example.org:8080", true],
  ["https://example.org", "example.org:8080", false],
  ["https://user@example.org/path", "example.org", true],
  ["https://example.org.evil.com", "example.org", false],
  ["https://evil.com/example.org", "example.org", false],
  ["https://evil.com?example.org", "example.org", false],
  ["https://example.org@evil.com", "example.org", false],
  ["null", "null", false],
  ["garbage", "garbage", false],
  ["", "", false],
])("the same origin: %j at %j", (origin, host, same) => {
  expect(isSameOrigin({ headers: { host, ...(origin !== undefined && { origin }) } })).toBe(same);
});

describe("refusals, with gorilla's statuses and texts, each before the faults that come later", () => {
  const cases: [string, Fields, string, number, string][] = [
    ["a plain request", noUpgrade, "GET / HTTP/1.1", 400, badConnection],
    ["a plain POST", noUpgrade, "POST / HTTP/1.1", 400, badConnection],
    ["no token in Connection", { Connection: "keep-alive", ...evil }, "POST / HTTP/1.1", 400, badConnection],
    ["no Upgrade", { Upgrade: null, ...oldVersion }, "POST / HTTP/1.1", 426, badUpgrade],
    ["another protocol", { Upgrade: "h2c", ...evil }, "POST / HTTP/1.1", 426, badUpgrade],
    ["another method", { ...oldVersion, ...evil }, "POST / HTTP/1.1", 405, badMethod],
    ["HTTP/1.0", oldVersion, "GET / HTTP/1.0", 426, `${notWebSocket}request is HTTP/1.0`],
    ["another version", { ...oldVersion, ...evil, ...badKeyField }, "GET / HTTP/1.1", 400, badVersion],
    ["no version", { "Sec-WebSocket-Version": null }, "GET / HTTP/1.1", 400, badVersion],
    ["another origin", { ...evil, ...badKeyField }, "GET / HTTP/1.1", 403, badOrigin],
    ["another port", { Origin: "http://example.com:81" }, "GET / HTTP/1.1", 403, badOrigin],
    ["an origin that is null", { Origin: "null" }, "GET / HTTP/1.1", 403, badOrigin],
    ["a bad key", badKeyField, "GET / HTTP/1.1", 400, badKey],
    ["no key", { "Sec-WebSocket-Key": null }, "GET / HTTP/1.1", 400, badKey],
  ];
  const texts: Record<number, string> = { 400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed" };
  test.each(cases)("%s", async (_, fields, line, status, reason) => {
    const { port, next } = open(await upgrading());
    const answer = await askOnce(port, upgradeRequest(fields, line));
    const { error } = await next();
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ status, reason, message: reason, code: "ERR_WS_HANDSHAKE" });
    const text = texts[status] ?? "Upgrade Required";
    expect(/\r\nAllow: (.*)\r\n/.exec(answer)?.[1]).toBe(status === 405 ? "GET" : undefined);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} ${text}\r\n`));
    expect(answer).toContain("\r\nSec-WebSocket-Version: 13\r\n");
    expect(answer).toContain("\r\nContent-Type: text/plain; charset=utf-8\r\n");
    expect(answer).toContain("\r\nX-Content-Type-Options: nosniff\r\n");
    expect(answer.endsWith(`\r\n\r\n${text}\n`)).toBe(true);
    expect(/\r\nUpgrade: (.*)\r\n/.exec(answer)?.[1]).toBe(status === 426 ? "websocket" : undefined);
  });
});

test("a client that asks for extensions of its own in the answer gets them in no case", async () => {
  const { port, next } = open(await upgrading({}, { "Sec-Websocket-Extensions": "foo" }));
  const answer = await ask(port, upgradeRequest({ ...evil, ...badKeyField }));
  expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
  expect((await next()).error).toMatchObject({ status: 500, reason: badExtensions });
});

describe("the origin", () => {
  test.each([
    ["http://friend.example", true],
    ["http://foe.example", false],
  ])("%s is for checkOrigin to judge, which may take its time", async (origin, ok) => {
    const checkOrigin = async (request: { headers: { origin?: string | undefined } }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return request.headers.origin === "http://friend.example";
    };
    const { port, next } = open(await upgrading({ checkOrigin }));
    const { head } = await shake(port, upgradeRequest({ Origin: origin }));
    expect(head).toMatch(ok ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 403 /);
    expect((await next()).error === undefined).toBe(ok);
  });

  test("what checkOrigin throws reaches the caller, and an 'upgrade' listener's client gets a 500", async () => {
    const oops = new Error("no database");
    const checkOrigin = () => {
      throw oops;
    };
    const { port, next } = open(await upgrading({ checkOrigin }, undefined, "upgrade"));
    expect(await ask(port, upgradeRequest())).toMatch(/^HTTP\/1\.1 500 /);
    expect((await next()).error).toBe(oops);
  });
});

describe("the subprotocol", () => {
  test.each([
    ["foo, bar", "foo"],
    ["bar, foo", "bar"],
    ["baz", "baz"],
    ["quux, baz", "baz"],
    ["quux", ""],
    ["", ""],
  ])("of %j is the first of the client's that the server speaks: %j", async (offered, chosen) => {
    const { port, next } = open(
      await upgrading({ subprotocols: ["foo", "bar", "baz"] }, { "Sec-WebSocket-Protocol": "quux" }),
    );
    const { head } = await shake(port, upgradeRequest({ "Sec-WebSocket-Protocol": offered }));
    expect(head.match(/\r\nSec-WebSocket-Protocol: .*/gi) ?? []).toEqual(
      chosen === "" ? [] : [`\r\nSec-WebSocket-Protocol: ${chosen}`],
    );
    expect((await next()).conn?.subprotocol).toBe(chosen);
  });

  test("is that of the response header where the server has no list, and goes out once", async () => {
    for (const header of [
      { "Sec-Websocket-Protocol": "mine" },
      new Headers({ "sec-websocket-protocol": "mine" }),
      [["SEC-WEBSOCKET-PROTOCOL", "mine"]] as const,
    ]) {
      const { port, next } = open(await upgrading({}, header));
      const { head } = await shake(port, upgradeRequest({ "Sec-WebSocket-Protocol": "other" }));
      expect(head.match(/sec-websocket-protocol/gi)).toHaveLength(1);
      expect(head).toContain("\r\nSec-WebSocket-Protocol: mine\r\n");
      expect((await next()).conn?.subprotocol).toBe("mine");
    }
  });

  test("is none where the server has neither, whatever the client offers", async () => {
    const { port, next } = open(await upgrading());
    const { head } = await shake(port, upgradeRequest({ "Sec-WebSocket-Protocol": "foo" }));
    expect(head).not.toMatch(/sec-websocket-protocol/i);
    expect((await next()).conn?.subprotocol).toBe("");
  });
});

describe("the answer", () => {
  test("is that of RFC 6455 and nothing else", async () => {
    for (const way of ["attach", "upgrade"] as const) {
      const { port } = open(await upgrading({}, undefined, way));
      const { head } = await shake(port);
      expect(head.split("\r\n")).toEqual([
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "",
        "",
      ]);
    }
  });

  test.each([
    ["an object as Node has it", { "x-one": 1, "Set-Cookie": ["a=1", "b=2"], "X-None": undefined }],
    ["an object", { "X-One": "1", "Set-Cookie": ["a=1", "b=2"] }],
    [
      "a Headers",
      new Headers([
        ["x-one", "1"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]),
    ],
    [
      "pairs",
      [
        ["X-One", "1"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ] as const,
    ],
    [
      "a Map",
      new Map([
        ["X-One", "1"],
        ["Set-Cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]),
    ],
  ])("has the fields of %s, each value a line", async (_, header) => {
    const { port } = open(await upgrading({}, header));
    const { head } = await shake(port);
    expect(head).toMatch(/\r\nX-One: 1\r\n/i);
    expect(head).toMatch(/\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n/i);
  });

  test("cannot be split, nor sent in an alphabet that HTTP has not", async () => {
    const evil = "a\r\nX-Evil: 1\n\nb\0c\td\x7fe\u2028f\u{1f600}g\u00e9";
    const { port } = open(
      await upgrading({}, { "X-Text": evil, "Set-Cookie": [evil], "Sec-WebSocket-Protocol": evil }),
    );
    const { head } = await shake(port);
    const text = "a  X-Evil: 1  b c d e f  g\u00e9";
    expect(head).toContain(`\r\nX-Text: ${text}\r\n`);
    expect(head).toContain(`\r\nSet-Cookie: ${text}\r\n`);
    expect(head).toContain(`\r\nSec-WebSocket-Protocol: ${text}\r\n`);
    expect(head.match(/\n/g)).toHaveLength(8);
  });

  test("keeps to itself what the handshake and a body decide", async () => {
    const header = {
      Connection: "close",
      upgrade: "h2c",
      "Sec-WebSocket-Accept": "x",
      "Content-Length": "5",
      "Transfer-Encoding": "chunked",
      "Content-Type": "text/html",
    };
    const { port } = open(await upgrading({}, header));
    const { head } = await shake(port);
    expect(head.split("\r\n")).toHaveLength(6);
  });

  test("is not begun when a field has no proper name", async () => {
    const { port, next } = open(await upgrading({}, { "X Y": "1" }, "upgrade"));
    expect(await ask(port, upgradeRequest())).toMatch(/^HTTP\/1\.1 500 /);
    expect((await next()).error).toBeInstanceOf(TypeError);
  });
});

describe("compression", () => {
  const offer = "permessage-deflate; client_max_window_bits";
  const answerOf = (head: string) => /\r\nSec-WebSocket-Extensions: (.*)\r\n/.exec(head)?.[1];
  const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  test("is off unless asked for, by an option or by a function of the request", async () => {
    for (const [enableCompression, answer] of [
      [undefined, undefined],
      [false, undefined],
      [() => false, undefined],
      [true, plain],
      [{}, plain],
      [(request: { url?: string | undefined }) => request.url === "/", plain],
      [() => ({ contextTakeover: true }), "permessage-deflate"],
    ] as const) {
      const { port } = open(await upgrading({ enableCompression }));
      const { head } = await shake(port, upgradeRequest({ "Sec-WebSocket-Extensions": offer }));
      expect(answerOf(head)).toBe(answer);
    }
  });

  test.each([
    ["foo", undefined],
    ["foo, permessage-deflate", plain],
    ["permessage-deflate; bar=1, permessage-deflate", plain],
    ["permessage-deflate; server_max_window_bits=8", undefined],
    ["permessage-deflate; server_max_window_bits=10", `${plain}; server_max_window_bits=10`],
    ["junk; = ;;", undefined],
    ['permessage-deflate; x="', undefined],
    ["", undefined],
  ])("of the offer %j is %j, and the handshake succeeds", async (offered, answer) => {
    const { port, next } = open(await upgrading({ enableCompression: true }));
    const { head } = await shake(port, upgradeRequest({ "Sec-WebSocket-Extensions": offered }));
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    const fields = (text: string | undefined) => text?.split("; ").toSorted();
    expect(fields(answerOf(head))).toEqual(fields(answer));
    expect((await next()).conn).toBeDefined();
  });

  test("of a level that does not exist is a mistake at once", () => {
    expect(() => new Upgrader({ enableCompression: { level: 10 } })).toThrow("websocket: invalid compression level");
    expect(() => new Upgrader({ enableCompression: { level: -3 } })).toThrow(RangeError);
    expect(() => new Upgrader({ closeTimeoutMs: -1 })).toThrow(RangeError);
    expect(
      () => new Upgrader({ enableCompression: { level: -2 }, readBufferSize: 1, writeBufferSize: 1 }),
    ).not.toThrow();
  });
});

describe("an error function", () => {
  test("answers instead of us", async () => {
    const { port, next } = open(
      await upgrading({
        error: (request, response, status, reason) => {
          response.writeHead(499, { "Content-Length": 2, "X-Why": reason.message, "X-Url": request.url ?? "" });
          response.end(String(status - 400));
        },
      }),
    );
    const answer = await ask(port, upgradeRequest(evil));
    expect(answer).toMatch(/^HTTP\/1\.1 499 /);
    expect(answer).toContain(`\r\nX-Why: ${badOrigin}\r\n`);
    expect((await next()).error).toMatchObject({ status: 403 });
  });

  test("may leave the answer to who catches", async () => {
    const upgrader = new Upgrader({ error: () => {} });
    const { port, server } = open(await upgrading());
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      upgrader.upgrade(request, response).catch((err: HandshakeError) => response.writeHead(err.status).end("mine"));
    });
    expect(await ask(port, upgradeRequest(evil))).toMatch(/^HTTP\/1\.1 403 [^]*mine/);
  });

  test("that does not answer in an 'upgrade' listener leaves the status", async () => {
    const { port, next } = open(await upgrading({ error: () => {} }, undefined, "upgrade"));
    expect(await ask(port, upgradeRequest(evil))).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect((await next()).error).toBeInstanceOf(HandshakeError);
  });
});

describe("a connection that cannot be had", () => {
  test("for want of attach: 500, and the error says what to do", async () => {
    const { port, next } = open(await upgrading({}, undefined, "neither"));
    expect(await askOnce(port, upgradeRequest())).toMatch(/^HTTP\/1\.1 500 /);
    const { error } = await next();
    expect(error).toMatchObject({ name: "HandshakeError", status: 500 });
    expect((error as Error).message).toMatch(
      /^websocket: response does not implement http\.Hijacker: call attach\(server\)/,
    );
  });

  test("because the response has begun, or the request is upgraded already", async () => {
    const upgrader = new Upgrader();
    const errors: unknown[] = [];
    const { port, server } = open(await upgrading());
    server.removeAllListeners("request");
    const handle = async (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === "/begun") response.writeHead(202).write("begun ");
      const upgrade = () => upgrader.upgrade(request, response);
      const results = await Promise.allSettled([upgrade(), upgrade(), upgrade()]);
      for (const result of results) {
        if (result.status === "rejected") errors.push(result.reason);
        else result.value.closeNow();
      }
      response.end("over");
    };
    server.on("request", (request, response) => void handle(request, response));
    expect(await ask(port, upgradeRequest({}, "GET /begun HTTP/1.1"))).toMatch(/begun [^]*over/);
    expect(errors.splice(0)).toHaveLength(3);
    await ask(port, upgradeRequest());
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toMatchObject({ status: 500, name: "HandshakeError" });
  });

  test("because the client has gone: the upgrade ends", async () => {
    for (const way of ["attach", "upgrade"] as const) {
      let gone = () => {};
      const checkOrigin = () =>
        new Promise<boolean>((resolve) => {
          gone = () => resolve(true);
        });
      const { port, next, server } = open(await upgrading({ checkOrigin }, undefined, way));
      const connected = once(server, "connection") as Promise<[Socket]>;
      const socket = connect(port, "127.0.0.1");
      socket.write(upgradeRequest());
      const [theirs] = await connected;
      await once(server, way === "attach" ? "request" : "upgrade");
      const closed = new Promise((resolve) => theirs.once("close", resolve));
      socket.resetAndDestroy();
      await closed;
      gone();
      expect((await next()).error).toMatchObject({ name: "OpError", op: "upgrade", code: "EPIPE" });
    }
  });
});

test("an upgrade that takes too long is cut", async () => {
  const checkOrigin = () => new Promise<boolean>((resolve) => setTimeout(resolve, 60, true));
  const { port, next } = open(await upgrading({ checkOrigin, handshakeTimeoutMs: 20 }));
  await ask(port, upgradeRequest()).catch(() => {});
  const { error } = await next();
  expect(error).toMatchObject({ name: "OpError", op: "upgrade" });
  expect(isTimeout(error)).toBe(true);
});

test("the server's own timeouts do not touch a conn", async () => {
  const { port, next, server } = open(await upgrading());
  server.setTimeout(30);
  const { socket } = await shake(port);
  const { conn } = await next();
  await new Promise((resolve) => setTimeout(resolve, 80));
  socket.write(frame(0x81, "still here"));
  expect((await conn?.readMessage())?.text()).toBe("still here");
});

describe.each(["attach", "upgrade"] as const)("frames that come before the 101 (%s)", (way) => {
  const bytes = join([latin1.encode(upgradeRequest()), frame(0x81, "Hello"), frame(0x82, "again")]);

  test("are kept, wherever the bytes are cut", async () => {
    const { port, next } = open(await upgrading({}, undefined, way));
    for (const back of [0, 1, 9, 10, 11, 12, 17, 22]) {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      socket.on("error", () => {});
      socket.write(bytes.subarray(0, bytes.byteLength - back));
      await (back > 0 && once(socket, "data"));
      socket.write(bytes.subarray(bytes.byteLength - back));
      const { conn } = await next();
      expect((await conn?.readMessage())?.text()).toBe("Hello");
      expect((await conn?.readMessage())?.text()).toBe("again");
      conn?.closeNow();
      socket.destroy();
    }
  });

  test("are kept while the handler takes its time, also the client's end", async () => {
    let go = () => {};
    const checkOrigin = () =>
      new Promise<boolean>((resolve) => {
        go = () => resolve(true);
      });
    const { port, next, server } = open(await upgrading({ checkOrigin }, undefined, way));
    for (const [parts, ended] of [
      [[bytes], true],
      [[bytes.subarray(0, -12), bytes.subarray(-12)], true],
      [[bytes.subarray(0, -12), bytes.subarray(-12)], false],
      [[latin1.encode(upgradeRequest())], true],
    ] as const) {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
      socket.on("error", () => {});
      socket.resume();
      socket.write(parts[0]);
      await once(server, way === "attach" ? "request" : "upgrade");
      for (const part of parts.slice(1)) socket.write(part);
      if (ended) socket.end();
      await new Promise((resolve) => setTimeout(resolve, 10));
      go();
      const { conn } = await next();
      if (parts.length + parts[0].byteLength > 1 + latin1.encode(upgradeRequest()).byteLength) {
        expect((await conn?.readMessage())?.text()).toBe("Hello");
        expect((await conn?.readMessage())?.text()).toBe("again");
      }
      if (ended) await expect(conn?.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
      conn?.closeNow();
      await conn?.closed;
      socket.destroy();
    }
  });
});

describe("any stream", () => {
  const headers = {
    host: "example.com",
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
  };

  /** A stream, and what is written to it. */
  function stream(): { stream: Duplex; written: () => string } {
    const chunks: Uint8Array[] = [];
    const stream = new Duplex({
      read() {},
      write(chunk: Uint8Array, _, done) {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    open({ close: () => stream.destroy() });
    return { stream, written: () => Buffer.concat(chunks).toString("latin1") };
  }

  function requestOn(socket: Duplex, fields: Record<string, string> = {}): IncomingMessage {
    return Object.assign(new IncomingMessage(socket as Socket), {
      method: "GET",
      url: "/",
      httpVersion: "1.1",
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      headers: { ...headers, ...fields },
    });
  }

  test("may carry a conn", async () => {
    const { stream: socket, written } = stream();
    const upgrader = new Upgrader({ subprotocols: ["foo"] });
    const request = requestOn(socket, { "sec-websocket-protocol": "foo" });
    const conn = await upgrader.upgradeSocket(request, socket, frame(0x81, "early"));
    expect(written()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[^]*\r\n\r\n$/);
    socket.push(frame(0x81, "late"));
    expect((await conn.readMessage()).text()).toBe("early");
    expect((await conn.readMessage()).text()).toBe("late");
    await conn.writeMessage(2, "x");
    await new Promise((resolve) => setImmediate(resolve));
    expect(written().endsWith("\x82\x01x")).toBe(true);
    conn.closeNow();
    await conn.closed;
  });

  test("may refuse, and ends then", async () => {
    const { stream: socket, written } = stream();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const request = requestOn(socket, { origin: "http://evil.example" });
    await expect(new Upgrader().upgradeSocket(request, socket, new Uint8Array(0))).rejects.toMatchObject({
      status: 403,
    });
    expect(written()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nForbidden\n$/);
    socket.push(null);
    await closed;
  });

  test("may be gone: the upgrade ends, whatever comes of the request", async () => {
    for (const fields of [{}, { origin: "http://evil.example" }]) {
      const { stream: socket } = stream();
      socket.destroy();
      const upgrading = new Upgrader().upgradeSocket(requestOn(socket, fields), socket, new Uint8Array(0));
      await expect(upgrading).rejects.toMatchObject({ code: "origin" in fields ? "ERR_WS_HANDSHAKE" : "EPIPE" });
    }
  });

  test("that does not take the answer is cut in time", async () => {
    for (const fields of [{}, { origin: "http://evil.example" }]) {
      const socket = new Duplex({ read() {}, write() {} });
      const upgrader = new Upgrader({ handshakeTimeoutMs: 20 });
      const upgrading = upgrader.upgradeSocket(requestOn(socket, fields), socket, new Uint8Array(0));
      await expect(upgrading).rejects.toMatchObject({ timeout: true });
      expect(socket.destroyed).toBe(true);
    }
  });
});

test("a request over HTTP/2 is refused, and told why", async () => {
  const upgrader = new Upgrader();
  const refused = new Promise((resolve) => {
    const server = open(
      createHTTP2Server((request, response) => {
        // A caller of another kind than the types foresee.
        upgrader.upgrade(request as unknown as IncomingMessage, response as unknown as ServerResponse).catch(resolve);
      }),
    );
    server.listen(0, "127.0.0.1", () => {
      const session = connectHTTP2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const stream = session.request({ ":path": "/" });
      stream.on("response", (head) => {
        expect(head[":status"]).toBe(400);
        session.close();
      });
      stream.resume();
    });
  });
  expect(await refused).toMatchObject({
    status: 400,
    message: `${notWebSocket}request is HTTP/2, which has no 'Upgrade'`,
  });
});
