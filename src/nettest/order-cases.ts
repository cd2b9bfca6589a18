import { allBytes, equal } from "./assert.js";
import { connCase } from "./conn-case.js";
import { readExactly, write, writeUntilStalled } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { ConnCase } from "./types.js";

/** Holds the cases about the order of bytes and calls, and about buffers. */
export const orderCases: readonly ConnCase[] = [
  connCase(
    "ConcurrentReads",
    [],
    "Pending reads are served in the order of their calls, also when one of them is given up.",
    async ({ c1, c2 }, t) => {
      const buffers = Array.from({ length: 16 }, () => new Uint8Array(1));
      const abort = new AbortController();
      t.step("c1 reads 16 times at once, and the fifth read is given up");
      const reads = buffers.map((p, i) => {
        const given = i === 4 ? c1.read(p, { signal: abort.signal }).catch(() => 0) : c1.read(p);
        return t.spawn(given);
      });
      abort.abort();
      equal(await reads[4], 0, "outcome of the read that was given up");
      t.step("c2 writes one byte for each of the others");
      for (let i = 1; i < 16; i++) await write(c2, new Uint8Array([i]));
      equal((await Promise.all(reads)).join(), "1,1,1,1,0,1,1,1,1,1,1,1,1,1,1,1", "counts of the reads");
      equal(buffers.map(([byte]) => byte).join(), "1,2,3,4,0,5,6,7,8,9,10,11,12,13,14,15", "bytes of the reads");
    },
  ),
  connCase(
    "ConcurrentWrites",
    [],
    "Writes that are made at once go out whole, one after the other, in the order of their calls.",
    async ({ c1, c2 }, t) => {
      const size = t.traits.stream ? 40_000 : 1000;
      t.step("c1 writes 16 times at once");
      const writes = Array.from({ length: 16 }, (_, i) => t.spawn(write(c1, new Uint8Array(size).fill(i))));
      t.step("c2 reads");
      for (let i = 0; i < 16; i++) allBytes(await readExactly(c2, size), i, `write ${i}`);
      await Promise.all(writes);
    },
  ),
  connCase("SmallWrites", [], "Many small writes of one tick arrive in order.", async ({ c1, c2 }, t) => {
    const sizes = Array.from({ length: t.traits.stream ? 1000 : 32 }, (_, i) => (i % 7) + 1);
    t.step("c1 writes many times in one tick");
    let at = 0;
    const writes = sizes.map((size) => {
      at += size;
      return t.spawn(write(c1, pattern(size, at - size)));
    });
    t.step("c2 reads");
    let read = 0;
    for (const size of sizes) {
      checkPattern(await readExactly(c2, size), "what c2 read", read);
      read += size;
    }
    await Promise.all(writes);
  }),
  connCase("OneByteReads", ["stream"], "A stream can be read byte by byte.", async ({ c1, c2 }, t) => {
    t.step("c1 writes, c2 reads byte by byte");
    const writes = [t.spawn(write(c1, pattern(300))), t.spawn(write(c1, pattern(200, 300)))];
    for (let i = 0; i < 500; i++) checkPattern(await readExactly(c2, 1), "what c2 read", i);
    await Promise.all(writes);
  }),
  connCase(
    "ZeroLength",
    ["stream"],
    "An empty read gives 0 and takes nothing; an empty write gives 0, perhaps when somebody reads, and nobody sees it.",
    async ({ c1, c2 }, t) => {
      const empty = new Uint8Array(0);
      t.step("c2 reads nothing while nothing is there");
      equal(await c2.read(empty), 0, "empty read");
      t.step("c1 writes nothing, twice, and then something");
      const writes = [empty, empty, pattern(8), empty, pattern(8, 8)].map((p) => t.spawn(write(c1, p)));
      t.step("c2 reads");
      checkPattern(await readExactly(c2, 4), "what c2 read");
      equal(await c2.read(empty), 0, "empty read while something is there");
      checkPattern(await readExactly(c2, 12), "what c2 read", 4);
      await Promise.all(writes);
    },
  ),
  connCase(
    "BufferBounds",
    [],
    "A write sends just the part that its view shows and leaves it as it is; a read fills no more than its view.",
    async ({ c1, c2 }, t) => {
      const from = new Uint8Array(96).fill(0xa5);
      const into = new Uint8Array(96).fill(0xa5);
      from.set(pattern(64), 16);
      t.step("c1 writes, c2 reads");
      const writing = t.spawn(write(c1, from.subarray(16, 80)));
      for (let at = 16; at < 80; ) at += (await c2.read(into.subarray(at, 80))) ?? 80;
      await writing;
      for (const p of [from, into]) {
        allBytes(p.subarray(0, 16), 0xa5, "before the view");
        checkPattern(p.subarray(16, 80), "in the view");
        allBytes(p.subarray(80), 0xa5, "behind the view");
      }
    },
  ),
  connCase(
    "BackPressure",
    ["backPressure"],
    "A peer that does not read makes writes wait before 64 MiB are taken; once it reads, it gets everything in order.",
    async ({ c1, c2 }, t) => {
      t.step("c1 writes, c2 does not read");
      const { accepted, waiting, pending } = await writeUntilStalled(c1);
      const next = t.spawn(write(c1, pattern(1000, accepted + waiting)));
      t.step("c2 reads");
      checkPattern(await readExactly(c2, accepted + waiting + 1000), "what c2 read");
      equal(await pending, waiting, "count of the write that waited");
      await next;
    },
  ),
];
