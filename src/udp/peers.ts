import { maxDelayMs } from "../internal/after.js";
import type { Bytes } from "../net/conn.js";

/** What a {@link PeerTable} keeps. */
export interface Peer {
  /** Its address, as Node names it. */
  readonly peer: { readonly host: string; readonly port: number };
  /** When it was heard last, in ticks of the table. */
  heardAt: number;
  /** Takes a datagram of it; returns `false` if it is dropped. */
  deliver(data: Bytes): boolean;
  /** Ends it, because it is silent. */
  expire(): void;
}

/** How a {@link PeerTable} works. */
export interface PeerTableParts<P extends Peer> {
  /** How many peers there may be. */
  maxPeers: number;
  /** How long one may be silent, in ms. */
  idleTimeoutMs: number;
  /** Lets a new peer in, with its first datagram, or refuses it with `null`. */
  admit(host: string, port: number, data: Bytes): P | null;
}

/** How many peers are found without a look at the map; a power of two. */
const slotCount = 256;
/** How often silence is looked for, within the time that a peer may be silent. */
const ticksPerTimeout = 8;

/**
 * Gives each datagram to the peer that sent it: the demultiplexer of a listener, with no socket in it.
 *
 * Nothing here grows without a bound. While there are `maxPeers`, strangers are dropped and nobody has to go for them:
 * whoever forges senders may keep new peers out for a time, but cannot harm those that are in. Silent peers end, so that
 * the time is `idleTimeoutMs` at most.
 */
export class PeerTable<P extends Peer> {
  readonly #parts: PeerTableParts<P>;
  readonly #peers = new Map<string, P>();
  /** The peer that was heard last for each slot that a port falls into. */
  readonly #recent: (P | undefined)[] = [];
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;
  #refused = 0;
  #dropped = 0;

  constructor(parts: PeerTableParts<P>) {
    this.#parts = parts;
  }

  /** How many peers there are. */
  get size(): number {
    return this.#peers.size;
  }
  /** How many datagrams came from strangers who were refused. */
  get refused(): number {
    return this.#refused;
  }
  /** How many datagrams of peers were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a datagram, and keeps `data` itself if nobody waits for it. */
  deliver(host: string, port: number, data: Bytes): void {
    const slot = port & (slotCount - 1);
    let found = this.#recent[slot];
    if (found === undefined || found.peer.port !== port || found.peer.host !== host) {
      found = this.#peers.get(keyOf(host, port));
      if (found === undefined) return this.#meet(host, port, data);
      this.#recent[slot] = found;
    }
    found.heardAt = this.#tick;
    if (!found.deliver(data)) this.#dropped++;
  }

  /** Forgets a peer. */
  remove(gone: P): void {
    const { host, port } = gone.peer;
    const slot = port & (slotCount - 1);
    if (this.#recent[slot] === gone) this.#recent[slot] = undefined;
    const key = keyOf(host, port);
    if (this.#peers.get(key) === gone) this.#peers.delete(key);
    if (this.#peers.size === 0) this.#stop();
  }

  /** Lets time go on by one tick, and ends who has been silent for all of the timeout. */
  tick(): void {
    this.#tick++;
    for (const peer of this.#peers.values()) {
      if (this.#tick - peer.heardAt > ticksPerTimeout) peer.expire();
    }
  }

  #meet(host: string, port: number, data: Bytes): void {
    const full = this.#peers.size >= this.#parts.maxPeers;
    const peer = full ? null : this.#parts.admit(host, port, data);
    if (peer === null) {
      this.#refused++;
      return;
    }
    peer.heardAt = this.#tick;
    this.#peers.set(keyOf(host, port), peer);
    this.#start();
  }

  #start(): void {
    const ms = this.#parts.idleTimeoutMs / ticksPerTimeout;
    if (this.#timer !== undefined || !Number.isFinite(ms)) return;
    this.#timer = setInterval(() => this.tick(), Math.min(Math.ceil(ms), maxDelayMs)).unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function keyOf(host: string, port: number): string {
  return `${port} ${host}`;
}
