import { createServer } from "node:http";
import { type AddressInfo, createServer as createTCPServer, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { AddrError, isTimeout } from "../../../src/net/index.js";
import * as browser from "../../../src/ws/browser/index.js";
import * as ws from "../../../src/ws/index.js";
import { asInBrowser } from "./fakes.js";

asInBrowser();

/** Runs a server that `answers` a connection in its own way; returns its URL. */
async function serverThat(answers: "refuses" | "says nothing"): Promise<string> {
  const sockets = new Set<Socket>();
  const server =
    answers === "refuses"
      ? createServer((_, response) => response.writeHead(403).end("no"))
      : createTCPServer((socket) => socket.on("error", () => {}));
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat?a=b`;
}

describe.each([
  ["a plain WebSocket", false],
  ["a WebSocketStream", true],
])("dial with %s", (_, webSocketStream) => {
  test("agrees on a subprotocol, and knows both ends", async () => {
    const listener = await ws.listen("127.0.0.1:0", { subprotocols: ["b", "a"] });
    const url = listener.addr.toString();
    const dialer = new browser.Dialer({ subprotocols: ["a", "b"], webSocketStream });
    const [{ conn, response }, server] = await Promise.all([dialer.dial(`${url}#part`), listener.accept()]);
    expect(conn.subprotocol).toBe("a");
    expect(response).toMatchObject({ status: 101, headers: { "sec-websocket-protocol": "a" } });
    expect(String(conn.remoteAddr)).toBe(`${url}#part`);
    expect(conn.localAddr.transport).toBe("ws");
    conn.close();
    await Promise.all([conn.closed, server.closed]);
    listener.close();
  });

  test("reads what the server sends at once", async () => {
    const listener = await ws.listen("127.0.0.1:0");
    const serving = listener.accept().then(async (server) => {
      await server.writeMessage(ws.TextMessage, "first");
      server.close();
    });
    const conn = await browser.dial(listener.addr.toString(), { webSocketStream });
    expect((await conn.readMessage()).text()).toBe("first");
    await Promise.all([serving, conn.closed]);
    listener.close();
  });

  test("fails without a reason when the server refuses, or is not there", async () => {
    for (const url of [await serverThat("refuses"), "ws://127.0.0.1:1/"]) {
      const err = await browser.dial(url, { webSocketStream }).catch((e: unknown) => e);
      expect(err).toMatchObject({ name: "OpError", op: "dial", net: "ws", code: "ERR_WS_DIAL", timeout: false });
      const why = "connect: no connection, or a bad handshake; a browser does not say which";
      expect((err as Error).message).toBe(`dial ws ${url}: ${why}`);
    }
  });

  test("ends at its time limit", async () => {
    const url = await serverThat("says nothing");
    for (const options of [{ timeoutMs: 20 }, { handshakeTimeoutMs: 20 }, { timeoutMs: 0 }]) {
      const err = await browser.dial(url, { ...options, webSocketStream }).catch((e: unknown) => e);
      expect(isTimeout(err)).toBe(true);
      expect((err as Error).message).toBe(`dial ws ${url}: i/o timeout`);
    }
  });

  test("ends when it is aborted, with the signal's reason", async () => {
    const url = await serverThat("says nothing");
    const abort = new AbortController();
    const reason = new Error("enough");
    const dialling = browser.dial(url, { signal: abort.signal, webSocketStream });
    abort.abort(reason);
    await expect(dialling).rejects.toBe(reason);
    await expect(browser.dial(url, { signal: abort.signal, webSocketStream })).rejects.toBe(reason);
  });
});

describe("dial", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("refuses a URL that is none, in Node's words", async () => {
    for (const url of ["", "http://127.0.0.1/", "ws://user@127.0.0.1/", "/chat"]) {
      const err = await browser.dial(url).catch((e: unknown) => e);
      expect(err).toMatchObject({ name: "OpError", cause: expect.any(AddrError) as unknown });
      expect((err as Error).message).toContain("malformed ws or wss URL");
    }
  });

  test("refuses what a browser cannot do, by name", async () => {
    const url = "ws://127.0.0.1:1/";
    for (const [option, value] of [
      ["proxy", "http://127.0.0.1"],
      ["tls", {}],
      ["ca", "x"],
      ["jar", {}],
      ["netDial", () => {}],
      ["heartbeat", true],
      ["maxFragments", 1],
      ["enableCompression", { level: 1 }],
    ] as const) {
      const options = { [option]: value } as browser.DialOptions;
      await expect(browser.dial(url, options)).rejects.toMatchObject({ feature: `option ${option}` });
      expect(() => new browser.Dialer(options)).toThrow(browser.NotSupportedError);
    }
    const options = { headers: { Cookie: "a=b" } } as browser.DialOptions;
    await expect(browser.dial(url, options)).rejects.toMatchObject({ feature: "header fields" });
    await expect(new browser.Dialer().dial(url, new Map([["A", "b"]]))).rejects.toMatchObject({
      feature: "header fields",
    });
    await expect(browser.dial("ws+unix:///run/app.sock:/path")).rejects.toMatchObject({ feature: "a Unix socket" });
  });

  test("takes options that ask for nothing, and refuses numbers that make no sense", async () => {
    const options = { heartbeat: false, proxy: null, headers: undefined, enableCompression: false };
    expect(new browser.Dialer(options as browser.DialerOptions)).toBeInstanceOf(browser.Dialer);
    expect(() => new browser.Dialer({ maxMessageBytes: Number.NaN })).toThrow(RangeError);
    expect(() => new browser.Dialer({ closeTimeoutMs: -1 })).toThrow(RangeError);
  });

  test("says what the browser refuses to try", async () => {
    vi.stubGlobal("WebSocket", function refuse(_: string, protocols: string[]) {
      throw protocols.length > 0
        ? new DOMException("bad subprotocol", "SyntaxError")
        : new DOMException("insecure", "SecurityError");
    });
    await expect(browser.dial("ws://127.0.0.1:1/", { subprotocols: ["a b"] })).rejects.toBeInstanceOf(SyntaxError);
    await expect(browser.dial("ws://127.0.0.1:1/")).rejects.toThrow("dial ws ws://127.0.0.1:1/: insecure");
    vi.stubGlobal("WebSocket", undefined);
    await expect(browser.dial("ws://127.0.0.1:1/")).rejects.toMatchObject({ feature: "WebSocket" });
  });
});
