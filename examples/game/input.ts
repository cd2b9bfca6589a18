// What a player sends thirty times a second, over WebSocket or in a datagram: where it steers to.
import type { Move } from "./motion.js";

/** Where a player steers to, as it is sent: numbers from -127 to 127. */
export interface Input {
  /** Counts a player's inputs from 1. The server plays the newest it has; one that comes late or twice is nothing new. */
  readonly seq: number;
  /** The tick of the newest snapshot that has arrived. */
  readonly seen: number;
  readonly x: number;
  readonly y: number;
}

/** How long an input is. */
export const inputBytes = 10;

/** Writes an input: `[seq u32][seen u32][x i8][y i8]`. */
export function encodeInput({ seq, seen, x, y }: Input): Uint8Array {
  const view = new DataView(new ArrayBuffer(inputBytes));
  view.setUint32(0, seq);
  view.setUint32(4, seen);
  view.setInt8(8, x);
  view.setInt8(9, y);
  return new Uint8Array(view.buffer);
}

/**
 * Reads an input.
 * @throws {SyntaxError} when it is none
 */
export function decodeInput(bytes: Uint8Array): Input {
  if (bytes.byteLength !== inputBytes) throw new SyntaxError(`Expected ${inputBytes} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { seq: view.getUint32(0), seen: view.getUint32(4), x: view.getInt8(8), y: view.getInt8(9) };
}

/** What an input means to the rules. Nobody is faster for sending more than there is, or for going aslant. */
export function moveOf({ x, y }: Pick<Input, "x" | "y">): Move {
  const length = Math.max(127, Math.hypot(x, y));
  return { x: x / length, y: y / length };
}
