import { copyBytes } from "../internal/byte-queue.js";
import { PendingList } from "../internal/pending.js";
import type { Bytes, Datagram } from "../net/conn.js";
import { Deadline } from "../net/deadline.js";
import { ClosedError, TimeoutError } from "../net/errors.js";
import { UDPAddr } from "./addr.js";
import type { Fault } from "./fault.js";
import type { Room } from "./room.js";

/** A way to receive: the system call that errors name, and what the reader gets. */
export interface Reading<T> {
  readonly syscall: string;
  /** Whether an empty buffer takes a datagram. */
  readonly takesIntoNothing: boolean;
  outcome(n: number, from: UDPAddr): T;
}

/** Receives from a known sender. */
export const countOnly: Reading<number> = { syscall: "read", takesIntoNothing: false, outcome: (n) => n };

/** Receives from anybody. */
export const withSender: Reading<Datagram<UDPAddr>> = {
  syscall: "recvfrom",
  takesIntoNothing: true,
  outcome: (n, addr) => ({ n, addr }),
};

/** Dresses a cause for a reader, as an OpError with the conn's addresses. */
export type WrapRead = (cause: Error, syscall: string) => Error;

interface Waiting {
  readonly p: Bytes;
  readonly reading: Reading<unknown>;
}

const nobody = new UDPAddr();

interface Arrival {
  readonly data: Bytes;
  readonly from: UDPAddr;
}

/**
 * Keeps datagrams until they are read, and readers until a datagram comes: the receiving half of every conn here, with
 * no socket in it.
 *
 * A datagram goes straight into the buffer of whoever waits. Else it takes a place in the room, and is dropped if there
 * is none: the newest goes, as in the system's own buffer.
 */
export class Inbox {
  readonly deadline = new Deadline(() => this.#rejectWaiting(() => new TimeoutError()));
  readonly #waiting = new PendingList<unknown, Waiting>(() => this.deadline.unwatch());
  readonly #room: Room;
  readonly #fault: Fault;
  readonly #wrap: WrapRead;
  #arrivals: Arrival[] = [];
  #dropped = 0;
  #ended = false;
  #closed = false;

  constructor(room: Room, fault: Fault, wrap: WrapRead) {
    this.#room = room;
    this.#fault = fault;
    this.#wrap = wrap;
  }

  /** How many datagrams found no place. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Receives one datagram; what of it does not fit into `p` is lost. Gives `null` after the end. */
  read<T>(p: Bytes, reading: Reading<T>, signal: AbortSignal | undefined): Promise<T | null> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const refusal = this.#refuse();
    if (refusal !== null) return Promise.reject(this.#wrap(refusal, reading.syscall));
    if (p.byteLength === 0 && !reading.takesIntoNothing) return Promise.resolve(reading.outcome(0, nobody));
    const arrival = this.#arrivals.shift();
    if (arrival !== undefined) {
      this.#room.leave(arrival.data.byteLength);
      return Promise.resolve(reading.outcome(fill(p, arrival.data), arrival.from));
    }
    if (this.#ended) return Promise.resolve(null);
    this.deadline.watch();
    return this.#waiting.add({ p, reading }, signal) as Promise<T>;
  }

  /** Takes a datagram, and keeps `data` itself if nobody waits; returns `false` if it is dropped. */
  push(data: Bytes, from: UDPAddr): boolean {
    const reader = this.#waiting.shift();
    if (reader !== undefined) {
      const { p, reading } = reader.context;
      reader.resolve(reading.outcome(fill(p, data), from));
      return true;
    }
    if (!this.#ended && this.#room.enter(data.byteLength)) {
      this.#arrivals.push({ data, from });
      return true;
    }
    this.#dropped++;
    return false;
  }

  /** Rejects who waits first or, if nobody does, the next read or write. */
  fail(cause: Error): void {
    const reader = this.#waiting.shift();
    if (reader === undefined) this.#fault.put(cause);
    else reader.reject(this.#wrap(cause, reader.context.reading.syscall));
  }

  /** Ends it: readers get what waits, and then `null`. */
  end(): void {
    this.#ended = true;
    this.deadline.stop();
    for (let reader = this.#waiting.shift(); reader !== undefined; reader = this.#waiting.shift()) reader.resolve(null);
  }

  /** Closes: drops what waits, and rejects everybody. */
  close(): void {
    this.#closed = this.#ended = true;
    this.deadline.stop();
    for (const { data } of this.#arrivals) this.#room.leave(data.byteLength);
    this.#arrivals = [];
    this.#rejectWaiting(() => new ClosedError());
  }

  #refuse(): Error | null {
    if (this.#closed) return new ClosedError();
    return this.deadline.expired ? new TimeoutError() : this.#fault.take();
  }

  #rejectWaiting(cause: () => Error): void {
    this.#waiting.rejectAll(({ context }) => this.#wrap(cause(), context.reading.syscall));
  }
}

/** Copies as much of `data` as fits into `p`; returns how much. */
function fill(p: Bytes, data: Bytes): number {
  const n = Math.min(p.byteLength, data.byteLength);
  copyBytes(data, 0, p, 0, n);
  return n;
}
