import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTimeout } from "../../../src/net/errors.js";
import { BufReader, readAll } from "../../../src/net/index.js";
import * as ws from "../../../src/ws/index.js";
import { bytes, reasonOf } from "../../support/bytes.js";
import { closing } from "../../support/closing.js";
import { frame, join } from "../frames.js";
import { RawPeer } from "../raw-peer.js";
import { compressions, connOf, makeConns, makeSockets, type PairOptions } from "./pair.js";

const keep = closing();

async function pair(options?: PairOptions) {
  const conns = await makeConns(options);
  for (const conn of conns) keep({ close: () => conn.closeNow() });
  return conns;
}

async function rawClient(options: PairOptions = {}) {
  const [client, server] = await makeSockets();
  const conn = connOf(server, true, options);
  keep({ close: () => conn.closeNow() });
  keep({ close: () => client.destroy() });
  return { conn, peer: new RawPeer(client, false) };
}

describe("writers side by side", () => {
  type Write = { how: "message" | "json" | "parts" | "prepared" | "bytes" | "ping"; sizes: number[] };
  const write: fc.Arbitrary<Write> = fc.record({
    how: fc.constantFrom("message", "json", "parts", "prepared", "bytes", "ping"),
    sizes: fc.array(fc.nat(40_000), { minLength: 1, maxLength: 4 }),
  });

  /** Writes without waiting for anything; returns what the other side is to read, and when all is out. */
  function start(conn: ws.Conn, { how, sizes }: Write, i: number): { want: string | null; sent: Promise<unknown> } {
    const texts = sizes.map((n, j) => String.fromCharCode(97 + ((i + j) % 26)).repeat(n));
    const text = texts.join("") || "x";
    if (how === "ping") return { want: null, sent: conn.writeControl(ws.PingMessage, "ping") };
    if (how === "message") return { want: text, sent: conn.writeMessage(ws.TextMessage, text) };
    if (how === "json") return { want: JSON.stringify(text), sent: conn.writeJSON(text) };
    if (how === "bytes") return { want: text, sent: conn.write(bytes(text)) };
    if (how === "prepared") {
      return { want: text, sent: conn.writePreparedMessage(new ws.PreparedMessage(ws.BinaryMessage, text)) };
    }
    const sent = conn.nextWriter(ws.BinaryMessage).then(async (writer) => {
      await Promise.all(texts.map((part) => writer.write(part)));
      await writer.close();
    });
    return { want: texts.join(""), sent };
  }

  const settings: [string, PairOptions][] = [
    ["as they are", {}],
    ...compressions.map(([name, compression]): [string, PairOptions] => [`compressed with ${name}`, { compression }]),
  ];
  test.each(settings)("send whole messages in the order of their calls, %s", async (_name, options) => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 25 }), fc.boolean(), async (writes, asClient) => {
        const [client, server] = await makeConns(options);
        const [from, to] = asClient ? [client, server] : [server, client];
        const started = writes.map((each, i) => start(from, each, i));
        for (const { want } of started) if (want !== null) expect((await to.readMessage()).text() === want).toBe(true);
        await Promise.all(started.map(({ sent }) => sent));
        client.closeNow();
        server.closeNow();
        await Promise.all([client.closed, server.closed]);
      }),
      { numRuns: 15 },
    );
  });

  test("of control messages disturb nobody: ten times ten pongs at once", async () => {
    const [client, server] = await pair();
    let pongs = 0;
    server.setPongHandler(() => void pongs++);
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 10 }, () => client.writeControl(ws.PongMessage, "pong")));
      await client.writeMessage(1, "round");
      expect((await server.readMessage()).text()).toBe("round");
      expect(pongs).toBe((round + 1) * 10);
    }
  });

  test.each([
    ["none", null, true],
    ["one to come", () => Date.now() + 10_000, true],
    ["one as a Date", () => new Date(Date.now() + 10_000), true],
    ["one that has passed", () => Date.now() - 1, false],
  ])("of a control message may set a deadline: %s", async (_name, deadline, good) => {
    const [client] = await pair();
    const at = typeof deadline === "function" ? deadline() : deadline;
    const sent = client.writeControl(ws.PingMessage, "ping", { deadline: at });
    if (good) await sent;
    else expect(isTimeout(await reasonOf(sent))).toBe(true);
  });
});

describe("a control message", () => {
  test.each(["writeControl", "writeMessage"] as const)("reaches its handler, sent with %s", async (method) => {
    const [client, server] = await pair();
    const pings: string[] = [];
    const pongs: string[] = [];
    server.setPingHandler((data) => void pings.push(new TextDecoder().decode(data)));
    server.setPongHandler((data) => void pongs.push(new TextDecoder().decode(data)));
    await client[method](ws.PingMessage, "a ping");
    await client[method](ws.PongMessage, bytes("a pong"));
    await client.writeMessage(1, "behind them");
    await server.readMessage();
    expect([pings, pongs]).toEqual([["a ping"], ["a pong"]]);
  });

  test("of more than 125 bytes, or of another type, is refused, and the conn stays usable", async () => {
    const [client, server] = await pair();
    await expect(client.writeControl(ws.PingMessage, "x".repeat(126))).rejects.toThrow(
      "websocket: invalid control frame",
    );
    await expect(client.writeControl(ws.TextMessage, "x")).rejects.toThrow("websocket: bad write message type");
    await expect(client.writeMessage(3, "x")).rejects.toThrow("websocket: bad write message type");
    await client.writeMessage(1, "fine");
    expect((await server.readMessage()).text()).toBe("fine");
  });

  test("to close goes behind the messages that were written before it, and none goes behind it", async () => {
    const [client, server] = await pair();
    const writes = [
      client.writeMessage(1, "one"),
      client.writeMessage(2, new Uint8Array(300_000)),
      client.writeControl(ws.CloseMessage, ws.formatCloseMessage(4001, "bye")),
    ];
    await expect(client.writeMessage(1, "late")).rejects.toThrow("websocket: close sent");
    await expect(client.ping()).rejects.toThrow("websocket: close sent");
    expect((await server.readMessage()).text()).toBe("one");
    expect((await server.readMessage()).data.byteLength).toBe(300_000);
    await expect(server.readMessage()).rejects.toMatchObject({ closeCode: 4001, text: "bye" });
    await Promise.all(writes);
  });
});

describe("what comes before the end is answered", () => {
  async function echo(conn: ws.Conn): Promise<unknown> {
    return reasonOf(
      (async () => {
        for (;;) {
          const { type, data } = await conn.readMessage();
          await conn.writeMessage(type, data);
        }
      })(),
    );
  }
  const close = frame(0x88, new Uint8Array([0x03, 0xe8]));

  test.each([1, 20])("a close message behind %i messages, all in one chunk", async (n) => {
    const { conn, peer } = await rawClient();
    const end = echo(conn);
    peer.send(join([...Array.from({ length: n }, (_, i) => frame(0x81, `message ${i}`)), close]));
    const answers = await peer.frames(n + 1);
    expect(answers.map(({ opcode }) => opcode)).toEqual([...Array.from({ length: n }, () => 1), 8]);
    expect(await end).toMatchObject({ closeCode: 1000 });
    await conn.closed;
  });

  test("a close message behind messages that are read later", async () => {
    const { conn, peer } = await rawClient();
    peer.send(join([frame(0x81, "one"), frame(0x81, "two"), close]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await echo(conn);
    expect((await peer.frames(3)).map(({ opcode }) => opcode)).toEqual([1, 1, 8]);
    await conn.closed;
  });

  test("a broken rule behind a message, in one chunk", async () => {
    const { conn, peer } = await rawClient();
    const end = echo(conn);
    peer.send(join([frame(0x81, "good"), frame(0xa1, "bad")]));
    const [answer, told] = await peer.frames(2);
    expect(new TextDecoder().decode(answer?.payload)).toBe("good");
    expect([...(told?.payload.subarray(0, 2) ?? [])]).toEqual([0x03, 0xea]);
    expect(await end).toMatchObject({ name: "ProtocolError" });
    await conn.closed;
  });

  test("a close message behind messages that nobody reads is answered all the same, in a second", async () => {
    const { conn, peer } = await rawClient();
    peer.send(join([frame(0x81, "one"), frame(0x81, "two"), close]));
    expect((await peer.frames(1)).map(({ opcode }) => opcode)).toEqual([8]);
    await conn.closed;
    expect((await conn.readMessage()).text()).toBe("one");
    expect((await conn.readMessage()).text()).toBe("two");
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
  });

  test("and a connection that is reset meanwhile ends with the close message that came", async () => {
    const { conn, peer } = await rawClient();
    peer.send(join([frame(0x81, "one"), frame(0x81, "two"), close]));
    expect((await conn.readMessage()).text()).toBe("one");
    peer.socket.resetAndDestroy();
    await conn.closed;
    expect((await conn.readMessage()).text()).toBe("two");
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
  });
});

test("a stream that ends anywhere within a message is an abnormal closure, for every reader", async () => {
  const whole = join([frame(0x01, "in "), frame(0x89, "ping"), frame(0x80, "parts")]);
  for (let cut = 1; cut < whole.byteLength; cut++) {
    const { conn, peer } = await rawClient();
    peer.send(whole.subarray(0, cut));
    peer.socket.end();
    const want = { closeCode: 1006, text: "unexpected EOF", message: /1006 \(abnormal closure\): unexpected EOF/ };
    const begun = await conn.nextReader().catch(() => null);
    if (begun !== null) {
      for (let i = 0; i < 2; i++) {
        expect(await reasonOf(readAll(begun.reader))).toMatchObject({ closeCode: want.closeCode, text: want.text });
      }
    }
    for (let i = 0; i < 2; i++) await expect(conn.nextReader()).rejects.toMatchObject({ closeCode: 1006 });
    await expect(conn.readMessage()).rejects.toThrow(want.message);
    await conn.closed;
  }
});

test("reads that are repeated on a failed conn reject with the same error, and nothing worse", async () => {
  const { conn, peer } = await rawClient();
  peer.socket.end();
  const first = await reasonOf(conn.readMessage());
  for (let i = 0; i < 2000; i++) expect(await reasonOf(conn.readMessage())).toBe(first);
  await conn.closed;
});

test("a buffered reader reads lines of a message that is larger than its buffer", async () => {
  const [client, server] = await pair();
  const line = `${"x".repeat(9000)}\n`;
  await client.writeMessage(ws.TextMessage, line.repeat(3));
  const lines = new BufReader((await server.nextReader()).reader);
  for (let i = 0; i < 3; i++) expect(await lines.readLine()).toBe("x".repeat(9000));
  expect(await lines.readLine()).toBeNull();
});
