import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { isClosed, type OpError, readAll } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { bytes, readAllText, readText, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { rawServer } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

async function meet(): Promise<[dialled: tcp.TCPConn, accepted: tcp.TCPConn]> {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  return [keep(dialled), keep(accepted)];
}

describe("half-close", () => {
  test("lets each end go on until it ends its own side", async () => {
    for (const turned of [false, true]) {
      const [a, b] = turned ? (await meet()).toReversed() : await meet();
      if (a === undefined || b === undefined) throw new Error("no conns");
      void a.write(bytes("request"));
      await a.closeWrite();
      expect(await readAllText(b)).toBe("request");
      await b.write(bytes("long "));
      await b.write(bytes("answer"));
      expect(await readText(a)).toMatch(/^long /);
      await b.closeWrite();
      await Promise.all([a.closed, b.closed]);
    }
  });

  test("is asked for twice, and twice at once, without harm", async () => {
    const [a, b] = await meet();
    void a.write(bytes("last words"));
    await Promise.all([a.closeWrite(), a.closeWrite()]);
    await a.closeWrite();
    expect(await readAllText(b)).toBe("last words");
    await b.closeWrite();
    await b.closed;
    await a.closed;
    await a.closeWrite();
  });

  test("refuses writes as a broken pipe", async () => {
    const [a] = await meet();
    const ending = a.closeWrite();
    for (const size of [1, 100_000]) {
      expect(await reasonOf(a.write(new Uint8Array(size)))).toMatchObject({
        message: `write tcp ${String(a.localAddr)}->${String(a.remoteAddr)}: write: broken pipe`,
        code: "EPIPE",
        bytesWritten: 0,
      });
    }
    await ending;
  });

  test("comes after all writes that are pending", async () => {
    const [a, b] = await meet();
    const all = sequence(12 * 1024 * 1024);
    const writes = [all.subarray(0, 9_000_000), all.subarray(9_000_000, 9_000_010), all.subarray(9_000_010)];
    const written = Promise.all([...writes.map((p) => a.write(p)), a.closeWrite()]);
    sameBytes(await readAll(b), all);
    await written;
  });

  test("leaves reads as they were when both ends have ended", async () => {
    const [a, b] = await meet();
    await Promise.all([a.closeWrite(), b.closeWrite()]);
    expect(await readText(a)).toBe(null);
    await Promise.all([a.closed, b.closed]);
    expect(await readText(a)).toBe(null);
    expect(await reasonOf(a.write(bytes("x")))).toMatchObject({ code: "EPIPE" });
    a.close();
    expect(isClosed(await reasonOf(a.read(new Uint8Array(1))))).toBe(true);
  });
});

describe("closeRead", () => {
  test("ends reads, pending and to come, and drops what has arrived and what arrives", async () => {
    const [a, b] = await meet();
    const pending = a.read(new Uint8Array(8));
    a.closeRead();
    expect(await pending).toBe(null);
    await b.write(new Uint8Array(16 * 1024 * 1024)); // more than anybody would hold back
    expect(await readText(a)).toBe(null);
    a.closeRead();
    await a.write(bytes("still here"));
    expect(await readText(b)).toBe("still here");
  });

  test("lets a peer go on that had been stopped", async () => {
    const [a, b] = await meet();
    const writing = b.write(new Uint8Array(32 * 1024 * 1024));
    expect(await a.read(new Uint8Array(8))).toBe(8);
    a.closeRead();
    expect(await writing).toBe(32 * 1024 * 1024);
    expect(await readText(a)).toBe(null);
  });

  test("then sees the conn end when the peer closes", async () => {
    const [a, b] = await meet();
    a.closeRead();
    b.close();
    await a.closeWrite();
    await a.closed;
  });
});

describe("close", () => {
  test("delivers what was written in the same tick and not waited for", async () => {
    for (const size of [1, 5000, 16_384, 65_536, 100_000]) {
      const [a, b] = await meet();
      const want = sequence(size);
      const reading = readAll(b);
      void a.write(want).catch(() => {}); // it may be told that it was closed
      a.close();
      sameBytes(await reading, want);
    }
  });

  test("delivers many small writes of the same tick, which resolve", async () => {
    const [a, b] = await meet();
    const writes = Array.from({ length: 300 }, (_, i) => a.write(bytes(`${i},`)));
    a.close();
    const counts = await Promise.all(writes);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe((await readAllText(b)).length);
  });

  test("rejects a write that is under way, which says how far it got at most", async () => {
    const [a, b] = await meet();
    const want = sequence(64 * 1024 * 1024);
    const writing = reasonOf(a.write(want)) as Promise<OpError>;
    const p = new Uint8Array(65_536);
    const first = (await b.read(p)) ?? 0;
    a.close();
    const err = await writing;
    expect(isClosed(err)).toBe(true);
    expect(err.message).toBe(
      `write tcp ${String(a.localAddr)}->${String(a.remoteAddr)}: use of closed network connection`,
    );
    const rest = await readAll(b, { maxBytes: want.byteLength });
    sameBytes(p.subarray(0, first), want.subarray(0, first));
    sameBytes(rest, want.subarray(first, first + rest.byteLength));
    expect(first + rest.byteLength).toBeLessThanOrEqual(err.bytesWritten ?? 0);
    expect(err.bytesWritten).toBeLessThan(want.byteLength);
  });

  test("resolves closed, and so does disposing", async () => {
    const conns: tcp.TCPConn[] = [];
    {
      await using conn = (await meet())[0];
      conns.push(conn);
    }
    {
      using conn = (await meet())[0];
      conns.push(conn);
    }
    for (const conn of conns) {
      await conn.closed;
      expect(isClosed(await reasonOf(conn.write(bytes("x"))))).toBe(true);
    }
  });

  test("rejects a closeWrite that waits", async () => {
    const [a] = await meet();
    const writing = reasonOf(a.write(new Uint8Array(64 * 1024 * 1024)));
    const ending = reasonOf(a.closeWrite());
    a.close();
    expect(isClosed(await writing)).toBe(true);
    expect(isClosed(await ending)).toBe(true);
  });
});

describe("setLinger", () => {
  test("of 0 makes close a reset", async () => {
    const server = keep(await rawServer());
    const [conn, peer] = await Promise.all([tcp.dial(server.address), server.accept()]);
    conn.setLinger(0);
    const reset = once(peer, "error");
    peer.resume();
    conn.close();
    expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
    await conn.closed;
  });

  test("of 0 makes the close of an accepted conn a reset", async () => {
    const [dialled, accepted] = await meet();
    accepted.setLinger(0);
    accepted.close();
    expect(await reasonOf(dialled.read(new Uint8Array(1)))).toMatchObject({ code: "ECONNRESET" });
    await accepted.closed;
  });

  test("of -1 makes it an end again", async () => {
    const [a, b] = await meet();
    a.setLinger(0);
    a.setLinger(-1);
    a.close();
    expect(await readText(b)).toBe(null);
  });

  test("of more than 0 is not to be had", async () => {
    const [a] = await meet();
    expect(await reasonOf((async () => a.setLinger(5))())).toMatchObject({
      code: "ERR_NOT_SUPPORTED",
      message: expect.stringMatching(/^set tcp .*: setsockopt: lingering close is not supported by Node$/) as string,
    });
  });
});
