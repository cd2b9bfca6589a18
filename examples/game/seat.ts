import { randomBytes } from "node:crypto";
import type * as ws from "toolkit/ws";
import type { Input } from "./input.js";

/** How many messages a player may send a second, by whatever way: twice as many as there is a use for. */
const messagesPerSecond = 60;
/** How many it may send at once: a second's, held up by the network. */
const burst = 60;

/** A player's place: what we know of who sits there. */
export class Seat {
  readonly id: number;
  readonly name: string;
  readonly conn: ws.Conn;
  /** What its datagrams are signed with. */
  readonly key: Uint8Array = randomBytes(32);
  #input: Input;
  #activeAt: number;
  /** The ticks of the snapshots that are under way. */
  #sent: readonly number[] = [];
  #credit = burst;
  #countedAt = 0;

  constructor(id: number, name: string, conn: ws.Conn, tick: number) {
    this.id = id;
    this.name = name;
    this.conn = conn;
    this.#input = { seq: 0, seen: 0, x: 0, y: 0 };
    this.#activeAt = tick;
  }

  /** The newest input. */
  get input(): Input {
    return this.#input;
  }

  /** How many snapshots were sent there, and have not arrived as far as we know. */
  get underWay(): number {
    return this.#sent.length;
  }

  /** Notes that the snapshot of a tick is sent. */
  send(tick: number): void {
    this.#sent = [...this.#sent, tick];
  }

  /** The tick at which it steered last. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** Takes an input, if it is newer than the one before. */
  take(input: Input, tick: number): void {
    if (input.seq <= this.#input.seq) return;
    if (input.x !== 0 || input.y !== 0) this.#activeAt = tick;
    this.#input = input;
    this.#sent = this.#sent.filter((sent) => sent > input.seen);
  }

  /** Tells whether it may send one more message, at the time `now` in ms; if so, that is counted. */
  spend(now: number): boolean {
    this.#credit = Math.min(burst, this.#credit + ((now - this.#countedAt) * messagesPerSecond) / 1000);
    this.#countedAt = now;
    if (this.#credit < 1) return false;
    this.#credit--;
    return true;
  }
}
