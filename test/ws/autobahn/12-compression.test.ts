import { deflateRawSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DialOptions, ListenOptions } from "../../../src/ws/index.js";
import { compressed, DeflatingPeer, meetDeflating } from "./deflating-peer.js";
import { Binary, converse, meet as meetOne, Ping, Pong, print, type Role, roles, say, Text, talk } from "./peer.js";

const noTakeover = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/** With and without context takeover, all messages compressed. */
const ways = [
  ["each message by itself", false],
  ["with context takeover", true],
] as const;

function meet(role: Role, contextTakeover: boolean, maxMessageBytes?: number): Promise<DeflatingPeer> {
  const options = { enableCompression: { contextTakeover, thresholdBytes: 0 }, maxMessageBytes };
  return meetDeflating(role, { options, extensions: contextTakeover ? "permessage-deflate" : noTakeover });
}

/** The same for a test that reads itself. */
async function meetReader(role: Role, options: ListenOptions & DialOptions) {
  const { conn, peer } = await meetOne(role, { options, extensions: "permessage-deflate" });
  const deflating = new DeflatingPeer(peer, "permessage-deflate", role);
  onTestFinished(() => deflating.close());
  return { conn, peer: deflating };
}

const random = (n: number) => {
  const data = new Uint8Array(n);
  for (let at = 0; at < n; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
};
const json = (n: number) =>
  Array.from({ length: Math.ceil(n / 60) }, (_, i) =>
    JSON.stringify({ id: i, name: `user ${i * 7}`, tags: ["a", "é"] }),
  )
    .join("\n")
    .replace(/[^\x20-\x7e\n]/g, "e")
    .slice(0, n);

/** 12.1 to 12.5 have data of several kinds. */
const kinds: readonly [string, number, (n: number) => Uint8Array | string][] = [
  ["JSON", Text, json],
  ["what does not compress", Binary, random],
  ["what compresses best", Text, (n) => "*".repeat(n)],
  ["text of several bytes a character", Text, (n) => "世é".repeat(n / 5)],
];
const sizes = [0, 1, 16, 125, 126, 127, 1024, 8192, 65_535, 65_536, 131_072];

describe.each(roles)("12, compression, ours the %s", (role) => {
  describe.each(ways)("%s", (_, takeover) => {
    test.each(kinds)("12.1 to 12.5, %s, of every size, whole and in fragments", async (_, opcode, make) => {
      const peer = await meet(role, takeover);
      for (const n of sizes) {
        for (const fragment of [undefined, 256, n > 1000 ? 1000 : 1]) await peer.echo(opcode, make(n), fragment);
      }
    });

    test("500 messages at once", async () => {
      const peer = await meet(role, takeover);
      const data = (i: number) => json(i % 300);
      const frames: Uint8Array[] = [];
      for (let i = 0; i < 500; i++) frames.push(...(await peer.frames(Text, data(i))));
      const sending = peer.peer.send(frames);
      for (let i = 0; i < 500; i++) expect(print(await peer.message())).toBe(say(Text, data(i)));
      await sending;
    });

    test(takeover ? "1 MiB in fragments of 64 bytes" : "1 MiB in fragments of 64 bytes, and 16 MiB", async () => {
      const peer = await meet(role, takeover);
      await peer.echo(Binary, random(1 << 20), 64);
      if (!takeover) await peer.echo(Text, "*".repeat(1 << 24));
    });

    test("a byte at a time", async () => {
      const peer = await meet(role, takeover);
      for (const n of [0, 1, 125, 500]) {
        await peer.echo(Text, json(n), undefined, 1);
        await peer.echo(Binary, random(n), 7, 1);
      }
    });

    test("compressed and plain messages in turn, empty ones too", async () => {
      const peer = await meet(role, takeover);
      for (let i = 0; i < 10; i++) {
        await peer.echo(Text, json(500));
        const [plain] = [peer.peer.frame(Text, json(500 + i))];
        await peer.peer.send(plain);
        expect(print(await peer.message())).toBe(say(Text, json(500 + i)));
        await peer.echo(Binary, "");
      }
    });

    test("messages are compressed on the wire, and refer to those before only where they may", async () => {
      const peer = await meet(role, takeover);
      const data = random(2000);
      const [first, second] = [await peer.echo(Binary, data), await peer.echo(Binary, data)];
      expect(first).toBeGreaterThan(1990);
      expect(second < 200).toBe(takeover);
      expect(await peer.echo(Text, "*".repeat(10_000))).toBeLessThan(200);
    });

    test("pings between the fragments are answered", async () => {
      const peer = await meet(role, takeover);
      const frames = await peer.frames(Text, json(2000), 50);
      expect(frames.length).toBeGreaterThan(3);
      const pinged = frames.flatMap((frame, i) => [frame, ...(i < 3 ? [peer.peer.frame(Ping, `p${i}`)] : [])]);
      await peer.peer.send(pinged);
      const said = [];
      for (let i = 0; i < 4; i++) said.push(print(await peer.message()));
      expect(said.toSorted()).toEqual(
        [say(Pong, "p0"), say(Pong, "p1"), say(Pong, "p2"), say(Text, json(2000))].toSorted(),
      );
    });

    test("text that is no UTF-8 once it is inflated is 1007, at its first bad byte too", async () => {
      for (const bad of ["ff", "c080", "eda080", "f4908080"]) {
        const peer = await meet(role, takeover);
        const data = Buffer.concat([Buffer.from("κόσμε".repeat(50)), Buffer.from(bad, "hex"), Buffer.from("more")]);
        await talk(peer.peer, await peer.frames(Text, data, 20), ["close 1007"]);
      }
      const peer = await meet(role, takeover);
      await talk(peer.peer, await peer.frames(Text, Buffer.from("ce", "hex")), ["close 1007"]); // breaks off
    });

    test("more than the limit is 1009 when inflated, though it is little on the wire", async () => {
      const peer = await meet(role, takeover, 65_536);
      await peer.echo(Binary, new Uint8Array(65_536));
      const bomb = await peer.frames(Binary, new Uint8Array(10 << 20));
      expect(Buffer.concat(bomb).length).toBeLessThan(12_000);
      await talk(peer.peer, bomb, ["close 1009"]);
    });

    test.each([
      ["a bad type of block", "ff"],
      ["a bad type of block behind a good one", "f248cdc9c907000000ffff07"],
      ["a length that does not match itself", "00050000ff48656c6c6f"],
      ["codes that are none", "0cfdffffffffff"],
      ["a distance that is too far", "f200110000"],
    ])("what is no deflate is 1007: %s", async (_, hex) => {
      const peer = await meet(role, takeover);
      const frame = peer.peer.frame(Binary, Buffer.from(hex, "hex"), { rsv: compressed });
      await talk(peer.peer, [frame], ["close 1007"]);
    });

    test.each([
      [
        "a continuation",
        (p: DeflatingPeer) => [p.peer.frame(Text, "", { fin: false }), p.peer.frame(0, "", { rsv: 4 })],
      ],
      ["a ping", (p: DeflatingPeer) => [p.peer.frame(Ping, "", { rsv: 4 })]],
      ["a close", (p: DeflatingPeer) => [p.peer.frame(8, "", { rsv: 4 })]],
      ["a message, with RSV2", (p: DeflatingPeer) => [p.peer.frame(Text, "", { rsv: 6 })]],
      ["a message, with RSV3", (p: DeflatingPeer) => [p.peer.frame(Text, "", { rsv: 5 })]],
    ])("RSV1 on %s is a protocol error", async (_, make) => {
      const peer = await meet(role, takeover);
      await talk(peer.peer, make(peer), ["close 1002"]);
    });
  });

  test.each([
    ["7.2.3.1, one block", "f248cdc9c90700"],
    ["7.2.3.3, a block that is not compressed", "000500faff48656c6c6f00"],
    ["7.2.3.4, a last block", "f348cdc9c9070000"],
    ["7.2.3.5, two blocks", "f248050000 00ffffcac9c90700"],
  ])("the examples of RFC 7692: %s", async (_, hex) => {
    const peer = await meet(role, false);
    const payload = Buffer.from(hex.replaceAll(" ", ""), "hex");
    for (let i = 0; i < 2; i++) {
      await peer.peer.send(peer.peer.frame(Text, payload, { rsv: compressed }));
      expect(print(await peer.message())).toBe("text Hello");
      for (let at = 0; at <= payload.length; at++) {
        await peer.peer.send([
          peer.peer.frame(Text, payload.subarray(0, at), { rsv: compressed, fin: false }),
          peer.peer.frame(Ping, "p"),
          peer.peer.frame(0, payload.subarray(at)),
        ]);
        const said = [print(await peer.message()), print(await peer.message())];
        expect(said.toSorted()).toEqual(["pong p", "text Hello"]);
      }
    }
  });

  test("the example of RFC 7692 that refers to the message before, 7.2.3.2", async () => {
    const peer = await meet(role, true);
    for (const hex of ["f248cdc9c90700", "f200110000", "f200110000"]) {
      await peer.peer.send(peer.peer.frame(Text, Buffer.from(hex, "hex"), { rsv: compressed }));
      expect(print(await peer.message())).toBe("text Hello");
    }
  });

  test("with context takeover, messages with a last block between others", async () => {
    const peer = await meet(role, true);
    const last = Buffer.concat([deflateRawSync(Buffer.from(json(1000))), Buffer.of(0)]);
    await peer.peer.send(peer.peer.frame(Text, last, { rsv: compressed }));
    expect(print(await peer.message())).toBe(say(Text, json(1000)));
    await peer.peer.send(peer.peer.frame(Text, Buffer.from("f248cdc9c90700", "hex"), { rsv: compressed }));
    expect(print(await peer.message())).toBe("text Hello");
  });

  test("a message that breaks off within a block spoils none behind it, without context takeover", async () => {
    const peer = await meet(role, false);
    const [whole] = await peer.frames(Text, json(1000));
    for (const keep of [1, 10, 100]) {
      const payload = (whole as Uint8Array).subarray(-200, -200 + keep);
      const start = Buffer.from("f248cdc9", "hex");
      await peer.peer.send(peer.peer.frame(Binary, keep === 1 ? start : payload, { rsv: compressed }));
    }
    await peer.peer.send(peer.peer.frame(Ping, "alive"));
    const said = await peer.peer.message();
    expect([Binary, Pong, 8]).toContain(said.opcode); // answered or refused, and not waited for
  });

  test.each([100, 100_000])(
    "a message of %i bytes and the close behind it, in one chunk: both are answered",
    async (n) => {
      const peer = await meet(role, true);
      await peer.peer.send([...(await peer.frames(Text, json(n), 10_000)), peer.peer.close(1000)]);
      expect(print(await peer.message())).toBe(say(Text, json(n)));
      expect((await peer.peer.rest()).map(print)).toEqual(["close 1000"]);
    },
  );

  test.each([100, 100_000])(
    "messages of %i bytes and the end of the connection behind them: all are read, then 1006",
    async (n) => {
      const options = { enableCompression: { contextTakeover: true, thresholdBytes: 0 } };
      const { conn, peer } = await meetReader(role, options);
      const frames: Uint8Array[] = [];
      for (let i = 0; i < 5; i++) frames.push(...(await peer.frames(Text, json(n + i), 10_000)));
      peer.peer.socket.end(
        Buffer.concat([...frames, ...(await peer.frames(Text, "broken off")).map((f) => f.subarray(0, -1))]),
      );
      for (let i = 0; i < 5; i++) expect((await conn.readMessage()).text() === json(n + i)).toBe(true);
      await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
      await conn.closed;
    },
  );

  test.each([100, 100_000])(
    "messages of %i bytes and a broken rule behind them: all are read, then 1002",
    async (n) => {
      const options = { enableCompression: { contextTakeover: true, thresholdBytes: 0 } };
      const { conn, peer } = await meetReader(role, options);
      const frames: Uint8Array[] = [];
      for (let i = 0; i < 5; i++) frames.push(...(await peer.frames(Text, json(n + i), 10_000)));
      await peer.peer.send([...frames, peer.peer.frame(5)]);
      for (let i = 0; i < 5; i++) expect((await conn.readMessage()).text() === json(n + i)).toBe(true);
      await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1002 });
      expect((await peer.peer.rest()).map(print)).toEqual(["close 1002"]);
      await conn.closed;
    },
  );

  test("is answered in order with the plain messages around it, whatever their sizes", async () => {
    const peer = await meet(role, true);
    const data = [json(50), json(200_000), json(10), json(60_000), ""];
    const frames: Uint8Array[] = [];
    for (const [i, each] of data.entries()) {
      frames.push(...(i & 1 ? await peer.frames(Text, each, 3000) : [peer.peer.frame(Text, each)]));
    }
    await peer.peer.send(frames);
    for (const each of data) expect(print(await peer.message())).toBe(say(Text, each));
  });

  test("what is below the threshold goes plain", async () => {
    const options = { enableCompression: { thresholdBytes: 100 } };
    const peer = await meetDeflating(role, { options, extensions: noTakeover });
    for (const n of [0, 1, 99, 100, 1000]) {
      await peer.peer.send(peer.peer.frame(Text, "x".repeat(n)));
      expect((await peer.peer.message()).rsv).toBe(n < 100 ? 0 : compressed);
    }
  });

  test("pings and closes are never compressed", async () => {
    const peer = await meet(role, true);
    await peer.echo(Text, json(1000));
    const payload = "x".repeat(125);
    await converse(peer.peer, [peer.peer.frame(Ping, payload)], [say(Pong, payload)]);
    await talk(peer.peer, [peer.peer.close(1000, "x".repeat(100))], ["close 1000"]);
  });
});
