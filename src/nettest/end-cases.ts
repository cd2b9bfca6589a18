import type { Bytes, StreamConn } from "../net/conn.js";
import { equal, rejects } from "./assert.js";
import { connCase } from "./conn-case.js";
import { readExactly, readToEnd, write } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { ConnCase } from "./types.js";

const burst = 4 * 1024 * 1024;
const chunk = 65_536;

/** Holds the cases about the end of a stream, and of one direction of it. */
export const endCases: readonly ConnCase[] = [
  connCase(
    "HalfClose",
    [],
    "After closeWrite the peer reads the end, and we go on reading: without half-close, to the peer's end; datagrams, as before.",
    async ({ c1, c2 }, t) => {
      const { end, halfClose } = t.traits;
      t.step("c2 writes, c1 closes its writing side");
      const early = t.spawn(write(c2, pattern(100)));
      const closing = t.spawn(c1.closeWrite());
      if (!end) return checkPattern(await readExactly(c1, 100), "what c1 read");
      const atC1 = t.spawn(readToEnd(c1));
      t.step("c2 reads the end");
      equal(await c2.read(new Uint8Array(8)), null, "read of c2");
      equal(await c2.read(new Uint8Array(8)), null, "next read of c2");
      await Promise.all([early, closing]);
      t.step("c2 goes on, ends, and c1 reads it");
      if (halfClose) await write(c2, pattern(1000, 100));
      await c2.closeWrite();
      const got = await atC1;
      equal(got.byteLength, halfClose ? 1100 : 100, "bytes that c1 read");
      checkPattern(got, "what c1 read");
    },
  ),
  connCase("WriteAfterCloseWrite", [], "A write after closeWrite rejects.", async ({ c1, c2 }, t) => {
    if (t.traits.end) void t.spawn(readToEnd(c2));
    t.step("c1 closes its writing side");
    await c1.closeWrite();
    t.step("c1 writes");
    await rejects(c1.write(new Uint8Array(8)), "write after closeWrite");
    await rejects(c1.write(new Uint8Array(8)), "another write after closeWrite");
  }),
  connCase(
    "CloseWriteAfterWrites",
    ["end"],
    "The end that closeWrite sends comes after the writes that were pending.",
    async ({ c1, c2 }, t) => {
      t.step("c1 writes and closes its writing side in one tick");
      const ends = [0, 1, 2].map((i) => t.spawn(write(c1, pattern(10_000, i * 10_000))));
      ends.push(t.spawn(c1.closeWrite()));
      const got = await readToEnd(c2);
      equal(got.byteLength, 30_000, "bytes that c2 read");
      checkPattern(got, "what c2 read");
      await Promise.all(ends);
    },
  ),
  connCase(
    "EndAfterBurst",
    ["end"],
    "The end that closeWrite sends comes after all of a large burst, and stays.",
    async ({ c1, c2 }, t) => {
      t.step("c1 writes 4 MiB and closes its writing side, c2 reads");
      const writing = t.spawn(writeBurst(c1).then(() => c1.closeWrite()));
      checkBurst(await readToEnd(c2));
      await writing;
    },
  ),
  connCase(
    "CloseAfterBurst",
    ["end"],
    "Close loses nothing of the writes that had resolved, however slowly the peer reads.",
    async ({ c1, c2 }, t) => {
      t.step("c1 writes 4 MiB and closes, c2 reads");
      const writing = t.spawn(writeBurst(c1).then(() => c1.close()));
      checkBurst(await readToEnd(c2, 1000));
      await writing;
    },
  ),
  connCase(
    "EndWakesReads",
    ["end"],
    "The peer's end wakes every pending read: those that nothing is left for get null.",
    async ({ c1, c2 }, t) => {
      t.step("c1 reads three times, c2 writes one byte and ends");
      const reads = t.spawn(Promise.all([1, 2, 3].map(() => c1.read(new Uint8Array(1)))));
      await write(c2, pattern(1));
      await c2.closeWrite();
      equal((await reads).join(), "1,,", "reads of c1");
    },
  ),
];

async function writeBurst(c: StreamConn): Promise<void> {
  const writes = [];
  for (let at = 0; at < burst; at += chunk) writes.push(write(c, pattern(chunk, at)));
  await Promise.all(writes);
}

function checkBurst(got: Bytes): void {
  equal(got.byteLength, burst, "bytes that c2 read");
  checkPattern(got, "what c2 read");
}
