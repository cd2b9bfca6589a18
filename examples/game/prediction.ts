// Shows the own player where it will be when the server has played what we have sent: keys are felt at once.
import { type Input, moveOf } from "./input.js";
import { type Body, glide } from "./motion.js";
import { type Snapshot, ticksPerSecond } from "./snapshot.js";

const dt = 1 / ticksPerSecond;
/** How many inputs may be under way before we stop to guess. */
const maxAhead = 60;
/** How much of a mistake is left after a step: a bump that we did not foresee is a slide, not a jump. */
const forgiven = 0.8;

/** Plays our own inputs ahead of the server, and again on top of what it says. */
export class Prediction {
  #under: readonly Input[] = [];
  #body: Body | null = null;
  #before: Body | null = null;
  #error = { x: 0, y: 0 };
  #steppedAt = 0;

  /** Plays an input that is being sent, at the time `now`. */
  play(input: Input, now: number): void {
    this.#under = [...this.#under, input].slice(-maxAhead);
    this.#error = { x: this.#error.x * forgiven, y: this.#error.y * forgiven };
    this.#before = this.#body;
    this.#steppedAt = now;
    if (this.#body !== null) this.#body = glide(this.#body, moveOf(input), dt);
  }

  /** Takes what the server says of player `id`, and plays on top of it what it has not seen. */
  correct({ players, phase }: Snapshot, id: number): void {
    const me = players.find((player) => player.id === id);
    const guess = this.#body;
    this.#under = this.#under.filter(({ seq }) => seq > (me?.seq ?? 0));
    if (me === undefined || phase === "pause") {
      this.#body = me ?? null;
      this.#before = null;
      return;
    }
    this.#body = this.#under.reduce<Body>((body, input) => glide(body, moveOf(input), dt), me);
    if (guess === null) return;
    const [x, y] = [guess.x - this.#body.x, guess.y - this.#body.y];
    this.#error = { x: this.#error.x + x, y: this.#error.y + y };
    if (this.#before !== null) this.#before = { ...this.#before, x: this.#before.x - x, y: this.#before.y - y };
  }

  /** The state that we have guessed, as it stands. */
  get body(): Body | null {
    return this.#body;
  }

  /** Tells where to draw the player at the time `now`: between two steps, and with what is left of mistakes. */
  at(now: number): { x: number; y: number } | null {
    if (this.#body === null) return null;
    const [from, to] = [this.#before ?? this.#body, this.#body];
    const part = Math.min(1, (now - this.#steppedAt) / (dt * 1000));
    return {
      x: from.x + (to.x - from.x) * part + this.#error.x,
      y: from.y + (to.y - from.y) * part + this.#error.y,
    };
  }
}
