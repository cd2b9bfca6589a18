// A page that our server serves uses our browser build against our server, and the plain browser API too.
/* oxlint-disable unicorn/prefer-add-event-listener -- handlers are what the plain API is known for */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as browser from "../../src/ws/browser/index.js";
import * as nodeWS from "../../src/ws/index.js";
import { bundleForBrowser } from "../support/bundle.js";
import { requireChromium, startChromium } from "../support/chromium.js";
import { type BrowserServer, browserServer } from "./browser-server.js";

/** In the page: our browser build. */
declare const ws: typeof browser;
/** In the page: where a path of our server is. */
declare function at(path: string): string;
/** In the page: what an error says. */
declare function told(err: unknown): { name: string; message: string; code?: string; closeCode?: number };

const helpers = `
  globalThis.at = (path) => location.href.replace(/^http/, "ws").replace(/\\/$/, "") + path;
  globalThis.told = (err) => ({ name: err.name, message: err.message, code: err.code, closeCode: err.closeCode });
  globalThis.raised = [];
  addEventListener("unhandledrejection", (event) => raised.push(String(event.reason)));
  addEventListener("error", (event) => raised.push(event.message));
  addEventListener("securitypolicyviolation", (event) => raised.push(event.violatedDirective));
`;

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const inChromium = executable === undefined ? describe.skip : describe;

async function echo(conn: nodeWS.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

let chromium: Browser;
let server: BrowserServer;
let page: Page;

beforeAll(async () => {
  if (executable === undefined) return;
  const script = await bundleForBrowser("toolkit/ws", "ws");
  server = await browserServer(`${helpers}\n${script}`);
  server.on("/echo", echo, { subprotocols: ["chat", "superchat"] });
  server.on("/deflate", echo, { enableCompression: { thresholdBytes: 0 } });
  server.on("/end", (conn) => conn.readMessage().catch((err: unknown) => err));
  server.on("/close", async (conn, query) => {
    for (let i = 0; i < 100; i++) await conn.writeMessage(nodeWS.TextMessage, String(i));
    conn.close(Number(query.get("code")), query.get("reason") ?? "");
  });
  server.on("/cut", async (conn) => {
    await conn.writeMessage(nodeWS.TextMessage, "first");
    await conn.readMessage();
    conn.closeNow();
  });
  chromium = await startChromium(executable);
  page = await chromium.newPage();
  await page.goto(server.url);
}, 60_000);

afterAll(async () => {
  if (executable === undefined) return;
  const raised = await page.evaluate<string[]>("raised");
  await chromium.close();
  await server.close();
  expect(raised, "what was raised in the page that no call returned").toEqual([]);
});

inChromium.each([
  ["a plain WebSocket", false],
  ["a WebSocketStream", true],
])(`${where}our conn on %s`, (_, webSocketStream) => {
  test("sends and receives text and binary of every size", async () => {
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 1 << 20];
    const got = await page.evaluate(
      async ({ sizes, webSocketStream }) => {
        const conn = await ws.dial(at("/echo"), { webSocketStream });
        const got: [number, boolean][] = [];
        for (const n of sizes) {
          const data = Uint8Array.from({ length: n }, (_, i) => i * 13);
          const [message] = await Promise.all([conn.readMessage(), conn.writeMessage(ws.BinaryMessage, data)]);
          got.push([message.type, message.data.length === n && message.data.every((byte, i) => byte === data[i])]);
          const text = "é\u{1F600}x".repeat(Math.ceil(n / 7));
          const [echoed] = await Promise.all([conn.readMessage(), conn.writeMessage(ws.TextMessage, text)]);
          got.push([echoed.type, echoed.text() === text]);
        }
        conn.close();
        await conn.closed;
        return got;
      },
      { sizes, webSocketStream },
    );
    expect(got).toEqual(
      sizes.flatMap(() => [
        [2, true],
        [1, true],
      ]),
    );
  });

  test("agrees on a subprotocol, and speaks JSON and in parts", async () => {
    const got = await page.evaluate(async (webSocketStream) => {
      const dialer = new ws.Dialer({ subprotocols: ["superchat"], webSocketStream });
      const { conn, response } = await dialer.dial(at("/echo"));
      await conn.writeJSON({ a: [1, "é"] });
      const json = await conn.readJSON<unknown>();
      const writer = await conn.nextWriter(ws.TextMessage);
      await writer.write("in ");
      const behind = conn.writeMessage(ws.TextMessage, "behind");
      await writer.write("parts");
      await writer.close();
      await behind;
      const { type, reader } = await conn.nextReader();
      const p = new Uint8Array(4);
      const parts: string[] = [];
      for (let n = await reader.read(p); n !== null; n = await reader.read(p)) {
        parts.push(new TextDecoder().decode(p.subarray(0, n)));
      }
      const last = (await conn.readMessage()).text();
      await conn[Symbol.asyncDispose]();
      return [conn.subprotocol, response.status, response.headers["sec-websocket-protocol"], json, type, parts, last];
    }, webSocketStream);
    expect(got).toEqual(["superchat", 101, "superchat", { a: [1, "é"] }, 1, ["in p", "arts"], "behind"]);
  });

  test.each([
    [1000, "bye"],
    [1001, ""],
  ])("ends a loop when the server closes with %i, behind all that it sent", async (code, reason) => {
    const got = await page.evaluate(
      async ({ path, webSocketStream }) => {
        const conn = await ws.dial(at(path), { webSocketStream });
        const got: string[] = [];
        for await (const message of conn) got.push(message.text());
        const end = await conn.readMessage().catch(told);
        await conn.closed;
        const write = await conn.writeMessage(ws.TextMessage, "late").catch(told);
        return { got, end, write };
      },
      { path: `/close?code=${code}&reason=${reason}`, webSocketStream },
    );
    expect(got.got).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect(got.end).toMatchObject({ name: "CloseError", closeCode: code });
    expect(got.write).toMatchObject({ name: "CloseSentError" });
  });

  test("throws the CloseError of any other code", async () => {
    const got = await page.evaluate(
      async ({ path, webSocketStream }) => {
        const conn = await ws.dial(at(path), { webSocketStream });
        let n = 0;
        try {
          for await (const _ of conn) n++;
          return { n };
        } catch (err) {
          return { n, ...told(err) };
        }
      },
      { path: "/close?code=4321&reason=because", webSocketStream },
    );
    expect(got).toMatchObject({ n: 100, closeCode: 4321, message: "websocket: close 4321: because" });
  });

  test.each([
    [1000, ""],
    [4567, "läuft"],
  ])("tells the server its code, %i", async (code, reason) => {
    const end = server.next<nodeWS.CloseError>("/end");
    await page.evaluate(
      async ({ code, reason, webSocketStream }) => {
        const conn = await ws.dial(at("/end"), { webSocketStream });
        conn.close(code, reason);
        await conn.closed;
      },
      { code, reason, webSocketStream },
    );
    expect(await end).toMatchObject({ closeCode: code, text: reason });
  });

  test("reports a connection that breaks as 1006, and a server that refuses as a failed dial", async () => {
    const [cut, refused] = await page.evaluate(async (webSocketStream) => {
      const conn = await ws.dial(at("/cut"), { webSocketStream });
      await conn.readMessage();
      await conn.writeMessage(ws.TextMessage, "go on");
      const cut = await conn.readMessage().catch(told);
      await conn.closed;
      return [cut, await ws.dial(at("/nowhere"), { webSocketStream }).catch(told)];
    }, webSocketStream);
    expect(cut).toMatchObject({ closeCode: 1006 });
    expect((cut as Error).message).toBe("websocket: close 1006 (abnormal closure): unexpected EOF");
    expect(refused).toMatchObject({ name: "OpError", code: "ERR_WS_DIAL" });
    expect((refused as Error).message).toMatch(/^dial ws ws:\/\/127\.0\.0\.1:\d+\/nowhere: connect: no connection, or/);
  });

  test("gives up in time: dials, reads, writes", async () => {
    server.on("/deaf", (conn) => conn.closed); // it reads 128 KiB, and no more
    const got = await page.evaluate(async (webSocketStream) => {
      const reason = new Error("enough");
      const conn = await ws.dial(at("/deaf"), { webSocketStream });
      conn.setReadDeadline(Date.now() + 20);
      const read = await conn.readMessage().catch(told);
      const aborted = await ws
        .dial(at("/echo"), { webSocketStream, signal: AbortSignal.abort(reason) })
        .catch((err) => err === reason);
      conn.setWriteDeadline(Date.now() + 300);
      let written = 0;
      const write = await (async () => {
        for (; ; written += 65_536) await conn.writeMessage(ws.BinaryMessage, new Uint8Array(65_536));
      })().catch(told);
      conn.closeNow();
      await conn.closed;
      return { read, aborted, write, written };
    }, webSocketStream);
    expect(got.read).toMatchObject({ name: "OpError", code: "ERR_TIMEOUT" });
    expect(got.aborted).toBe(true);
    expect(got.write).toMatchObject({ name: "OpError", code: "ERR_TIMEOUT" });
    expect(got.written).toBeLessThan(64 << 20);
  });

  test("compresses, when the server agrees", async () => {
    const [same, extensions] = await page.evaluate(async (webSocketStream) => {
      const dialer = new ws.Dialer({ enableCompression: true, webSocketStream });
      const { conn, response } = await dialer.dial(at("/deflate"));
      const text = "again and again ".repeat(10_000);
      const [message] = await Promise.all([conn.readMessage(), conn.writeMessage(ws.TextMessage, text)]);
      conn.close();
      return [message.text() === text, response.headers["sec-websocket-extensions"]];
    }, webSocketStream);
    expect(same).toBe(true);
    expect(extensions).toMatch(/^permessage-deflate/);
  });
});

inChromium(`${where}a server that sends more than is read`, () => {
  const size = 65_536;
  const state = { sent: 0 };

  beforeAll(() => {
    server.on("/flood", async (conn) => {
      conn.readMessage().catch(() => {});
      for (state.sent = 0; state.sent < 1024; state.sent++) {
        await conn.writeMessage(nodeWS.BinaryMessage, new Uint8Array(size).fill(state.sent));
      }
      conn.close();
    });
    server.on("/endless", async (conn) => {
      const end = conn.readMessage().catch((err: unknown) => err);
      try {
        for (let i = 0; ; i++) await conn.writeMessage(nodeWS.BinaryMessage, new Uint8Array(size).fill(i));
      } catch {
        return end;
      }
    });
  });

  test("has to wait, on a WebSocketStream; later everything comes in order", async () => {
    await page.evaluate(async () => {
      const conn = await ws.dial(at("/flood"), { webSocketStream: true, maxQueuedBytes: 1 << 20 });
      Object.assign(globalThis, { conn });
    });
    for (let before = -1; state.sent > before || before < 1; ) {
      before = state.sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const stalledAt = state.sent;
    const got = await page.evaluate(async () => {
      const { conn } = globalThis as unknown as { conn: browser.Conn };
      const got: number[] = [];
      for await (const { data } of conn) got.push(data[0] ?? -1);
      return got;
    });
    expect(stalledAt).toBeLessThan(512); // 32 of 64 MiB
    expect(got).toEqual(Array.from({ length: 1024 }, (_, i) => i & 255));
  });

  test("is refused, on a plain WebSocket, and the reader is told behind what is there", async () => {
    const end = server.next<nodeWS.CloseError>("/endless");
    const got = await page.evaluate(async () => {
      const conn = await ws.dial(at("/endless"), { maxQueuedBytes: 1 << 20 });
      await conn.closed;
      const got: number[] = [];
      try {
        for await (const { data } of conn) got.push(data[0] ?? -1);
      } catch (err) {
        return { got, ...told(err) };
      }
      return { got };
    });
    expect(got).toMatchObject({ name: "PolicyError", code: "ERR_LIMIT" });
    expect(got.got).toEqual(Array.from({ length: 16 }, (_, i) => i)); // and what each costs
    expect(await end).toMatchObject({ closeCode: 4008, text: "too much waits to be read (maxQueuedBytes)" });
  });
});

inChromium(`${where}the plain browser API`, () => {
  test("opens, and gets text, a Blob and an ArrayBuffer", async () => {
    const got = await page.evaluate(async () => {
      const socket = new WebSocket(at("/echo"), ["chat"]);
      const events: unknown[] = [];
      await new Promise<void>((resolve) => {
        socket.onopen = () => {
          events.push(["open", socket.protocol]);
          socket.send("text");
          socket.send(new Blob(["blob"]));
        };
        socket.onmessage = async ({ data }: MessageEvent<string | Blob | ArrayBuffer>) => {
          if (typeof data === "string") events.push(["text", data]);
          else if (data instanceof Blob) {
            events.push(["Blob", await data.text()]);
            socket.binaryType = "arraybuffer";
            socket.send(new Uint8Array([1, 2, 3]));
          } else {
            events.push(["ArrayBuffer", [...new Uint8Array(data)]]);
            socket.close(3001, "enough");
          }
        };
        socket.onclose = ({ code, reason, wasClean }) => {
          events.push(["close", code, reason, wasClean]);
          resolve();
        };
      });
      return events;
    });
    expect(got).toEqual([
      ["open", "chat"],
      ["text", "text"],
      ["Blob", "blob"],
      ["ArrayBuffer", [1, 2, 3]],
      ["close", 3001, "", true],
    ]);
  });

  test.each([
    ["/close?code=4000&reason=why", [4000, "why", true]],
    ["/close?code=1013&reason=later", [1013, "later", true]],
    ["/cut", [1006, "", false]],
    ["/nowhere", [1006, "", false]],
  ])("is told how %s ended", async (path, end) => {
    const got = await page.evaluate(
      (path) =>
        new Promise((resolve) => {
          const socket = new WebSocket(at(path));
          let errors = 0;
          socket.onopen = () => socket.send("go on");
          socket.onerror = () => errors++;
          socket.onclose = ({ code, reason, wasClean }) => resolve({ end: [code, reason, wasClean], errors });
        }),
      path,
    );
    expect(got).toEqual({ end, errors: path === "/nowhere" ? 1 : 0 });
  });

  test("says 1001 when its page goes away", async () => {
    const leaving = await chromium.newPage();
    await leaving.goto(server.url);
    const end = server.next<nodeWS.CloseError>("/end");
    await leaving.evaluate(() => new Promise((resolve) => (new WebSocket(at("/end")).onopen = resolve)));
    await leaving.close({ runBeforeUnload: false });
    expect(await end).toMatchObject({ closeCode: 1001 });
  });

  test("compresses by permessage-deflate", async () => {
    const got = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const socket = new WebSocket(at("/deflate"));
          const text = "again and again ".repeat(10_000);
          socket.onopen = () => socket.send(text);
          socket.onmessage = ({ data }) => {
            resolve([socket.extensions.split(";")[0], data === text]);
            socket.close();
          };
        }),
    );
    expect(got).toEqual(["permessage-deflate", true]);
  });
});
