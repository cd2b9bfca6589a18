import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { OpError } from "../../src/net/index.js";
import * as ws from "../../src/ws/index.js";
import { reasonOf } from "../support/bytes.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { httpProxy } from "../support/proxies.js";
import { agreeing, answering, echoServer } from "./dial-peers.js";

const opened = closing();
let pem: Certificate;
beforeAll(async () => {
  pem = await selfSigned(["localhost", "server.test"]);
});

describe("dial takes what a Dialer takes", () => {
  test("headers of any kind, subprotocols, compression", async () => {
    const server = opened(await answering((request, socket) => void socket.write(agreeing(request))));
    const headers = new Map([["X-One", "1"]]);
    const conn = await ws.dial(server.url, { headers, subprotocols: ["a"], enableCompression: true });
    conn.closeNow();
    expect(server.requests[0]).toMatch(/\r\nX-One: 1\r\n/);
    expect(server.requests[0]).toMatch(/\r\nSec-WebSocket-Protocol: a\r\n/);
    expect(server.requests[0]).toMatch(/\r\nSec-WebSocket-Extensions: permessage-deflate/);
  });

  test("a proxy, and TLS options that stand alone, in tls, or both", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer(pem))];
    const url = `wss://elsewhere.test:${server.addr.port}/`;
    for (const options of [
      { ca: pem.cert, serverName: "server.test" },
      { tls: { ca: pem.cert, serverName: "server.test" } },
      { serverName: "server.test", tls: { ca: pem.cert, serverName: "not.this" } },
      { rejectUnauthorized: false },
    ]) {
      (await ws.dial(url, { ...options, proxy: proxy.url })).closeNow();
    }
    expect(proxy.calls).toHaveLength(4);
  });

  test("a time limit by either name; timeoutMs is first", async () => {
    const server = opened(await answering(() => {}));
    for (const options of [{ timeoutMs: 10 }, { handshakeTimeoutMs: 10 }, { timeoutMs: 10, handshakeTimeoutMs: 1e6 }]) {
      await expect(ws.dial(server.url, options)).rejects.toMatchObject({ timeout: true });
    }
    await server.gone();
  });
});

describe("dial rejects", () => {
  test("in Go's words, when it cannot connect", async () => {
    const server = await echoServer();
    const url = server.addr.toString();
    server.close();
    const err = await reasonOf(ws.dial(url));
    expect(err).toBeInstanceOf(OpError);
    expect(err).toMatchObject({ message: `dial ws ${url}: connect: connection refused`, code: "ECONNREFUSED" });
    await expect(ws.dial("ws://nosuch.invalid/")).rejects.toThrow("lookup nosuch.invalid");
  });

  test("after timeoutMs, 0 included, and when aborted, and lets the socket go", async () => {
    const server = opened(await answering(() => {}));
    const late = { timeout: true, message: `dial ws ${server.url}: i/o timeout` };
    await expect(ws.dial(server.url, { timeoutMs: 20 })).rejects.toMatchObject(late);
    await expect(ws.dial(server.url, { timeoutMs: 0 })).rejects.toMatchObject(late);
    const reason = new Error("enough");
    const abort = new AbortController();
    const dialling = ws.dial(server.url, { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 20);
    await expect(dialling).rejects.toBe(reason);
    await expect(ws.dial(server.url, { signal: abort.signal })).rejects.toBe(reason);
    await server.gone();
  });
});

test("a signal that aborts after dial changes nothing", async () => {
  const server = opened(await echoServer());
  const abort = new AbortController();
  const conn = await ws.dial(server.addr.toString(), { signal: abort.signal });
  abort.abort();
  await conn.writeMessage(ws.TextMessage, "x");
  expect((await conn.readMessage()).text()).toBe("x");
  conn.closeNow();
});

describe("what happens in a dial", () => {
  const release: (() => void)[] = [];
  afterEach(() => {
    for (const each of release.splice(0)) each();
  });

  test("is told by Node's own diagnostics channels", async () => {
    const events: string[] = [];
    for (const name of ["net.client.socket", "http.client.request.start"]) {
      const note = () => void events.push(name);
      subscribe(name, note);
      release.push(() => unsubscribe(name, note));
    }
    const server = opened(await echoServer(pem));
    (await ws.dial(server.addr.toString(), { ca: pem.cert })).closeNow();
    expect(events).toEqual(["net.client.socket", "http.client.request.start"]);
  });
});
