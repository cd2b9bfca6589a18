/** How large a block for what arrives is kept while it is empty. */
export const largestIdleBytes = 131_072;

/**
 * The size of a block that takes over `kept` bytes from one that is too small, with room for `bytes` more: twice as much
 * at least, in round steps up to what is kept for reuse, so that it is soon large enough.
 */
export function nextBlockBytes(kept: number, bytes: number): number {
  if (kept === 0) return bytes;
  const least = Math.max(kept + bytes, 2 * kept);
  return least <= largestIdleBytes ? 2 ** Math.ceil(Math.log2(least)) : least;
}
