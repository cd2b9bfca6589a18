import { describe, expect, test } from "vitest";
import { CloseError } from "../../../src/ws/index.js";
import { Close, meet, meetEcho, Ping, print, roles, say, Text, talk } from "./peer.js";

/** Those that may be sent: RFC 6455 section 7.4, and what was registered since. */
const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999];
/** Reserved, not yet given out, or out of range. 1014 came after the RFC; gorilla has it among the bad. */
const bad = [0, 1, 999, 1004, 1005, 1006, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

describe.each(roles)("7, close, ours the %s", (role) => {
  for (const chop of [undefined, 1]) {
    describe(chop === undefined ? "in one chunk" : "a byte at a time", () => {
      test("7.1.1 a message, then close: both are answered", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.frame(Text, "Hello"), peer.close(1000)], [say(Text, "Hello"), "close 1000"], chop);
      });

      test.each(good)("7.7 code %i is answered with the same", async (code) => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(code)], [`close ${code}`], chop);
      });

      test.each(bad)("7.9 code %i is a protocol error", async (code) => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(code)], ["close 1002"], chop);
      });

      test("7.1.2 a second close is ignored", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(1000), peer.close(1001)], ["close 1000"], chop);
      });

      test("7.1.3 so is a ping behind it", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(1000), peer.frame(Ping)], ["close 1000"], chop);
      });

      test("7.1.4 and a message", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(1000), peer.frame(Text, "late")], ["close 1000"], chop);
      });

      test("7.1.5 and the rest of a message", async () => {
        const peer = await meetEcho(role);
        const sent = [peer.frame(Text, "frag", { fin: false }), peer.close(1000), peer.frame(0, "ment")];
        await talk(peer, sent, ["close 1000"], chop);
      });

      test("7.3.1 no payload", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.frame(Close)], ["close"], chop);
      });

      test("7.3.2 a payload of one byte", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.frame(Close, "a")], ["close 1002"], chop);
      });

      test("7.3.6 a payload of 126 bytes", async () => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(1000, "x".repeat(124))], ["close 1002"], chop);
      });

      test.each([
        ["a bad byte", "ff"],
        ["one that breaks off", "e2 82"],
        ["a surrogate", "ed a0 80"],
        ["too long a form", "c0 80"],
        ["good, then bad", "ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80"],
      ])("7.5.1 a reason that is no UTF-8: %s", async (_, hex) => {
        const peer = await meetEcho(role);
        await talk(peer, [peer.close(1000, Buffer.from(hex.replaceAll(" ", ""), "hex"))], ["close 1007"], chop);
      });
    });
  }

  test.each(["", "x", "a reason", "é".repeat(61), "x".repeat(123)])("7.3.5 the reason %j is told", async (text) => {
    const { conn, peer } = await meet(role);
    await peer.send(peer.close(3000, text));
    const err = await conn.readMessage().catch((err: unknown) => err);
    expect(err).toBeInstanceOf(CloseError);
    expect(err).toMatchObject({ closeCode: 3000, text });
    expect((await peer.rest()).map(print)).toEqual(["close 3000"]);
  });

  test("7.1.6 behind 256 KiB, which are answered whole if they are", async () => {
    const peer = await meetEcho(role);
    const text = "BAsd7&jh23".repeat(26_214);
    await peer.send([peer.frame(Text, text), peer.close(1000), peer.frame(Ping)]);
    const said = (await peer.rest()).map(print);
    expect([[say(Text, text), "close 1000"], ["close 1000"]]).toContainEqual(said);
  });

  test.each(good)("our code %i is sent, and the conn ends with the answer", async (code) => {
    const { conn, peer } = await meet(role);
    conn.close(code, "why");
    const said = await peer.message();
    expect(print(said)).toBe(`close ${code}`);
    expect(Buffer.from(said.payload).toString("latin1", 2)).toBe("why");
    await peer.send(peer.close(code));
    if (role === "client") peer.socket.end();
    expect(await peer.rest()).toEqual([]);
    await conn.closed;
  });
});
