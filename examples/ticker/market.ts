import * as rest from "toolkit/rest";

/** The prices at one time, in milliseconds since 1970. */
export interface Tick {
  readonly at: number;
  readonly prices: Readonly<Record<string, number>>;
}

const opening: Readonly<Record<string, number>> = { ACME: 128, GLOBEX: 342.5, INITECH: 57.25, HOOLI: 211 };
/** How far a price goes in one step, up or down. */
const stride = 0.004;

/** A market in which prices move at random. Its feed is what all who listen are served from, each at its own pace. */
export class Market {
  readonly symbols: readonly string[] = Object.keys(opening);
  readonly feed = new rest.Feed<Tick>({ keep: 60 });
  #latest: Tick = { at: Date.now(), prices: opening };

  constructor() {
    this.feed.publish(this.#latest);
  }

  get latest(): Tick {
    return this.#latest;
  }

  /** Moves all prices once. */
  move(): void {
    const prices = Object.entries(this.#latest.prices).map(([symbol, price]) => [symbol, moved(price)] as const);
    this.#latest = { at: Date.now(), prices: Object.fromEntries(prices) };
    this.feed.publish(this.#latest);
  }

  /** Reads symbols such as `"ACME,HOOLI"`; those that there are not are left out, and nothing means all. */
  parse(list: string | null): readonly string[] {
    if (list === null) return this.symbols;
    const wanted = new Set(list.split(","));
    return this.symbols.filter((symbol) => wanted.has(symbol));
  }
}

/** Leaves the prices of some symbols. */
export function pick({ at, prices }: Tick, symbols: readonly string[]): Tick {
  return { at, prices: Object.fromEntries(symbols.map((symbol) => [symbol, prices[symbol] ?? 0])) };
}

function moved(price: number): number {
  return Math.round(price * (1 + (Math.random() * 2 - 1) * stride) * 100) / 100;
}
