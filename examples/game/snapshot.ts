// What all players get thirty times a second: the state, in bytes. Big-endian, as everything on the network.
import type { Coin, Game, Player } from "./game.js";

/** A player as a snapshot has it. */
export interface PlayerView extends Player {
  /** The number of its last input that the server has played: a client that is ahead plays what came after again. */
  readonly seq: number;
}

/** A state of the game, as a client knows it. */
export interface Snapshot extends Omit<Game, "players" | "seed"> {
  readonly players: readonly PlayerView[];
}

/** How many steps the server makes a second, and sends snapshots. */
export const ticksPerSecond = 30;

/** A position goes over the wire in steps of 1/64, a speed of 1/16. */
const fine = { position: 64, speed: 16, time: 100 } as const;
const sizes = { header: 9, player: 15, coin: 5 } as const;

/** Writes a snapshot: `[tick u32][pause u8][1/100 s left u16][players u8][coins u8]`, and then those. */
export function encodeSnapshot({ tick, phase, secondsLeft, players, coins }: Snapshot): Uint8Array {
  const view = new DataView(new ArrayBuffer(sizes.header + players.length * sizes.player + coins.length * sizes.coin));
  view.setUint32(0, tick);
  view.setUint8(4, phase === "pause" ? 1 : 0);
  view.setUint16(5, Math.round(secondsLeft * fine.time));
  view.setUint8(7, players.length);
  view.setUint8(8, coins.length);
  let at: number = sizes.header;
  for (const player of players) at = putPlayer(view, at, player);
  for (const coin of coins) at = putCoin(view, at, coin);
  return new Uint8Array(view.buffer);
}

/**
 * Reads a snapshot.
 * @throws {RangeError} when it is cut off
 */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [playerCount, coinCount] = [view.getUint8(7), view.getUint8(8)];
  const coinsAt = sizes.header + playerCount * sizes.player;
  return {
    tick: view.getUint32(0),
    phase: view.getUint8(4) === 1 ? "pause" : "play",
    secondsLeft: view.getUint16(5) / fine.time,
    players: Array.from({ length: playerCount }, (_, i) => getPlayer(view, sizes.header + i * sizes.player)),
    coins: Array.from({ length: coinCount }, (_, i) => getCoin(view, coinsAt + i * sizes.coin)),
  };
}

function putPlayer(view: DataView, at: number, { id, x, y, vx, vy, score, seq }: PlayerView): number {
  view.setUint8(at, id);
  view.setUint16(at + 1, Math.round(x * fine.position));
  view.setUint16(at + 3, Math.round(y * fine.position));
  view.setInt16(at + 5, Math.round(vx * fine.speed));
  view.setInt16(at + 7, Math.round(vy * fine.speed));
  view.setUint16(at + 9, Math.min(score, 0xffff));
  view.setUint32(at + 11, seq);
  return at + sizes.player;
}

function getPlayer(view: DataView, at: number): PlayerView {
  return {
    id: view.getUint8(at),
    x: view.getUint16(at + 1) / fine.position,
    y: view.getUint16(at + 3) / fine.position,
    vx: view.getInt16(at + 5) / fine.speed,
    vy: view.getInt16(at + 7) / fine.speed,
    score: view.getUint16(at + 9),
    seq: view.getUint32(at + 11),
  };
}

function putCoin(view: DataView, at: number, { x, y, value }: Coin): number {
  view.setUint16(at, Math.round(x * fine.position));
  view.setUint16(at + 2, Math.round(y * fine.position));
  view.setUint8(at + 4, value);
  return at + sizes.coin;
}

function getCoin(view: DataView, at: number): Coin {
  return {
    x: view.getUint16(at) / fine.position,
    y: view.getUint16(at + 2) / fine.position,
    value: view.getUint8(at + 4),
  };
}
