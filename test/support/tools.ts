import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Returns the path of the program `name`, or `undefined` if it is not on PATH: the test then skips, and says why.
 *
 * Where `CI` is set nothing may be skipped.
 * @throws {Error} when the program is missing there
 */
export function requireTool(name: string): string | undefined {
  const path = findTool(name);
  if (path === undefined && process.env["CI"]) throw new Error(`${name} is not on PATH, and CI needs it`);
  return path;
}

function findTool(name: string): string | undefined {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
