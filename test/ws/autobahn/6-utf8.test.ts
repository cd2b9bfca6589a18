import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";
import { converse, meetEcho, type Peer, type Role, roles, say, Text, talk } from "./peer.js";

const of = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const kosme = of("ce ba e1 bd b9 cf 83 ce bc ce b5");

const valid: readonly string[] = [
  "", // 6.1
  "48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 c3 a1 2d 55 54 46 2d 38 21 21", // 6.2
  "ce ba e1 bd b9 cf 83 ce bc ce b5", // 6.5
  "00", // 6.6 on: the first and the last code point of each length
  "7f",
  "c2 80",
  "df bf",
  "e0 a0 80",
  "ef bf bf",
  "f0 90 80 80",
  "f4 8f bf bf",
  "ed 9f bf", // 6.9: around the surrogates
  "ee 80 80",
  "ef bf bd",
  "ef bf be", // 6.22: what is no character is a code point all the same
  "f0 9f bf be",
  "f4 8f bf be",
  "ef b7 90",
  "ef bb bf 41", // a byte order mark is payload
];

const invalid: readonly string[] = [
  "80", // 6.10: continuations alone
  "bf",
  "80 bf 80",
  "c0 80", // 6.11, 6.17: forms that are too long
  "c1 bf",
  "e0 80 80",
  "e0 9f bf",
  "f0 80 80 80",
  "f0 8f bf bf",
  "f8 88 80 80 80", // 6.7, 6.8: forms of five and of six
  "fc 84 80 80 80 80",
  "f4 90 80 80", // 6.4: beyond the last code point
  "f5 80 80 80",
  "f7 bf bf bf",
  "fe", // 6.14
  "ff",
  "fe fe ff ff",
  "ed a0 80", // 6.18, 6.19: surrogates, alone and in pairs
  "ed ad bf",
  "ed ae 80",
  "ed bf bf",
  "ed a0 80 ed b0 80",
  "ed af bf ed bf bf",
  "c3 28", // a start without what must follow
  "e2 28 a1",
  "e2 82 28",
  "f0 28 8c bc",
  "f0 90 28 bc",
  "f0 90 8c 28",
  "c3 c3",
  "e1 bd ff",
];

const brokenOff: readonly string[] = [
  "c2",
  "df",
  "e0",
  "e0 a0",
  "e1 bd",
  "ed 9f",
  "f0",
  "f0 90",
  "f0 90 80",
  "f4 8f bf",
];

/** Tells whether bytes may be the beginning of UTF-8. */
function mayGoOn(bytes: Uint8Array): boolean {
  const next = [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf];
  const grown = (tails: number[][]) => tails.flatMap((tail) => next.map((byte) => [...tail, byte]));
  let tails: number[][] = [[]];
  for (let i = 0; i < 4; i++, tails = grown(tails)) {
    if (tails.some((tail) => isUtf8(Buffer.concat([bytes, Uint8Array.from(tail)])))) return true;
  }
  return false;
}

/** Counts the bytes up to the first that no UTF-8 can have there, this one included. */
function badAt(bytes: Uint8Array): number {
  for (let n = 1; n <= bytes.byteLength; n++) if (!mayGoOn(bytes.subarray(0, n))) return n;
  throw new Error("may go on");
}

/** One frame, or a byte a frame. */
const cuts: readonly [string, (peer: Peer, data: Uint8Array) => Uint8Array[]][] = [
  ["whole", (peer, data) => [peer.frame(Text, data)]],
  [
    "a byte a frame",
    (peer, data) =>
      Array.from(data, (byte, i) =>
        peer.frame(i === 0 ? Text : 0, Uint8Array.of(byte), { fin: i === data.byteLength - 1 }),
      ),
  ],
  [
    "in two, and an empty one between",
    (peer, data) => [
      peer.frame(Text, data.subarray(0, data.byteLength >> 1), { fin: false }),
      peer.frame(0, "", { fin: false }),
      peer.frame(0, data.subarray(data.byteLength >> 1)),
    ],
  ],
];

describe.each(roles)("6, UTF-8, ours the %s", (role: Role) => {
  test.each(cuts)("what is valid comes back, %s", async (_, cut) => {
    const peer = await meetEcho(role);
    for (const hex of valid) {
      const data = Buffer.concat([kosme, of(hex), kosme]);
      for (const chop of [undefined, 1]) await converse(peer, cut(peer, data), [say(Text, data)], chop);
    }
  });

  test.each(cuts)("what is not is 1007, %s", async (_, cut) => {
    for (const hex of [...invalid, ...brokenOff]) {
      for (const chop of [undefined, 1]) {
        const peer = await meetEcho(role);
        await talk(peer, cut(peer, Buffer.concat([kosme, of(hex)])), ["close 1007"], chop);
      }
    }
  });

  test.each(invalid)("6.4, %s fails at its first bad byte, before the frame is complete", async (hex) => {
    for (const prefix of [Buffer.alloc(0), kosme, Buffer.alloc(1000, "x")]) {
      const data = Buffer.concat([prefix, of(hex), Buffer.from("and on and on")]);
      const bad = badAt(data);
      for (const chop of [undefined, prefix.length < 100 ? 1 : 200]) {
        const peer = await meetEcho(role);
        const rest = data.length - bad;
        await talk(peer, [peer.frame(Text, data).subarray(0, -rest)], ["close 1007"], chop);
      }
    }
  });

  test("a bad byte at every position of a long text fails at once", async () => {
    for (let at = 0; at < 70; at++) {
      const data = Buffer.alloc(4096, "x");
      data[at] = 0xff;
      const peer = await meetEcho(role);
      await talk(peer, [peer.frame(Text, data).subarray(0, 8 + at + 1)], ["close 1007"]); // no more than the bad byte
    }
  });

  test("a code point that is cut in two by frames is judged by its first bad byte", async () => {
    for (const [first, second] of [
      ["f4", "90"],
      ["ed", "a0"],
      ["e0", "80"],
      ["ce", "ce"],
    ] as const) {
      const peer = await meetEcho(role);
      const sent = [
        peer.frame(Text, of(first), { fin: false }),
        peer.frame(0, Buffer.concat([of(second), Buffer.alloc(9)])).subarray(0, -9),
      ];
      await talk(peer, sent, ["close 1007"]);
    }
  });

  test("a text that breaks off is bad when it ends, not before", async () => {
    const peer = await meetEcho(role);
    const half = [peer.frame(Text, of("f0 9f 98"), { fin: false })];
    await converse(peer, [...half, peer.frame(0, of("80"))], [say(Text, "😀")]);
    await talk(peer, [...half, peer.frame(0)], ["close 1007"]);
  });

  test("binary messages may hold what they like", async () => {
    const peer = await meetEcho(role);
    for (const hex of invalid) await converse(peer, [peer.frame(2, of(hex))], [say(2, of(hex))]);
    expect(invalid.some((hex) => isUtf8(of(hex)))).toBe(false);
  });
});
