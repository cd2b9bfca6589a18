import { largeBurst, smallBurst, smallMessageBytes } from "./loads.js";
import { type PingPong, pingPong, type Traffic } from "./ping-pong.js";
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

/**
 * Measures one candidate, in rounds, of which the best counts: whatever else the machine does can only make one slower.
 * What is lost counts in all of them.
 */
export class Measurement {
  readonly #connect: Connect;
  readonly #largeBytes: number;
  readonly #pingPongs: PingPong[] = [];
  readonly #small: Traffic[] = [];
  readonly #large: Traffic[] = [];

  constructor(connect: Connect, largeBytes: number) {
    this.#connect = connect;
    this.#largeBytes = largeBytes;
  }

  /** Measures each of the three things for `ms` milliseconds. */
  async round(ms: number): Promise<void> {
    await useClient(this.#connect, { messageBytes: smallMessageBytes, maxUnderWay: 2 * smallBurst }, async (client) => {
      this.#pingPongs.push(await pingPong(client, ms));
      this.#small.push(await throughput(client, ms, smallBurst));
    });
    await useClient(this.#connect, { messageBytes: this.#largeBytes, maxUnderWay: 2 * largeBurst }, async (client) => {
      this.#large.push(await throughput(client, ms, largeBurst));
    });
  }

  /** Sums up the rounds. */
  figures(): Figures {
    const trips = best(this.#pingPongs);
    const all = [...this.#pingPongs, ...this.#small, ...this.#large];
    const sentMessages = all.reduce((sum, { sent }) => sum + sent, 0);
    return {
      roundTripsPerSecond: rateOf(trips),
      latencyP50Micros: trips.p50Micros,
      latencyP99Micros: trips.p99Micros,
      smallMessagesPerSecond: rateOf(best(this.#small)),
      largeMebibytesPerSecond: (rateOf(best(this.#large)) * this.#largeBytes) / 2 ** 20,
      smallMessageBytes,
      largeMessageBytes: this.#largeBytes,
      sentMessages,
      lostMessages: sentMessages - all.reduce((sum, { received }) => sum + received, 0),
    };
  }
}

function best<T extends Traffic>(rounds: readonly T[]): T {
  return rounds.reduce((a, b) => (rateOf(a) < rateOf(b) ? b : a));
}

function rateOf({ received, seconds }: Traffic): number {
  return received / seconds;
}
