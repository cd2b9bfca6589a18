/** Random numbers that are the same for the same seed (mulberry32), so that a game can be played again. */
export class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** What to go on with later. */
  get seed(): number {
    return this.#seed;
  }

  /** Returns a number from 0 to 1, without 1. */
  roll(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), this.#seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Returns a number between two. */
  between(low: number, high: number): number {
    return low + this.roll() * (high - low);
  }
}
