import { Latencies } from "../measure/latency.js";
import type { WireBytes } from "../results.js";
import { now } from "./state.js";
import type { Seat, Way } from "./ways.js";

/** What a watcher is to watch. */
export interface Watch extends Omit<Seat, "fetch"> {
  /** How many updates there will be. */
  readonly updates: number;
  /** Tells how many bytes travelled so far, where they are counted. */
  readonly count?: () => WireBytes;
}

/** What travelled for a watcher. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: WireBytes;
  /** Of these, for requests whose answer brought nothing new. */
  readonly wastedBytes: number;
}

const none: WireBytes = { out: 0, back: 0 };

/** A client that learns of updates in some way, and when. */
export class Watcher {
  /** Resolves when it knows the state before all updates. */
  readonly knowsFirst: Promise<void>;
  /** Resolves when it knows the state after all updates. */
  readonly knowsLast: Promise<void>;
  /** Resolves when it watches no more. */
  readonly ended: Promise<void>;
  readonly #count: () => WireBytes;
  readonly #seen: (readonly [n: number, at: number])[] = [];
  #requests = 0;
  #wastedBytes = 0;
  #before = none;

  constructor(way: Way, watch: Watch) {
    this.#count = watch.count ?? (() => none);
    const [first, last] = [new Moment(), new Moment()];
    [this.knowsFirst, this.knowsLast] = [first.promise, last.promise];
    const watching = this.#watch(way, watch, first, last);
    this.ended = watching.catch((err: unknown) => {
      first.fail(err);
      last.fail(err);
    });
  }

  /** How many updates it never saw. */
  get missed(): number {
    const newest = this.#seen.at(-1)?.[0] ?? 0;
    return newest - this.#seen.length;
  }

  /** Returns how long it took to know each update, or a newer one, after the server did. */
  delaysAfter(times: readonly number[]): Latencies {
    const delays = new Latencies();
    let next = 0;
    for (const [n, at] of this.#seen) {
      for (const time of times.slice(next, n)) delays.record(Math.max(0, at - time) * 1000);
      next = n;
    }
    return delays;
  }

  /** What travelled since the last {@link reset}. */
  get traffic(): Traffic {
    const after = this.#count();
    const bytes = { out: after.out - this.#before.out, back: after.back - this.#before.back };
    return { requests: this.#requests, bytes, wastedBytes: this.#wastedBytes };
  }

  /** Counts anew. */
  reset(): void {
    this.#before = this.#count();
    [this.#requests, this.#wastedBytes] = [0, 0];
  }

  async #watch(way: Way, watch: Watch, first: Moment, last: Moment): Promise<void> {
    for await (const { n } of way.watch({ ...watch, fetch: (request) => this.#fetch(request) })) {
      if (n > 0) this.#seen.push([n, now()]);
      first.come();
      if (n === watch.updates) last.come();
    }
    throw new Error("The server ended the watch");
  }

  /** Requests of one client come one after another, and so what travels meanwhile is theirs. */
  async #fetch(request: Request): Promise<Response> {
    this.#requests++;
    const before = this.#count();
    const response = await fetch(request);
    if (response.status === 304) this.#wastedBytes += sum(this.#count()) - sum(before);
    return response;
  }
}

function sum({ out, back }: WireBytes): number {
  return out + back;
}

/** Something that comes once, or fails. */
class Moment {
  readonly promise: Promise<void>;
  come: () => void = () => {};
  fail: (reason: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.come = resolve;
      this.fail = reject;
    });
    this.promise.catch(() => {}); // until somebody waits for it
  }
}
