import { describe, test } from "vitest";
import { Binary, converse, meetEcho, roles, say, Text } from "./peer.js";

const sizes = [0, 1, 125, 126, 127, 128, 65_535, 65_536];
const text = (n: number) => "é*".repeat(n / 3) + "x".repeat(n % 3);
const binary = (n: number) => Uint8Array.from({ length: n }, (_, i) => i * 7 + (i >> 8));
const payload = (opcode: number, n: number) => (opcode === Text ? text(n) : binary(n));

describe.each(roles)("1, framing, ours the %s", (role) => {
  test.each([
    ["1.1, text", Text],
    ["1.2, binary", Binary],
  ])("%s of every size, in one chunk, in chops, and a byte at a time", async (_, opcode) => {
    const peer = await meetEcho(role);
    for (const n of sizes) {
      for (const chop of [undefined, 997, n < 1000 ? 1 : 4096]) {
        await converse(peer, [peer.frame(opcode, payload(opcode, n))], [say(opcode, payload(opcode, n))], chop);
      }
    }
  });

  test("all sizes in one chunk, and in chops that cut heads", async () => {
    const peer = await meetEcho(role);
    const kinds = sizes.flatMap((n) => [Text, Binary].map((opcode) => [opcode, payload(opcode, n)] as const));
    const frames = kinds.map(([opcode, data]) => peer.frame(opcode, data));
    const answers = kinds.map(([opcode, data]) => say(opcode, data));
    for (const chop of [undefined, 127, 1023, 65_537]) await converse(peer, frames, answers, chop);
  });

  test.each([
    ["text", Text],
    ["binary", Binary],
  ])("16 MiB of %s", async (_, opcode) => {
    const peer = await meetEcho(role);
    const data = new Uint8Array(1 << 24).fill(0x61);
    data.fill(0x62, 1 << 23);
    await converse(peer, [peer.frame(opcode, data)], [say(opcode, data)]);
  });
});
