/** What a store counts against. */
export interface RateLimitQuota {
  /** How many requests a window has. */
  readonly limit: number;
  /** How long a window is. */
  readonly windowMs: number;
}

/** What a store says of one request. */
export interface RateLimitState {
  /** How many requests have been made in this window, this one included. */
  readonly used: number;
  /** In how many milliseconds the next window begins. */
  readonly resetMs: number;
}

/** Where requests are counted: a store of one's own lets several servers count together. */
export interface RateLimitStore {
  /** Counts a request, in one step: no two get the same number. */
  take(key: string, quota: RateLimitQuota): RateLimitState | Promise<RateLimitState>;
}

interface Window {
  used: number;
  readonly end: number;
}

/**
 * Counts in memory, for one process. A window begins with a key's first request. Each limit wants a store of its own: of
 * two that share one, each counts the other's requests too.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #maxKeys: number;
  readonly #windows = new Map<string, Window>();

  /** Keeps `maxKeys` keys at most; the oldest window goes first, so that nobody fills memory with keys. */
  constructor(maxKeys = 100_000) {
    this.#maxKeys = maxKeys;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#windows.size;
  }

  take(key: string, { windowMs }: RateLimitQuota): RateLimitState {
    const now = Date.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.end <= now) {
      this.#windows.delete(key);
      this.#makeRoom(now);
      window = { used: 0, end: now + windowMs };
      this.#windows.set(key, window);
    }
    window.used++;
    return { used: window.used, resetMs: window.end - now };
  }

  /** Windows stand in the order of their beginning. */
  #makeRoom(now: number): void {
    for (const [key, { end }] of this.#windows) {
      if (end > now && this.#windows.size < this.#maxKeys) return;
      this.#windows.delete(key);
    }
  }
}
