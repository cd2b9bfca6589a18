import fc from "fast-check";
import { expect, test } from "vitest";
import { bump } from "./bump.js";
import { coinRadius, coins, type Game, join, leave, newGame, step } from "./game.js";
import { moveOf } from "./input.js";
import { arenaSize, glide, type Move, playerRadius, still } from "./motion.js";

const dt = 1 / 30;
const byte = fc.integer({ min: -128, max: 127 });
const directions = fc.array(fc.record({ x: byte, y: byte }), { minLength: 1, maxLength: 6 });
/** What a few players steer, for a few turns of some steps each. */
const plays = fc.record({
  seed: fc.integer(),
  turns: fc.array(fc.record({ moves: directions, steps: fc.integer({ min: 1, max: 40 }) }), { maxLength: 12 }),
  dt: fc.constantFrom(dt, 1 / 60, 0.2, 1.5),
});
type Play = typeof plays extends fc.Arbitrary<infer T> ? T : never;

function play({ seed, turns, dt }: Play, see: (game: Game) => void = () => {}): Game {
  let game = [0, 1, 2, 3, 4].reduce(join, newGame(seed));
  for (const { moves, steps } of turns) {
    const steered = new Map<number, Move>(moves.map((move, id) => [id, moveOf(move)]));
    for (let i = 0; i < steps; i++) {
      game = step(game, steered, dt);
      see(game);
    }
  }
  return game;
}

test("nobody leaves the arena, no score is negative, coins lie inside and are not too many", () => {
  const isInside = (reach: number) => (at: number) => at >= reach && at <= arenaSize - reach;
  const isSound = ({ players, coins: lying, secondsLeft }: Game) =>
    players.every(({ x, y, score }) => [x, y].every(isInside(playerRadius)) && score >= 0) &&
    lying.every(({ x, y }) => [x, y].every(isInside(coinRadius))) &&
    lying.length <= coins.most &&
    secondsLeft > 0;
  const property = (all: Play) => {
    const unsound: Game[] = [];
    play(all, (game) => isSound(game) || unsound.push(game));
    expect(unsound).toEqual([]);
  };
  fc.assert(fc.property(plays, property), { numRuns: 60 });
});

test("the same inputs make the same game, and the states before stay as they were", () => {
  const property = (all: Play) => {
    const seen: [Game, string][] = [];
    const last = play(all, (game) => seen.push([game, JSON.stringify(game)]));
    for (const [game, json] of seen) expect(JSON.stringify(game)).toBe(json);
    expect(play(all)).toEqual(last);
  };
  fc.assert(fc.property(plays, property), { numRuns: 30 });
});

test("going aslant is not faster, nor is sending more than there is", () => {
  const length = fc.property(byte, byte, (x, y) => {
    const move = moveOf({ x, y });
    expect(Math.hypot(move.x, move.y)).toBeLessThanOrEqual(1 + 1e-9);
  });
  fc.assert(length);
});

test("who steers moves, who stops comes to rest", () => {
  let body = { x: 500, y: 500, vx: 0, vy: 0 };
  for (let i = 0; i < 30; i++) body = glide(body, { x: 1, y: 0 }, dt);
  expect(body.x).toBeGreaterThan(700);
  expect(body.y).toBe(500);
  for (let i = 0; i < 60; i++) body = glide(body, still, dt);
  expect(Math.abs(body.vx)).toBeLessThan(1);
});

test("who is rammed by a faster one loses a coin, and not more than it has", () => {
  const still = { x: 300, y: 300, vx: 0, vy: 0, id: 1, score: 1 };
  const fast = { x: 245, y: 300, vx: 400, vy: 0, id: 2, score: 1 };
  const { bodies, rammed } = bump([fast, still]);
  expect([...rammed]).toEqual([1]);
  expect(bodies[1]).toMatchObject({ vx: 400 }); // it is pushed, and the other stops
  expect(bodies[0]).toMatchObject({ vx: 0 });
  const game: Game = { ...newGame(1), coins: [], players: [fast, still] };
  const after = step(game, new Map(), 0.01);
  expect(after.players.map(({ score }) => score)).toEqual([1, 0]);
  const again = step({ ...after, players: [fast, { ...still, score: 0 }] }, new Map(), 0.01);
  expect(again.players[1]?.score).toBe(0);
});

test("a coin goes to whom it is nearest to, and another one comes", () => {
  const player = { y: 500, vx: 0, vy: 0, score: 0 };
  const players = [
    { ...player, x: 470, id: 1 },
    { ...player, x: 531, id: 2 },
  ];
  const game: Game = { ...newGame(1), players, coins: [{ x: 500, y: 500, value: 5 }] };
  const after = step(game, new Map(), dt);
  expect(after.players.map(({ score }) => score)).toEqual([5, 0]);
  expect(after.coins).toHaveLength(coins.usual);
});

test("a round is followed by a pause, in which nothing moves, and by a round from nothing", () => {
  let game: Game = { ...join(newGame(1), 7), secondsLeft: dt / 2 };
  game = { ...game, players: game.players.map((player) => ({ ...player, score: 3 })) };
  game = step(game, new Map(), dt);
  expect(game.phase).toBe("pause");
  const resting = step(game, new Map([[7, { x: 1, y: 0 }]]), dt);
  expect(resting.players).toEqual(game.players);
  for (let i = 0; i <= 6 * 30; i++) game = step(game, new Map(), dt);
  expect(game).toMatchObject({ phase: "play", players: [{ id: 7, score: 0 }] });
});

test("players come and go", () => {
  const two = join(join(newGame(1), 1), 2);
  expect(two.players.map(({ id }) => id)).toEqual([1, 2]);
  expect(leave(two, 1).players.map(({ id }) => id)).toEqual([2]);
});
