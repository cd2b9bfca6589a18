import type { Socket } from "node:dgram";
import { copyBytes } from "../internal/byte-queue.js";
import type { Bytes } from "../net/conn.js";
import { Courier } from "./courier.js";
import type { Target } from "./targets.js";

/** How many datagrams leave in one turn of the event loop: as many as Node receives in one. */
const turnDatagrams = 32;
/** How many bytes leave in one turn. */
const turnBytes = 65_536;
/** The largest datagram of all; a larger one is refused by the system, which need not look at it. */
const maxDatagramBytes = 65_535;
const smallestScratch = 512;

/** Who waits until more may leave. */
export interface Pump {
  /** Sends what it has, as long as there is room. */
  pump(): void;
}

/**
 * Hands datagrams to a socket, and makes writers wait for the event loop now and then.
 *
 * A datagram leaves in the call that hands it over, and promises settle without a turn of the event loop: a writer that
 * awaits each of its writes would keep the loop from ever receiving, and fill every buffer of a receiver in the same
 * process. So each turn has its measure, and the rest waits for the next.
 *
 * Where the system's buffer is full, Node keeps the datagram until there is room, and all others wait. What it keeps is a
 * copy, so that the writer may give up and use its bytes again.
 */
export class Sender {
  readonly #courier: Courier;
  readonly #waiting: Pump[] = [];
  /** Where datagrams are copied to, as large as the largest so far, and the part of it that was used last. */
  #scratch = new Uint8Array(0);
  #view = this.#scratch;
  #onLanded: ((err: Error | null) => void) | null = null;
  #turnDatagrams = 0;
  #turnBytes = 0;

  constructor(socket: Socket) {
    this.#courier = new Courier(socket, (err) => this.#land(err));
  }

  /** Tells whether a datagram may be handed over now. */
  get ready(): boolean {
    return this.#turnDatagrams < turnDatagrams && this.#turnBytes < turnBytes && this.#onLanded === null;
  }

  /**
   * Hands over a datagram when {@link ready}; `target` is `null` on a connected socket. Returns `null` if it has left,
   * why not if it cannot, or `"kept"`: then {@link whenLanded} tells more.
   */
  send(p: Bytes, target: Target | null): Error | "kept" | null {
    this.#count(p.byteLength);
    const outcome = this.#courier.send(this.#copy(p), target);
    if (outcome === "kept") this.#view = this.#scratch = new Uint8Array(0);
    return outcome;
  }

  /** Has `done` called when the datagram that was kept has left, or could not. */
  whenLanded(done: (err: Error | null) => void): void {
    this.#onLanded = done;
  }

  /** Calls the pump when there is room, after those who came before it. */
  wait(pump: Pump): void {
    this.#waiting.push(pump);
  }

  #copy(p: Bytes): Bytes {
    const n = p.byteLength;
    if (n > maxDatagramBytes) return p;
    if (n !== this.#view.byteLength) {
      if (n > this.#scratch.byteLength)
        this.#scratch = new Uint8Array(2 ** Math.ceil(Math.log2(Math.max(n, smallestScratch))));
      this.#view = this.#scratch.subarray(0, n);
    }
    copyBytes(p, 0, this.#view, 0, n);
    return this.#view;
  }

  #count(n: number): void {
    this.#turnDatagrams++;
    this.#turnBytes += n;
    if (this.#turnDatagrams >= turnDatagrams || this.#turnBytes >= turnBytes) setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#turnDatagrams = this.#turnBytes = 0;
    this.#wake();
  };

  #land(err: Error | null): void {
    const done = this.#onLanded;
    this.#onLanded = null;
    done?.(err);
    this.#wake();
  }

  /** Whoever has more than there is room for comes again after all others. */
  #wake(): void {
    while (this.#waiting.length > 0 && this.ready) this.#waiting.shift()?.pump();
  }
}
