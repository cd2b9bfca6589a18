import type { Bytes, StreamConn } from "../net/conn.js";
import { allBytes, bytesWrittenOf, check, equal, rejectsWith, settle, timesOut } from "./assert.js";
import { connCase } from "./conn-case.js";
import { readExactly, readToEnd, write, writeUntilStalled } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { Task } from "./task.js";
import { longAgo, pause, soon } from "./time.js";
import type { ConnCase, ConnPair } from "./types.js";

/** Holds the cases about operations that are given up: by their signal, or by a deadline. */
export const abortCases: readonly ConnCase[] = [
  connCase(
    "AbortRead",
    [],
    "An aborted read rejects with the signal's reason itself, takes nothing and never touches its buffer again.",
    (pair, t) =>
      abandonReads(pair, t, async (c, buffers) => {
        const abort = new AbortController();
        const reason = new Error("not wanted any more");
        const ends = buffers.map((p) =>
          t.spawn(rejectsWith(c.read(p, { signal: abort.signal }), reason, "aborted read")),
        );
        await pause(5);
        abort.abort(reason);
        await Promise.all(ends);
      }),
  ),
  connCase(
    "TimedOutRead",
    [],
    "A read that timed out takes nothing and never touches its buffer again; the next one gets the bytes.",
    (pair, t) =>
      abandonReads(pair, t, async (c, buffers) => {
        c.setReadDeadline(soon(10));
        await Promise.all(buffers.map((p) => timesOut(c.read(p), "read")));
        c.setReadDeadline(null);
      }),
  ),
  connCase(
    "AbortRaces",
    [],
    "Bytes that arrive while a read is aborted go to that read or to the next one, never astray.",
    async ({ c1, c2 }, t) => {
      t.step("c2 writes while the read of c1 is aborted");
      const p = new Uint8Array(16);
      for (let at = 0, turns = 0; at < 1600; at += 16, turns = (turns + 1) % 10) {
        const abort = new AbortController();
        const reading = settle(c1.read(p, { signal: abort.signal }));
        const sending = t.spawn(write(c2, pattern(16, at)));
        for (let i = 0; i < turns; i++) await Promise.resolve();
        if (turns === 9) await pause(0);
        abort.abort();
        const outcome = await reading;
        if ("error" in outcome) equal(outcome.error, abort.signal.reason, "rejection of the read");
        const n = "value" in outcome ? (outcome.value ?? 0) : 0;
        checkPattern(p.subarray(0, n), "what the read got", at);
        checkPattern(await readExactly(c1, 16 - n), "what the next read got", at + n);
        await sending;
      }
    },
  ),
  connCase(
    "AbortedSignal",
    [],
    "An aborted signal rejects a read or a write at once with its reason, whatever the reason is, and neither moves a byte.",
    async ({ c1, c2 }, t) => {
      for (const reason of [new Error("never wanted"), "a string", undefined]) {
        const signal = AbortSignal.abort(reason);
        const sending = t.spawn(write(c2, pattern(64)));
        const p = new Uint8Array(64).fill(0xa5);
        t.step("c1 reads and writes with an aborted signal");
        await rejectsWith(c1.read(p, { signal }), signal.reason, "read");
        await rejectsWith(c1.write(p, { signal }), signal.reason, "write");
        await rejectsWith(c1.write(p, { signal }), signal.reason, "another write");
        allBytes(p, 0xa5, "buffer of the aborted read");
        t.step("the conn works");
        checkPattern(await readExactly(c1, 64), "what c1 read");
        await sending;
        const answer = t.spawn(write(c1, pattern(64)));
        checkPattern(await readExactly(c2, 64), "what c2 read");
        await answer;
      }
    },
  ),
  connCase(
    "UnusedSignal",
    [],
    "A signal that aborts after its operation has ended changes nothing.",
    async ({ c1, c2 }, t) => {
      const abort = new AbortController();
      const { signal } = abort;
      t.step("c1 writes, c2 reads");
      const writing = t.spawn(c1.write(pattern(1), { signal }));
      equal(await c2.read(new Uint8Array(8), { signal }), 1, "count of the read");
      await writing;
      const next = t.spawn(readExactly(c2, 1));
      abort.abort();
      t.step("c1 writes, c2 reads without the signal");
      await write(c1, pattern(1));
      checkPattern(await next, "what c2 read");
    },
  ),
  connCase(
    "AbortWrite",
    ["backPressure"],
    "An aborted write rejects with the signal's reason itself; what went out of it is its beginning, and the next write follows.",
    async (pair, t) => {
      const abort = new AbortController();
      const reason = new Error("not wanted any more");
      t.step("c1 writes, c2 does not read");
      const { accepted, waiting, pending } = await writeUntilStalled(pair.c1, abort.signal);
      t.step("the pending write is aborted");
      const end = t.spawn(rejectsWith(pending, reason, "aborted write"));
      abort.abort(reason);
      await end;
      const arrived = await arrivedBeforeTheNext(pair, t);
      const went = arrived.byteLength - accepted;
      check(went >= 0 && went <= waiting, `bytes of the aborted write that arrived: got ${went}, want 0 to ${waiting}`);
    },
  ),
  connCase(
    "TimedOutWrite",
    ["backPressure"],
    "A write that timed out says in bytesWritten how much of it goes out, exactly; the next write follows.",
    async (pair, t) => {
      t.step("c1 writes, c2 does not read");
      const { accepted, pending } = await writeUntilStalled(pair.c1);
      t.step("the pending write times out");
      const end = t.spawn(timesOut(pending, "pending write"));
      pair.c1.setWriteDeadline(longAgo);
      const bytesWritten = bytesWrittenOf(await end, "pending write");
      pair.c1.setWriteDeadline(null);
      const arrived = await arrivedBeforeTheNext(pair, t);
      equal(bytesWritten, arrived.byteLength - accepted, "bytesWritten, against the bytes of it that arrived");
    },
  ),
];

/** Lets two reads be given up, and requires that the bytes which come then are left to the next one. */
async function abandonReads(
  { c1, c2 }: ConnPair,
  t: Task,
  readInVain: (c: StreamConn, buffers: Bytes[]) => Promise<void>,
): Promise<void> {
  const buffers = [new Uint8Array(64).fill(0xa5), new Uint8Array(64).fill(0xa5)];
  const untouched = () => {
    for (const p of buffers) allBytes(p, 0xa5, "buffer of the read that was given up");
  };
  t.step("c1 gives up reading");
  await readInVain(c1, buffers);
  t.step("c2 writes");
  const sending = t.spawn(write(c2, pattern(64)));
  await pause(20);
  untouched();
  t.step("c1 reads");
  checkPattern(await readExactly(c1, 64), "what the next read got");
  await sending;
  untouched();
}

/** Sends one more line and ends the stream; returns what c2 reads before that line, which must be of the pattern. */
async function arrivedBeforeTheNext({ c1, c2 }: ConnPair, t: Task): Promise<Bytes> {
  t.step("c1 writes once more and ends, c2 reads all");
  const line = new Uint8Array(64).fill(0xa5);
  const sending = t.spawn(write(c1, line).then(() => c1.closeWrite()));
  const all = await readToEnd(c2);
  await sending;
  allBytes(all.subarray(-64), 0xa5, "write after the one that was given up");
  checkPattern(all.subarray(0, -64), "what c2 read before it");
  return all.subarray(0, -64);
}
