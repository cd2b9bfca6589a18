import { allAtOnce } from "./all-at-once.js";
import { allBytes, check, closes, equal, settle, staysPending, timesOut } from "./assert.js";
import { exchange, packetConnCase, receive, send } from "./packet-conn-case.js";
import { checkPattern, pattern } from "./pattern.js";
import { longAgo, pause, soon } from "./time.js";
import type { PacketConnCase } from "./types.js";

/**
 * Checks the contract of `PacketConn`. Sends little at a time, so that no datagram is lost between sockets of
 * one machine.
 * @see {@link https://pkg.go.dev/net#PacketConn | Go net.PacketConn}
 */
export const packetConnCases: readonly PacketConnCase[] = [
  packetConnCase(
    "Exchange",
    "A datagram carries its sender's address, and an answer to it arrives.",
    async (pair, t) => {
      t.step("p1 asks, p2 answers");
      for (let i = 0; i < 10; i++) await exchange(pair);
    },
  ),
  packetConnCase("Boundaries", "One readFrom gives one datagram, however many wait.", async ({ p1, p2 }, t) => {
    const sizes = [10, 1, 300, 1024, 7];
    t.step("p1 sends five datagrams");
    for (const size of sizes) await send(p1, p2.localAddr, pattern(size, size));
    t.step("p2 receives them");
    for (const size of sizes) await receive(p2, pattern(size, size), `datagram of ${size} bytes`);
  }),
  packetConnCase(
    "Truncation",
    "What of a datagram does not fit into the buffer is lost; the next one is whole.",
    async ({ p1, p2 }, t) => {
      t.step("p1 sends 100 bytes and 20 bytes");
      await send(p1, p2.localAddr, pattern(100));
      await send(p1, p2.localAddr, pattern(20));
      t.step("p2 receives 10 bytes and the next datagram");
      const p = new Uint8Array(32).fill(0xa5);
      equal((await p2.readFrom(p.subarray(0, 10))).n, 10, "n of a datagram that does not fit");
      checkPattern(p.subarray(0, 10), "its beginning");
      allBytes(p.subarray(10), 0xa5, "behind the view");
      await receive(p2, pattern(20), "next datagram");
    },
  ),
  packetConnCase("ZeroLength", "An empty datagram arrives, with its sender's address.", async ({ p1, p2 }, t) => {
    t.step("p1 sends an empty datagram");
    await send(p1, p2.localAddr, new Uint8Array(0));
    const addr = await receive(p2, new Uint8Array(0), "empty datagram");
    equal(addr.toString(), p1.localAddr.toString(), "sender of the empty datagram");
  }),
  packetConnCase(
    "LargeDatagram",
    "A datagram of 65,507 bytes arrives whole; where the system sends none so large, it says EMSGSIZE.",
    async ({ p1, p2 }, t) => {
      const large = pattern(65_507);
      t.step("p1 sends 65,507 bytes");
      const outcome = await settle(p1.writeTo(large, p2.localAddr));
      if ("error" in outcome) return equal((outcome.error as { code?: unknown }).code, "EMSGSIZE", "code of the error");
      equal(outcome.value, large.byteLength, "count of the writeTo");
      t.step("p2 receives them");
      await receive(p2, large, "large datagram");
    },
  ),
  packetConnCase(
    "ConcurrentReads",
    "Pending readFroms are served in the order of their calls.",
    async ({ p1, p2 }, t) => {
      const reads = [1, 2, 3, 4].map((i) => t.spawn(receive(p2, pattern(i), `datagram ${i}`)));
      await staysPending(Promise.race(reads), "readFrom while nobody sends");
      t.step("p1 sends four datagrams");
      for (const i of [1, 2, 3, 4]) await send(p1, p2.localAddr, pattern(i));
      await Promise.all(reads);
    },
  ),
  packetConnCase(
    "ConcurrentWrites",
    "Datagrams that are sent at once arrive whole, and in order.",
    async ({ p1, p2 }, t) => {
      t.step("p1 sends 16 datagrams at once");
      const sizes = Array.from({ length: 16 }, (_, i) => i * 10 + 1);
      await Promise.all(sizes.map((size) => send(p1, p2.localAddr, pattern(size, size))));
      t.step("p2 receives them");
      for (const size of sizes) await receive(p2, pattern(size, size), `datagram of ${size} bytes`);
    },
  ),
  packetConnCase(
    "PastTimeout",
    "A deadline in the past times out readFrom and writeTo at once; without it the conn works.",
    async (pair, t) => {
      const { p1, p2 } = pair;
      for (const past of [longAgo, longAgo.getTime(), 0]) {
        t.step(`deadline ${Number(past)}`);
        p1.setDeadline(past);
        await timesOut(p1.readFrom(new Uint8Array(8)), "readFrom after setDeadline");
        await timesOut(p1.writeTo(new Uint8Array(8), p2.localAddr), "writeTo after setDeadline");
        p1.setDeadline(null);
        p1.setReadDeadline(past);
        await timesOut(p1.readFrom(new Uint8Array(8)), "readFrom after setReadDeadline");
        p1.setReadDeadline(null);
        p1.setWriteDeadline(past);
        await timesOut(p1.writeTo(new Uint8Array(8), p2.localAddr), "writeTo after setWriteDeadline");
        p1.setWriteDeadline(null);
        t.step("exchange");
        await exchange(pair);
      }
    },
  ),
  packetConnCase(
    "PresentTimeout",
    "A deadline that is set or moved while readFrom is pending holds for it.",
    async (pair, t) => {
      for (const [first, next] of [
        [soon(10_000), longAgo],
        [null, soon(10)],
      ] as const) {
        pair.p1.setReadDeadline(first);
        const end = t.spawn(timesOut(pair.p1.readFrom(new Uint8Array(8)), "readFrom"));
        await staysPending(end, "readFrom before its deadline", 10);
        t.step("deadline moves");
        pair.p1.setReadDeadline(next);
        await end;
      }
      t.step("exchange");
      pair.p1.setReadDeadline(null);
      await exchange(pair);
    },
  ),
  packetConnCase(
    "FutureTimeout",
    "A readFrom times out when its deadline comes; it takes nothing and never touches its buffer again.",
    async ({ p1, p2 }, t) => {
      const p = new Uint8Array(64).fill(0xa5);
      const deadline = soon(20);
      p2.setReadDeadline(deadline);
      t.step("p2 times out");
      await timesOut(p2.readFrom(p), "readFrom");
      check(deadline.getTime() - Date.now() <= 2, "readFrom: timed out before its deadline");
      p2.setReadDeadline(null);
      t.step("p1 sends, p2 receives");
      await send(p1, p2.localAddr, pattern(64));
      await pause(20);
      allBytes(p, 0xa5, "buffer of the readFrom that timed out");
      await receive(p2, pattern(64), "datagram after the timeout");
      allBytes(p, 0xa5, "buffer of the readFrom that timed out");
    },
  ),
  packetConnCase("CloseWhileReading", "Closing rejects every pending readFrom as closed.", async ({ p1 }, t) => {
    const ends = [1, 2].map((i) => t.spawn(closes(p1.readFrom(new Uint8Array(8)), `pending readFrom ${i}`)));
    await staysPending(Promise.race(ends), "readFrom while nobody sends");
    t.step("p1 closes");
    p1.close();
    await Promise.all(ends);
  }),
  packetConnCase(
    "UseAfterClose",
    "After close, and another one, readFrom and writeTo reject as closed.",
    async ({ p1, p2 }, t) => {
      const name = p1.localAddr.toString();
      p1.close();
      p1.close();
      t.step("use after close");
      await closes(p1.readFrom(new Uint8Array(8)), "readFrom");
      await closes(p1.writeTo(new Uint8Array(8), p2.localAddr), "writeTo");
      for (const deadline of [longAgo, null]) p1.setDeadline(deadline);
      await closes(p1.readFrom(new Uint8Array(8)), "another readFrom");
      equal(p1.localAddr.toString(), name, "localAddr");
    },
  ),
  packetConnCase(
    "ConcurrentMethods",
    "All methods can be called at the same time; after that the conn works.",
    async ({ p1, p2 }, t) => {
      t.step("100 times everything at once");
      await allAtOnce([
        () => p1.readFrom(new Uint8Array(8)),
        () => p1.writeTo(new Uint8Array(1), p2.localAddr),
        () => p1.setDeadline(soon(10)),
        () => p1.setReadDeadline(longAgo),
        () => p1.setWriteDeadline(longAgo),
        () => p1.localAddr.toString(),
      ]);
      p1.setDeadline(null);
      t.step("p2 sends, p1 receives");
      await send(p2, p1.localAddr, pattern(64));
      await receive(p1, pattern(64), "datagram");
    },
  ),
];
