// What the terminal's client reads and writes: keys, and the arena in letters.
import type { Direction } from "./controls.js";
import { arenaSize } from "./motion.js";
import type { Snapshot } from "./snapshot.js";

const [up, down, right, left] = [
  { x: 0, y: -127 },
  { x: 0, y: 127 },
  { x: 127, y: 0 },
  { x: -127, y: 0 },
];
const keys: Readonly<Record<string, Direction | undefined>> = {
  w: up,
  s: down,
  d: right,
  a: left,
  "\u001b[A": up,
  "\u001b[B": down,
  "\u001b[C": right,
  "\u001b[D": left,
  " ": { x: 0, y: 0 },
};

const [columns, rows] = [60, 24];

/** Reads a key: arrows and WASD steer until the next, as a terminal does not tell when a key is let go; space stops. */
export function directionOf(typed: string): Direction | undefined {
  return keys[typed];
}

/** Draws a snapshot over the one before. */
export function picture(snapshot: Snapshot, names: Readonly<Record<number, string>>, me: number): string {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  const put = ({ x, y }: { x: number; y: number }, letter: string) => {
    const row = cells[Math.min(rows - 1, Math.floor((y / arenaSize) * rows))];
    if (row !== undefined) row[Math.min(columns - 1, Math.floor((x / arenaSize) * columns))] = letter;
  };
  for (const coin of snapshot.coins) put(coin, coin.value > 1 ? "◆" : "·");
  for (const player of snapshot.players) put(player, player.id === me ? "@" : (names[player.id] ?? "?").slice(0, 1));
  const line = "─".repeat(columns);
  const lines = [summary(snapshot, names), `┌${line}┐`, ...cells.map((row) => `│${row.join("")}│`), `└${line}┘`];
  const help = "Arrows or WASD steer, space stops, q leaves.";
  return `\u001b[?25l\u001b[H${[...lines, help].map((text) => `${text}\u001b[K`).join("\n")}\u001b[J`;
}

/** Says how a round stands, in one line. */
export function summary({ phase, secondsLeft, players }: Snapshot, names: Readonly<Record<number, string>>): string {
  const ranked = players.toSorted((a, b) => b.score - a.score);
  const scores = ranked.map(({ id, score }) => `${names[id] ?? "?"} ${score}`);
  return `${phase === "play" ? "" : "pause, "}${Math.ceil(secondsLeft)} s  ${scores.join("  ")}`;
}
