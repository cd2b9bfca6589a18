import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { OpError } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { rawDial, rawServer } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

/** Both ways to get a conn, with a peer of Node's own. */
const ways: readonly [how: string, connect: () => Promise<[tcp.TCPConn, Socket]>][] = [
  [
    "dialled",
    async () => {
      const server = keep(await rawServer());
      const [conn, peer] = await Promise.all([tcp.dial(server.address), server.accept()]);
      return [keep(conn), peer];
    },
  ],
  [
    "accepted",
    async () => {
      const listener = keep(await tcp.listen("127.0.0.1:0"));
      const [peer, conn] = await Promise.all([rawDial(listener.addr.port), listener.accept()]);
      return [keep(conn), peer];
    },
  ],
];

for (const [how, meet] of ways) {
  describe(`a peer that resets a conn that was ${how}`, () => {
    test("fails the read that is pending, and all that follow", async () => {
      const [conn, peer] = await meet();
      const reads = [1, 2].map(() => reasonOf(conn.read(new Uint8Array(8))));
      peer.resetAndDestroy();
      const message = `read tcp ${String(conn.localAddr)}->${String(conn.remoteAddr)}: read: connection reset by peer`;
      for (const err of await Promise.all(reads)) {
        expect(err).toBeInstanceOf(OpError);
        expect(err).toMatchObject({ message, code: "ECONNRESET", op: "read" });
      }
      await conn.closed;
      expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ message });
      expect(await reasonOf(conn.write(bytes("x")))).toMatchObject({ op: "write", bytesWritten: 0 });
      expect(await reasonOf(conn.closeWrite())).toBeInstanceOf(OpError);
    });

    test("fails the write that is pending, which says how far it got", async () => {
      const [conn, peer] = await meet();
      const size = 64 * 1024 * 1024;
      const writes = [size, 10].map((n) => reasonOf(conn.write(new Uint8Array(n))));
      peer.once("data", () => peer.resetAndDestroy()).resume();
      const [first, second] = (await Promise.all(writes)) as OpError[];
      expect(first).toMatchObject({ op: "write", net: "tcp" });
      expect(["ECONNRESET", "EPIPE"]).toContain(first?.code);
      expect(first?.bytesWritten).toBeGreaterThan(0);
      expect(first?.bytesWritten).toBeLessThan(size);
      expect(second).toMatchObject({ op: "write", bytesWritten: 0 });
      expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ op: "read", code: "ECONNRESET" });
    });

    test("before anything is read fails the first read", async () => {
      const [conn, peer] = await meet();
      peer.resetAndDestroy();
      await conn.closed;
      expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ code: "ECONNRESET" });
    });

    test("and nobody reads or writes, raises nothing", async () => {
      const [conn, peer] = await meet();
      peer.resetAndDestroy();
      await conn.closed;
      conn.close();
    });

    test("after it had written lets us read that first", async () => {
      const [conn, peer] = await meet();
      peer.write("hello");
      expect(await conn.read(new Uint8Array(1))).toBe(1);
      peer.resetAndDestroy();
      await conn.closed;
      expect(await readText(conn)).toBe("ello");
      expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ code: "ECONNRESET" });
    });

    test("right after it had written lets us read that first, though Node may take the reset for an end", async () => {
      for (let i = 0; i < 20; i++) {
        const [conn, peer] = await meet();
        await new Promise((resolve) => peer.write("hello", resolve));
        peer.resetAndDestroy();
        expect(await readText(conn)).toBe("hello");
        const end = await conn.read(new Uint8Array(8)).catch((err: unknown) => err);
        if (end !== null) expect(end).toMatchObject({ code: "ECONNRESET" });
        expect(await reasonOf(writeOn(conn))).toMatchObject({ op: "write" });
        await conn.closed;
      }
    });

    test("while we write, and it had written, lets us read that first", async () => {
      const [conn, peer] = await meet();
      peer.write("you are too loud");
      expect(await conn.read(new Uint8Array(4))).toBe(4);
      peer.resetAndDestroy();
      await reasonOf(writeOn(conn));
      expect(await readText(conn)).toBe("are too loud");
      expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({
        message: `read tcp ${String(conn.localAddr)}->${String(conn.remoteAddr)}: read: connection reset by peer`,
      });
    });

    test("after it has ended does not take the end away", async () => {
      const [conn, peer] = await meet();
      peer.end();
      expect(await readText(conn)).toBe(null);
      peer.resetAndDestroy();
      await reasonOf(writeOn(conn));
      expect(await readText(conn)).toBe(null);
    });

    test("fails a closeWrite that waits behind a write", async () => {
      const [conn, peer] = await meet();
      const writing = reasonOf(conn.write(new Uint8Array(64 * 1024 * 1024)));
      const ending = reasonOf(conn.closeWrite());
      peer.once("data", () => peer.resetAndDestroy()).resume();
      expect(await writing).toBeInstanceOf(OpError);
      expect(await ending).toBeInstanceOf(OpError);
    });
  });
}

test("a conn that is reset before it is accepted does not disturb the listener", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  for (let i = 0; i < 10; i++) {
    const gone = connect({ port: listener.addr.port, host: "127.0.0.1" });
    gone.on("error", () => {});
    gone.once("connect", () => gone.resetAndDestroy());
    await once(gone, "close");
  }
  const good = await rawDial(listener.addr.port);
  good.end("good");
  for (;;) {
    const conn = keep(await listener.accept());
    if (conn.remoteAddr.port === good.localPort) {
      expect(await readText(conn)).toBe("good");
      break;
    }
    expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ code: "ECONNRESET" });
  }
});

test("a conn that is reset while it waits to be accepted is accepted, and fails its first read", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const peer = await rawDial(listener.addr.port);
  (await rawDial(listener.addr.port)).end("next"); // the one before has been taken in
  const next = new Promise<void>((resolve) => peer.once("close", () => resolve()));
  peer.resetAndDestroy();
  await next;
  const conn = keep(await listener.accept());
  expect(await reasonOf(conn.read(new Uint8Array(8)))).toMatchObject({ code: "ECONNRESET" });
  expect(await readText(keep(await listener.accept()))).toBe("next");
});

async function writeOn(conn: tcp.TCPConn): Promise<never> {
  for (;;) {
    await conn.write(new Uint8Array(1024));
    await new Promise(setImmediate);
  }
}
