import { check, closes, equal, rejects, settle, staysPending } from "./assert.js";
import { connCase } from "./conn-case.js";
import { discard, writeOn, writeUntilStalled } from "./conn-io.js";
import { longAgo } from "./time.js";
import type { ConnCase } from "./types.js";

/** Holds the cases about close, from this side and from the other. */
export const closeCases: readonly ConnCase[] = [
  connCase("CloseWhileReading", [], "Closing rejects every pending read as closed.", async ({ c1 }, t) => {
    t.step("c1 reads");
    const reads = [1, 2, 3].map((i) => t.spawn(closes(c1.read(new Uint8Array(8)), `pending read ${i}`)));
    await staysPending(Promise.race(reads), "a read of which nobody writes");
    t.step("c1 closes");
    c1.close();
    await Promise.all(reads);
  }),
  connCase(
    "CloseWhileWriting",
    ["backPressure"],
    "Closing rejects every pending write as closed.",
    async ({ c1 }, t) => {
      t.step("c1 writes, c2 does not read");
      const { pending } = await writeUntilStalled(c1);
      const ends = [
        t.spawn(closes(pending, "pending write")),
        t.spawn(closes(c1.write(new Uint8Array(8)), "write behind it")),
      ];
      t.step("c1 closes");
      c1.close();
      await Promise.all(ends);
    },
  ),
  connCase(
    "CloseTwice",
    [],
    "Closing again does nothing; closed resolves once the conn is closed and not before.",
    async ({ c1, c2 }, t) => {
      void discard(c2);
      t.step("c1 is open");
      await staysPending(c1.closed, "closed of an open conn");
      t.step("c1 closes twice");
      c1.close();
      c1.close();
      await c1.closed;
      c1.close();
      equal(await c1.closed, undefined, "closed");
    },
  ),
  connCase(
    "UseAfterClose",
    [],
    "After close, reads and writes reject as closed, whatever had arrived, and nothing else hangs or fails.",
    async ({ c1, c2 }, t) => {
      const names = [c1.localAddr.toString(), c1.remoteAddr.toString()];
      void settle(c2.write(new Uint8Array(8)));
      c1.close();
      t.step("use after close");
      await closes(c1.read(new Uint8Array(8)), "read");
      await closes(c1.write(new Uint8Array(8)), "write");
      await settle(c1.closeWrite());
      for (const deadline of [longAgo, null]) c1.setDeadline(deadline);
      c1.unref();
      c1.ref();
      await closes(c1.read(new Uint8Array(8)), "another read");
      equal(c1.localAddr.toString(), names[0], "localAddr");
      equal(c1.remoteAddr.toString(), names[1], "remoteAddr");
    },
  ),
  connCase(
    "PeerClose",
    [],
    "A peer that closes with much unread ends our reads and writes, and nothing is raised that no call returns.",
    async ({ c1, c2 }, t) => {
      t.step("c1 writes, c2 does not read");
      const pending = t.traits.backPressure ? (await writeUntilStalled(c1)).pending : c1.write(new Uint8Array(8));
      const writing = settle(pending);
      const reading = settle(c1.read(new Uint8Array(8)));
      t.step("c2 closes");
      c2.close();
      await writing;
      if (t.traits.end) {
        await rejects(writeOn(c1), "writes after the peer closed");
        for (const end of [await reading, await settle(c1.read(new Uint8Array(8)))]) {
          check(
            !("value" in end) || end.value === null,
            "read after the peer closed: got data, want the end or an error",
          );
        }
      }
      t.step("c1 closes");
      c1.close();
      await reading;
      await c1.closed;
    },
  ),
  connCase("Dispose", [], "Disposing of a conn closes it.", async ({ c1, c2 }, t) => {
    void discard(c2);
    t.step("dispose");
    c1[Symbol.dispose]();
    await closes(c1.read(new Uint8Array(8)), "read");
    await c1.closed;
    c1[Symbol.dispose]();
  }),
  connCase("AsyncDispose", [], "Disposing asynchronously closes the conn and waits for it.", async ({ c1, c2 }, t) => {
    void discard(c2);
    let closed = false;
    void c1.closed.then(() => {
      closed = true;
    });
    t.step("dispose");
    await c1[Symbol.asyncDispose]();
    check(closed, "closed: still pending after asyncDispose, want it resolved");
    await closes(c1.read(new Uint8Array(8)), "read");
    await c1[Symbol.asyncDispose]();
  }),
];
