import { describe, expect, test } from "vitest";
import { CloseError, ReadLimitError, TextMessage } from "../../../src/ws/index.js";
import { meetDeflating } from "./deflating-peer.js";
import { Binary, converse, meet, meetEcho, type Peer, Ping, Pong, print, roles, say, stream, Text } from "./peer.js";

const sizes = [0, 1, 125, 126, 127, 1300, 65_535, 65_536, 200_000];
const text = (n: number) => "é*".repeat(n / 3) + "x".repeat(n % 3);

/** A message in frames of `size` bytes. */
function fragments(peer: Peer, opcode: number, data: Uint8Array, size: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(data.byteLength / size));
  return Array.from({ length: count }, (_, i) =>
    peer.frame(i === 0 ? opcode : 0, data.subarray(i * size, (i + 1) * size), { fin: i === count - 1 }),
  );
}

describe.each(roles)("10, messages that are streamed in and out, ours the %s", (role) => {
  test("come back, of every size and however they are cut", async () => {
    const peer = await meetEcho(role, {}, stream);
    for (const n of sizes) {
      const data = Buffer.from(text(n));
      for (const opcode of [Text, Binary]) {
        await converse(peer, [peer.frame(opcode, data)], [say(opcode, data)], n < 200 ? 1 : 4097);
        await converse(peer, fragments(peer, opcode, data, 1300), [say(opcode, data)]);
        await converse(peer, fragments(peer, opcode, data, Math.ceil(n / 3) || 1), [say(opcode, data)], 1301);
      }
    }
  });

  test.each([true, false])("come back, compressed, with context takeover: %s", async (contextTakeover) => {
    const extensions = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    const meeting = { options: { enableCompression: { contextTakeover, thresholdBytes: 0 } } };
    const offer = contextTakeover ? "permessage-deflate" : extensions;
    const peer = await meetDeflating(role, { ...meeting, extensions: offer }, stream);
    for (const n of sizes) {
      for (const size of [undefined, 100, n > 1000 ? 1000 : 1]) await peer.echo(Text, text(n), size);
    }
  });

  test("10.1, leave in fragments as they are written, with a pong between, and the next message behind", async () => {
    const { conn, peer } = await meet(role);
    const data = Buffer.from(text(65_536));
    const writer = await conn.nextWriter(TextMessage);
    const first = [];
    for (let at = 0; at < data.length; at += 1300) {
      if (at === 13_000) {
        while (first.length < 10) first.push(await peer.next());
        void conn.writeMessage(TextMessage, "behind");
        await converse(peer, [peer.frame(Ping, "between")], [say(Pong, "between")]);
      }
      await writer.write(data.subarray(at, at + 1300));
    }
    await writer.close();
    expect(first.map((frame) => [frame?.opcode, frame?.fin, frame?.payload.byteLength])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i === 0 ? Text : 0, false, 1300]),
    );
    const rest = [];
    while (rest.at(-1)?.fin !== true) rest.push(await peer.next());
    expect(rest.every((frame) => frame?.opcode === 0)).toBe(true);
    const whole = Buffer.concat([...first, ...rest].map((frame) => frame?.payload ?? new Uint8Array(0)));
    expect(print({ opcode: Text, rsv: 0, payload: whole })).toBe(say(Text, data));
    expect(print(await peer.message())).toBe("text behind");
  });

  test("can be read while they come", async () => {
    const { conn, peer } = await meet(role);
    await peer.send(peer.frame(Text, "abcdef").subarray(0, -3));
    const { type, reader } = await conn.nextReader();
    expect(type).toBe(TextMessage);
    const p = new Uint8Array(10);
    expect(await reader.read(p)).toBe(3);
    expect(Buffer.from(p).toString("latin1", 0, 3)).toBe("abc");
  });

  const ends: [string, (peer: Peer) => Uint8Array[], object, string][] = [
    ["text that is no UTF-8", (p) => [p.frame(0, Buffer.from("ff", "hex"))], { closeCode: 1007 }, "close 1007"],
    ["a message within it", (p) => [p.frame(Text, "x")], { closeCode: 1002 }, "close 1002"],
    ["a bad opcode", (p) => [p.frame(5, "x")], { closeCode: 1002 }, "close 1002"],
    ["more than the limit", (p) => [p.frame(0, "x".repeat(100))], { name: ReadLimitError.name }, "close 1009"],
    ["the peer's close", (p) => [p.close(4000, "why")], { closeCode: 4000, text: "why" }, "close 4000"],
  ];
  test.each(ends)("that end with %s reject, also the next", async (_, make, error, answer) => {
    const { conn, peer } = await meet(role, { options: { maxMessageBytes: 100 } });
    await peer.send([peer.frame(Text, "begun", { fin: false }), ...make(peer)]);
    const { reader } = await conn.nextReader();
    const drain = async () => {
      const p = new Uint8Array(10);
      while ((await reader.read(p)) !== null);
    };
    await expect(drain()).rejects.toMatchObject(error);
    await expect(drain()).rejects.toMatchObject(error);
    await expect(conn.nextReader()).rejects.toMatchObject(error);
    await expect(conn.readMessage()).rejects.toMatchObject(error);
    expect((await peer.rest()).map(print)).toEqual([answer]);
    await conn.closed;
  });

  test("that are cut at any byte by the end of the connection are 1006", async () => {
    for (let cut = 0; ; cut++) {
      const { conn, peer } = await meet(role);
      const bytes = Buffer.concat(fragments(peer, Text, Buffer.from("fragmented"), 4));
      if (cut === bytes.length) break;
      peer.socket.end(bytes.subarray(0, cut));
      const readAll = async () => {
        const { reader } = await conn.nextReader();
        const p = new Uint8Array(10);
        while ((await reader.read(p)) !== null);
      };
      for (let i = 0; i < 2; i++) {
        const err = await readAll().catch((err: unknown) => err);
        expect(err).toBeInstanceOf(CloseError);
        expect(err).toMatchObject({ closeCode: 1006 });
      }
    }
  });

  test("that are left in the middle are dropped, and their reader is at its end", async () => {
    const { conn, peer } = await meet(role);
    await peer.send([...fragments(peer, Binary, new Uint8Array(100_000), 1000), peer.frame(Text, "next")]);
    const first = await conn.nextReader();
    expect(await first.reader.read(new Uint8Array(10))).toBe(10);
    const second = await conn.nextReader();
    expect(second.type).toBe(TextMessage);
    expect(await first.reader.read(new Uint8Array(10))).toBeNull();
    const p = new Uint8Array(10);
    expect(await second.reader.read(p)).toBe(4);
    expect(await second.reader.read(p)).toBeNull();
  });
});
