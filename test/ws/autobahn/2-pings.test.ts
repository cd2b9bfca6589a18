import { describe, expect, test } from "vitest";
import { Close, converse, meet, meetEcho, Ping, Pong, print, roles, say, Text, talk } from "./peer.js";

const payloads: readonly [string, Uint8Array | string][] = [
  ["2.1, none", ""],
  ["2.2, text", "Hello, world!"],
  ["2.3, bytes", Uint8Array.of(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff)],
  ["2.4, 125 bytes", new Uint8Array(125).fill(0xfe)],
];

describe.each(roles)("2, pings and pongs, ours the %s", (role) => {
  for (const chop of [undefined, 1]) {
    describe(chop === undefined ? "in one chunk" : "a byte at a time", () => {
      test.each(payloads)("%s, comes back in a pong", async (_, payload) => {
        const peer = await meetEcho(role);
        await converse(peer, [peer.frame(Ping, payload)], [say(Pong, payload)], chop);
      });

      test("2.5, 126 bytes are a protocol error", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.frame(Ping, "x".repeat(126)), peer.frame(Ping)], ["close 1002"], chop);
      });

      test("2.7 to 2.9, pongs that nobody asked for are ignored", async () => {
        const peer = await meetEcho(role);
        const sent = [peer.frame(Pong), peer.frame(Pong, "unasked"), peer.frame(Ping, "asked"), peer.frame(Text, "on")];
        const answers = new Set([say(Pong, "asked"), say(Text, "on")]);
        await peer.send(sent, chop);
        expect(new Set([print(await peer.message()), print(await peer.message())])).toEqual(answers);
      });

      test("2.10, ten pings are answered in their order", async () => {
        const peer = await meetEcho(role);
        const data = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
        const pings = data.map((text) => peer.frame(Ping, text));
        const pongs = data.map((text) => say(Pong, text));
        await converse(peer, pings, pongs, chop);
      });
    });
  }

  test("are answered whether or not anybody reads", async () => {
    const { peer } = await meet(role);
    await converse(peer, [peer.frame(Text, "waits"), peer.frame(Ping, "p")], [say(Pong, "p")]);
  });

  test("a head that announces 126 bytes is enough to fail", async () => {
    const peer = await meetEcho(role);
    await talk(peer, [peer.frame(Ping, "x".repeat(126)).subarray(0, 2)], ["close 1002"]);
  });

  test("are not answered behind a close", async () => {
    const peer = await meetEcho(role);
    await talk(peer, [peer.frame(Ping, "1"), peer.frame(Close), peer.frame(Ping, "2")], [say(Pong, "1"), "close"]);
  });
});
