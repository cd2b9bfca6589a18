import { describe, test } from "vitest";
import { meetEcho, Ping, roles, say, Text, talk } from "./peer.js";

describe.each(roles)("4, opcodes, ours the %s", (role) => {
  for (const chop of [undefined, 1]) {
    describe(chop === undefined ? "in one chunk" : "a byte at a time", () => {
      describe.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])("4.1 and 4.2, opcode %i is a protocol error", (opcode) => {
        test.each(["", "reserved"])("with the payload %j", async (payload) => {
          const peer = await meetEcho(role);
          await talk(peer, [peer.frame(opcode, payload), peer.frame(Ping)], ["close 1002"], chop);
        });

        test("behind a message that is answered first", async () => {
          const peer = await meetEcho(role);
          const sent = [peer.frame(Text, "Hello"), peer.frame(opcode, "reserved"), peer.frame(Ping)];
          await talk(peer, sent, [say(Text, "Hello"), "close 1002"], chop);
        });

        test("within a message", async () => {
          const peer = await meetEcho(role);
          const sent = [peer.frame(Text, "Hel", { fin: false }), peer.frame(opcode), peer.frame(0, "lo")];
          await talk(peer, sent, ["close 1002"], chop);
        });
      });

      test(`${role === "server" ? "a frame without a mask" : "a masked frame"} is a protocol error`, async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.frame(Text, "Hello", { masked: role === "client" })], ["close 1002"], chop);
      });
    });
  }
});
