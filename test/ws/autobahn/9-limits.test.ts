import { describe, expect, test } from "vitest";
import { Binary, Close, converse, meetEcho, type Peer, Ping, Pong, print, roles, say, Text, talk } from "./peer.js";

const mebibyte = 1 << 20;

/** A message in frames of `size` bytes. */
function fragments(peer: Peer, opcode: number, data: Uint8Array, size: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < data.byteLength; at += size) {
    const fin = at + size >= data.byteLength;
    frames.push(peer.frame(at === 0 ? opcode : 0, data.subarray(at, at + size), { fin }));
  }
  return frames;
}

describe.each(roles)("9, limits, ours the %s", (role) => {
  test.each([64, 1024, 16_384, 262_144, 4 * mebibyte])(
    "9.3 and 9.4, 4 MiB in fragments of %i bytes, with the limits that are the default",
    async (size) => {
      const peer = await meetEcho(role);
      const data = Buffer.alloc(4 * mebibyte, "*é");
      for (const opcode of size === 64 ? [Text, Binary] : [size % 3 === 0 ? Text : Binary]) {
        await converse(peer, [Buffer.concat(fragments(peer, opcode, data, size))], [say(opcode, data)]);
      }
    },
  );

  test.each([
    [64, 32 * 1024],
    [128, 64 * 1024],
    [256, 128 * 1024],
    [1024, mebibyte],
    [2048, mebibyte],
  ])("9.5 and 9.6, a frame in chops of %i bytes", async (chop, length) => {
    const peer = await meetEcho(role);
    const data = Buffer.alloc(length - (length % 3), "*é");
    for (const opcode of [Text, Binary]) {
      await converse(peer, [peer.frame(opcode, data)], [say(opcode, data)], chop);
    }
  });

  test.each([0, 16, 64, 256, 1024, 4096])("9.7 and 9.8, 1000 messages of %i bytes at once", async (size) => {
    const peer = await meetEcho(role);
    const data = Buffer.alloc(size, "é");
    const sent = Array.from({ length: 1000 }, (_, i) => peer.frame(i & 1 ? Text : Binary, data));
    const answers = Array.from({ length: 1000 }, (_, i) => say(i & 1 ? Text : Binary, data));
    await converse(peer, sent, answers);
  });

  test("10.1, 65536 bytes in fragments of 1300", async () => {
    const peer = await meetEcho(role);
    const data = Buffer.alloc(65_536, "*");
    await converse(peer, fragments(peer, Text, data, 1300), [say(Text, data)]);
    await converse(peer, fragments(peer, Text, data, 1300), [say(Text, data)], 1301);
  });

  test("a message at the limit is taken, one byte more is 1009, by the head that announces it", async () => {
    const options = { maxMessageBytes: 1000 };
    const peer = await meetEcho(role, { options });
    await converse(peer, [peer.frame(Binary, new Uint8Array(1000))], [say(Binary, new Uint8Array(1000))]);
    await talk(peer, [peer.frame(Binary, new Uint8Array(1001)).subarray(0, 8)], ["close 1009"]);
  });

  test("over fragments too, and pings between do not count", async () => {
    const options = { maxMessageBytes: 1000 };
    const peer = await meetEcho(role, { options });
    const data = new Uint8Array(999);
    const first = [peer.frame(Binary, data, { fin: false }), peer.frame(Ping, "x".repeat(125))];
    const pong = say(Pong, "x".repeat(125));
    await converse(peer, [...first, peer.frame(0, "x")], [pong, say(Binary, Buffer.concat([data, Buffer.from("x")]))]);
    await talk(peer, [...first, peer.frame(0, "xx").subarray(0, -2)], [pong, "close 1009"]);
  });

  test("more fragments than may be are 1008", async () => {
    const options = { maxFragments: 10 };
    const peer = await meetEcho(role, { options });
    await converse(peer, fragments(peer, Binary, new Uint8Array(10), 1), [say(Binary, new Uint8Array(10))]);
    await talk(peer, fragments(peer, Binary, new Uint8Array(11), 1), ["close 1008"]);
  });

  test("more control frames than may be in a second are 1008", async () => {
    const options = { maxControlFrames: 100 };
    const peer = await meetEcho(role, { options });
    await peer.send(Array.from({ length: 1000 }, () => peer.frame(Pong)));
    expect((await peer.rest()).map(print)).toEqual(["close 1008"]);
  });

  test("a length that no message can have is 1009 or 1002, and takes no memory", async () => {
    for (const length of ["7fffffffffffffff", "ffffffffffffffff", "8000000000000000", "0020000000000000"]) {
      const peer = await meetEcho(role, { options: { maxMessageBytes: 0 } });
      const head = Buffer.from(`82${role === "server" ? "ff" : "7f"}${length}00000000`, "hex");
      await peer.send(head);
      peer.socket.end();
      const said = await peer.rest();
      for (const { opcode } of said) expect(opcode).toBe(Close);
    }
  });
});
