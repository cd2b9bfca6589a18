/**
 * States the contract of `StreamConn`, `Listener` and `PacketConn` as cases that any test runner can
 * run on any implementation: Go's `golang.org/x/net/nettest`, and more.
 *
 * A case is a name, a sentence and a function. Give it a maker of what is to be tested; it rejects when the sentence
 * does not hold.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { pipe } from "toolkit/net";
 * import { connCases, type MakePipe } from "toolkit/nettest";
 *
 * const makePipe: MakePipe = async () => {
 *   const [c1, c2] = pipe();
 *   return { c1, c2, stop: () => [c1, c2].forEach((c) => c.close()) };
 * };
 * for (const c of connCases) test(c.name, () => c.run(makePipe));
 * ```
 *
 * What cannot be had of a transport is not asked for: {@link traitsOf} says what each can do, and a case whose `needs`
 * are not met resolves at once. Datagram conns keep boundaries and have no end; a WebSocket has no half-close; nothing
 * is written to an in-memory pipe without a reader. A maker may correct the traits for a transport of its own.
 *
 * ## Concurrency
 * Each run makes its own fixture, so that cases may run side by side. Those about races look for them by trying: what
 * they find is wrong, what they miss once they may find another time.
 *
 * ## Limits
 * A run takes a few hundred milliseconds at most, moves up to 64 MiB (much less where back-pressure works), and is
 * given up after 30 s, or after {@link CaseOptions.timeoutMs}. It always stops its fixture and leaves no timer.
 *
 * ## Errors
 * Whatever goes wrong is an `Error` that says where, what was expected and what came:
 * `nettest: PastTimeout: read: resolved to 3, want a rejection (write and read after the deadline)`. Its `cause` is the
 * error underneath. What an implementation raises outside of any call, as an unhandled rejection or an uncaught
 * exception, is for the test runner to notice.
 *
 * ## Differences from Go
 * There is no test runner in it, and no `TestConn` that runs all: loop over the cases. The eleven cases of Go's suite
 * keep their names and their strength; RacyRead and RacyWrite also account for every byte, where Go leaves the race
 * detector to look. The cases for aborts, ends, order, back-pressure and web streams, for listeners and for packet conns
 * have no twin. Go's probes of the environment, such as `SupportsIPv6`, are left out.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest | Go nettest}
 * @module toolkit/nettest
 */

export { connCases } from "./conn-cases.js";
export { listenerCases } from "./listener-cases.js";
export { packetConnCases } from "./packet-conn-cases.js";
export { type Traits, traitsOf } from "./traits.js";
export type {
  Case,
  CaseOptions,
  ConnCase,
  ConnPair,
  Fixture,
  ListenerCase,
  ListenerFixture,
  MakeListener,
  MakePacketConns,
  MakePipe,
  PacketConnCase,
  PacketConnPair,
} from "./types.js";
