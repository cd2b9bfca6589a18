import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { hashFile, sumOf } from "./hash-file.js";
import { Refused } from "./refused.js";

/** A file that is not complete yet. What is written stays when it is closed, and the next one to open it goes on. */
export class Part {
  /** How much of it is there. */
  offset: number;
  readonly #path: string;
  readonly #file: FileHandle;
  #hash: Hash;

  /** Opens what is there of a file that will have `size` bytes. */
  static async open(path: string, size: number): Promise<Part> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT);
    const { size: there } = await file.stat();
    const part = new Part(path, file, there, await hashFile(file, there));
    if (there > size) await part.restart(); // that was another file
    return part;
  }

  private constructor(path: string, file: FileHandle, offset: number, hash: Hash) {
    this.#path = path;
    this.#file = file;
    this.offset = offset;
    this.#hash = hash;
  }

  /** The sum of what is there. */
  get sha256(): string {
    return sumOf(this.#hash);
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.offset = 0;
    this.#hash = createHash("sha256");
  }

  /** Adds to it. */
  async write(p: Uint8Array): Promise<void> {
    for (let at = 0; at < p.byteLength; ) {
      const { bytesWritten } = await this.#file.write(p, at, p.byteLength - at, this.offset);
      this.#hash.update(p.subarray(at, at + bytesWritten));
      this.offset += bytesWritten;
      at += bytesWritten;
    }
  }

  /**
   * Puts it in its place in one step, so that nobody ever sees a half of it there.
   * @throws {Refused} when its sum is another; then it is thrown away
   */
  async finish(target: string, sha256: string): Promise<void> {
    if (sha256 !== this.sha256) {
      await rm(this.#path, { force: true });
      throw new Refused("What arrived has another checksum: send it again.");
    }
    await this.#file.sync();
    await rename(this.#path, target);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
