import { ClosedError, UnexpectedEOFError } from "toolkit/net";
import { describe, expect, test } from "vitest";
import { MessageReader } from "../../src/rpc/message-reader.js";

/** Messages of as many bytes as their first four say, these among them. */
const framer = {
  scan(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 4) return 0;
    const n = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start);
    return n <= end - start ? n : 0;
  },
};

function message(n: number): Uint8Array {
  const bytes = new Uint8Array(n).fill(n % 251);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/** A conn that gives bytes, so many at a time at most, and notes how much it was asked for. */
function conn(bytes: Uint8Array, most: number) {
  const asked: number[] = [];
  let at = 0;
  const read = async (p: Uint8Array): Promise<number | null> => {
    await Promise.resolve();
    asked.push(p.length);
    const part = bytes.subarray(at, at + Math.min(most, p.length));
    p.set(part);
    at += part.length;
    return part.length === 0 ? null : part.length;
  };
  return { asked, read };
}

const sizes = Array.from({ length: 300 }, (_, i) => 4 + ((i * 7919) % (i % 50 === 0 ? 300_000 : 9000)));
const stream = Buffer.concat(sizes.map(message));

describe("a MessageReader", () => {
  test.each([1009, 4096, 65_536, 1_000_000])("finds all messages in reads of up to %i bytes", async (most) => {
    const reader = new MessageReader(conn(stream, most), framer);
    const found: number[] = [];
    while (await reader.next()) {
      const { bytes, start, end } = reader;
      expect(Buffer.compare(bytes.subarray(start, end), message(end - start))).toBe(0);
      found.push(end - start);
    }
    expect(found).toEqual(sizes);
    expect(await reader.next()).toBe(false);
  });

  test("asks for little at first, for more while it is given as much, and lets go of what large messages took", async () => {
    const small = conn(Buffer.concat(Array.from({ length: 100 }, () => message(100))), 100);
    const reader = new MessageReader(small, framer);
    while (await reader.next());
    expect(new Set(small.asked)).toEqual(new Set([4096]));
    const large = conn(
      Buffer.concat([...Array.from({ length: 100 }, () => message(10_000)), message(5_000_000)]),
      65_536,
    );
    const other = new MessageReader(large, framer);
    for (let i = 0; i < 100; i++) await other.next();
    expect(Math.max(...large.asked)).toBeGreaterThanOrEqual(65_536);
    expect(other.bytes.length).toBeLessThanOrEqual(131_072);
    await other.next();
    expect(other.bytes.length).toBeGreaterThan(5_000_000);
    await other.next();
    expect(other.bytes.length).toBeLessThanOrEqual(131_072);
  });

  test("fails at the end of the stream within a message, and for good", async () => {
    const reader = new MessageReader(conn(message(100).subarray(0, 60), 60), framer);
    await expect(reader.next()).rejects.toThrow(UnexpectedEOFError);
    expect(() => reader.next()).toThrow(UnexpectedEOFError);
  });

  test("leaves no call waiting that is closed meanwhile", async () => {
    const reader = new MessageReader({ read: () => new Promise(() => {}) }, framer);
    const next = reader.next();
    reader.close();
    await expect(next).rejects.toThrow(ClosedError);
    expect(() => reader.next()).toThrow(ClosedError);
  });
});
