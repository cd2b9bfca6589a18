/** Bytes of the blocks in which small writes are gathered. */
export const slabBytes = 65_536;

const free: Uint8Array[] = [];
const maxFree = 16;

/** Takes a block of {@link slabBytes}, not cleared. */
export function takeSlab(): Uint8Array {
  return free.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
}

/** Gives a block back; nothing may refer to it any more. */
export function giveSlab(slab: Uint8Array): void {
  if (free.length < maxFree) free.push(slab);
}
