import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;
let count = 0;

/** Returns a path at which there is nothing yet, in a folder that is removed after the file's tests. */
export function freshPath(): string {
  folder ??= mkdtempSync(join(tmpdir(), "toolkit-"));
  return join(folder, `${++count}.sock`);
}

/** Removes the folder, if there is one. */
export function removePaths(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}
