import { describe, expect, test } from "vitest";
import { isClosed, isTimeout, LimitError, readAll, UnexpectedEOFError } from "../../../src/net/index.js";
import * as browser from "../../../src/ws/browser/index.js";
import * as ws from "../../../src/ws/index.js";
import { asInBrowser } from "./fakes.js";
import { closeBoth, pair } from "./pairs.js";

asInBrowser();

const sizes = [0, 1, 125, 126, 16_384, 16_385, 65_536, 300_000];

describe.each([
  ["a plain WebSocket", false],
  ["a WebSocketStream", true],
])("a browser's conn on %s", (_, webSocketStream) => {
  test("sends and receives messages of every size, each with its type", async () => {
    const both = await pair({ webSocketStream });
    for (const [from, to] of [
      [both.client, both.server],
      [both.server, both.client],
    ] as const) {
      for (const n of sizes) {
        const data = Uint8Array.from({ length: n }, (_, i) => i * 7);
        const [binary] = await Promise.all([to.readMessage(), from.writeMessage(ws.BinaryMessage, data)]);
        expect(binary.type).toBe(ws.BinaryMessage);
        expect(Buffer.compare(binary.data, data), `${n} bytes`).toBe(0);
        const text = "é\ufeff😀".repeat(n / 9);
        const [echoed] = await Promise.all([to.readMessage(), from.writeMessage(ws.TextMessage, text)]);
        expect(echoed.type).toBe(ws.TextMessage);
        expect(echoed.text()).toBe(text);
      }
    }
    await closeBoth(both);
  });

  test("takes text as bytes, and bytes as text", async () => {
    const both = await pair({ webSocketStream });
    await both.client.writeMessage(ws.TextMessage, new TextEncoder().encode("é"));
    await both.client.writeMessage(ws.BinaryMessage, "é");
    const data = new TextEncoder().encode("é");
    expect(await both.server.readMessage()).toMatchObject({ type: ws.TextMessage, data });
    expect(await both.server.readMessage()).toMatchObject({ type: ws.BinaryMessage, data });
    await closeBoth(both);
  });

  test("lets a buffer of up to 16 KiB be used again at once, and takes one of shared memory", async () => {
    const both = await pair({ webSocketStream });
    const p = new Uint8Array(new SharedArrayBuffer(16_384));
    const writes: Promise<void>[] = [];
    for (let i = 0; i < 50; i++) {
      p.fill(i);
      writes.push(both.client.writeMessage(ws.BinaryMessage, p));
      await writes[i];
    }
    for (let i = 0; i < 50; i++) expect((await both.server.readMessage()).data.every((byte) => byte === i)).toBe(true);
    await both.client.writeMessage(ws.BinaryMessage, new Uint8Array(new SharedArrayBuffer(100_000)).fill(7));
    expect((await both.server.readMessage()).data.every((byte) => byte === 7)).toBe(true);
    await closeBoth(both);
  });

  test("gathers the parts of a message; those behind wait until it is closed", async () => {
    const both = await pair({ webSocketStream });
    const writer = await both.client.nextWriter(ws.TextMessage);
    const p = new TextEncoder().encode("one ");
    await writer.write(p);
    p.fill(0);
    const behind = both.client.writeMessage(ws.TextMessage, "behind");
    const next = both.client.nextWriter(ws.BinaryMessage);
    await writer.write("two");
    await writer.close();
    await behind;
    await (await next).write(new Uint8Array([1, 2]));
    await (await next).close();
    expect((await both.server.readMessage()).text()).toBe("one two");
    expect((await both.server.readMessage()).text()).toBe("behind");
    expect([...(await both.server.readMessage()).data]).toEqual([1, 2]);
    await expect(writer.close()).rejects.toBeInstanceOf(browser.WriteClosedError);
    await expect(writer.write("x")).rejects.toBeInstanceOf(browser.WriteClosedError);
    await expect(both.client.nextWriter(ws.PingMessage)).rejects.toBeInstanceOf(TypeError);
    await closeBoth(both);
  });

  test("bounds what is gathered; what fitted is sent", async () => {
    const both = await pair({ webSocketStream, maxQueuedBytes: 1000 });
    const writer = await both.client.nextWriter(ws.BinaryMessage);
    await writer.write(new Uint8Array(900));
    await expect(writer.write(new Uint8Array(101))).rejects.toBeInstanceOf(browser.QueueLimitError);
    await writer.close();
    expect((await both.server.readMessage()).data).toHaveLength(900);
    await closeBoth(both);
  });

  test("gives up a message that is being gathered when it closes", async () => {
    const both = await pair({ webSocketStream });
    const writer = await both.client.nextWriter(ws.BinaryMessage);
    await writer.write("x");
    const behind = both.client.nextWriter(ws.BinaryMessage);
    both.client.close();
    await expect(behind).rejects.toSatisfy(isClosed);
    await expect(writer.write("y")).rejects.toBeInstanceOf(browser.CloseSentError);
    await expect(both.server.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await closeBoth(both);
  });

  test("reads JSON, parts and joined messages as in Node", async () => {
    const both = await pair({ webSocketStream });
    await both.server.writeJSON({ a: 1 });
    expect(await both.client.readJSON()).toEqual({ a: 1 });
    await both.server.writeMessage(ws.TextMessage, "{");
    await expect(both.client.readJSON()).rejects.toBeInstanceOf(UnexpectedEOFError);
    await both.client.writeJSON([1]);
    expect(await both.server.readJSON()).toEqual([1]);
    for (const text of ["one", "two"]) await both.server.writeMessage(ws.TextMessage, text);
    const { reader } = await both.client.nextReader();
    expect(await reader.read(new Uint8Array(2))).toBe(2);
    both.server.close();
    const joined = readAll(browser.joinMessages(both.client, "\n"));
    await expect(joined).rejects.toMatchObject({ closeCode: 1000 });
    expect(await reader.read(new Uint8Array(2))).toBeNull();
    await closeBoth(both);
  });

  test("sends prepared messages as others", async () => {
    const both = await pair({ webSocketStream });
    await both.client.writePreparedMessage(new browser.PreparedMessage(ws.TextMessage, "ready"));
    expect((await both.server.readMessage()).text()).toBe("ready");
    await both.client.writePreparedMessage(
      new browser.PreparedMessage(ws.CloseMessage, browser.formatCloseMessage(4000, "done")),
    );
    await expect(both.server.readMessage()).rejects.toMatchObject({ closeCode: 4000, text: "done" });
    await closeBoth(both);
  });

  test("reports the peer's close with its code and text, and writes behind it as close sent", async () => {
    const both = await pair({ webSocketStream });
    await both.server.writeMessage(ws.TextMessage, "last");
    both.server.close(1008, "läuft nicht");
    await both.client.closed;
    const got: string[] = [];
    const loop = async () => {
      for await (const message of both.client) got.push(message.text());
    };
    await expect(loop()).rejects.toMatchObject({ name: "CloseError", closeCode: 1008, text: "läuft nicht" });
    expect(got).toEqual(["last"]);
    await expect(both.client.writeMessage(ws.TextMessage, "x")).rejects.toBeInstanceOf(browser.CloseSentError);
    await both.client.closeWrite();
    both.client.close();
    await expect(both.client.readMessage()).rejects.toSatisfy(isClosed);
  });

  test("reports a connection that breaks as 1006, and writes that were under way as broken", async () => {
    const both = await pair({ webSocketStream });
    const writing = (async () => {
      for (;;) await both.client.write(new Uint8Array(65_536));
    })();
    both.server.closeNow();
    await expect(writing).rejects.toMatchObject({ name: "OpError", op: "write", code: "EPIPE" });
    await expect(both.client.readMessage()).rejects.toThrow("websocket: close 1006 (abnormal closure): unexpected EOF");
    await both.client.closed;
    await expect(both.client.closeWrite()).rejects.toMatchObject({ code: "EPIPE" });
  });

  test("closes with 1000 and with codes from 3000 on, or with none; a reason is cut to what fits", async () => {
    for (const [code, reason] of [
      [1000, ""],
      [3000, "a"],
      [4999, "é".repeat(100)],
    ] as const) {
      const both = await pair({ webSocketStream });
      both.client.close(code, reason);
      both.client.close(4000, "again");
      await expect(both.server.readMessage()).rejects.toMatchObject({ closeCode: code, text: reason.slice(0, 61) });
      await both.client.closed;
    }
    const both = await pair({ webSocketStream });
    both.client.close(ws.CloseNoStatusReceived);
    await expect(both.server.readMessage()).rejects.toMatchObject({ closeCode: 1005 });
    await both.client.closed;
  });

  test("refuses to close with a code that a browser does not send, and stays open", async () => {
    const both = await pair({ webSocketStream });
    expect(() => both.client.close(1001)).toThrow(browser.NotSupportedError);
    expect(() => both.client.close(1006)).toThrow(RangeError);
    expect(() => both.client.close(5000)).toThrow(RangeError);
    const close = browser.formatCloseMessage(1011, "");
    await expect(both.client.writeControl(ws.CloseMessage, close)).rejects.toBeInstanceOf(browser.NotSupportedError);
    await both.client.writeMessage(ws.TextMessage, "open");
    expect((await both.server.readMessage()).text()).toBe("open");
    await closeBoth(both);
  });

  test("sends all that was written before it closes", async () => {
    const both = await pair({ webSocketStream });
    const writes = [1, 2, 3].map((i) => both.client.writeMessage(ws.BinaryMessage, new Uint8Array(10_000).fill(i)));
    await Promise.all(writes);
    both.client.close();
    const got: number[] = [];
    for await (const { data } of both.server) got.push(data[0] ?? 0);
    expect(got).toEqual([1, 2, 3]);
    await both.client.closed;
  });

  test("is let go of after closeTimeoutMs when the peer does not answer, and at once by closeNow", async () => {
    for (const close of [(conn: browser.Conn) => conn.close(), (conn: browser.Conn) => conn.closeNow()]) {
      const both = await pair({ webSocketStream, closeTimeoutMs: 20 });
      both.server.setCloseHandler(() => {}); // and does not answer
      const read = both.client.readMessage();
      close(both.client);
      await expect(read).rejects.toSatisfy(isClosed);
      await both.client.closed;
      await expect(both.client.writeMessage(ws.TextMessage, "x")).rejects.toSatisfy(isClosed);
      both.server.closeNow();
    }
  });

  test("makes writes wait for a peer that does not read; those that are given up are not sent", async () => {
    const both = await pair({ webSocketStream });
    const abort = new AbortController();
    const reason = new Error("enough");
    let sent = 0;
    for (;;) {
      const write = both.client.writeMessage(ws.BinaryMessage, new Uint8Array(300_000).fill(sent));
      const late = new Promise((resolve) => setTimeout(resolve, 100, "late"));
      sent++;
      if ((await Promise.race([write, late])) === "late") break;
    }
    expect(sent).toBeLessThan(200);
    const given = both.client.writeMessage(ws.TextMessage, "given up", { signal: abort.signal });
    const kept = both.client.writeMessage(ws.TextMessage, "kept");
    abort.abort(reason);
    await expect(given).rejects.toBe(reason);
    for (let i = 0; i < sent; i++) expect((await both.server.readMessage()).data[0]).toBe(i & 255);
    await kept;
    expect((await both.server.readMessage()).text()).toBe("kept");
    await closeBoth(both);
  });

  test("times writes out at the deadline, and refuses them when too much waits", async () => {
    const both = await pair({ webSocketStream, maxQueuedBytes: 1_000_000 });
    const write = () => both.client.writeMessage(ws.BinaryMessage, new Uint8Array(500_000));
    both.client.setWriteDeadline(Date.now() + 300);
    const late = (async () => {
      for (;;) await write();
    })();
    await expect(late).rejects.toSatisfy(isTimeout);
    await expect(write()).rejects.toSatisfy(isTimeout);
    both.client.setWriteDeadline(null);
    const waiting = Promise.allSettled([write(), write()]);
    await expect(write()).rejects.toBeInstanceOf(browser.QueueLimitError);
    both.client.closeNow();
    expect((await waiting).map((outcome) => "reason" in outcome && isClosed(outcome.reason))).toEqual([true, true]);
    both.server.closeNow();
  });

  test("refuses a message beyond the read limit: the reader is told, and the peer", async () => {
    const both = await pair({ webSocketStream, maxMessageBytes: 100 });
    await both.server.writeMessage(ws.BinaryMessage, new Uint8Array(100));
    await both.server.writeMessage(ws.BinaryMessage, new Uint8Array(101));
    expect((await both.client.readMessage()).data).toHaveLength(100);
    await expect(both.client.readMessage()).rejects.toBeInstanceOf(browser.ReadLimitError);
    await expect(both.server.readMessage()).rejects.toMatchObject({ closeCode: 4009 });
    await both.client.closed;
  });

  test("takes another read limit at any time", async () => {
    const both = await pair({ webSocketStream, maxMessageBytes: 10 });
    both.client.setReadLimit(0);
    await both.server.writeMessage(ws.BinaryMessage, new Uint8Array(100_000));
    expect((await both.client.readMessage()).data).toHaveLength(100_000);
    await closeBoth(both);
  });

  test("says which feature a browser lacks, each time with the same error", async () => {
    const both = await pair({ webSocketStream });
    const { client } = both;
    const attempts: [string, () => unknown][] = [
      ["ping", () => client.ping()],
      ["ping", () => client.writeMessage(ws.PingMessage, "")],
      ["pong", () => client.writeControl(ws.PongMessage, "")],
      ["setPingHandler", () => client.setPingHandler(() => {})],
      ["setPongHandler", () => client.setPongHandler(() => {})],
      ["setCloseHandler", () => client.setCloseHandler(() => {})],
      ["enableWriteCompression", () => client.enableWriteCompression(true)],
      ["setCompressionLevel", () => client.setCompressionLevel(1)],
      ["the conn under a WebSocket", () => client.netConn.read(new Uint8Array(1))],
      ["the conn under a WebSocket", () => client.netConn.write(new Uint8Array(1))],
      ["the conn under a WebSocket", () => client.netConn.closeWrite()],
    ];
    for (const [feature, attempt] of attempts) {
      const err = await (async () => attempt())().catch((e: unknown) => e);
      expect(err).toBeInstanceOf(browser.NotSupportedError);
      expect(err).toMatchObject({ feature, code: "ERR_NOT_SUPPORTED" });
    }
    client.setPingHandler(null);
    client.setPongHandler(null);
    client.setCloseHandler(null);
    await expect(client.writeControl(ws.PingMessage, new Uint8Array(126))).rejects.toBeInstanceOf(RangeError);
    await expect(client.writeControl(3, "")).rejects.toBeInstanceOf(TypeError);
    client.netConn.close();
    await client.closed;
    await both.server.closed;
  });
});

describe("a peer that sends more than is read", () => {
  async function flood(server: ws.Conn, n: number): Promise<void> {
    for (let i = 0; i < n; i++) await server.writeMessage(ws.BinaryMessage, new Uint8Array(60_000).fill(i));
  }

  test("is refused on a plain WebSocket; the reader gets what is there, and is told", async () => {
    const { client, server } = await pair({ maxQueuedBytes: 600_000 });
    const flooding = flood(server, 1000).catch((err: unknown) => err);
    const end = server.readMessage().catch((err: unknown) => err);
    await client.closed;
    const got: number[] = [];
    const loop = async () => {
      for await (const { data } of client) got.push(data[0] ?? -1);
    };
    const err = await loop().catch((e: unknown) => e);
    expect(err).toBeInstanceOf(LimitError);
    expect((err as Error).message).toBe("websocket: too much waits to be read (maxQueuedBytes)");
    expect(got).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(await flooding).toBeInstanceOf(Error);
    expect(await end).toMatchObject({ closeCode: 4008 });
  });

  test("has to wait on a WebSocketStream, and loses nothing", async () => {
    const both = await pair({ maxQueuedBytes: 600_000, webSocketStream: true });
    const flooding = flood(both.server, 500);
    for (let i = 0; i < 500; i++) {
      expect((await both.client.readMessage()).data[0]).toBe(i & 255);
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await flooding;
    await closeBoth(both);
  });

  test("that closes then makes Chromium drop messages: the reader is told, behind those that are there", async () => {
    const { client, server } = await pair({ maxQueuedBytes: 600_000, webSocketStream: true });
    await flood(server, 10);
    for (let i = 0; i < 20; i++) await server.writeMessage(ws.TextMessage, `dropped ${i}`);
    server.close();
    await client.closed;
    const got: number[] = [];
    const loop = async () => {
      for await (const { data } of client) got.push(data.byteLength);
    };
    await expect(loop()).rejects.toMatchObject({ code: "ERR_WS_UNREAD", cause: { closeCode: 1000 } });
    expect(got.length).toBeGreaterThanOrEqual(10);
    expect(got.length).toBeLessThan(30);
  });
});
