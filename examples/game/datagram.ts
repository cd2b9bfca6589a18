// An input as a datagram. Anybody can send one from any address, so each is signed: with a key that the player, and no
// other, got over its WebSocket.
import { createHmac, timingSafeEqual } from "node:crypto";
import { decodeInput, encodeInput, type Input, inputBytes } from "./input.js";

const macBytes = 16;
/** How long a datagram is: `[player u8][input][the first 16 bytes of HMAC-SHA256 over both]`. */
export const datagramBytes = 1 + inputBytes + macBytes;

/** Writes a player's input, signed. */
export function seal(key: Uint8Array, player: number, input: Input): Uint8Array {
  const signed = Uint8Array.of(player, ...encodeInput(input));
  return Uint8Array.of(...signed, ...sign(key, signed));
}

/** Reads who sent an input, and the input; `null` if nobody did who is known. */
export function unseal(
  datagram: Uint8Array,
  keyOf: (player: number) => Uint8Array | undefined,
): { player: number; input: Input } | null {
  const player = datagram[0];
  const key = player === undefined || datagram.byteLength !== datagramBytes ? undefined : keyOf(player);
  if (player === undefined || key === undefined) return null;
  const signed = datagram.subarray(0, 1 + inputBytes);
  if (!timingSafeEqual(sign(key, signed), datagram.subarray(1 + inputBytes))) return null;
  return { player, input: decodeInput(signed.subarray(1)) };
}

function sign(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(bytes).digest().subarray(0, macBytes);
}
