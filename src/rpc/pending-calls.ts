import { LimitError } from "../net/errors.js";
import type { BodyType } from "./codec.js";

/** A call that waits for its reply. */
export interface PendingCall {
  /** Its number; -1 while it has none. */
  seq: number;
  /** Whether its request was written. */
  isSent: boolean;
  /** What the reply is, where a contract tells. */
  readonly type: BodyType | undefined;
  /** Takes one of many replies. */
  item?(value: unknown): void;
  /** Succeeds. */
  resolve(value: unknown): void;
  /** Fails. */
  reject(reason: unknown): void;
}

const smallest = 16;

/**
 * Keeps the calls that wait, each under a number. A ring in place of a map, as most are answered soon and in order: it
 * costs half as much (bench/rpc-echo). A number whose place is still taken is passed over.
 */
export class PendingCalls {
  readonly #max: number;
  #ring: (PendingCall | undefined)[] = emptyRing(smallest);
  #size = 0;
  #nextSeq = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Gives a call its number. @throws {LimitError} when too many wait */
  add(call: PendingCall): void {
    if (this.#size >= this.#max)
      throw new LimitError(`rpc: more than ${this.#max} calls pending (option maxPendingCalls)`);
    if (this.#size * 2 >= this.#ring.length) this.#grow();
    const mask = this.#ring.length - 1;
    while (this.#ring[this.#nextSeq & mask] !== undefined) this.#nextSeq++;
    call.seq = this.#nextSeq++;
    this.#ring[call.seq & mask] = call;
    this.#size++;
  }

  /** Gives out a number that no call has. */
  skip(): number {
    return this.#nextSeq++;
  }

  /** Returns the call with this number, which goes on waiting. */
  get(seq: number | bigint): PendingCall | undefined {
    if (typeof seq === "bigint") return undefined;
    const call = this.#ring[seq & (this.#ring.length - 1)];
    return call?.seq === seq ? call : undefined;
  }

  /** Removes and returns the call with this number. */
  take(seq: number | bigint): PendingCall | undefined {
    const call = this.get(seq);
    if (call === undefined) return undefined;
    this.#ring[call.seq & (this.#ring.length - 1)] = undefined;
    this.#size--;
    return call;
  }

  /** Removes and returns all. */
  takeAll(): PendingCall[] {
    const all = this.#ring.filter((call) => call !== undefined);
    this.#ring = emptyRing(smallest);
    this.#size = 0;
    return all;
  }

  #grow(): void {
    const ring = emptyRing(this.#ring.length * 2);
    for (const call of this.#ring) if (call !== undefined) ring[call.seq & (ring.length - 1)] = call;
    this.#ring = ring;
  }
}

function emptyRing(length: number): (PendingCall | undefined)[] {
  return Array.from({ length }, () => undefined);
}
