import { once } from "node:events";
import type { Socket } from "node:net";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { acceptAnswer, acceptOffer, type CompressionOptions, offerOf } from "../../../src/ws/compression.js";
import { headerBytesOf, payloadLength } from "../../../src/ws/frame.js";
import * as ws from "../../../src/ws/index.js";
import { PreparedMessage } from "../../../src/ws/prepared-message.js";
import { bytes, sameBytes, sequence } from "../../support/bytes.js";
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

/** A server's conn, and a client that makes its frames by hand. */
async function rawClient(options: PairOptions) {
  const [client, server] = await makeSockets();
  const conn = connOf(server, true, options);
  keep({ close: () => conn.closeNow() });
  keep({ close: () => client.destroy() });
  return { conn, peer: new RawPeer(client, false) };
}

const [[, alone], [, withContext]] = compressions as [(typeof compressions)[0], (typeof compressions)[0]];
const alonePart = (data: Uint8Array) => deflateRawSync(data, { finishFlush: 2 }).subarray(0, -4);

describe("the negotiation", () => {
  const name = "permessage-deflate";
  const offers: [offer: string | undefined, options: CompressionOptions, answer: string | null][] = [
    [undefined, {}, null],
    ["", {}, null],
    ["x-webkit-deflate-frame", {}, null],
    [name, {}, `${name}; server_no_context_takeover; client_no_context_takeover`],
    [name, { contextTakeover: true }, name],
    [`${name}; client_max_window_bits`, { contextTakeover: true }, name],
    [`${name}; server_no_context_takeover`, { contextTakeover: true }, `${name}; server_no_context_takeover`],
    [
      `${name}; client_max_window_bits`,
      { contextTakeover: true, peerWindowBits: 10 },
      `${name}; client_max_window_bits=10`,
    ],
    [`${name}; server_max_window_bits=10`, { contextTakeover: true }, `${name}; server_max_window_bits=10`],
    [
      `${name}; server_max_window_bits=12`,
      { contextTakeover: true, windowBits: 10 },
      `${name}; server_max_window_bits=10`,
    ],
    [`${name}; server_max_window_bits=8`, {}, null],
    [`${name}; server_max_window_bits=8, ${name}`, { contextTakeover: true }, name],
    [`${name}; server_max_window_bits=16`, {}, null],
    [`${name}; server_max_window_bits=010`, {}, null],
    [`${name}; server_max_window_bits`, {}, null],
    [`${name}; client_max_window_bits=7`, {}, null],
    [`${name}; something_else`, {}, null],
    [`${name}; server_no_context_takeover=1`, {}, null],
    [`${name}; server_no_context_takeover; server_no_context_takeover`, {}, null],
    [`${name};;`, {}, null],
    [`foo, ${name}; something_else, ${name}`, { contextTakeover: true }, name],
    [`${name}; client_max_window_bits="10"`, { contextTakeover: true, peerWindowBits: 12 }, null],
  ];
  test.each(offers)("answers the offer %j with options %j", (offer, options, answer) => {
    expect(acceptOffer(offer, options)?.answer ?? null).toBe(answer);
  });

  test("a client offers what it can do", () => {
    expect(offerOf({})).toBe(`${name}; server_no_context_takeover; client_no_context_takeover; client_max_window_bits`);
    expect(offerOf({ contextTakeover: true, windowBits: 10, peerWindowBits: 12 })).toBe(
      `${name}; server_max_window_bits=12; client_max_window_bits=10`,
    );
  });

  const answers: [answer: string | undefined, options: CompressionOptions | null, outcome: object | null | string][] = [
    [undefined, {}, null],
    [undefined, null, null],
    [name, null, "an extension that was not offered"],
    ["foo", {}, "an extension that was not offered"],
    [`${name}, foo`, {}, "an extension that was not offered"],
    [`${name}, ${name}`, { contextTakeover: true }, "invalid compression negotiation"],
    [name, { contextTakeover: true }, {}],
    [name, {}, "a compression context that was not offered"],
    [`${name}; server_no_context_takeover`, {}, { server_no_context_takeover: true, client_no_context_takeover: true }],
    [`${name}; client_max_window_bits=8`, { contextTakeover: true }, "a compression window that cannot be had"],
    [`${name}; client_max_window_bits=9`, { contextTakeover: true }, { client_max_window_bits: 9 }],
    [
      `${name}; client_max_window_bits=12`,
      { contextTakeover: true, windowBits: 10 },
      'Unexpected or invalid parameter "client_max_window_bits"',
    ],
    [`${name}; server_max_window_bits=20`, { contextTakeover: true }, "a compression window that cannot be had"],
    [
      `${name}; server_max_window_bits=11`,
      { contextTakeover: true, peerWindowBits: 10 },
      "a larger compression window than was asked for",
    ],
    [name, { contextTakeover: true, peerWindowBits: 10 }, "a larger compression window than was asked for"],
    [`${name}; server_max_window_bits=9`, { contextTakeover: true, peerWindowBits: 10 }, { server_max_window_bits: 9 }],
    [`${name}; unknown`, { contextTakeover: true }, 'Unknown parameter "unknown"'],
  ];
  test.each(answers)("takes the answer %j with options %j", (answer, options, outcome) => {
    if (typeof outcome === "string") expect(() => acceptAnswer(answer, options)).toThrow(outcome);
    else expect(acceptAnswer(answer, options)?.params ?? null).toEqual(outcome);
  });

  test.each([-3, 10, 1.5, Number.NaN])("there is no level %d", async (level) => {
    expect(() => acceptOffer(name, { level })).toThrow("websocket: invalid compression level");
    const [client] = await pair({ compression: alone });
    expect(() => client.setCompressionLevel(level)).toThrow("websocket: invalid compression level");
  });
});

describe("what is sent", () => {
  const data = bytes("compress me, ".repeat(40));

  test("is what zlib inflates, with the bit that says so on the first frame alone", async () => {
    const [client, server] = await makeSockets();
    const conn = connOf(server, true, { compression: alone });
    keep({ close: () => conn.closeNow() });
    keep({ close: () => client.destroy() });
    await conn.writeMessage(1, data);
    const writer = await conn.nextWriter(2);
    await writer.write(data.subarray(0, 100));
    await writer.write(data.subarray(100));
    await writer.close();
    conn.close();
    const frames = framesIn(await untilClose(client));
    expect(frames.map(({ first }) => first)).toEqual([0xc1, 0x42, 0x00, 0x80, 0x88]);
    const [whole, ...parts] = frames.map(({ payload }) => payload);
    sameBytes(inflated(whole as Uint8Array), data);
    sameBytes(inflated(join(parts.slice(0, 3))), data);
  });

  test.each([-2, -1, 0, 1, 6, 9])("may be compressed at level %d, also from one message to the next", async (level) => {
    for (const compression of [alone, withContext]) {
      const [client, server] = await pair({ compression });
      await client.writeMessage(2, data);
      client.setCompressionLevel(level);
      await client.writeMessage(2, data);
      await client.writeMessage(2, data);
      for (let i = 0; i < 3; i++) sameBytes((await server.readMessage()).data, data);
    }
  });

  test("goes as it is below the threshold, or where compression is turned off", async () => {
    const [client, server] = await makeSockets();
    const conn = connOf(server, true, { compression: { ...alone, thresholdBytes: data.byteLength } });
    keep({ close: () => conn.closeNow() });
    keep({ close: () => client.destroy() });
    await conn.writeMessage(1, data.subarray(1));
    conn.enableWriteCompression(false);
    await conn.writeMessage(1, data);
    conn.enableWriteCompression(true);
    await conn.writeMessage(1, data);
    conn.close();
    const frames = framesIn(await untilClose(client));
    expect(frames.map(({ first }) => first)).toEqual([0x81, 0x81, 0xc1, 0x88]);
  });
});

/** All that comes up to a close frame. */
async function untilClose(socket: Socket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  while (!framesIn(join(chunks)).some(({ first }) => first === 0x88)) await once(socket, "data");
  return join(chunks);
}

/** Takes frames of a server apart, whatever their RSV bits. */
function framesIn(all: Uint8Array): { first: number; payload: Uint8Array }[] {
  const frames = [];
  for (let at = 0; at < all.byteLength; ) {
    const start = at + headerBytesOf(all[at + 1] as number);
    const end = start + payloadLength(all, at);
    frames.push({ first: all[at] as number, payload: all.subarray(start, end) });
    at = end;
  }
  return frames;
}

const inflated = (data: Uint8Array) =>
  new Uint8Array(inflateRawSync(join([data, new Uint8Array([0, 0, 0xff, 0xff])]), { finishFlush: 2 }));

describe("what comes", () => {
  test("may be compressed or not, from message to message", async () => {
    const { conn, peer } = await rawClient({ compression: alone });
    peer.send(frame(0xc1, alonePart(bytes("one"))), frame(0x81, "two"), frame(0xc2, alonePart(bytes("three"))));
    for (const word of ["one", "two", "three"]) expect((await conn.readMessage()).text()).toBe(word);
  });

  test("may be in fragments, cut anywhere, with pings between", async () => {
    const whole = alonePart(bytes("in fragments, cut anywhere"));
    for (let cut = 0; cut <= whole.byteLength; cut++) {
      const { conn, peer } = await rawClient({ compression: alone });
      peer.send(frame(0x41, whole.subarray(0, cut)), frame(0x89, "ping"), frame(0x80, whole.subarray(cut)));
      expect((await conn.readMessage()).text()).toBe("in fragments, cut anywhere");
      conn.closeNow();
    }
  });

  test("keeps its order with the close message behind it", async () => {
    const { conn, peer } = await rawClient({ compression: alone });
    const big = bytes("x".repeat(300_000));
    peer.send(frame(0xc2, alonePart(big)), frame(0x88, new Uint8Array([0x03, 0xe8])));
    sameBytes((await conn.readMessage()).data, big);
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await conn.closed;
  });

  test("that is no deflated data ends with 1007", async () => {
    const { conn, peer } = await rawClient({ compression: alone });
    peer.send(frame(0xc2, new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff])));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1007, name: "ProtocolError" });
    const [close] = await peer.frames(1);
    expect([...(close?.payload.subarray(0, 2) ?? [])]).toEqual([0x03, 0xef]);
    await conn.closed;
  });

  test("that inflates to text that is no UTF-8 ends with 1007", async () => {
    const { conn, peer } = await rawClient({ compression: alone });
    peer.send(frame(0xc1, alonePart(new Uint8Array([0x48, 0xff]))));
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1007 });
  });

  test("that inflates beyond the limit ends with 1009: 10 KB to 10 MB", async () => {
    const { conn, peer } = await rawClient({ compression: alone, maxMessageBytes: 65_536 });
    const bomb = alonePart(new Uint8Array(10_485_760));
    expect(bomb.byteLength).toBeLessThan(11_000);
    peer.send(frame(0xc2, bomb));
    await expect(conn.readMessage()).rejects.toMatchObject({ name: "ReadLimitError", closeCode: 1009 });
    const [close] = await peer.frames(1);
    expect([...(close?.payload ?? [])]).toEqual([0x03, 0xf1]);
    await conn.closed;
  });

  test("that inflates to just the limit is read", async () => {
    const { conn, peer } = await rawClient({ compression: alone, maxMessageBytes: 65_536 });
    peer.send(frame(0xc2, alonePart(new Uint8Array(65_536))), frame(0xc2, alonePart(new Uint8Array(65_537))));
    expect((await conn.readMessage()).data.byteLength).toBe(65_536);
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1009 });
  });

  test("must not have the bit on a continuation, or on a control frame", async () => {
    for (const bad of [[frame(0x01, "x"), frame(0xc0, "x")], [frame(0xc9, "x")]]) {
      const { conn, peer } = await rawClient({ compression: alone });
      peer.send(...bad);
      await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1002, message: "websocket: RSV1 set" });
    }
  });

  test("to a conn that nobody reads from is not inflated without a bound", async () => {
    const { conn, peer } = await rawClient({ compression: alone, maxMessageBytes: 0 });
    const many = frame(0xc2, alonePart(new Uint8Array(2_000_000)));
    let sent = 0;
    while (sent < 4_000 && peer.socket.write(many)) sent++;
    const { reader } = await conn.nextReader();
    let n = 0;
    const p = new Uint8Array(65_536);
    for (let m = await reader.read(p); m !== null; m = await reader.read(p)) n += m;
    expect(n).toBe(2_000_000);
  });
});

describe("a prepared message", () => {
  test.each(compressions)("is the message that it was prepared as, over conns with %s", async (_name, compression) => {
    const conns = [await pair({}), await pair({ compression }), await pair({ compression })];
    const data = bytes("prepared ".repeat(50));
    const message = new PreparedMessage(ws.TextMessage, data);
    const want = data.slice();
    data.fill(0); // its owner may change it
    for (const [client, server] of conns) {
      await server.writeMessage(1, "before");
      await server.writePreparedMessage(message);
      await server.writeMessage(1, "between");
      await server.writePreparedMessage(message);
      await client.writePreparedMessage(message);
      const texts = [];
      for (let i = 0; i < 4; i++) texts.push((await client.readMessage()).text());
      expect(texts).toEqual(["before", new TextDecoder().decode(want), "between", new TextDecoder().decode(want)]);
      sameBytes((await server.readMessage()).data, want);
    }
  });

  test("may be a control message", async () => {
    const [client, server] = await pair({});
    const got = new Promise((resolve) => client.setPongHandler((data) => resolve(new TextDecoder().decode(data))));
    await server.writePreparedMessage(new PreparedMessage(ws.PongMessage, "pong"));
    expect(await got).toBe("pong");
  });

  test("must have a type, and as a control message no more than 125 bytes", () => {
    expect(() => new PreparedMessage(3, "x")).toThrow("websocket: bad write message type");
    expect(() => new PreparedMessage(ws.PingMessage, "x".repeat(126))).toThrow("websocket: invalid control frame");
  });

  test("of any size is framed as writeMessage frames it", async () => {
    for (const n of [0, 125, 126, 65_535, 65_536, 100_000]) {
      const { conn, peer } = await rawClient({});
      const data = sequence(n);
      await Promise.all([conn.writeMessage(2, data), conn.writePreparedMessage(new PreparedMessage(2, data))]);
      const [first, second] = await peer.frames(2);
      expect(first).toEqual(second);
    }
  });
});

test("what zlib makes of a part is what comes out", () => {
  sameBytes(inflateRawSync(alonePart(bytes("abc")), { finishFlush: 2 }), bytes("abc"));
});
