import { describe, expect, test } from "vitest";
import { NetError, OpError } from "../../src/net/index.js";
import * as ws from "../../src/ws/index.js";
import { frame, hex, join } from "./frames.js";
import { closeAll, connect2, rawClient, rawServer } from "./raw-peer.js";

const close = (code: number, text = "") => frame(0x88, ws.formatCloseMessage(code, text));
const closePayload = (code: number, text = "") => ({
  opcode: 8,
  fin: true,
  payload: ws.formatCloseMessage(code, text),
});

describe("a peer that breaks the protocol is told so, and reads reject for ever", () => {
  const cases: [string, Uint8Array, number, string][] = [
    ["RSV bits", frame(0xf1, "x"), 1002, "RSV1 set, RSV2 set, RSV3 set"],
    ["an opcode", frame(0x85, "x"), 1002, "bad opcode 5"],
    ["a long ping", frame(0x89, "x".repeat(126)), 1002, "len > 125 for control"],
    ["a ping in fragments", frame(0x09, "x"), 1002, "FIN not set on control"],
    ["no mask", frame(0x81, "x", false), 1002, "bad MASK"],
    ["a continuation", frame(0x80, "x"), 1002, "continuation after FIN"],
    ["a message in a message", join([frame(0x01, "x"), frame(0x82, "x")]), 1002, "data before FIN"],
    ["text that is no UTF-8", frame(0x81, hex("48 ff")), 1007, "invalid UTF-8 in text message"],
    ["text that breaks off", frame(0x81, hex("48 c3")), 1007, "invalid UTF-8 in text message"],
    [
      "text that is wrong over fragments",
      join([frame(0x01, hex("48 c3")), frame(0x80, hex("28"))]),
      1007,
      "invalid UTF-8 in text message",
    ],
    ["text that is wrong before its end", frame(0x01, hex("48 f8")), 1007, "invalid UTF-8 in text message"],
    ["a close code", close(1015), 1002, "bad close code 1015"],
    ["a close payload", frame(0x88, "x"), 1002, "bad close payload of 1 byte"],
    ["a close text", frame(0x88, hex("03 e8 ff")), 1007, "invalid utf8 payload in close frame"],
  ];
  test.each(cases)("%s", async (_, bytes, code, text) => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x82, "before"), bytes);
    expect((await conn.readMessage()).text()).toBe("before");
    for (let i = 0; i < 3; i++) {
      await expect(conn.readMessage()).rejects.toMatchObject({
        message: `websocket: ${text}`,
        closeCode: code,
        name: "ProtocolError",
      });
      await expect(conn.read(new Uint8Array(1))).rejects.toMatchObject({ message: `websocket: ${text}` });
    }
    await expect(conn.writeMessage(ws.TextMessage, "x")).rejects.toMatchObject({ message: "websocket: close sent" });
    expect(await peer.end()).toEqual(closePayload(code, text));
    await conn.closed;
  });

  test("also over a client's shoulder", async () => {
    const { conn, peer } = await rawServer();
    peer.send(frame(0x81, "x"));
    await expect(conn.readMessage()).rejects.toThrow("websocket: bad MASK");
    expect(await peer.end()).toEqual(closePayload(1002, "bad MASK"));
    await conn.closed;
  });

  test("text fails before it is complete", async () => {
    const { conn, peer } = await rawClient();
    peer.socket.write(frame(0x81, join([hex("ce ba e1 bd f4 90"), new Uint8Array(1000).fill(0x41)])).subarray(0, 14));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1007 });
    await peer.end();
  });

  test("binary messages may hold whatever bytes", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x82, hex("48 ff")));
    expect((await conn.readMessage()).data).toEqual(hex("48 ff"));
    conn.closeNow();
  });
});

describe("messages larger than the limit", () => {
  test("end the conn with 1009, before they arrive", async () => {
    const { conn, peer } = await rawClient({ maxMessageBytes: 1000 });
    peer.send(frame(0x82, new Uint8Array(1000)));
    peer.socket.write(frame(0x82, new Uint8Array(1001)).subarray(0, 8));
    expect((await conn.readMessage()).data).toHaveLength(1000);
    const err = await conn.readMessage().catch((e: unknown) => e);
    expect(err).toBeInstanceOf(ws.ReadLimitError);
    expect(err).toMatchObject({ message: "websocket: read limit exceeded", code: "ERR_LIMIT" });
    expect(await peer.end()).toEqual(closePayload(1009));
  });

  test("are those over 32 MiB unless told otherwise, and setReadLimit moves it", async () => {
    const { conn, peer } = await rawClient();
    peer.socket.write(hex("82 ff 00 00 00 00 02 00 00 01 00 00 00 00")); // 32 MiB and one byte
    await expect(conn.readMessage()).rejects.toBeInstanceOf(ws.ReadLimitError);
    await peer.end();

    const { client, server } = await connect2();
    server.setReadLimit(10);
    await client.writeMessage(ws.BinaryMessage, new Uint8Array(11));
    await expect(server.readMessage()).rejects.toBeInstanceOf(ws.ReadLimitError);
    await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 1009 });
    await closeAll(client, server);
  });

  test("take no memory that the peer only announces", async () => {
    const { conn, peer } = await rawClient({ maxMessageBytes: 0 });
    const reading = conn.readMessage();
    peer.socket.write(hex("82 ff 00 00 0f ff ff ff ff ff 00 00 00 00 01 02 03")); // 16 TiB
    peer.send(frame(0x89));
    peer.socket.end();
    await expect(reading).rejects.toMatchObject({ closeCode: 1006 });
  });
});

describe("a connection that ends without a close message", () => {
  test("is 1006, after what came before, wherever a frame is cut", async () => {
    const bytes = join([frame(0x81, "whole"), frame(0x01, "frag"), frame(0x80, "ment")]);
    for (let cut = 12; cut < bytes.byteLength; cut++) {
      const { conn, peer } = await rawClient();
      peer.socket.end(bytes.subarray(0, cut));
      expect((await conn.readMessage()).text()).toBe("whole");
      for (let i = 0; i < 2; i++) {
        const err = await conn.readMessage().catch((e: unknown) => e);
        expect(err).toBeInstanceOf(ws.CloseError);
        expect((err as Error).message).toBe("websocket: close 1006 (abnormal closure): unexpected EOF");
      }
      await conn.closed;
    }
  });

  test("gives a reader of bytes what came, and then the error", async () => {
    const { conn, peer } = await rawClient();
    peer.socket.end(frame(0x82, "abcdef").subarray(0, 9));
    await conn.closed;
    const p = new Uint8Array(10);
    expect(await conn.read(p)).toBe(3);
    expect(new TextDecoder().decode(p.subarray(0, 3))).toBe("abc");
    await expect(conn.read(p)).rejects.toMatchObject({ closeCode: 1006 });
    await expect(conn.write(p)).rejects.toBeInstanceOf(NetError);
  });

  test("by a reset is the network's error", async () => {
    const { conn, peer } = await rawClient();
    const reading = conn.readMessage();
    await conn.writeMessage(ws.TextMessage, "x");
    await peer.frames(1);
    peer.socket.resetAndDestroy();
    const err = await reading.catch((e: unknown) => e);
    expect(err).toBeInstanceOf(OpError);
    expect(err).toMatchObject({ op: "read", net: "ws", code: "ECONNRESET" });
    expect((err as Error).message).toContain("read: connection reset by peer");
    await expect(conn.writeMessage(ws.TextMessage, "x")).rejects.toBeInstanceOf(OpError);
    await conn.closed;
  });
});

describe("the closing handshake", () => {
  test("a peer's close is answered with its code, and the server ends the connection", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x81, "last"), close(4001, "enough"), frame(0x81, "ignored"));
    expect((await conn.readMessage()).text()).toBe("last");
    await expect(conn.readMessage()).rejects.toMatchObject({
      message: "websocket: close 4001: enough",
      closeCode: 4001,
      text: "enough",
    });
    expect(await peer.end()).toEqual(closePayload(4001));
    await conn.closed;
  });

  test("a close without a code is 1005, and the answer has none", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x88));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1005 });
    expect(await conn.read(new Uint8Array(1))).toBeNull();
    expect((await peer.end())?.payload).toHaveLength(0);
  });

  test("close between fragments drops the message", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x01, "frag"), close(1000));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await peer.end();
  });

  test("our close waits for the answer: the server ends first, the client waits for that", async () => {
    const a = await rawClient();
    a.conn.close(3000, "done");
    expect((await a.peer.frames(1))[0]).toEqual(closePayload(3000, "done"));
    expect(a.peer.socket.readableEnded).toBe(false);
    a.peer.send(close(3000));
    await Promise.all([a.peer.end(), a.conn.closed]);

    const b = await rawServer();
    b.conn.close();
    expect((await b.peer.frames(1))[0]).toEqual(closePayload(1000));
    b.peer.send(frame(0x88, ws.formatCloseMessage(1000, ""), false));
    b.peer.socket.end();
    await Promise.all([b.peer.end(), b.conn.closed]);
  });

  test("a peer that never answers is cut after closeTimeoutMs", async () => {
    for (const make of [rawClient, rawServer]) {
      const { conn, peer } = await make({ closeTimeoutMs: 20 });
      const start = Date.now();
      conn.close();
      await conn.closed;
      expect(Date.now() - start).toBeGreaterThanOrEqual(18);
      await peer.end();
    }
  });

  test("a server that does not end the connection is cut by the client", async () => {
    const { conn, peer } = await rawServer({ closeTimeoutMs: 20 });
    peer.send(frame(0x88, ws.formatCloseMessage(1001, ""), false));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1001 });
    await conn.closed;
  });

  test("codes and reasons: what may not be sent is refused, what is too long is cut", async () => {
    const { conn, peer } = await rawClient();
    for (const code of [0, 999, 1004, 1006, 1015, 2000, 5000, Number.NaN])
      expect(() => conn.close(code)).toThrow(RangeError);
    conn.close(1011, "é".repeat(100));
    expect((await peer.frames(1))[0]).toEqual(closePayload(1011, "é".repeat(61)));
    peer.socket.destroy();
    await conn.closed;
    expect(() => conn.close()).not.toThrow();
  });

  test("closeNow sends nothing", async () => {
    const { conn, peer } = await rawClient();
    const reading = conn.readMessage();
    await conn.writeMessage(ws.TextMessage, "x");
    conn.closeNow();
    conn.closeNow();
    await expect(reading).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await conn.closed;
    await peer.end();
    expect(peer.recorder.told).toEqual([{ opcode: 1, fin: true, payload: new TextEncoder().encode("x") }]);
  });

  test("closeWrite ends our messages, and the peer's go on", async () => {
    const { conn, peer } = await rawClient();
    await conn.closeWrite();
    await conn.closeWrite();
    expect((await peer.frames(1))[0]).toEqual(closePayload(1000));
    peer.send(frame(0x82, "still"), close(1000));
    expect((await conn.readMessage()).text()).toBe("still");
    expect(await conn.read(new Uint8Array(1))).toBeNull();
    await Promise.all([peer.end(), conn.closed]);
    await expect(conn.write(new Uint8Array(1))).rejects.toThrow("websocket: close sent");
  });

  test("a close handler answers itself, and what it throws is what reads reject with", async () => {
    const a = await rawClient();
    const seen: unknown[] = [];
    a.conn.setCloseHandler((code, text) => {
      seen.push(code, text);
      void a.conn.writeControl(ws.CloseMessage, ws.formatCloseMessage(4002, "mine"));
    });
    a.peer.send(close(4001, "why"));
    await expect(a.conn.readMessage()).rejects.toMatchObject({ closeCode: 4001 });
    expect(seen).toEqual([4001, "why"]);
    expect(await a.peer.end()).toEqual(closePayload(4002, "mine"));

    const b = await rawClient();
    const reason = new Error("not like that");
    b.conn.setCloseHandler(() => {
      throw reason;
    });
    b.peer.send(close(1000));
    await expect(b.conn.readMessage()).rejects.toBe(reason);
    b.conn.closeNow();
    await b.conn.closed;
  });
});

describe("control frames", () => {
  test("a ping is answered while nobody reads, also within a message and right behind the handshake", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x01, "He"), frame(0x89, "p1"), frame(0x80, "llo"), frame(0x89));
    const pongs = await peer.frames(2);
    expect(pongs).toEqual([
      { opcode: 10, fin: true, payload: new TextEncoder().encode("p1") },
      { opcode: 10, fin: true, payload: new Uint8Array(0) },
    ]);
    expect((await conn.readMessage()).text()).toBe("Hello");
    conn.closeNow();
  });

  test("frames that come with the 101 are read, by handlers that were set since", async () => {
    const { conn, peer } = await rawServer({}, join([frame(0x81, "early", false), frame(0x89, "p", false)]));
    const pings: string[] = [];
    conn.setPingHandler((data) => void pings.push(new TextDecoder().decode(data)));
    expect((await conn.readMessage()).text()).toBe("early");
    expect(pings).toEqual(["p"]);
    conn.closeNow();
    await peer.end();
  });

  test("handlers take the payloads; null brings the default back", async () => {
    const { conn, peer } = await rawClient();
    const seen: string[] = [];
    const text = (data: Uint8Array) => new TextDecoder().decode(data);
    conn.setPingHandler((data) => void seen.push(`ping ${text(data)}`));
    conn.setPongHandler((data) => void seen.push(`pong ${text(data)}`));
    peer.send(frame(0x89, "a"), frame(0x8a, "b"), frame(0x82, "m"));
    await conn.readMessage();
    expect(seen).toEqual(["ping a", "pong b"]);
    conn.setPingHandler(null);
    conn.setPongHandler(null);
    peer.send(frame(0x89, "c"));
    expect((await peer.frames(1))[0]).toEqual({ opcode: 10, fin: true, payload: new TextEncoder().encode("c") });
    expect(seen).toHaveLength(2);
    conn.closeNow();
  });

  test("what a handler throws, or rejects with, is what reads reject with", async () => {
    for (const handler of [
      () => {
        throw new Error("no pings");
      },
      async () => {
        throw new Error("no pings");
      },
    ]) {
      const { conn, peer } = await rawClient();
      conn.setPingHandler(handler);
      peer.send(frame(0x89, "a"));
      await expect(conn.readMessage()).rejects.toThrow("no pings");
      await expect(conn.readMessage()).rejects.toThrow("no pings");
      await conn.writeMessage(ws.TextMessage, "still writing");
      await peer.frames(1);
      conn.closeNow();
    }
  });

  test("ping resolves with the round trip, also when only the last of several is answered", async () => {
    const { conn, peer } = await rawClient();
    const pings = [conn.ping(), conn.ping("mine"), conn.ping()];
    const sent = await peer.frames(3);
    expect(new Set(sent.map(({ payload }) => String(payload))).size).toBe(3);
    peer.send(frame(0x8a, "unasked"), frame(0x8a, sent[2]?.payload));
    for (const ms of await Promise.all(pings)) expect(ms).toBeGreaterThanOrEqual(0);
    const late = conn.ping();
    await peer.frames(4);
    peer.socket.end();
    await expect(late).rejects.toMatchObject({ closeCode: 1006 });
    await expect(conn.ping()).rejects.toBeInstanceOf(NetError);
  });

  test("writeControl checks type, length and deadline, and the conn stays usable", async () => {
    const { client, server } = await connect2();
    await expect(client.writeControl(3, "x")).rejects.toThrow("websocket: bad write message type");
    await expect(client.writeControl(ws.TextMessage, "x")).rejects.toThrow(TypeError);
    await expect(client.writeMessage(7, "x")).rejects.toThrow("websocket: bad write message type");
    await expect(client.writeControl(ws.PingMessage, "x".repeat(126))).rejects.toThrow(
      "websocket: invalid control frame",
    );
    await expect(client.writeControl(ws.PingMessage, "x", { deadline: Date.now() - 1 })).rejects.toMatchObject({
      message: "websocket: write timeout",
      timeout: true,
    });
    await client.writeControl(ws.PingMessage, "x", { deadline: new Date(Date.now() + 10_000) });
    await client.writeControl(ws.PongMessage, "", { deadline: null });
    await client.writeMessage(ws.PingMessage, "as a message");
    await client.writeMessage(ws.TextMessage, "x");
    expect((await server.readMessage()).text()).toBe("x");
    await client.writeMessage(ws.CloseMessage, ws.formatCloseMessage(1000, ""));
    await expect(client.writeControl(ws.CloseMessage, "")).rejects.toThrow("websocket: close sent");
    await expect(client.writeControl(ws.PingMessage, "")).rejects.toThrow("websocket: close sent");
    await expect(server.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await closeAll(client, server);
  });

  test("of many pings to which the answers cannot leave, the last is answered, and memory stays bounded", async () => {
    const { conn, peer } = await rawClient();
    peer.socket.pause();
    const writing = conn.write(new Uint8Array(32 * 1024 * 1024));
    writing.catch(() => {});
    for (let i = 0; i < 5000; i++) peer.send(frame(0x89, `p${i}`));
    peer.send(frame(0x82, "end"));
    await conn.readMessage();
    peer.socket.resume();
    await writing;
    conn.close();
    await peer.frames(3);
    while (peer.recorder.told.at(-1)?.opcode !== 8) await peer.frames(peer.recorder.told.length + 1);
    const pongs = peer.recorder.told
      .filter(({ opcode }) => opcode === 10)
      .map(({ payload }) => new TextDecoder().decode(payload));
    expect(pongs.at(-1)).toBe("p4999");
    peer.socket.destroy();
    await conn.closed;
  });
});
