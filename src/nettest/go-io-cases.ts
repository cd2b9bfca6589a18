import type { Bytes, StreamConn } from "../net/conn.js";
import { allBytes, bytesWrittenOf, check, equal, equalBytes, isTimeoutError, settle } from "./assert.js";
import { connCase } from "./conn-case.js";
import { concat, discard, readExactly, readFull, readToEnd, write } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { Task } from "./task.js";
import { pause, soon } from "./time.js";
import type { ConnCase } from "./types.js";

const kib = 1024;

/** Holds the cases of Go's suite that move data. */
export const goIOCases: readonly ConnCase[] = [
  connCase(
    "BasicIO",
    [],
    "What one end writes the other end reads, byte for byte, and then the end of the stream; datagrams come one by one.",
    async ({ c1, c2 }, t) => {
      const want = pattern(kib * kib);
      t.step("c1 writes 1 MiB, c2 reads it");
      if (!t.traits.end) return oneByOne(c1, c2, want);
      const reading = t.spawn(readToEnd(c2, kib));
      for (let at = 0; at < want.byteLength; at += kib) await write(c1, want.subarray(at, at + kib));
      c1.close();
      equalBytes(await reading, want, "what c2 read");
      c2.close();
    },
  ),
  connCase(
    "PingPong",
    [],
    "Both ends can send to each other in turn, as request and response do.",
    async ({ c1, c2 }, t) => {
      t.step("the ends count to 1000 in turn");
      const players = [t.spawn(countInTurn(c1, t)), t.spawn(countInTurn(c2, t))];
      await write(c1, new Uint8Array(8));
      await Promise.all(players);
    },
  ),
  connCase(
    "RacyRead",
    [],
    "A read that timed out never touches its buffer again and takes nothing, with ten readers at work.",
    async ({ c1, c2 }, t) => {
      t.step("c2 writes on, ten readers of c1 time out now and then");
      const enough = new AbortController();
      const flooding = t.spawn(flood(c2, enough.signal));
      const parts: Bytes[] = [];
      c1.setReadDeadline(soon(1));
      await Promise.all(Array.from({ length: 10 }, () => readRacily(c1, parts)));
      if (t.traits.stream) checkPattern(concat(parts), "what the readers got, in the order of their calls");
      t.step("c2 ends");
      enough.abort();
      c1.setReadDeadline(null);
      void discard(c1);
      await flooding;
    },
  ),
  connCase(
    "RacyWrite",
    [],
    "A write that timed out never looks at its buffer again and says how much of it went out, with ten writers at work.",
    async ({ c1, c2 }, t) => {
      t.step("ten writers of c1 time out now and then, c2 reads");
      const reading = t.spawn(drain(c2, t));
      c1.setWriteDeadline(soon(1));
      const sent = await Promise.all(Array.from({ length: 10 }, () => writeRacily(c1)));
      if (!t.traits.stream) return;
      t.step("c2 reads to the end");
      c1.setWriteDeadline(null);
      await c1.closeWrite();
      equal(
        await reading,
        sent.reduce((a, b) => a + b, 0),
        "bytes that c2 read, against what the writes of c1 gave",
      );
    },
  ),
];

async function oneByOne(c1: StreamConn, c2: StreamConn, want: Bytes): Promise<void> {
  for (let at = 0; at < want.byteLength; at += kib) {
    await write(c1, want.subarray(at, at + kib));
    checkPattern(await readExactly(c2, kib), "what c2 read", at);
  }
}

/** Reads a number and answers with the next one, up to 1000. */
async function countInTurn(c: StreamConn, t: Task): Promise<void> {
  const p = new Uint8Array(8);
  const view = new DataView(p.buffer);
  let last: number | undefined;
  while ((last ?? 0) < 1000 && (await readFull(c, p))) {
    const v = view.getUint32(0);
    if (last !== undefined) equal(v, last + 2, "number after one's own");
    last = v;
    if (v === 1000) break;
    view.setUint32(0, v + 1);
    await write(c, p);
    // The other end does not answer 1000, and where no end of stream will say so, nobody may wait for it.
    if (v === 999 && !t.traits.end) break;
  }
  check(last === 999 || last === 1000, `last number before the end: got ${last}, want 999 or 1000`);
  c.close();
}

/** Writes the pattern until it is enough, with gaps in which readers time out. */
async function flood(c: StreamConn, enough: AbortSignal): Promise<void> {
  for (let offset = 0; !enough.aborted; offset += kib) {
    if (offset % (32 * kib) === 0) await pause(2);
    await write(c, pattern(kib, offset));
  }
}

/** Reads a hundred times, into two buffers by turns, and watches the one that is not in use. */
async function readRacily(c: StreamConn, parts: Bytes[]): Promise<void> {
  let [p, idle] = [new Uint8Array(kib).fill(0xee), new Uint8Array(kib).fill(0xee)];
  for (let i = 0; i < 100; i++) {
    // The part takes its place when the read is called: reads are served in that order.
    const call = parts.push(new Uint8Array(0)) - 1;
    const outcome = await settle(c.read(p));
    if ("error" in outcome) {
      isTimeoutError(outcome.error, "read");
      allBytes(p, 0xee, "buffer of a read that timed out");
      c.setReadDeadline(soon(1));
    } else {
      check(outcome.value !== null, "end of stream, want data");
      parts[call] = p.slice(0, outcome.value);
    }
    allBytes(idle, 0xee, "buffer of a read that ended before");
    p.fill(0xee);
    [p, idle] = [idle, p];
  }
}

/** Writes a hundred times from a buffer that is spoilt as soon as the write has ended; resolves to what went out. */
async function writeRacily(c: StreamConn): Promise<number> {
  const p = new Uint8Array(kib);
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    const outcome = await settle(c.write(p.fill(1)));
    p.fill(0xff);
    if ("value" in outcome) {
      sent += outcome.value;
    } else {
      isTimeoutError(outcome.error, "write");
      sent += bytesWrittenOf(outcome.error, "write");
      c.setWriteDeadline(soon(1));
    }
  }
  return sent;
}

/** Counts bytes to the end and requires none that was written too late; leaves gaps in which writers time out. */
async function drain(c: StreamConn, t: Task): Promise<number> {
  const p = new Uint8Array(8 * kib);
  let total = 0;
  for (let n = await c.read(p), reads = 1; n !== null; n = await c.read(p), reads++) {
    allBytes(p.subarray(0, n), 1, "what arrived of a buffer that is 1 until its write ends");
    total += n;
    if (reads % 16 === 0 && t.traits.stream) await pause(2);
  }
  return total;
}
