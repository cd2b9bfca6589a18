// Shows the others where they were a moment ago: then there is a snapshot before and one behind, and what lies between can
// be drawn smoothly, however unevenly they arrive.
import { type PlayerView, type Snapshot, ticksPerSecond } from "./snapshot.js";

/** How far behind the server the others are shown: three snapshots, so that one or two may be late. */
export const delayMs = 100;
/** Who moved further than this in one step did not move, but was put there. */
const jump = 200;
const kept = 40;

/** Keeps the snapshots of the last second or so. */
export class Timeline {
  readonly #snapshots: Snapshot[] = [];
  /** What the server's clock is behind ours by; what arrived quickest knows best. */
  #offsetMs = Number.POSITIVE_INFINITY;

  /** Takes a snapshot that arrived at `now`. */
  push(snapshot: Snapshot, now: number): void {
    this.#snapshots.push(snapshot);
    if (this.#snapshots.length > kept) this.#snapshots.shift();
    const slower = this.#offsetMs + 0.2; // lets the estimate follow a network that has become slower
    this.#offsetMs = Math.min(slower, now - timeOf(snapshot));
  }

  /** The newest snapshot. */
  get latest(): Snapshot | undefined {
    return this.#snapshots.at(-1);
  }

  /** Tells where all players were, a moment before `now`. */
  at(now: number): readonly PlayerView[] {
    const time = now - this.#offsetMs - delayMs;
    const later = this.#snapshots.findIndex((snapshot) => timeOf(snapshot) > time);
    const [before, after] = later === -1 ? [this.latest] : [this.#snapshots[later - 1], this.#snapshots[later]];
    if (before === undefined || after === undefined) return (before ?? after)?.players ?? [];
    const part = (time - timeOf(before)) / (timeOf(after) - timeOf(before));
    return after.players.map((player) => {
      const old = before.players.find(({ id }) => id === player.id);
      return old === undefined ? player : between(old, player, part);
    });
  }
}

function timeOf({ tick }: Snapshot): number {
  return (tick * 1000) / ticksPerSecond;
}

function between(old: PlayerView, player: PlayerView, part: number): PlayerView {
  const [dx, dy] = [player.x - old.x, player.y - old.y];
  return Math.hypot(dx, dy) > jump ? player : { ...player, x: old.x + dx * part, y: old.y + dy * part };
}
