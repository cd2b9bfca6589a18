import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { dial, listen } from "toolkit";
import { Relay } from "../measure/relay.js";
import type { UpdateFigures, UpdateRow } from "../results.js";
import type { Site } from "../subject.js";
import { momentsWithin } from "./moments.js";
import { type Server, useServer } from "./server.js";
import { Watcher } from "./watcher.js";
import { type Way, ways } from "./ways.js";

/** The ways to learn of updates, in the order of the report. */
export const updateNames: readonly string[] = ways.map(({ head }) => head.name);

/** How far the ways' schedules are apart, so that those measured at the same time do not wait for each other. */
const staggerMs = 7;
/** How long the last update may take beside the interval of a poll. */
const patienceMs = 5000;

/**
 * Measures one way to learn of updates, for so many ms. Ways of one site may be measured side by side: one process serves
 * them all, and each has a topic of its own, whose updates come at the same moments after it began. What fails is told in the row;
 * it rejects only when the site's signal aborts.
 *
 * Each way has two clients: one is timed, and the other has a relay before it, which counts its bytes. Both count from
 * when they know the first state: what it takes to connect is not among the figures.
 */
export async function measureUpdate(name: string, ms: number, site: Site): Promise<UpdateRow> {
  const way = ways.find((one) => one.head.name === name);
  if (way === undefined) throw new RangeError(`No such way to learn of updates: ${name}`);
  const { head } = way;
  try {
    await using server = await useServer(site);
    return { ...head, status: "measured", figures: await new Run(way, server, site.signal).measure(ms) };
  } catch (err) {
    site.signal.throwIfAborted();
    return { ...head, status: "failed", error: (err as Error).message };
  }
}

/** One measurement. */
class Run {
  readonly #way: Way;
  readonly #server: Server;
  readonly #signal: AbortSignal;

  constructor(way: Way, server: Server, signal: AbortSignal) {
    this.#way = way;
    this.#server = server;
    this.#signal = signal;
  }

  async measure(ms: number): Promise<UpdateFigures> {
    const address = this.#server.addresses[this.#way.port];
    using relay = new Relay(await listen("tcp", "127.0.0.1:0"), () => dial("tcp", address));
    const over = new AbortController();
    const signal = AbortSignal.any([this.#signal, over.signal]);
    const [topic, moments] = [randomUUID(), momentsWithin(ms)];
    const seat = { topic, updates: moments.length, signal };
    const timed = new Watcher(this.#way, { ...seat, address });
    const counted = new Watcher(this.#way, { ...seat, address: relay.address, count: () => relay.counted });
    try {
      await Promise.all([timed.knowsFirst, counted.knowsFirst]);
      await sleep(ways.indexOf(this.#way) * staggerMs, undefined, { signal });
      counted.reset();
      const [times] = await Promise.all([
        this.#server.run({ topic, moments }, signal),
        sleep(ms, undefined, { signal }),
        this.#inTime([timed.knowsLast, counted.knowsLast], ms),
      ]);
      return figuresOf(timed, counted, times, ms);
    } finally {
      over.abort();
      await Promise.all([timed.ended, counted.ended]);
    }
  }

  async #inTime(all: readonly Promise<void>[], ms: number): Promise<void> {
    const over = new AbortController();
    const late = sleep(ms + (this.#way.head.intervalMs ?? 0) + patienceMs, undefined, { signal: over.signal });
    try {
      const outcome = await Promise.race([Promise.all(all), late.then(() => "late")]);
      if (outcome === "late") throw new Error("The last update did not come");
    } finally {
      over.abort();
      late.catch(() => {});
    }
  }
}

function figuresOf(timed: Watcher, counted: Watcher, times: readonly number[], ms: number): UpdateFigures {
  const { requests, bytes, wastedBytes } = counted.traffic;
  const updates = times.length;
  return {
    updatesPerSecond: updates / (ms / 1000),
    delay: timed.delaysAfter(times).latency(),
    requestsPerUpdate: requests / updates,
    wireBytesPerUpdate: { out: bytes.out / updates, back: bytes.back / updates },
    wastedBytesPerUpdate: wastedBytes / updates,
    missed: timed.missed,
  };
}
