import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Command } from "../command.js";

/** Is what `examples/compare/lab.ts` offers: it is built apart, as it brings more than the package does. */
interface Lab {
  /** Runs a command line of its own; what it prints goes to the process's own streams. */
  runLab(args: readonly string[], command: string): Promise<number>;
  helpFor(command: string): string;
}

/** Loads the comparison. */
export async function loadCompare(): Promise<Command> {
  const root = pathToFileURL(createRequire(import.meta.url).resolve("toolkit/package.json"));
  const file = import.meta.url.endsWith(".ts") ? "./examples/compare/lab.ts" : "./dist/compare/lab.js";
  const lab = (await import(new URL(file, root).href)) as Lab;
  const command = "toolkit compare";
  return { help: lab.helpFor(command), run: (args) => lab.runLab(args, command) };
}
