import { describe, expect, test } from "vitest";
import { isClosed, isTimeout, readFull, UnexpectedEOFError } from "../../src/net/index.js";
import * as ws from "../../src/ws/index.js";
import { frame, join } from "./frames.js";
import { closeAll, connect2, rawClient } from "./raw-peer.js";

describe("messages", () => {
  test("come back with their type, of every size and as text, from both sides", async () => {
    const { client, server } = await connect2();
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const n of [0, 1, 63, 64, 65, 125, 126, 127, 2048, 2049, 16_384, 16_385, 65_535, 65_536, 300_000, 1 << 20]) {
        const data = Uint8Array.from({ length: n }, (_, i) => i * 13);
        const [message] = await Promise.all([to.readMessage(), from.writeMessage(ws.BinaryMessage, data)]);
        expect(message.type).toBe(ws.BinaryMessage);
        expect(message).toBeInstanceOf(ws.Message);
        expect(Buffer.compare(message.data, data), `${n} bytes`).toBe(0);
      }
      for (const text of [
        "",
        "x",
        "é\ufeff😀".repeat(50),
        "a".repeat(64),
        "a".repeat(65),
        "\ufeffbom",
        "x".repeat(100_000),
      ]) {
        const [message] = await Promise.all([to.readMessage(), from.writeMessage(ws.TextMessage, text)]);
        expect(message.type).toBe(ws.TextMessage);
        expect(message.text()).toBe(text);
      }
    }
    await closeAll(client, server);
  });

  test("of one tick arrive in order, and a buffer may be used again at once", async () => {
    const { client, server } = await connect2();
    const p = new Uint8Array(4);
    for (let i = 0; i < 5000; i++) {
      new DataView(p.buffer).setUint32(0, i);
      await client.writeMessage(ws.BinaryMessage, p);
      p.fill(0xff);
    }
    for (let i = 0; i < 5000; i++) expect(new DataView((await server.readMessage()).data.buffer).getUint32(0)).toBe(i);
    await closeAll(client, server);
  });

  test("written concurrently go out whole and in order; those read concurrently are served in order", async () => {
    const { client, server } = await connect2();
    const sizes = [10, 100_000, 20, 17_000, 300_000, 30];
    const reads = sizes.map(() => server.readMessage());
    const writes = sizes.map((n, i) => client.writeMessage(ws.BinaryMessage, new Uint8Array(n).fill(i)));
    const got = await Promise.all(reads);
    expect(got.map(({ data }) => data.byteLength)).toEqual(sizes);
    got.forEach(({ data }, i) => {
      expect(data.every((byte) => byte === i)).toBe(true);
    });
    await Promise.all(writes);
    await closeAll(client, server);
  });

  test("are the reader's own: they do not change when more arrives", async () => {
    const { conn, peer } = await rawClient();
    peer.send(frame(0x82, new Uint8Array(40).fill(1)), frame(0x82, new Uint8Array(500).fill(2)));
    const kept = [await conn.readMessage(), await conn.readMessage()];
    peer.send(frame(0x82, new Uint8Array(5000).fill(9)));
    await conn.readMessage();
    expect(kept[0]?.data.every((byte) => byte === 1)).toBe(true);
    expect(kept[1]?.data.every((byte) => byte === 2)).toBe(true);
    conn.closeNow();
  });

  test("in fragments are joined, also with empty ones and many", async () => {
    const { conn, peer } = await rawClient();
    const parts = Array.from({ length: 3000 }, (_, i) => frame(0x00, String(i % 10)));
    peer.send(frame(0x01), ...parts, frame(0x80), frame(0x01, "😀".slice(0, 0)), frame(0x80, "x"));
    expect((await conn.readMessage()).data).toHaveLength(3000);
    expect((await conn.readMessage()).text()).toBe("x");
    const smile = new TextEncoder().encode("😀");
    peer.send(frame(0x01, smile.subarray(0, 1)), frame(0x00, smile.subarray(1, 3)), frame(0x80, smile.subarray(3)));
    expect((await conn.readMessage()).text()).toBe("😀");
    conn.closeNow();
  });
});

describe("a loop over a conn", () => {
  test.each([ws.CloseNormalClosure, ws.CloseGoingAway])("ends on %i", async (code) => {
    const { client, server } = await connect2();
    await client.writeMessage(ws.TextMessage, "a");
    await client.writeMessage(ws.TextMessage, "b");
    client.close(code);
    const got: string[] = [];
    for await (const message of server) got.push(message.text());
    expect(got).toEqual(["a", "b"]);
    await client.closed;
  });

  test("throws the CloseError else, and leaving it leaves the conn open", async () => {
    const { client, server } = await connect2();
    await client.writeMessage(ws.TextMessage, "a");
    for await (const message of server) {
      expect(message.text()).toBe("a");
      break;
    }
    await client.writeMessage(ws.TextMessage, "b");
    client.close(ws.CloseInternalServerErr, "oops");
    const got: string[] = [];
    const loop = (async () => {
      for await (const message of server) got.push(message.text());
    })();
    await expect(loop).rejects.toMatchObject({ closeCode: 1011, text: "oops" });
    expect(got).toEqual(["b"]);
    await client.closed;
  });
});

describe("JSON", () => {
  test("goes there and back, without a newline", async () => {
    const { client, server } = await connect2();
    const value = { a: [1, "é", null], b: { c: true } };
    await client.writeJSON(value);
    await client.writeJSON(value);
    expect(await server.readJSON<typeof value>()).toEqual(value);
    const message = await server.readMessage();
    expect(message.type).toBe(ws.TextMessage);
    expect(message.text()).toBe(JSON.stringify(value));
    expect(message.json<typeof value>()).toEqual(value);
    await expect(client.writeJSON(undefined)).rejects.toBeInstanceOf(TypeError);
    await closeAll(client, server);
  });

  test("that breaks off is an unexpected end, and the conn survives", async () => {
    const { client, server } = await connect2();
    const whole = '{"a": [1.5e+3, true, null, "x\\u00e9"], "b": -2}';
    for (let n = 0; n < whole.length; n++) {
      await client.writeMessage(ws.TextMessage, whole.slice(0, n));
      await expect(server.readJSON()).rejects.toBeInstanceOf(UnexpectedEOFError);
    }
    for (const text of ["1 2", "[1,2]x", "nope"]) {
      await client.writeMessage(ws.TextMessage, text);
      await expect(server.readJSON()).rejects.toBeInstanceOf(SyntaxError);
    }
    await client.writeMessage(ws.BinaryMessage, whole);
    expect(await server.readJSON()).toEqual(JSON.parse(whole));
    await closeAll(client, server);
  });
});

describe("reads of messages that are given up take nothing", () => {
  test("by deadline", async () => {
    const { client, server } = await connect2();
    server.setReadDeadline(Date.now() + 15);
    const err = await server.readMessage().catch((e: unknown) => e);
    expect(isTimeout(err)).toBe(true);
    expect((err as Error).message).toMatch(/^read ws 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: i\/o timeout$/);
    await client.writeMessage(ws.TextMessage, "x");
    await expect(server.readMessage()).rejects.toMatchObject({ timeout: true });
    server.setReadDeadline(null);
    expect((await server.readMessage()).text()).toBe("x");
    await closeAll(client, server);
  });

  test("by signal", async () => {
    const { client, server } = await connect2();
    const abort = new AbortController();
    const reading = server.readMessage({ signal: abort.signal });
    const next = server.readMessage();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(server.readMessage({ signal: abort.signal })).rejects.toBe(reason);
    await client.writeMessage(ws.TextMessage, "x");
    expect((await next).text()).toBe("x");
    await closeAll(client, server);
  });

  test("in the middle of a message", async () => {
    const { conn, peer } = await rawClient();
    const bytes = frame(0x82, "abcdef");
    const abort = new AbortController();
    const reading = conn.readMessage({ signal: abort.signal });
    peer.socket.write(bytes.subarray(0, 8));
    peer.send();
    abort.abort();
    await expect(reading).rejects.toBe(abort.signal.reason);
    peer.socket.write(bytes.subarray(8));
    expect((await conn.readMessage()).text()).toBe("abcdef");
    conn.closeNow();
  });
});

describe("bytes and messages", () => {
  test("a read of bytes goes on over messages, of both types, and over empty ones", async () => {
    const { client, server } = await connect2();
    await client.writeMessage(ws.TextMessage, "abc");
    await client.writeMessage(ws.TextMessage, "");
    await client.write(new TextEncoder().encode("defg"));
    const p = new Uint8Array(7);
    expect(await readFull(server, p)).toBe(7);
    expect(new TextDecoder().decode(p)).toBe("abcdefg");
    await closeAll(client, server);
  });

  test("bytes are read before their message is complete, and its rest is dropped for a reader of messages", async () => {
    const { conn, peer } = await rawClient();
    const bytes = frame(0x82, "abcdef");
    const p = new Uint8Array(2);
    const reads = [conn.read(p), conn.readMessage()] as const;
    peer.socket.write(bytes.subarray(0, 10));
    expect(await reads[0]).toBe(2);
    expect(new TextDecoder().decode(p)).toBe("ab");
    peer.socket.write(bytes.subarray(10));
    peer.send(frame(0x82, "next"), frame(0x82, "third"), frame(0x82, "fourth"));
    expect((await reads[1]).text()).toBe("next");
    expect(await conn.read(p)).toBe(2);
    expect((await conn.readMessage()).text()).toBe("fourth");
    conn.closeNow();
  });

  test("a reader of bytes gets what came while a reader of messages before it waited, if that gives up", async () => {
    const { conn, peer } = await rawClient();
    const abort = new AbortController();
    const first = conn.readMessage({ signal: abort.signal });
    const p = new Uint8Array(3);
    const second = conn.read(p);
    peer.socket.write(frame(0x82, "abcdef").subarray(0, 9));
    peer.send(new Uint8Array(0));
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    await expect(first).rejects.toBe(abort.signal.reason);
    expect(await second).toBe(3);
    expect(new TextDecoder().decode(p)).toBe("abc");
    peer.socket.write(frame(0x82, "abcdef").subarray(9));
    expect(await conn.read(p)).toBe(3);
    expect(new TextDecoder().decode(p)).toBe("def");
    conn.closeNow();
  });
});

describe("back-pressure", () => {
  test.each([16, 1000, 100_000])(
    "a peer that does not read makes writeMessage wait, and then gets all: %i bytes",
    async (size) => {
      const { client, server } = await connect2();
      const state = { sent: 0, enough: false };
      const writing = (async () => {
        for (; !state.enough && state.sent * size < 64 << 20; state.sent++) {
          const data = new Uint8Array(size);
          new DataView(data.buffer).setUint32(0, state.sent);
          await client.writeMessage(ws.BinaryMessage, data);
          if (state.sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        client.close();
      })();
      for (let before = -1; state.sent > before; ) {
        before = state.sent;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(state.sent * size).toBeLessThan(64 << 20);
      state.enough = true;
      let read = 0;
      for await (const { data } of server) {
        expect(new DataView(data.buffer, data.byteOffset).getUint32(0)).toBe(read++);
      }
      await writing;
      expect(read).toBe(state.sent);
      await closeAll(client, server);
    },
  );

  test("a peer that floods is stopped before much waits, in messages or within one", async () => {
    for (const flood of [frame(0x82, "x"), frame(0x82), frame(0x02, new Uint8Array(60_000))]) {
      const { conn, peer } = await rawClient({ maxMessageBytes: 0 });
      const part = flood.byteLength > 1000 ? frame(0x00, new Uint8Array(60_000)) : flood;
      peer.send(flood);
      const chunk = join(Array.from({ length: Math.ceil(60_000 / part.byteLength) }, () => part));
      let taken = 0;
      while (taken < 64 << 20 && peer.socket.writableLength < 1 << 20) {
        peer.socket.write(chunk);
        taken += chunk.byteLength;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(taken).toBeLessThan(64 << 20);
      conn.closeNow();
      peer.socket.destroy();
    }
  });
});

describe("after close", () => {
  test("all that waits or is tried is closed, and what was sent arrives", async () => {
    const { client, server } = await connect2();
    const reading = client.readMessage();
    await client.writeMessage(ws.TextMessage, "last");
    client.close();
    for (const op of [
      reading,
      client.readMessage(),
      client.writeMessage(1, "x"),
      client.writeControl(ws.PingMessage, ""),
      client.ping(),
      client.writeJSON(1),
    ]) {
      const err = await op.catch((e: unknown) => e);
      expect(isClosed(err), String(err)).toBe(true);
    }
    expect((await server.readMessage()).text()).toBe("last");
    await expect(server.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await expect(server.writeMessage(1, "x")).rejects.toBeInstanceOf(ws.CloseSentError);
    await Promise.all([client.closed, server.closed]);
  });

  test("await using closes and waits", async () => {
    const { client, server } = await connect2();
    {
      await using conn = client;
      await conn.writeMessage(ws.TextMessage, "x");
    }
    expect((await server.readMessage()).text()).toBe("x");
    await server.closed;
  });
});

test("addresses, and the conn underneath", async () => {
  const listener = await ws.listen("127.0.0.1:0", { path: "/chat" });
  const { port } = listener.addr;
  expect(listener.addr).toMatchObject({ transport: "ws", hostname: "127.0.0.1" });
  expect(String(listener.addr)).toBe(`ws://127.0.0.1:${port}/chat`);
  const url = `ws://localhost:${port}/chat?room=1`;
  const [client, server] = await Promise.all([ws.dial(new URL(url)), listener.accept()]);
  listener.close();
  expect(client.remoteAddr).toMatchObject({ transport: "ws", hostname: "localhost", port });
  expect(String(client.remoteAddr)).toBe(url);
  expect(String(client.localAddr)).toBe(`127.0.0.1:${client.localAddr.port}`);
  expect(String(server.remoteAddr)).toBe(String(client.localAddr));
  expect(String(server.localAddr)).toBe(`127.0.0.1:${port}`);
  expect(String(server.netConn.remoteAddr)).toBe(String(client.localAddr));
  expect(server.netConn.localAddr.transport).toBe("tcp");
  await expect(server.netConn.read(new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
  await expect(server.netConn.write(new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
  server.netConn.close();
  await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
  await closeAll(client, server);
});
