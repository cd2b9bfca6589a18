/** How many datagrams, of how many bytes in all, may wait to be read. */
export interface Limits {
  /** How many datagrams. */
  readonly datagrams: number;
  /** How many bytes. */
  readonly bytes: number;
}

/** Counts datagrams that wait against {@link Limits}, and against those of a larger room that it is part of. */
export class Room {
  readonly #limits: Limits;
  readonly #whole: Room | undefined;
  #datagrams = 0;
  #bytes = 0;

  constructor(limits: Limits, whole?: Room) {
    this.#limits = limits;
    this.#whole = whole;
  }

  /** Makes place for a datagram of `n` bytes; returns `false` if there is none. An empty room takes any. */
  enter(n: number): boolean {
    if (this.#datagrams > 0 && this.#bytes + n > this.#limits.bytes) return false;
    if (this.#datagrams >= this.#limits.datagrams || this.#whole?.enter(n) === false) return false;
    this.#datagrams++;
    this.#bytes += n;
    return true;
  }

  /** Gives the place of a datagram of `n` bytes back. */
  leave(n: number): void {
    this.#datagrams--;
    this.#bytes -= n;
    this.#whole?.leave(n);
  }
}
