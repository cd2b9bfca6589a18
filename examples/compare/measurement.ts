import { createHistogram } from "node:perf_hooks";
import { largeBurst, smallBurst, smallMessageBytes } from "./loads.js";
import { pingPong, type Traffic } from "./ping-pong.js";
import { throughput } from "./throughput.js";
import { type Connect, useClient } from "./use-client.js";

/** What was measured, in the units of the names. */
export interface Figures {
  readonly roundTripsPerSecond: number;
  readonly latencyP50Micros: number;
  readonly latencyP99Micros: number;
  readonly smallMessagesPerSecond: number;
  readonly largeMebibytesPerSecond: number;
  readonly smallMessageBytes: number;
  readonly largeMessageBytes: number;
  readonly sentMessages: number;
  readonly lostMessages: number;
}

/** Measures one candidate, in rounds: rates are the median of them, latencies those of all round trips. */
export class Measurement {
  readonly #connect: Connect;
  readonly #largeBytes: number;
  readonly #latencies = createHistogram();
  readonly #pingPongs: Traffic[] = [];
  readonly #small: Traffic[] = [];
  readonly #large: Traffic[] = [];

  constructor(connect: Connect, largeBytes: number) {
    this.#connect = connect;
    this.#largeBytes = largeBytes;
  }

  /** Measures each of the three things for `ms` milliseconds. */
  async round(ms: number): Promise<void> {
    await useClient(this.#connect, { messageBytes: smallMessageBytes, maxUnderWay: 2 * smallBurst }, async (client) => {
      this.#pingPongs.push(await pingPong(client, ms, this.#latencies));
      this.#small.push(await throughput(client, ms, smallBurst));
    });
    await useClient(this.#connect, { messageBytes: this.#largeBytes, maxUnderWay: 2 * largeBurst }, async (client) => {
      this.#large.push(await throughput(client, ms, largeBurst));
    });
  }

  /** Sums up the rounds. */
  figures(): Figures {
    const all = [...this.#pingPongs, ...this.#small, ...this.#large];
    const sentMessages = all.reduce((sum, { sent }) => sum + sent, 0);
    return {
      roundTripsPerSecond: medianRate(this.#pingPongs),
      latencyP50Micros: this.#latencies.percentile(50) / 1000,
      latencyP99Micros: this.#latencies.percentile(99) / 1000,
      smallMessagesPerSecond: medianRate(this.#small),
      largeMebibytesPerSecond: (medianRate(this.#large) * this.#largeBytes) / 2 ** 20,
      smallMessageBytes,
      largeMessageBytes: this.#largeBytes,
      sentMessages,
      lostMessages: sentMessages - all.reduce((sum, { received }) => sum + received, 0),
    };
  }
}

function medianRate(traffic: readonly Traffic[]): number {
  const rates = traffic.map(({ received, seconds }) => received / seconds).toSorted((a, b) => a - b);
  const middle = rates.length >> 1;
  const [below = 0, above = 0] = rates.length % 2 === 1 ? [rates[middle], rates[middle]] : rates.slice(middle - 1);
  return (below + above) / 2;
}
