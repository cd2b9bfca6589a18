import { describe, expect, test } from "vitest";
import * as udp from "../../src/udp/index.js";
import { bytes, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { raisesNothing } from "../support/handles.js";
import { dialledAndAccepted } from "./pairs.js";

raisesNothing();
const keep = closing();
const kib = 1024;

describe("a writer that awaits each write", () => {
  /** Writes 1 MiB in datagrams of 1 KiB, without waiting for anybody. */
  async function writeAll(write: (p: Uint8Array) => Promise<number>): Promise<Uint8Array> {
    const all = sequence(kib * kib);
    for (let at = 0; at < all.byteLength; at += kib) expect(await write(all.subarray(at, at + kib))).toBe(kib);
    return all;
  }

  async function readAll(read: (p: Uint8Array) => Promise<unknown>): Promise<Uint8Array> {
    const all = new Uint8Array(kib * kib);
    for (let at = 0; at < all.byteLength; at += kib) await read(all.subarray(at, at + kib));
    return all;
  }

  test("does not overrun a reader in the same process, either way", async () => {
    for (let i = 0; i < 5; i++) {
      const { c1, c2, stop } = await dialledAndAccepted("127.0.0.1:0")();
      for (const [from, to] of [
        [c1, c2],
        [c2, c1],
      ] as const) {
        const [sent, got] = await Promise.all([writeAll((p) => from.write(p)), readAll((p) => to.read(p))]);
        sameBytes(got, sent);
      }
      await stop();
    }
  });

  test("does not overrun a readFrom in the same process", async () => {
    const [a, b] = [keep(await udp.listen("127.0.0.1:0")), keep(await udp.listen("127.0.0.1:0"))];
    const [sent, got] = await Promise.all([writeAll((p) => a.writeTo(p, b.localAddr)), readAll((p) => b.readFrom(p))]);
    sameBytes(got, sent);
  });

  test("lets the event loop turn", async () => {
    const conn = keep(await udp.listen("127.0.0.1:0"));
    let turns = 0;
    const immediate = (): void => {
      turns++;
      if (!over.signal.aborted) setImmediate(immediate);
    };
    const over = new AbortController();
    setImmediate(immediate);
    for (let i = 0; i < 320; i++) await conn.writeTo(bytes("x"), conn.localAddr);
    over.abort();
    expect(turns).toBeGreaterThanOrEqual(9);
  });
});

describe("writes beyond the measure of a turn", () => {
  test("go out in the order of their calls, in later turns", async () => {
    const [a, b] = [keep(await udp.listen("127.0.0.1:0")), keep(await udp.listen("127.0.0.1:0"))];
    const writes = Array.from({ length: 200 }, (_, i) => a.writeTo(new Uint8Array([i]), b.localAddr));
    const p = new Uint8Array(1);
    for (let i = 0; i < 200; i++) {
      await b.readFrom(p);
      expect(p[0]).toBe(i);
    }
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 200 }, () => 1));
  });

  /** Hands over as much as one turn takes, and resolves with a function that sends on, and one that tells what arrived. */
  async function full(): Promise<{ conn: udp.UDPConn; send: Send; rest(): Promise<number[]> }> {
    const [conn, b] = [keep(await udp.listen("127.0.0.1:0")), keep(await udp.listen("127.0.0.1:0"))];
    const send: Send = (i, signal) => conn.writeTo(new Uint8Array([i]), b.localAddr, { signal });
    const sent = Array.from({ length: 32 }, (_, i) => send(i));
    const rest = async () => {
      await Promise.all(sent);
      const last = keep(await udp.listen("127.0.0.1:0"));
      await last.writeTo(new Uint8Array([255]), b.localAddr);
      const got: number[] = [];
      for (const p = new Uint8Array(1); ; got.push(...p)) {
        await b.readFrom(p);
        if (p[0] === 255) return got.slice(32);
      }
    };
    return { conn, send, rest };
  }
  type Send = (i: number, signal?: AbortSignal) => Promise<number>;

  test("are withdrawn when they are aborted", async () => {
    const { send, rest } = await full();
    const abort = new AbortController();
    const [aborted, next] = [reasonOf(send(90, abort.signal)), send(32)];
    abort.abort("enough");
    expect(await aborted).toBe("enough");
    await next;
    expect(await rest()).toEqual([32]);
  });

  test("are withdrawn when they time out", async () => {
    const { conn, send, rest } = await full();
    const late = reasonOf(send(91));
    conn.setWriteDeadline(1);
    expect(await late).toMatchObject({ code: "ERR_TIMEOUT", bytesWritten: 0 });
    conn.setWriteDeadline(null);
    await send(32);
    expect(await rest()).toEqual([32]);
  });

  test("are withdrawn when the conn closes, but go out after closeWrite", async () => {
    const one = await full();
    const closed = reasonOf(one.send(92));
    one.conn.close();
    expect(await closed).toMatchObject({ code: "ERR_CLOSED", bytesWritten: 0 });
    expect(await one.rest()).toEqual([]);

    const peer = keep(await udp.listen("127.0.0.1:0"));
    const conn = keep(await udp.dial(peer.localAddr));
    const writes = Promise.all(Array.from({ length: 40 }, () => conn.write(bytes("x"))));
    await conn.closeWrite();
    expect(await writes).toHaveLength(40);
  });

  test("of many conns of one listener take turns", async () => {
    const listener = keep(await udp.listenPeers("127.0.0.1:0"));
    const clients = await Promise.all([1, 2, 3].map(async () => keep(await udp.dial(listener.addr))));
    const conns: udp.UDPPeerConn[] = [];
    for (const client of clients) {
      await client.write(bytes("hello"));
      conns.push(keep(await listener.accept()));
    }
    const [hog, second, third] = conns as [udp.UDPPeerConn, udp.UDPPeerConn, udp.UDPPeerConn];
    let hogged = 0;
    const hogging = Array.from({ length: 320 }, async (_, i) => {
      await hog.write(new Uint8Array([i & 255]));
      hogged++;
    });
    await Promise.all([second.write(bytes("2")), third.write(bytes("3"))]);
    expect(hogged).toBeLessThan(100);
    await Promise.all(hogging);
  });
});
