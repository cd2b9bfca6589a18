import type { Figures, Idle, RoundTrips, Throughput, Wire } from "../results.js";
import { Latencies } from "./latency.js";
import { burstOf, loadOf } from "./loads.js";
import { type PingPong, pingPong, type Traffic } from "./ping-pong.js";
import { highest, lowest, lowestKnown } from "./series.js";
import { throughput } from "./throughput.js";
import { type Connect, useClient } from "./use-client.js";

/** Tells the CPU time of the server's process so far, in µs. */
export type CPUClock = () => Promise<number>;

/** How many messages it takes until the engine has compiled what is hot; and how many times `ms` that may take. */
const [enoughMessages, warmUpTimes] = [20_000, 25] as const;

/** CPU times of both processes for each message, in µs. */
interface CPU {
  readonly serverMicros: number | null;
  readonly clientMicros: number | null;
}

type Costed<T> = T & CPU;

/** Measures one candidate, in rounds, of which the best counts; what is lost counts in all of them. */
export class Measurement {
  readonly #connect: Connect;
  readonly #serverCPU: CPUClock | null;
  readonly #sizes: readonly number[];
  readonly #pingPongs: Costed<PingPong>[] = [];
  readonly #throughputs: ReadonlyMap<number, Costed<Traffic>[]>;

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
    let received = this.#all().reduce((sum, traffic) => sum + traffic.received, 0);
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
    const all = this.#all();
    const sent = all.reduce((sum, traffic) => sum + traffic.sent, 0);
    const lost = sent - all.reduce((sum, { received }) => sum + received, 0);
    return { roundTrips: this.#roundTrips(), throughput: this.#throughput(), wire, idle, sent, lost };
  }

  #all(): Traffic[] {
    return [...this.#pingPongs, ...[...this.#throughputs.values()].flat()];
  }

  #roundTrips(): RoundTrips {
    const rounds = this.#pingPongs;
    const all = new Latencies();
    for (const { latencies } of rounds) all.add(latencies);
    return {
      messageBytes: this.smallest,
      perSecond: highest(rounds.map(rateOf)),
      p50Micros: lowest(rounds.map(({ latencies }) => latencies.percentile(50))),
      p99Micros: lowest(rounds.map(({ latencies }) => latencies.percentile(99))),
      latency: all.latency(),
      ...cpuOf(rounds),
    };
  }

  #throughput(): Throughput[] {
    return [...this.#throughputs].map(([messageBytes, rounds]) => ({
      messageBytes,
      perSecond: highest(rounds.map(rateOf)),
      ...cpuOf(rounds),
    }));
  }

  /** Measures, and what that costs both processes. */
  async #costed<T extends Traffic>(measure: () => Promise<T>): Promise<Costed<T>> {
    const serverBefore = await this.#serverCPU?.();
    const clientBefore = process.cpuUsage();
    const traffic = await measure();
    const { user, system } = process.cpuUsage(clientBefore);
    const serverAfter = await this.#serverCPU?.();
    const isKnown = serverBefore !== undefined && serverAfter !== undefined;
    return {
      ...traffic,
      serverMicros: isKnown ? (serverAfter - serverBefore) / traffic.received : null,
      clientMicros: isKnown ? (user + system) / traffic.received : null,
    };
  }
}

function cpuOf(rounds: readonly CPU[]): Pick<RoundTrips, "serverCpuMicros" | "clientCpuMicros"> {
  return {
    serverCpuMicros: lowestKnown(rounds.map(({ serverMicros }) => serverMicros)),
    clientCpuMicros: lowestKnown(rounds.map(({ clientMicros }) => clientMicros)),
  };
}

function rateOf({ received, seconds }: Traffic): number {
  return received / seconds;
}
