import type { StreamConn } from "../net/conn.js";
import { allAtOnce } from "./all-at-once.js";
import { check, closes, equal, settle, timesOut } from "./assert.js";
import { connCase } from "./conn-case.js";
import { discard, echo, readExactly, resync, roundtrip, write, writeOn } from "./conn-io.js";
import { pattern } from "./pattern.js";
import { longAgo, pause, soon } from "./time.js";
import type { ConnCase } from "./types.js";

const kib = 1024;

/** Holds the cases of Go's suite about deadlines, and the one that calls everything at once. */
export const goTimeoutCases: readonly ConnCase[] = [
  connCase("ReadTimeout", [], "A read that times out does not hinder writes.", async ({ c1, c2 }, t) => {
    void discard(c2);
    c1.setReadDeadline(longAgo);
    t.step("c1 reads");
    await timesOut(c1.read(new Uint8Array(kib)), "read after its deadline");
    t.step("c1 writes");
    await write(c1, new Uint8Array(kib));
  }),
  connCase("WriteTimeout", [], "A write that times out does not hinder reads.", async ({ c1, c2 }, t) => {
    void t.spawn(write(c2, pattern(kib)));
    c1.setWriteDeadline(longAgo);
    t.step("c1 writes");
    await timesOut(c1.write(new Uint8Array(kib)), "write after its deadline");
    t.step("c1 reads");
    await readExactly(c1, kib);
  }),
  connCase(
    "PastTimeout",
    [],
    "A deadline in the past times out reads and writes at once, and the conn recovers from it.",
    async ({ c1, c2 }, t) => {
      void t.spawn(echo(c2));
      t.step("round trip before");
      await roundtrip(c1, t);
      c1.setDeadline(longAgo);
      t.step("write and read after the deadline");
      const err = await timesOut(c1.write(new Uint8Array(kib)), "write");
      equal((err as { bytesWritten?: number }).bytesWritten ?? 0, 0, "bytesWritten of the write");
      await timesOut(c1.read(new Uint8Array(kib)), "read");
      t.step("round trip after");
      await roundtrip(c1, t);
    },
  ),
  connCase(
    "PresentTimeout",
    [],
    "A deadline in the past, set while a read and a write are pending, times them out at once and not before.",
    async ({ c1 }, t) => {
      let due = false;
      const timesOutWhenDue = async (op: Promise<unknown>, what: string): Promise<void> => {
        await timesOut(op, what);
        check(due, `${what}: timed out before its deadline was set`);
      };
      t.step("c1 reads and writes");
      const ends = [
        t.spawn(timesOutWhenDue(c1.read(new Uint8Array(kib)), "read")),
        t.spawn(timesOutWhenDue(writeOn(c1), "write")),
      ];
      await pause(30);
      t.step("read and write time out");
      due = true;
      c1.setReadDeadline(longAgo);
      c1.setWriteDeadline(longAgo);
      await Promise.all(ends);
    },
  ),
  connCase(
    "FutureTimeout",
    [],
    "A deadline in the future times out pending reads and writes when it comes, and the conn recovers from it.",
    async ({ c1, c2 }, t) => {
      const deadline = soon(50);
      c1.setDeadline(deadline);
      t.step("read and write time out");
      await Promise.all([
        timesOut(c1.read(new Uint8Array(kib)), "read").then(() => isDue(deadline, "read")),
        timesOut(writeOn(c1), "write").then(() => isDue(deadline, "write")),
      ]);
      void t.spawn(echo(c2));
      t.step("resynchronization");
      await resync(c1, t);
      t.step("round trip");
      await roundtrip(c1, t);
    },
  ),
  connCase("CloseTimeout", [], "Closing ends pending reads and writes at once.", async ({ c1, c2 }, t) => {
    // The echo may break off any way it likes: its peer goes while it is at work.
    void settle(echo(c2));
    c1.setDeadline(null);
    t.step("c1 reads and writes");
    const ends = [t.spawn(closes(readOn(c1), "read")), t.spawn(closes(writeOn(c1), "write"))];
    await pause(20);
    t.step("c1 closes");
    c1.close();
    await Promise.all(ends);
  }),
  connCase(
    "ConcurrentMethods",
    [],
    "All methods can be called at the same time; after that the conn works.",
    async ({ c1, c2 }, t) => {
      void t.spawn(echo(c2));
      t.step("100 times everything at once");
      await allAtOnce([
        () => c1.read(new Uint8Array(kib)),
        () => c1.write(new Uint8Array(kib)),
        () => c1.setDeadline(soon(10)),
        () => c1.setReadDeadline(longAgo),
        () => c1.setWriteDeadline(longAgo),
        () => c1.localAddr.toString(),
        () => c1.remoteAddr.toString(),
      ]);
      t.step("resynchronization");
      await resync(c1, t);
      t.step("round trip");
      await roundtrip(c1, t);
    },
  ),
];

// Timers may fire a little before the clock says so.
function isDue(deadline: Date, what: string): void {
  const early = deadline.getTime() - Date.now();
  check(early <= 2, `${what}: timed out ${early} ms before its deadline`);
}

async function readOn(c: StreamConn): Promise<never> {
  for (const p = new Uint8Array(kib); ; ) check((await c.read(p)) !== null, "end of stream, want data or an error");
}
