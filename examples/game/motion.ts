// How players move. The server steps with it, and so does a client, to show its own player without waiting.

/** The arena is a square; all lengths are in its units, all times in seconds. */
export const arenaSize = 1000;
/** How far a player reaches from its middle. */
export const playerRadius = 32;

/** Where something is, and how it moves. */
export interface Body {
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
}

/** Where a player steers to: a vector of length 1 at most. */
export interface Move {
  readonly x: number;
  readonly y: number;
}

/** Steers nowhere. */
export const still: Move = { x: 0, y: 0 };

const push = 2200;
const drag = 4.4; // a player gets as fast as push / drag: it crosses the arena in two seconds
const bounce = 0.55;

/** Moves a player for `dt` seconds: it slides as on ice, and bounces off the walls. */
export function glide({ x, y, vx, vy }: Body, move: Move, dt: number): Body {
  const left = Math.max(0, 1 - drag * dt);
  const faster = { vx: vx * left + move.x * push * dt, vy: vy * left + move.y * push * dt };
  return inside({ x: x + faster.vx * dt, y: y + faster.vy * dt, ...faster });
}

/** Keeps a player between the walls. */
export function inside({ x, y, vx, vy }: Body): Body {
  return { x: clamp(x), y: clamp(y), vx: bounced(x, vx), vy: bounced(y, vy) };
}

function clamp(at: number): number {
  return Math.min(arenaSize - playerRadius, Math.max(playerRadius, at));
}

function bounced(at: number, speed: number): number {
  const isAgainstWall = (at < playerRadius && speed < 0) || (at > arenaSize - playerRadius && speed > 0);
  return isAgainstWall ? -speed * bounce : speed;
}
