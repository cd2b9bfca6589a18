import type { StreamConn } from "../net/conn.js";
import { check, staysPending, timesOut } from "./assert.js";
import { connCase } from "./conn-case.js";
import { echo, readFull, roundtrip, type Stall, write, writeUntilStalled } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { Task } from "./task.js";
import { longAgo, soon } from "./time.js";
import type { ConnCase } from "./types.js";

/** Holds the cases about setting and moving deadlines. */
export const deadlineCases: readonly ConnCase[] = [
  connCase(
    "DeadlineForms",
    [],
    "A deadline is a Date or a number of milliseconds since the epoch, 0 included, for reads, for writes or for both; null takes it away.",
    async ({ c1, c2 }, t) => {
      void t.spawn(echo(c2));
      for (const past of [longAgo, longAgo.getTime(), 0]) {
        t.step(`deadline ${Number(past)}`);
        c1.setDeadline(past);
        await timesOut(c1.read(new Uint8Array(8)), "read after setDeadline");
        await timesOut(c1.write(new Uint8Array(8)), "write after setDeadline");
        c1.setDeadline(null);
        c1.setReadDeadline(past);
        await timesOut(c1.read(new Uint8Array(8)), "read after setReadDeadline");
        c1.setReadDeadline(null);
        c1.setWriteDeadline(past);
        await timesOut(c1.write(new Uint8Array(8)), "write after setWriteDeadline");
        c1.setWriteDeadline(null);
        await roundtrip(c1, t);
      }
    },
  ),
  connCase(
    "DeadlineMovedEarlier",
    [],
    "A deadline that is moved earlier, or first set, while a read or a write is pending holds for it.",
    async ({ c1 }, t) => {
      for (const first of [soon(10_000), null]) {
        t.step("operations begin");
        c1.setDeadline(first);
        const ends = await pendingOperations(c1, t);
        t.step("deadline moves while operations are pending");
        const start = Date.now();
        c1.setDeadline(soon(20));
        await Promise.all(ends.map((end) => timesOut(end, "operation")));
        const took = Date.now() - start;
        check(took >= 18 && took < 5000, `deadline set 20 ms ahead: operations timed out after ${took} ms`);
      }
    },
  ),
  connCase(
    "DeadlineMovedLater",
    [],
    "A deadline that is moved later, or taken away, while a read or a write is pending ends it no sooner.",
    async ({ c1, c2 }, t) => {
      t.step("operations begin");
      const ends = await pendingOperations(c1, t);
      t.step("deadline moves while operations are pending");
      c1.setDeadline(soon(20));
      const later = soon(50);
      c1.setDeadline(later);
      for (const end of ends) {
        await timesOut(end, "operation");
        check(later.getTime() - Date.now() <= 2, "operation: timed out before the deadline that was moved");
      }
      t.step("deadline is taken away while a read is pending");
      c1.setReadDeadline(soon(20));
      const p = new Uint8Array(64);
      const reading = t.spawn(readFull(c1, p));
      c1.setReadDeadline(null);
      await staysPending(reading, "read without a deadline", 40);
      t.step("c2 writes");
      await write(c2, pattern(64));
      await reading;
      checkPattern(p, "what c1 read");
    },
  ),
];

/** Starts a read and, where a write can be made to wait, a write. */
async function pendingOperations(c: StreamConn, t: Task): Promise<Promise<unknown>[]> {
  const read = c.read(new Uint8Array(8));
  // They are judged later; until then a rejection is not unhandled.
  read.catch(() => {});
  return t.traits.backPressure ? [read, writeOn(c, await writeUntilStalled(c))] : [read];
}

/** Goes on when a write that seemed to wait for the peer went through: a system may yet find room in its buffers. */
function writeOn(c: StreamConn, { pending, waiting }: Stall): Promise<unknown> {
  const writing = (async () => {
    for (await pending; ; ) await c.write(pattern(waiting));
  })();
  writing.catch(() => {});
  return writing;
}
