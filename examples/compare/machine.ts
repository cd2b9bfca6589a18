import { execFile } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { promisify } from "node:util";
import { chromiumPath } from "./browser/chromium.js";
import type { Machine } from "./results.js";

const run = promisify(execFile);
/** How long a program may take to tell its version. */
const timeout = 5000;

/** Tells what this run is measured on, and with what. */
export async function thisMachine(signal: AbortSignal): Promise<Machine> {
  const [go, chromium] = await Promise.all([
    firstLine("go", ["env", "GOVERSION"], signal),
    firstLine(chromiumPath(), ["--version"], signal),
  ]);
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    go,
    chromium,
  };
}

/** Runs a program that tells its version; null where there is none. */
async function firstLine(
  program: string | undefined,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  if (program === undefined) return null;
  try {
    const { stdout } = await run(program, args, { timeout, signal });
    return stdout.split("\n")[0]?.trim() || null;
  } catch {
    return null;
  }
}
