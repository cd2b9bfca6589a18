// The rules, and nothing else: a state and what the players steer make the next state. No clock, no socket, no chance
// but that of the seed, so the same inputs always make the same game.
import { bump } from "./bump.js";
import { Dice } from "./dice.js";
import { arenaSize, type Body, glide, type Move, playerRadius, still } from "./motion.js";

/** A player in the arena. */
export interface Player extends Body {
  readonly id: number;
  readonly score: number;
}

/** A coin that lies in the arena. */
export interface Coin {
  readonly x: number;
  readonly y: number;
  /** What it is worth: 1, or 5 for a gem. */
  readonly value: number;
}

/** All there is. */
export interface Game {
  readonly tick: number;
  /** A round is played, and then there is a pause to look at who has won. */
  readonly phase: "play" | "pause";
  readonly secondsLeft: number;
  readonly players: readonly Player[];
  readonly coins: readonly Coin[];
  readonly seed: number;
}

/** How long a round lasts, and the pause behind it. */
const seconds = { play: 60, pause: 6 } as const;
/** How far a coin reaches from its middle. */
export const coinRadius = 16;
/** How many coins lie there, and how many can when players lose theirs. */
export const coins = { usual: 12, most: 60 } as const;

/** Begins with an empty arena. */
export function newGame(seed: number): Game {
  const empty: Game = { tick: 0, phase: "play", secondsLeft: seconds.play, players: [], coins: [], seed };
  return refill(empty);
}

/** Lets a player in, somewhere. */
export function join(game: Game, id: number): Game {
  const dice = new Dice(game.seed);
  const player: Player = { id, ...somewhere(dice), vx: 0, vy: 0, score: 0 };
  return { ...game, players: [...game.players.filter((other) => other.id !== id), player], seed: dice.seed };
}

/** Takes a player out; its coins are gone. */
export function leave(game: Game, id: number): Game {
  return { ...game, players: game.players.filter((player) => player.id !== id) };
}

/** Plays for `dt` seconds. Who has no move steers nowhere. */
export function step(game: Game, moves: ReadonlyMap<number, Move>, dt: number): Game {
  const next = { ...game, tick: game.tick + 1, secondsLeft: game.secondsLeft - dt };
  if (next.secondsLeft <= 0) return next.phase === "play" ? pause(next) : nextRound(next);
  return next.phase === "play" ? refill(collect(collide(move(next, moves, dt)))) : next;
}

function move(game: Game, moves: ReadonlyMap<number, Move>, dt: number): Game {
  const players = game.players.map((player) => ({ ...player, ...glide(player, moves.get(player.id) ?? still, dt) }));
  return { ...game, players };
}

/** Players bounce off each other; who is rammed loses a coin, which lies beside it then. */
function collide(game: Game): Game {
  const dice = new Dice(game.seed);
  const { bodies: players, rammed } = bump(game.players);
  const lost: Coin[] = [];
  const after = players.map((player) => {
    if (!rammed.has(player.id) || player.score === 0) return player;
    lost.push({ ...beside(player, dice), value: 1 });
    return { ...player, score: player.score - 1 };
  });
  return { ...game, players: after, coins: [...game.coins, ...lost].slice(0, coins.most), seed: dice.seed };
}

/** A coin goes to the player who is nearest, if one reaches it. */
function collect(game: Game): Game {
  const gained = new Map<number, number>();
  const left = game.coins.filter((coin) => {
    const id = nearest(game.players, coin);
    if (id !== null) gained.set(id, (gained.get(id) ?? 0) + coin.value);
    return id === null;
  });
  const players = game.players.map((player) => ({ ...player, score: player.score + (gained.get(player.id) ?? 0) }));
  return { ...game, players, coins: left };
}

function nearest(players: readonly Player[], { x, y }: Coin): number | null {
  let [found, least]: [number | null, number] = [null, playerRadius + coinRadius];
  for (const player of players) {
    const distance = Math.hypot(player.x - x, player.y - y);
    if (distance < least) [found, least] = [player.id, distance];
  }
  return found;
}

/** There are always coins to get. */
function refill(game: Game): Game {
  const dice = new Dice(game.seed);
  const added: Coin[] = [];
  while (game.coins.length + added.length < coins.usual) {
    added.push({ ...somewhere(dice), value: dice.roll() < 0.12 ? 5 : 1 });
  }
  return { ...game, coins: [...game.coins, ...added], seed: dice.seed };
}

function pause(game: Game): Game {
  const players = game.players.map((player) => ({ ...player, vx: 0, vy: 0 }));
  return { ...game, phase: "pause", secondsLeft: seconds.pause, players };
}

function nextRound(game: Game): Game {
  const players = game.players.map((player) => ({ ...player, score: 0 }));
  return refill({ ...game, phase: "play", secondsLeft: seconds.play, players, coins: [] });
}

function somewhere(dice: Dice): { x: number; y: number } {
  const [low, high] = [2 * playerRadius, arenaSize - 2 * playerRadius];
  return { x: dice.between(low, high), y: dice.between(low, high) };
}

/** Near enough to be got back, and too far to be had at once. */
function beside({ x, y }: Body, dice: Dice): { x: number; y: number } {
  const angle = dice.between(0, 2 * Math.PI);
  const within = (at: number) => Math.min(arenaSize - coinRadius, Math.max(coinRadius, at));
  return { x: within(x + 90 * Math.cos(angle)), y: within(y + 90 * Math.sin(angle)) };
}
