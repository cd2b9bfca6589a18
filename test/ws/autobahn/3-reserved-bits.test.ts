import { describe, test } from "vitest";
import { Binary, Close, meetEcho, Ping, roles, say, Text, talk } from "./peer.js";

describe.each(roles)("3, reserved bits, ours the %s", (role) => {
  for (const chop of [undefined, 1]) {
    describe(chop === undefined ? "in one chunk" : "a byte at a time", () => {
      for (const rsv of [1, 2, 3, 4, 5, 6, 7]) {
        test(`${rsv} on text, behind a message that is answered first`, async () => {
          const peer = await meetEcho(role);
          const sent = [peer.frame(Text, "Hello"), peer.frame(Text, "no", { rsv }), peer.frame(Ping)];
          await talk(peer, sent, [say(Text, "Hello"), "close 1002"], chop);
        });
        test.each([Binary, Ping, Close, 0])(`${rsv} on opcode %i`, async (opcode) => {
          const peer = await meetEcho(role);
          await talk(peer, [peer.frame(opcode, "", { rsv })], ["close 1002"], chop);
        });
      }
    });
  }
});
