import type { Figures, Idle, Wire } from "../results.js";
import { figuresOf, type Phase, type TimedPhase } from "./figures.js";
import { Latencies } from "./latency.js";
import { burstOf, loadOf } from "./loads.js";
import { pingPong, type Traffic } from "./ping-pong.js";
import { throughput } from "./throughput.js";
import { type Connect, useClient } from "./use-client.js";

/** Tells the CPU time of the server's process so far, in µs. */
export type CPUClock = () => Promise<number>;

/** How many messages it takes until the engine has compiled what is hot; and how many times `ms` that may take. */
const [enoughMessages, warmUpTimes] = [20_000, 25] as const;

/** Measures one candidate, in rounds, of which the best counts; what is lost counts in all of them. */
export class Measurement {
  readonly #connect: Connect;
  readonly #serverCPU: CPUClock | null;
  readonly #sizes: readonly number[];
  readonly #pingPongs: TimedPhase<Latencies>[] = [];
  readonly #throughputs: ReadonlyMap<number, Phase[]>;

  /** `serverCPU` is null where both ends share a process. */
  constructor(connect: Connect, sizes: readonly number[], serverCPU: CPUClock | null) {
    const { maxMessageBytes = Number.POSITIVE_INFINITY } = connect.candidate;
    this.#connect = connect;
    this.#serverCPU = serverCPU;
    this.#sizes = sizes.filter((size) => size <= maxMessageBytes);
    this.#throughputs = new Map(this.#sizes.map((size) => [size, []]));
  }

  /** The size of a message for round trips. */
  get smallest(): number {
    return this.#sizes[0] ?? 1;
  }

  /** Does what a round does, and then goes on where messages are slow: HTTP needs thousands to come to its speed. */
  async warmUp(ms: number): Promise<void> {
    await this.round(ms);
    const end = performance.now() + warmUpTimes * ms;
    const { maxBurst } = this.#connect.candidate;
    let received = [...this.#pingPongs, ...[...this.#throughputs.values()].flat()].reduce(
      (sum, phase) => sum + phase.received,
      0,
    );
    await useClient(this.#connect, loadOf(this.smallest, maxBurst), async (client) => {
      while (received < enoughMessages && performance.now() < end) {
        received += (await throughput(client, ms, burstOf(this.smallest, maxBurst))).received;
      }
    });
  }

  /** Measures each thing for `ms` milliseconds; what has another size has another client. */
  async round(ms: number): Promise<void> {
    const { maxBurst } = this.#connect.candidate;
    const smallest = this.smallest;
    await useClient(this.#connect, loadOf(smallest, 1), async (client) => {
      this.#pingPongs.push(await this.#costed(() => pingPong(client, ms)));
    });
    for (const [size, rounds] of this.#throughputs) {
      await useClient(this.#connect, loadOf(size, maxBurst), async (client) => {
        rounds.push(await this.#costed(() => throughput(client, ms, burstOf(size, maxBurst))));
      });
    }
  }

  /** Sums up the rounds. */
  figures(wire: Wire | null, idle: Idle | null): Figures {
    const { smallest } = this;
    return figuresOf(
      { smallest, roundTrips: this.#pingPongs, throughput: this.#throughputs, wire, idle },
      new Latencies(),
    );
  }

  /** Measures, and what that costs both processes. */
  async #costed<T extends Traffic>(measure: () => Promise<T>): Promise<T & Phase> {
    const serverBefore = await this.#serverCPU?.();
    const clientBefore = process.cpuUsage();
    const traffic = await measure();
    const { user, system } = process.cpuUsage(clientBefore);
    const serverAfter = await this.#serverCPU?.();
    const isKnown = serverBefore !== undefined && serverAfter !== undefined;
    return {
      ...traffic,
      serverCpuMicros: isKnown ? (serverAfter - serverBefore) / traffic.received : null,
      clientCpuMicros: isKnown ? (user + system) / traffic.received : null,
    };
  }
}
