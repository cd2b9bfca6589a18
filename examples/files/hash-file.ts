import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** How much of a file is in memory at once. */
export const bufferBytes = 128 * 1024;

/** Starts the SHA-256 of a file with its first bytes: with all of it, if it has fewer. */
export async function hashFile(file: FileHandle, bytes: number): Promise<Hash> {
  const hash = createHash("sha256");
  for await (const part of partsOf(file, 0, bytes)) hash.update(part);
  return hash;
}

/** The sum so far. */
export function sumOf(hash: Hash): string {
  return hash.copy().digest("hex");
}

/** Reads a file from `start` to `end` through one buffer: a part is good until the next is asked for. */
export async function* partsOf(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(bufferBytes);
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(bufferBytes, end - at), at);
    if (bytesRead === 0) return; // it has become shorter
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
