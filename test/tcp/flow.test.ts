import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { isTimeout, type OpError, readAll } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { bytes, readText, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { chunksOf, rawDial, rawServer } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const mib = 1024 * 1024;

async function meet(): Promise<[dialled: tcp.TCPConn, accepted: tcp.TCPConn]> {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  return [keep(dialled), keep(accepted)];
}

describe("64 MiB", () => {
  test("go through in one write, with little memory", async () => {
    const [a, b] = await meet();
    const all = new Uint8Array(64 * mib).fill(7);
    const base = process.memoryUsage.rss();
    const writing = a.write(all).then(() => a.closeWrite());
    const p = new Uint8Array(65_536);
    let total = 0;
    let most = base;
    for (let n = await b.read(p), i = 0; n !== null; n = await b.read(p), i++) {
      total += n;
      if (i % 64 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
    await writing;
    expect(total).toBe(all.byteLength);
    expect(most - base).toBeLessThan(32 * mib);
  });

  test("go through in small writes that are waited for, in order", async () => {
    const [a, b] = await meet();
    const all = sequence(8 * mib);
    void (async () => {
      for (let at = 0; at < all.byteLength; at += 4096) await a.write(all.subarray(at, at + 4096));
      await a.closeWrite();
    })();
    sameBytes(await readAll(b), all);
  });
});

describe("a peer that stops reading", () => {
  test("makes writes wait, and memory stays flat", async () => {
    const [a, b] = await meet();
    const all = new Uint8Array(64 * mib);
    const base = process.memoryUsage.rss();
    const writing = a.write(all);
    a.setWriteDeadline(Date.now() + 200);
    const err = (await reasonOf(writing)) as OpError;
    expect(process.memoryUsage.rss() - base).toBeLessThan(32 * mib);
    expect(err).toMatchObject({
      message: `write tcp ${String(a.localAddr)}->${String(a.remoteAddr)}: i/o timeout`,
      code: "ERR_TIMEOUT",
      timeout: true,
    });
    b.close();
  });

  test("gets just what was said to be written, and the later writes behind it", async () => {
    const [a, b] = await meet();
    const all = sequence(64 * mib);
    a.setWriteDeadline(Date.now() + 60);
    const waiting = [a.write(all), a.write(bytes("never sent")), a.write(new Uint8Array(100_000))].map(reasonOf);
    const errors = (await Promise.all(waiting)) as OpError[];
    for (const err of errors) expect(isTimeout(err)).toBe(true);
    expect(errors.slice(1).map((err) => err.bytesWritten)).toEqual([0, 0]);
    const [{ bytesWritten = -1 } = {}] = errors;
    expect(bytesWritten).toBeGreaterThan(0);
    expect(bytesWritten).toBeLessThan(all.byteLength);

    expect(isTimeout(await reasonOf(a.write(bytes("too late"))))).toBe(true);
    a.setWriteDeadline(null);
    const later = [a.write(bytes("one,")), a.write(new Uint8Array(300_000)), a.write(bytes(",two")), a.closeWrite()];
    const got = await readAll(b, { maxBytes: all.byteLength });
    await Promise.all(later);
    sameBytes(got.subarray(0, bytesWritten), all.subarray(0, bytesWritten));
    sameBytes(got.subarray(bytesWritten), Buffer.concat([bytes("one,"), new Uint8Array(300_000), bytes(",two")]));
  });

  test("does not keep a write from being aborted; what went out is its beginning, and the next follows", async () => {
    const [a, b] = await meet();
    const all = sequence(64 * mib);
    const abort = new AbortController();
    const reason = new Error("not wanted any more");
    const writing = reasonOf(a.write(all, { signal: abort.signal }));
    const behind = a.write(bytes("behind it"));
    setTimeout(() => abort.abort(reason), 60);
    expect(await writing).toBe(reason);
    const ending = a.closeWrite();
    const got = await readAll(b, { maxBytes: all.byteLength });
    await Promise.all([behind, ending]);
    const n = got.byteLength - "behind it".length;
    expect(n).toBeLessThan(all.byteLength);
    sameBytes(got.subarray(0, n), all.subarray(0, n));
    expect(new TextDecoder().decode(got.subarray(n))).toBe("behind it");
  });

  test("goes on and gets all", async () => {
    const [a, b] = await meet();
    const all = sequence(24 * mib);
    const writing = a.write(all);
    a.setWriteDeadline(Date.now() + 10_000);
    expect(await b.read(new Uint8Array(1))).toBe(1);
    const rest = readAll(b);
    expect(await writing).toBe(all.byteLength);
    await a.closeWrite();
    sameBytes(await rest, all.subarray(1));
  });
});

describe("small writes of one tick", () => {
  const lines = Array.from({ length: 2000 }, (_, i) => bytes(`line ${i}\n`));
  const text = Buffer.concat(lines).toString();

  test("leave a dialled conn together", async () => {
    const server = keep(await rawServer());
    const [conn, peer] = await Promise.all([tcp.dial(server.address), server.accept()]);
    const arriving = chunksOf(peer);
    await Promise.all(lines.map((line) => keep(conn).write(line)));
    await conn.closeWrite();
    const chunks = await arriving;
    expect(Buffer.concat(chunks).toString()).toBe(text);
    expect(chunks.length).toBeLessThanOrEqual(2);
    peer.destroy();
  });

  test("leave an accepted conn together, those of its microtasks, too", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const [peer, conn] = await Promise.all([rawDial(listener.addr.port), listener.accept()]);
    const arriving = chunksOf(peer);
    await Promise.all(
      lines.map(async (line, i) => {
        if (i % 3 === 0) await Promise.resolve();
        return keep(conn).write(line);
      }),
    );
    await conn.closeWrite();
    const chunks = await arriving;
    expect(Buffer.concat(chunks).byteLength).toBe(text.length);
    expect(chunks.length).toBeLessThanOrEqual(2);
    peer.destroy();
  });
});

describe("a buffer", () => {
  test("is the caller's again when its write has settled", async () => {
    const [a, b] = await meet();
    const want: string[] = [];
    const reading = readAll(b);
    const small = new Uint8Array(8);
    const large = new Uint8Array(50_000);
    for (let i = 0; i < 50; i++) {
      for (const p of [small, large]) {
        await a.write(p.fill(i));
        want.push(Buffer.from(p).toString("latin1"));
        p.fill(255);
      }
    }
    await a.closeWrite();
    expect(Buffer.from(await reading).toString("latin1") === want.join("")).toBe(true);
  });

  test("that a read gave up is not touched", async () => {
    const [a, b] = await meet();
    const p = new Uint8Array(8);
    a.setReadDeadline(Date.now() + 10);
    expect(isTimeout(await reasonOf(a.read(p)))).toBe(true);
    await b.write(bytes("late"));
    a.setReadDeadline(null);
    expect(await readText(a)).toBe("late");
    expect([...p]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

test("a peer that sends and ends while nobody reads is stopped, and read to its end later", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [peer, conn] = await Promise.all([rawDial(listener.addr.port), listener.accept()]);
  const all = sequence(3 * mib);
  peer.end(all);
  sameBytes(await readAll(keep(conn)), all);
  conn.close();
  await once(peer.resume(), "close");
});
