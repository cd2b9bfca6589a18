import { LimitError } from "toolkit/net";
import { describe, expect, test } from "vitest";
import { handOver } from "../../src/internal/hand-over.js";
import { Outbox } from "../../src/rpc/outbox.js";
import { toHex } from "./wire.js";

/** A conn that takes nothing until it is told to. */
function slowConn() {
  const written: Uint8Array[] = [];
  let take: (n: number) => void = () => {};
  const write = (p: Uint8Array) => {
    written.push(p.slice());
    return new Promise<number>((resolve) => {
      take = () => resolve(p.length);
    });
  };
  return { written, write, take: () => take(0) };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function message(out: Outbox, bytes: number): void {
  out.copy(new Uint8Array(bytes));
  out.commit();
}

function raise(err: Error): never {
  throw err;
}

describe("Outbox", () => {
  test("takes back what was added, and nothing that is whole", async () => {
    const conn = slowConn();
    const out = new Outbox(conn, () => {});
    out.byte(1);
    out.commit();
    const before = out.length;
    out.uint32(2);
    out.truncate(before);
    out.byte(3);
    expect(out.length).toBe(2);
    out.truncate(before);
    out.truncate(0);
    out.byte(4);
    out.commit();
    await turn();
    expect(conn.written.map(toHex)).toEqual(["0104"]);
  });

  test("hands over the first messages of many before the tick ends, where the conn can", async () => {
    const handed: string[] = [];
    const conn = { ...slowConn(), [handOver]: () => handed.push(conn.written.map(toHex).join()) };
    const out = new Outbox(conn, () => {});
    for (let i = 0; i < 31; i++) message(out, 1);
    expect(handed).toEqual([]);
    message(out, 1);
    expect(handed).toEqual(["00".repeat(32)]);
    for (let i = 0; i < 100; i++) message(out, 1);
    expect(conn.written).toHaveLength(1); // the rest waits until the first are taken
    await turn();
    conn.take();
    await turn();
    expect(conn.written.map((bytes) => bytes.length)).toEqual([32, 100]);
    expect(handed).toHaveLength(1);
  });

  test("has room for many bytes at once, behind those that are there", async () => {
    const conn = slowConn();
    const out = new Outbox(conn, () => {});
    out.byte(1);
    const block = out.room(10_000);
    expect(block.length - out.length).toBeGreaterThanOrEqual(10_000);
    block.fill(7, out.length, out.length + 10_000);
    out.advance(out.length + 10_000);
    out.byte(2);
    out.commit();
    await turn();
    expect(conn.written.map(toHex)).toEqual([`01${"07".repeat(10_000)}02`]);
  });

  test("fails when more waits than may, behind a write that the peer does not take", async () => {
    const errors: unknown[] = [];
    const conn = slowConn();
    const out = new Outbox(conn, (err) => errors.push(err), { maxWaitingBytes: 100 });
    message(out, 1000); // may be larger, as nothing waits
    await turn();
    message(out, 60);
    message(out, 40);
    expect(errors).toEqual([]);
    message(out, 1);
    expect(errors).toEqual([expect.any(LimitError)]);
    expect(String(errors[0])).toContain("maxWaitingBytes");
    expect(out.length).toBe(0);
    message(out, 1000);
    expect(out.length).toBe(0);
    await expect(out.drained()).resolves.toBeUndefined();
    conn.take();
    await turn();
    expect(conn.written.length).toBe(1);
    expect(errors.length).toBe(1);
  });

  test("lets a message be larger than what may wait, if it waits alone", async () => {
    const errors: unknown[] = [];
    const conn = slowConn();
    const out = new Outbox(conn, (err) => errors.push(err), { maxWaitingBytes: 100 });
    message(out, 1);
    await turn();
    message(out, 1000);
    expect(errors).toEqual([]);
    conn.take();
    await turn();
    expect(conn.written.map(({ length }) => length)).toEqual([1, 1000]);
  });

  test("sends much in pieces of whole messages, in order, each from the memory of one that has left", async () => {
    const buffers = new Set<ArrayBufferLike>();
    const written: number[] = [];
    const out = new Outbox(
      {
        write: async (p) => {
          buffers.add(p.buffer);
          for (let at = 0; at < p.length; at += 10_000) written.push(p[at] as number);
          await turn();
          return p.length;
        },
      },
      () => {},
    );
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 12; i++) {
        out.copy(new Uint8Array(10_000).fill(round * 12 + i));
        out.commit();
      }
      expect(out.length).toBeLessThan(65_536);
      await out.drained();
    }
    expect(written).toEqual(Array.from({ length: 240 }, (_, i) => i));
    expect(buffers.size).toBe(2);
  });

  test("is full by what waits in all its pieces", async () => {
    const conn = slowConn();
    const out = new Outbox(conn, () => {});
    for (let i = 0; i < 104; i++) message(out, 10_000);
    expect(out.isFull).toBe(false);
    message(out, 10_000);
    expect(out.isFull).toBe(true);
    out.close();
    expect(out.isFull).toBe(false);
    await turn();
    expect(conn.written).toEqual([]);
  });

  test("tells once of a write that fails, at once or later", async () => {
    for (const write of [() => Promise.reject(new Error("broken")), () => raise(new Error("broken"))]) {
      const errors: unknown[] = [];
      const out = new Outbox({ write }, (err) => errors.push(err));
      message(out, 100_000);
      message(out, 100_000);
      await out.drained();
      await turn();
      expect(errors).toEqual([new Error("broken")]);
    }
  });

  test("counts anew when the peer has taken what waited", async () => {
    const errors: unknown[] = [];
    const conn = slowConn();
    const out = new Outbox(conn, (err) => errors.push(err), { maxWaitingBytes: 100 });
    for (let i = 0; i < 10; i++) {
      message(out, 90);
      await turn();
      conn.take();
      await turn();
    }
    expect(errors).toEqual([]);
    expect(conn.written.length).toBe(10);
  });
});
