import { afterEach, describe, expect, test, vi } from "vitest";
import { isTimeout } from "../../../src/net/errors.js";
import * as ws from "../../../src/ws/index.js";
import { settingsOf } from "../../../src/ws/options.js";
import { reasonOf } from "../../support/bytes.js";
import { closing } from "../../support/closing.js";
import { frame, join } from "../frames.js";
import { RawPeer } from "../raw-peer.js";
import { compressions, connOf, makeConns, makeSockets, type PairOptions } from "./pair.js";

const keep = closing();

async function pair(options: PairOptions) {
  const conns = await makeConns(options);
  for (const conn of conns) keep({ close: () => conn.closeNow() });
  return conns;
}

async function rawClient(options: PairOptions) {
  const [client, server] = await makeSockets();
  const conn = connOf(server, true, options);
  keep({ close: () => conn.closeNow() });
  keep({ close: () => client.destroy() });
  return { conn, peer: new RawPeer(client, false) };
}

const closeCodeOf = ([close]: readonly { payload: Uint8Array }[]) =>
  close === undefined ? 0 : ((close.payload[0] as number) << 8) | (close.payload[1] as number);

describe("a peer that goes beyond a limit is told so", () => {
  test("with too many fragments", async () => {
    const { conn, peer } = await rawClient({ maxFragments: 3 });
    peer.send(frame(0x02, "a"), frame(0x00, "b"), frame(0x80, "c"));
    expect((await conn.readMessage()).text()).toBe("abc");
    peer.send(frame(0x02, "a"), frame(0x00, ""), frame(0x00, ""), frame(0x00, ""));
    await expect(conn.readMessage()).rejects.toMatchObject({
      name: "PolicyError",
      message: "websocket: too many fragments",
      code: "ERR_LIMIT",
    });
    expect(closeCodeOf(await peer.frames(1))).toBe(1008);
    await conn.closed;
  });

  test("with too many control frames", async () => {
    const { conn, peer } = await rawClient({ maxControlFrames: 100 });
    peer.send(join(Array.from({ length: 250 }, () => frame(0x8a, "pong"))));
    await expect(conn.readMessage()).rejects.toMatchObject({ message: "websocket: too many control frames" });
    expect(closeCodeOf(await peer.frames(1))).toBe(1008);
    await conn.closed;
  });

  test("with pings, of which the last is answered while it does not read", async () => {
    const { conn, peer } = await rawClient({});
    peer.socket.pause();
    const big = new Uint8Array(1_000_000);
    const writes = [1, 2, 3, 4, 5, 6, 7, 8].map(() => conn.writeMessage(2, big));
    for (let i = 0; i < 500; i++) peer.send(frame(0x89, `ping ${i}`));
    peer.send(frame(0x82, "read me"));
    expect((await conn.readMessage()).text()).toBe("read me");
    peer.socket.resume();
    await Promise.all(writes);
    const pongs = (await peer.frames(9)).filter(({ opcode }) => opcode === 10);
    expect(pongs.length).toBeGreaterThan(0);
    expect(pongs.length).toBeLessThan(50);
    expect(new TextDecoder().decode(pongs.at(-1)?.payload)).toBe("ping 499");
  });
});

test("a limit may be set, and lifted, while messages come", async () => {
  const { conn, peer } = await rawClient({ maxMessageBytes: 10 });
  conn.setReadLimit(0);
  peer.send(frame(0x82, "x".repeat(1000)));
  expect((await conn.readMessage()).data.byteLength).toBe(1000);
  conn.setReadLimit(1000);
  peer.send(
    frame(0x82, "x".repeat(1000)),
    frame(0x8a, "pong"),
    frame(0x02, "x".repeat(600)),
    frame(0x80, "x".repeat(401)),
  );
  expect((await conn.readMessage()).data.byteLength).toBe(1000);
  await expect(conn.readMessage()).rejects.toMatchObject({ name: "ReadLimitError" });
});

test("a length with its highest bit set is beyond any limit", async () => {
  const { conn, peer } = await rawClient({ maxMessageBytes: 0 });
  peer.send(new Uint8Array([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]));
  await expect(conn.readMessage()).rejects.toMatchObject({ name: "ReadLimitError" });
});

describe("what waits for a peer that does not read is bounded", () => {
  test.each([
    ["messages", {}],
    ["compressed messages", { compression: compressions[0]?.[1] as (typeof compressions)[0][1] }],
  ])("%s", async (_name, options: PairOptions) => {
    const [client] = await pair({ ...options, maxQueuedBytes: 500_000 });
    const data = crypto.getRandomValues(new Uint8Array(50_000));
    const outcomes = Array.from({ length: 400 }, () => reasonOf(client.writeMessage(2, data)).catch(() => null));
    const refused = await Promise.race(outcomes.slice(-1));
    expect(refused).toMatchObject({ name: "QueueLimitError", message: "websocket: too much waits to be written" });
    client.closeNow();
    const errors = await Promise.all(outcomes);
    expect(errors.every((error) => error === null || error instanceof Error)).toBe(true);
  });

  test("control messages", async () => {
    const [client] = await pair({ maxQueuedBytes: 10_000 });
    const filling = reasonOf(client.writeMessage(2, new Uint8Array(30_000_000)));
    const pings = Array.from({ length: 2000 }, () => reasonOf(client.writeControl(ws.PongMessage, "x".repeat(100))));
    expect(await pings.at(-1)).toMatchObject({ name: "QueueLimitError" });
    client.closeNow();
    await Promise.all([filling, ...pings]);
  });

  test("but one message may be larger than that", async () => {
    const [client, server] = await pair({ maxQueuedBytes: 1000 });
    const sent = client.writeMessage(2, new Uint8Array(5_000_000));
    expect((await server.readMessage()).data.byteLength).toBe(5_000_000);
    await sent;
  });
});

describe("heartbeats", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const heartbeat = { intervalMs: 60, timeoutMs: 40 };

  test("keep a conn that is idle, both ways", async () => {
    const [client, server] = await pair({ heartbeat });
    let pings = 0;
    const fourPings = new Promise<void>((resolve) => {
      server.setPingHandler((data) => {
        if (++pings === 4) resolve();
        return server.writeControl(ws.PongMessage, data);
      });
    });
    const message = server.readMessage();
    await fourPings;
    await client.writeMessage(1, "still here");
    expect((await message).text()).toBe("still here");
  });

  test("notice a peer that is dead: reads and writes reject, and the conn is closed", async () => {
    const { conn, peer } = await rawClient({ heartbeat });
    const read = reasonOf(conn.readMessage());
    const iterating = reasonOf(conn[Symbol.asyncIterator]().next());
    await conn.closed;
    expect(peer.recorder.told.map(({ opcode }) => opcode)).toContain(9);
    for (const error of [await read, await iterating]) {
      expect(isTimeout(error)).toBe(true);
      expect(String(error)).toMatch(/read ws .*: websocket: the peer does not answer pings$/);
    }
    expect(isTimeout(await reasonOf(conn.writeMessage(1, "x")))).toBe(true);
  });

  test("take whatever comes for a sign of life", async () => {
    const { conn, peer } = await rawClient({ heartbeat });
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      peer.send(frame(0x82, "alive"));
    }
    for (let i = 0; i < 12; i++) expect((await conn.readMessage()).text()).toBe("alive");
  });

  test("do not blame a peer for what we do not read", async () => {
    const [client, server] = await pair({ server: { heartbeat } });
    const data = new Uint8Array(40_000);
    const writes = Array.from({ length: 200 }, () => client.writeMessage(2, data));
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than two beats
    for (let i = 0; i < 200; i++) expect((await server.readMessage()).data.byteLength).toBe(40_000);
    await Promise.all(writes);
  });

  test("end with the conn", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const [client, server] = await pair({ heartbeat });
    client.closeNow();
    server.closeNow();
    await Promise.all([client.closed, server.closed]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("options", () => {
  test("have defaults", () => {
    expect(settingsOf({})).toEqual({
      maxMessageBytes: 33_554_432,
      maxFragments: 1_048_576,
      maxControlFrames: 100_000,
      maxQueuedBytes: 16_777_216,
      closeTimeoutMs: 5000,
      heartbeat: null,
    });
    expect(settingsOf({ heartbeat: true }).heartbeat).toEqual({ intervalMs: 30_000, timeoutMs: 10_000 });
  });
  test("of 0 lift a limit", () => {
    expect(settingsOf({ maxMessageBytes: 0, maxFragments: -1 })).toMatchObject({
      maxMessageBytes: Number.POSITIVE_INFINITY,
      maxFragments: Number.POSITIVE_INFINITY,
    });
  });
  test("that make no sense are refused", () => {
    expect(() => settingsOf({ maxMessageBytes: Number.NaN })).toThrow(RangeError);
    expect(() => settingsOf({ closeTimeoutMs: -1 })).toThrow(RangeError);
    expect(() => settingsOf({ heartbeat: { intervalMs: Number.NaN } })).toThrow(RangeError);
  });
});
