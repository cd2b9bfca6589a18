// Runs the examples: `npm run example` lists them, `npm run example chat` starts one, `npm run example chat/client` a
// program of it. What follows the name is for the program.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const [name, ...args] = process.argv.slice(2);

if (name === undefined || name === "--help") {
  process.stdout.write(list());
} else {
  process.exitCode = await start(name, args);
}

/** Lists the folders that have a `main.ts`, each with what its README says first. */
function list(): string {
  const names = readdirSync(here).filter((folder) => existsSync(new URL(`${folder}/main.ts`, here)));
  const width = Math.max(...names.map((folder) => folder.length));
  const lines = names.map((folder) => `  npm run example ${folder.padEnd(width)}  ${summaryOf(folder)}`);
  return `${lines.join("\n")}\n\nexamples/NAME/README.md tells more of each.\n`;
}

/** Returns the title of an example's README. */
function summaryOf(folder: string): string {
  const [title = ""] = readFileSync(new URL(`${folder}/README.md`, here), "utf8").split("\n");
  return title.replace(/^#+ /, "");
}

/** Starts `chat/main.ts` for `chat`, and `chat/client.ts` for `chat/client`. */
async function start(which: string, rest: readonly string[]): Promise<number> {
  const program = new URL(`${which.includes("/") ? which : `${which}/main`}.ts`, here);
  if (!/^[\w-]+(\/[\w-]+)?$/.test(which) || !existsSync(program)) {
    process.stderr.write(`No such example: ${which}. There are:\n\n${list()}`);
    return 2;
  }
  process.argv.splice(1, process.argv.length, program.pathname, ...rest);
  try {
    await import(program.href);
    return Number(process.exitCode ?? 0);
  } catch (err) {
    process.stderr.write(`${which}: ${(err as Error).message}\n`);
    return 1;
  }
}
