// Compares the transports: `npm start`, or `npm start -- --help`.
import { performance } from "node:perf_hooks";
import { helpText, type Options, parseOptions, UsageError } from "./cli.js";
import { compare, stepsOf } from "./compare.js";
import { showProgress } from "./progress.js";
import { asJSON, asTable } from "./report.js";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options.help) return await run(options);
    process.stdout.write(helpText);
    return 0;
  } catch (err) {
    const isUsage = err instanceof UsageError;
    process.stderr.write(
      isUsage ? `${err.message}. --help tells more.\n` : `Cannot compare: ${(err as Error).message}\n`,
    );
    return isUsage ? 2 : 1;
  }
}

async function run({ names, plan, json }: Options): Promise<number> {
  const signal = stopSignal();
  const start = performance.now();
  const progress = showProgress(stepsOf(names, plan), json ? process.stderr : process.stdout);
  try {
    const rows = await compare(names, plan, { begin: progress.begin, signal });
    progress.end();
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(json ? asJSON(rows, seconds) : asTable(rows, seconds, process.stdout));
    return rows.some((row) => "error" in row) ? 1 : 0;
  } catch (err) {
    if (signal.aborted) {
      progress.stop();
      return 130;
    }
    progress.end();
    throw err;
  }
}

/** Returns a signal that aborts when the user wants an end. Asking twice ends the process as it always does. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort());
  process.stdout.on("error", () => stop.abort()); // nobody reads any more, as in `| head -1`
  return stop.signal;
}
