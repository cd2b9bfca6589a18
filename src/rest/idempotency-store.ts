/** A reply that is kept, to be given again. */
export interface StoredReply {
  /** Its status. */
  readonly status: number;
  /** Its header: names and values. */
  readonly headers: readonly (readonly [string, string])[];
  /** Its body; `null` if it was too large to keep. */
  readonly body: Uint8Array | null;
}

/**
 * What a store knows of a key: the request is new, and the caller has it to itself under a token; it is under way; or it
 * was done before.
 */
export type IdempotencyState = NewRequest | RunningRequest | DoneRequest;

/** A request that is new. */
export interface NewRequest {
  /** Tells it from the others. */
  readonly state: "new";
  /** Shows that the key is still the caller's. */
  readonly token: string;
}

/** A request that is under way. */
export interface RunningRequest {
  /** Tells it from the others. */
  readonly state: "running";
  /** What it was about. */
  readonly fingerprint: string;
}

/** A request that was done before. */
export interface DoneRequest {
  /** Tells it from the others. */
  readonly state: "done";
  /** What it was about. */
  readonly fingerprint: string;
  /** How it was answered. */
  readonly reply: StoredReply;
}

/** Where requests with an Idempotency-Key are remembered: a store of one's own serves several servers. */
export interface IdempotencyStore {
  /**
   * Looks a key up, and takes it if nobody has: in one step, so that of two requests at the same time one is new. It may be
   * taken again after `lockMs`, should the one who took it never come back.
   */
  begin(key: string, fingerprint: string, lockMs: number): IdempotencyState | Promise<IdempotencyState>;
  /** Keeps a reply for `keepMs`, if the key is still held under `token`. */
  finish(key: string, token: string, reply: StoredReply, keepMs: number): void | Promise<void>;
  /** Lets a key go, as if nothing had been, if it is still held under `token`. */
  release(key: string, token: string): void | Promise<void>;
}

interface Entry {
  readonly fingerprint: string;
  readonly token: string;
  readonly until: number;
  readonly bytes: number;
  readonly reply: StoredReply | null;
}

/** What is kept at most by a {@link MemoryIdempotencyStore}. */
export interface MemoryIdempotencyLimits {
  /** How many keys. @default 10_000 */
  readonly maxKeys?: number | undefined;
  /** How many bytes of replies. @default 67_108_864 */
  readonly maxBytes?: number | undefined;
}

/** About what an entry takes beside its body. */
const entryBytes = 512;

/**
 * Remembers in memory, for one process. When it is full the oldest replies go first; if nothing but requests that are under way is
 * left, new ones fail.
 */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #maxKeys: number;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #tokens = 0;

  constructor(limits: MemoryIdempotencyLimits = {}) {
    this.#maxKeys = limits.maxKeys ?? 10_000;
    this.#maxBytes = limits.maxBytes ?? 67_108_864;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** @throws {Error} when all room is taken by requests that are under way */
  begin(key: string, fingerprint: string, lockMs: number): IdempotencyState {
    const now = Date.now();
    const known = this.#entries.get(key);
    if (known !== undefined && known.until > now) {
      const { fingerprint: other, reply } = known;
      return reply === null ? { state: "running", fingerprint: other } : { state: "done", fingerprint: other, reply };
    }
    this.#delete(key);
    if (!this.#makeRoom(entryBytes)) throw new Error("Too many requests with an Idempotency-Key are under way");
    const token = String(++this.#tokens);
    this.#add(key, { fingerprint, token, until: now + lockMs, bytes: entryBytes, reply: null });
    return { state: "new", token };
  }

  finish(key: string, token: string, reply: StoredReply, keepMs: number): void {
    const entry = this.#entries.get(key);
    if (entry?.token !== token) return;
    this.#delete(key);
    const bytes = entryBytes + (reply.body?.byteLength ?? 0);
    const until = Date.now() + keepMs;
    // That it was done must be known even where there is no room for the body.
    if (this.#makeRoom(bytes)) this.#add(key, { ...entry, until, bytes, reply });
    else this.#add(key, { ...entry, until, reply: { ...reply, body: null } });
  }

  release(key: string, token: string): void {
    if (this.#entries.get(key)?.token === token) this.#delete(key);
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  #isFull(bytes: number): boolean {
    return this.#entries.size >= this.#maxKeys || this.#bytes + bytes > this.#maxBytes;
  }

  /** The oldest stand first. A request that is under way is never forgotten: that it is not done twice is the point. */
  #makeRoom(bytes: number): boolean {
    if (!this.#isFull(bytes)) return true;
    const now = Date.now();
    for (const [key, { reply, until }] of this.#entries) {
      if (reply !== null || until <= now) this.#delete(key);
      if (!this.#isFull(bytes)) return true;
    }
    return false;
  }
}
