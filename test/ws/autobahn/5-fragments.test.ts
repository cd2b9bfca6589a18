import { describe, expect, test } from "vitest";
import { Binary, converse, meetEcho, type Peer, Ping, Pong, print, roles, say, Text, talk } from "./peer.js";

type Sent = (peer: Peer) => Uint8Array[];

const more = { fin: false };

/** What breaks the rules, and what is answered before it does. */
const broken: readonly [string, Sent, string[]][] = [
  ["5.1, a ping in two", (p) => [p.frame(Ping, "fragment1", more), p.frame(0, "fragment2")], []],
  ["5.2, a pong in two", (p) => [p.frame(Pong, "fragment1", more), p.frame(0, "fragment2")], []],
  ["a close in two", (p) => [p.frame(8, "", more), p.frame(0, "")], []],
  ["5.9, a last continuation of nothing", (p) => [p.frame(0, "none"), p.frame(Text, "Hello")], []],
  ["5.12, a continuation of nothing", (p) => [p.frame(0, "none", more), p.frame(Text, "Hello")], []],
  [
    "5.15, a continuation behind a whole message",
    (p) => [p.frame(Text, "Hel", more), p.frame(0, "lo"), p.frame(0, "none", more), p.frame(Text, "Hello")],
    [say(Text, "Hello")],
  ],
  ["5.16, one before a message", (p) => [p.frame(0, "none", more), p.frame(Text, "a", more), p.frame(0, "b")], []],
  ["5.17, a last one before a message", (p) => [p.frame(0, "none"), p.frame(Text, "a", more), p.frame(0, "b")], []],
  ["5.18, a message within a message", (p) => [p.frame(Text, "a", more), p.frame(Text, "b")], []],
  ["a binary message within text", (p) => [p.frame(Text, "a", more), p.frame(Binary, "b", more)], []],
];

/** What keeps to the rules, and its answers; pongs may overtake. */
const good: readonly [string, Sent, string[]][] = [
  ["5.3, a message in two", (p) => [p.frame(Text, "frag", more), p.frame(0, "ment")], [say(Text, "fragment")]],
  [
    "5.6, with a ping between",
    (p) => [p.frame(Text, "frag", more), p.frame(Ping, "ping"), p.frame(0, "ment")],
    [say(Pong, "ping"), say(Text, "fragment")],
  ],
  [
    "5.19, in five, with pings between",
    (p) => [
      p.frame(Text, "1", more),
      p.frame(0, "2", more),
      p.frame(Ping, "a"),
      p.frame(0, "3", more),
      p.frame(0, "4", more),
      p.frame(Ping, "b"),
      p.frame(0, "5"),
    ],
    [say(Pong, "a"), say(Pong, "b"), say(Text, "12345")],
  ],
  ["6.1.2, in three that are empty", (p) => [p.frame(Text, "", more), p.frame(0, "", more), p.frame(0)], [say(Text)]],
  [
    "in three, the middle of which has all",
    (p) => [p.frame(Binary, "", more), p.frame(0, "all", more), p.frame(Pong, "unasked"), p.frame(0)],
    [say(Binary, "all")],
  ],
];

describe.each(roles)("5, fragments, ours the %s", (role) => {
  for (const chop of [undefined, 1, 3]) {
    describe(chop === undefined ? "in one chunk" : `${chop} bytes at a time`, () => {
      test.each(broken)("%s, is a protocol error", async (_, make, answers) => {
        const peer = await meetEcho(role);
        await talk(peer, make(peer), [...answers, "close 1002"], chop);
      });

      test.each(good)("%s", async (_, make, answers) => {
        const peer = await meetEcho(role);
        await converse(peer, make(peer), answers, chop);
        await converse(peer, make(peer), answers, chop);
      });
    });
  }

  test.each([
    ["text", Text],
    ["binary", Binary],
  ])("%s cut in two at every boundary, with a ping between", async (_, opcode) => {
    const peer = await meetEcho(role);
    const data = Buffer.from(`${"κόσμε ".repeat(11)}😀`);
    for (let at = 0; at <= data.length; at++) {
      const sent = [peer.frame(opcode, data.subarray(0, at), more), peer.frame(0, data.subarray(at))];
      await converse(peer, sent, [say(opcode, data)]);
      sent.splice(1, 0, peer.frame(Ping, "p"));
      await converse(peer, sent, [say(Pong, "p"), say(opcode, data)], data.length);
    }
  });

  test("one byte a fragment", async () => {
    const peer = await meetEcho(role);
    const data = Buffer.from("κόσμε".repeat(20));
    const sent = Array.from(data, (byte, i) =>
      peer.frame(i === 0 ? Text : 0, Uint8Array.of(byte), { fin: i === data.length - 1 }),
    );
    await converse(peer, sent, [say(Text, data)]);
    await converse(peer, sent, [say(Text, data)], 1);
  });

  test("5.20, a message that pauses midway: its pings are answered meanwhile", async () => {
    const peer = await meetEcho(role);
    await converse(peer, [peer.frame(Text, "1", more), peer.frame(Ping, "a")], [say(Pong, "a")]);
    await converse(peer, [peer.frame(0, "2", more), peer.frame(Ping, "b")], [say(Pong, "b")]);
    await converse(peer, [peer.frame(0, "3")], [say(Text, "123")]);
    await peer.send(peer.close(1000));
    expect((await peer.rest()).map(print)).toEqual(["close 1000"]);
  });
});
