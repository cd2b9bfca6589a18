import { check, closes, equal, rejects, rejectsWith, settle, staysPending } from "./assert.js";
import { hear, listenerCase, speak } from "./listener-case.js";
import { pause } from "./time.js";
import type { ListenerCase } from "./types.js";

/**
 * Checks the contract of `Listener`.
 * @see {@link https://pkg.go.dev/net#Listener | Go net.Listener}
 */
export const listenerCases: readonly ListenerCase[] = [
  listenerCase("Accept", [], "Accept gives the other end of a conn that dialled.", async (m, t) => {
    t.step("dial and accept");
    const [dialled, accepted] = await m.connect(t);
    t.step("both ends speak");
    await speak(dialled, accepted, t);
  }),
  listenerCase("AcceptWaits", [], "Accept waits until somebody dials.", async (m, t) => {
    const meeting = t.spawn(m.meet());
    await staysPending(meeting, "accept while nobody dials");
    t.step("dial");
    await Promise.all([m.hail(1, t), meeting]);
    equal(await meeting, 1, "who was accepted");
  }),
  listenerCase("AcceptInOrder", [], "Conns are accepted in the order in which they came.", async (m, t) => {
    t.step("five dial");
    for (let i = 1; i <= 5; i++) await m.hailInOrder(i, t);
    t.step("accept five times");
    for (let i = 1; i <= 5; i++) equal(await m.meet(), i, "who was accepted");
  }),
  listenerCase("ConcurrentAccepts", [], "Of accepts that wait together, each gets a conn of its own.", async (m, t) => {
    const meetings = [1, 2, 3].map(() => t.spawn(m.meet()));
    t.step("three dial, three accepts wait");
    for (let i = 1; i <= 3; i++) await m.hailInOrder(i, t);
    equal((await Promise.all(meetings)).toSorted((a = 0, b = 0) => a - b).join(), "1,2,3", "who was accepted");
  }),
  listenerCase(
    "Iterate",
    [],
    "Iterating accepts one conn after the other, and ends when the listener closes.",
    async (m, t) => {
      t.step("two dial, and a loop accepts them");
      for (let i = 1; i <= 2; i++) await m.hailInOrder(i, t);
      const seen: (number | undefined)[] = [];
      for await (const conn of m.listener) {
        seen.push(await hear(conn));
        conn.close();
        if (seen.length < 2) continue;
        t.step("the listener closes while the loop waits");
        void t.spawn(pause(5).then(() => m.listener.close()));
      }
      equal(seen.join(), "1,2", "who was accepted");
      for await (const _ of m.listener) throw new Error("loop over a closed listener: got a conn, want none");
    },
  ),
  listenerCase("BreakCloses", [], "Leaving a loop over the listener closes it.", async (m, t) => {
    t.step("one dials, and a loop is left");
    await m.hailInOrder(1, t);
    for await (const conn of m.listener) {
      await hear(conn);
      conn.close();
      break;
    }
    await closes(m.accept(), "accept after the loop");
  }),
  listenerCase(
    "CloseRejectsAccepts",
    [],
    "Closing rejects all accepts that wait, and all that follow, as closed.",
    async (m, t) => {
      t.step("two accepts wait");
      const ends = [1, 2].map((i) => t.spawn(closes(m.accept(), `waiting accept ${i}`)));
      await staysPending(Promise.race(ends), "accept while nobody dials");
      t.step("the listener closes");
      m.listener.close();
      await Promise.all(ends);
      await closes(m.accept(), "accept after close");
      await closes(m.accept(), "another accept after close");
    },
  ),
  listenerCase("CloseTwice", [], "Closing again does nothing; disposing is closing.", async (m, t) => {
    t.step("dispose, and close twice");
    m.listener[Symbol.dispose]();
    await closes(m.accept(), "accept after dispose");
    m.listener.close();
    m.listener.close();
    m.listener[Symbol.dispose]();
    m.listener.unref();
    m.listener.ref();
    await closes(m.accept(), "accept after close");
  }),
  listenerCase(
    "CloseSparesConns",
    [],
    "Conns that were accepted, or dialled and accepted, outlive the listener.",
    async (m, t) => {
      t.step("dial and accept");
      const [dialled, accepted] = await m.connect(t);
      t.step("the listener closes, and both ends speak");
      m.listener.close();
      await speak(dialled, accepted, t);
    },
  ),
  listenerCase(
    "CloseEndsTheWaiting",
    ["handshake"],
    "A conn that nobody accepted ends when the listener closes.",
    async (m, t) => {
      t.step("dial");
      const dialling = t.spawn(settle(m.dial()));
      if (t.traits.buffered) await dialling;
      m.listener.close();
      const dialled = await dialling;
      if ("error" in dialled) return;
      t.step("the conn reads");
      const end = await settle(dialled.value.read(new Uint8Array(8)));
      check(
        !("value" in end) || end.value === null,
        "read of a conn that nobody accepted: got data, want the end or an error",
      );
    },
  ),
  listenerCase("DialAfterClose", ["handshake"], "A closed listener cannot be dialled.", async (m, t) => {
    m.listener.close();
    t.step("dial");
    await rejects(m.dial(), "dial after close");
  }),
  listenerCase(
    "AbortAccept",
    [],
    "An aborted accept rejects with the signal's reason itself and takes no conn.",
    async (m, t) => {
      const abort = new AbortController();
      const reason = new Error("not wanted any more");
      const end = t.spawn(rejectsWith(m.accept({ signal: abort.signal }), reason, "aborted accept"));
      t.step("abort, dial and accept");
      abort.abort(reason);
      await end;
      for (let i = 1; i <= 2; i++) {
        await m.hailInOrder(i, t);
        equal(await m.meet(), i, "who was accepted");
      }
    },
  ),
  listenerCase(
    "AbortedSignal",
    [],
    "An aborted signal rejects an accept at once, though a conn waits, and takes none.",
    async (m, t) => {
      const signal = AbortSignal.abort(new Error("never wanted"));
      t.step("dial");
      await m.hailInOrder(1, t);
      t.step("accept with an aborted signal, then without");
      await rejectsWith(m.accept({ signal }), signal.reason, "accept");
      equal(await m.meet(), 1, "who was accepted");
    },
  ),
  listenerCase("Addr", [], "The listener's address stays the same, also once it is closed.", async (m, t) => {
    const { transport } = m.listener.addr;
    const text = m.listener.addr.toString();
    check(transport !== "", "addr.transport: got none, want the name of a network");
    t.step("dial and accept");
    await m.connect(t);
    equal(m.listener.addr.toString(), text, "addr after accept");
    m.listener.close();
    equal(m.listener.addr.toString(), text, "addr after close");
    equal(m.listener.addr.transport, transport, "addr.transport after close");
  }),
];
