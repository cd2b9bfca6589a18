/** Larger blocks are let go: what is idle should not hold much. */
export const largestSpareBytes = 65_536;
const maxSpares = 2;

/** Keeps a few blocks that were written to and are done with, for what is written next. */
export class SpareBlocks {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];

  /** Takes a block of so many bytes at least, not cleared, if there is one. Those that are outgrown are let go. */
  take(bytes: number): Uint8Array<ArrayBuffer> | undefined {
    let block = this.#blocks.pop();
    while (block !== undefined && block.length < bytes) block = this.#blocks.pop();
    return block;
  }

  /**
   * Gives back the block that begins with `bytes`; nobody may refer to it any more. Where others come before them, those
   * are somebody else's, and so is the block.
   */
  give({ buffer, byteOffset }: Uint8Array<ArrayBuffer>): void {
    if (byteOffset > 0 || buffer.byteLength > largestSpareBytes || this.#blocks.length === maxSpares) return;
    this.#blocks.push(new Uint8Array(buffer));
  }
}
