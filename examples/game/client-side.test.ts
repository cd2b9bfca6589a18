import fc from "fast-check";
import { expect, test } from "vitest";
import { type Game, step } from "./game.js";
import { type Input, moveOf } from "./input.js";
import { Prediction } from "./prediction.js";
import type { Snapshot } from "./snapshot.js";
import { delayMs, Timeline } from "./timeline.js";

const tickMs = 1000 / 30;

function snapshotAt(tick: number, x: number): Snapshot {
  const player = { id: 1, x, y: 500, vx: 0, vy: 0, score: 0, seq: 0 };
  return { tick, phase: "play", secondsLeft: 30, players: [player], coins: [] };
}

test("others are shown between two snapshots, a moment ago", () => {
  const timeline = new Timeline();
  for (let tick = 0; tick <= 10; tick++) timeline.push(snapshotAt(tick, 100 + tick * 10), 5000 + tick * tickMs);
  const xAt = (tick: number) => timeline.at(5000 + tick * tickMs + delayMs)[0]?.x;
  expect(xAt(4)).toBeCloseTo(140);
  expect(xAt(4.25)).toBeCloseTo(142.5);
  expect(xAt(99)).toBe(200); // nothing newer has come
  expect(xAt(-99)).toBe(100);
});

test("a snapshot that comes late changes nothing, as long as it comes within the delay", () => {
  const timeline = new Timeline();
  for (let tick = 0; tick <= 3; tick++) timeline.push(snapshotAt(tick, tick * 10 + 100), 5000 + tick * tickMs);
  timeline.push(snapshotAt(4, 140), 5000 + 4 * tickMs + 60);
  expect(timeline.at(5000 + 3.5 * tickMs + delayMs)[0]?.x).toBeCloseTo(135, 0);
});

test("who is put elsewhere does not glide there", () => {
  const timeline = new Timeline();
  timeline.push(snapshotAt(0, 100), 0);
  timeline.push(snapshotAt(1, 900), tickMs);
  expect(timeline.at(0.5 * tickMs + delayMs)[0]?.x).toBe(900);
});

test("the own player is shown where the server will have it, however late that tells", () => {
  const i8 = fc.integer({ min: -127, max: 127 });
  const property = (directions: { x: number; y: number }[], lag: number) => {
    const inputs = directions.map(({ x, y }, i): Input => ({ seq: i + 1, seen: 0, x, y }));
    const games = statesOf(inputs);
    const prediction = new Prediction();
    prediction.correct(snapshotOf(games[0], 0), 1);
    for (const [i, input] of inputs.entries()) {
      prediction.play(input, i * tickMs);
      const known = i + 1 - lag; // the server's news is so old
      if (known > 0) prediction.correct(snapshotOf(games[known], known), 1);
    }
    const { x = 0, y = 0 } = games.at(-1)?.players[0] ?? {};
    expect(prediction.body?.x).toBeCloseTo(x, 6);
    expect(prediction.body?.y).toBeCloseTo(y, 6);
    const drawn = prediction.at(inputs.length * tickMs); // the last step has been made in full
    expect(drawn?.x).toBeCloseTo(x, 6);
    expect(drawn?.y).toBeCloseTo(y, 6);
  };
  fc.assert(fc.property(fc.array(fc.record({ x: i8, y: i8 }), { minLength: 1, maxLength: 50 }), fc.nat(20), property));
});

test("what was not foreseen is made good for step by step", () => {
  const prediction = new Prediction();
  prediction.correct(snapshotAt(0, 500), 1);
  prediction.correct(snapshotAt(1, 560), 1); // pushed
  expect(prediction.at(0)?.x).toBeCloseTo(500);
  for (let seq = 1; seq <= 30; seq++) prediction.play({ seq, seen: 1, x: 0, y: 0 }, seq * tickMs);
  expect(prediction.at(31 * tickMs)?.x).toBeCloseTo(560, 0);
});

/** The game before the inputs, and after each. */
function statesOf(inputs: readonly Input[]): Game[] {
  const player = { id: 1, x: 500, y: 500, vx: 0, vy: 0, score: 0 };
  const games: Game[] = [{ tick: 0, phase: "play", secondsLeft: 60, players: [player], coins: [], seed: 1 }];
  for (const input of inputs) {
    const last = games.at(-1);
    if (last !== undefined) games.push(step(last, new Map([[1, moveOf(input)]]), 1 / 30));
  }
  return games;
}

function snapshotOf(game: Game | undefined, seq: number): Snapshot {
  if (game === undefined) throw new RangeError("There is no such state");
  return { ...game, players: game.players.map((player) => ({ ...player, seq })) };
}
