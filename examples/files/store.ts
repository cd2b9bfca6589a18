import { type FileHandle, lstat, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkName } from "./file-name.js";
import { Part } from "./part.js";
import type { FileInfo } from "./protocol.js";
import { Refused } from "./refused.js";

/** What bounds a {@link Store}. */
export interface StoreOptions {
  /** The most bytes of a file. @default 4 GiB */
  readonly maxFileBytes?: number | undefined;
  /** The most bytes of all, the unfinished among them. @default 16 GiB */
  readonly maxTotalBytes?: number | undefined;
  /** How long an unfinished file is kept that nobody goes on with, in ms. @default a day */
  readonly keepUnfinishedMs?: number | undefined;
}

const gibibyte = 1024 ** 3;

/** Files in a folder. Those that are not complete are in a folder of their own, and on no list. */
export class Store {
  readonly #folder: string;
  readonly #unfinished: string;
  readonly #options: Required<{ [K in keyof StoreOptions]: number }>;
  /** How large those will be that are being written. */
  readonly #open = new Map<string, number>();

  /** Opens a folder, which is made if there is none. */
  static async open(folder: string, options: StoreOptions = {}): Promise<Store> {
    const store = new Store(folder, options);
    await mkdir(store.#unfinished, { recursive: true });
    await store.sweep();
    return store;
  }

  private constructor(folder: string, options: StoreOptions) {
    const { maxFileBytes = 4 * gibibyte, maxTotalBytes = 16 * gibibyte, keepUnfinishedMs = 86_400_000 } = options;
    this.#folder = folder;
    this.#unfinished = join(folder, ".unfinished"); // no file can have this name
    this.#options = { maxFileBytes, maxTotalBytes, keepUnfinishedMs };
  }

  /** Lists what is complete, by name. */
  async list(): Promise<FileInfo[]> {
    return (await filesIn(this.#folder)).map(({ name, size }) => ({ name, size }));
  }

  /**
   * Opens a file that is complete.
   * @throws {Refused} when there is none of this name
   */
  async openFile(name: string): Promise<FileHandle> {
    const path = join(this.#folder, checkName(name));
    if ((await lstat(path).catch(() => null))?.isFile() !== true) throw new Refused(`There is no file ${name}`);
    return open(path);
  }

  /**
   * Opens what is there of a file, for one writer at a time, does what there is to do with it, and closes it. What `use`
   * calls puts it in its place.
   * @throws {Refused} when it would be too large
   */
  async withPart(named: string, size: number, use: (part: Part, finish: Finish) => Promise<void>): Promise<void> {
    const name = checkName(named);
    if (this.#open.has(name)) throw new Error(`${name} is open already`);
    this.#open.set(name, size);
    try {
      await this.#checkRoom(size);
      const part = await Part.open(join(this.#unfinished, name), size);
      try {
        await use(part, (sha256) => part.finish(join(this.#folder, name), sha256));
      } finally {
        await part.close();
      }
    } finally {
      this.#open.delete(name);
    }
  }

  /** Removes what nobody goes on with. */
  async sweep(): Promise<void> {
    const before = Date.now() - this.#options.keepUnfinishedMs;
    for (const { name, mtimeMs } of await filesIn(this.#unfinished)) {
      if (mtimeMs < before && !this.#open.has(name)) await rm(join(this.#unfinished, name), { force: true });
    }
  }

  async #checkRoom(size: number): Promise<void> {
    const { maxFileBytes, maxTotalBytes } = this.#options;
    if (size > maxFileBytes) throw new Refused(`A file may have ${maxFileBytes} bytes at most`);
    const complete = await filesIn(this.#folder);
    const unfinished = (await filesIn(this.#unfinished)).filter(({ name }) => !this.#open.has(name));
    const sizes = [...complete, ...unfinished].map((file) => file.size);
    const total = [...sizes, ...this.#open.values()].reduce((sum, each) => sum + each, 0);
    if (total > maxTotalBytes) throw new Refused("There is no room left for it");
  }
}

/** Puts a part that has this sum in its place. */
export type Finish = (sha256: string) => Promise<void>;

async function filesIn(folder: string): Promise<{ name: string; size: number; mtimeMs: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith(".")).map((entry) => entry.name);
  const stats = names.toSorted().map(async (name) => {
    const { size, mtimeMs } = await stat(join(folder, name));
    return { name, size, mtimeMs };
  });
  const settled = await Promise.allSettled(stats); // one may have gone meanwhile
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}
