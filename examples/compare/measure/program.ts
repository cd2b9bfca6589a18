import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Whether this runs from its sources, and not bundled. */
const isSource = import.meta.url.endsWith(".ts");
/** What Node needs to run sources. */
const sourceFlags = ["--import=tsx", "--conditions=toolkit-source"];

/**
 * Returns the file of a program that has a process of its own, by its path among the sources, such as
 * `measure/server-process`. Bundled, all programs lie side by side, in `compare`; what is shared may lie above it.
 * @throws {Error} if it is nowhere
 */
export function programFile(path: string): string {
  const name = path.replace(/^.*\//, "");
  const places = isSource ? [`../${path}.ts`] : [`./${name}.js`, `./compare/${name}.js`];
  const found = firstOf(places);
  if (found === undefined) throw new Error(`No program ${places.join(" or ")}`);
  return found;
}

/**
 * Returns a file or folder of the sources that is needed as it is, such as `go/go.mod`, or `undefined` in a package, which
 * does not have them. What was built in a checkout finds those of the checkout.
 */
export function sourceFile(path: string): string | undefined {
  return firstOf(isSource ? [`../${path}`] : [`../../examples/compare/${path}`]);
}

/** Starts a program of our own in a process of its own, with a channel to it. What it prints is lost, but for its errors. */
export function forkProgram(path: string, args: readonly string[], flags: readonly string[] = []): ChildProcess {
  const own = [...(isSource ? sourceFlags : []), ...flags];
  const execArgv = [...process.execArgv, ...own.filter((flag) => !process.execArgv.includes(flag))];
  return fork(programFile(path), args, { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv });
}

function firstOf(places: readonly string[]): string | undefined {
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return files.find((file) => existsSync(file));
}
