import { setMaxListeners } from "node:events";
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import open from "open";
import { compare } from "./compare.js";
import { serveReport, writeReport } from "./report/index.js";
import type { Results } from "./results.js";
import { subjects } from "./subjects.js";
import { readBaseline } from "./terminal/baseline.js";
import { helpText } from "./terminal/help.js";
import { type Options, parseOptions } from "./terminal/options.js";
import { paintFor } from "./terminal/paint.js";
import { type Progress, showProgress } from "./terminal/progress.js";
import { asJSON, asText, movedText } from "./terminal/text.js";
import { UsageError } from "./terminal/usage-error.js";
import { updateNames } from "./updates/updates.js";

const offer = { subjects, updates: updateNames };

/** Returns what --help prints, with the name that the command has. */
export function helpFor(command: string): string {
  return helpText(offer, command);
}

/** Runs a command line, without the program's name, and resolves to the exit code; `command` is what the help calls it. */
export async function runLab(args: readonly string[], command: string): Promise<number> {
  try {
    const options = parseOptions(args, offer);
    if (!options.help) return await new Lab(options).run();
    process.stdout.write(helpFor(command));
    return 0;
  } catch (err) {
    const isUsage = err instanceof UsageError;
    process.stderr.write(
      isUsage ? `${sentence(err.message)} --help tells more.\n` : `Cannot compare: ${(err as Error).message}\n`,
    );
    return isUsage ? 2 : 1;
  }
}

function sentence(message: string): string {
  return message.endsWith("?") ? message : `${message}.`;
}

/** One run, from the baseline to the report. */
class Lab {
  readonly #options: Options;
  readonly #signal = stopSignal();
  /** Where everything goes that is not the result. */
  readonly #aside: NodeJS.WriteStream;

  constructor(options: Options) {
    this.#options = options;
    this.#aside = options.json ? process.stderr : process.stdout;
  }

  async run(): Promise<number> {
    const { baseline: file, report, serve, color } = this.#options;
    const baseline = file === null ? null : await readBaseline(file);
    if (report !== null) await checkFolder(report);
    await using live = serve ? await serveReport() : null;
    if (live !== null) await this.#announce(live.url);
    const progress = showProgress(this.#aside, color);
    const results = await this.#compare(progress, (now) => live?.show(now));
    if (results === null) return 130;
    this.#print(results, baseline);
    if (report !== null) await this.#report(results, report);
    if (live !== null) await this.#serveOn(live.url);
    const all = [...results.rows, ...results.updates];
    return all.some(({ status }) => status === "failed") ? 1 : 0;
  }

  /** Measures; resolves to null if the user has stopped it. */
  async #compare(progress: Progress, changed: (results: Results) => void): Promise<Results | null> {
    const { choice, planOf } = this.#options;
    try {
      const results = await compare(choice, planOf, { begin: progress.begin, changed, signal: this.#signal });
      progress.end();
      return results;
    } catch (err) {
      if (!this.#signal.aborted) {
        progress.end();
        throw err;
      }
      progress.stop();
      return null;
    }
  }

  #print(results: Results, baseline: Results | null): void {
    const { json, color } = this.#options;
    const paint = paintFor(this.#aside, color);
    process.stdout.write(json ? asJSON(results) : asText(results, baseline, paint));
    if (json && baseline !== null) this.#aside.write(`${movedText(results, baseline, paint)}\n`);
  }

  async #report(results: Results, file: string): Promise<void> {
    await writeReport(results, file);
    this.#aside.write(`Report: ${resolve(file)}\n`);
    if (this.#options.open && !this.#options.serve) await this.#open(pathToFileURL(resolve(file)).href);
  }

  async #announce(url: string): Promise<void> {
    this.#aside.write(`Live report: ${url}\n`);
    if (this.#options.open) await this.#open(url);
  }

  async #serveOn(url: string): Promise<void> {
    if (this.#signal.aborted) return;
    this.#aside.write(`The report stays at ${url} until Ctrl-C.\n`);
    await new Promise<void>((done) => this.#signal.addEventListener("abort", () => done(), { once: true }));
  }

  /** Opens something in the browser; where there is none, its address is printed anyway. */
  async #open(target: string): Promise<void> {
    try {
      const child = await open(target);
      child.on("error", () => {}); // as it is told by its exit, or not at all
    } catch (err) {
      this.#aside.write(`Cannot open it in a browser: ${(err as Error).message}\n`);
    }
  }
}

async function checkFolder(file: string): Promise<void> {
  await access(dirname(resolve(file)), constants.W_OK).catch((err: unknown) => {
    throw new UsageError(`Cannot write the report: ${(err as Error).message}`, { cause: err });
  });
}

/** Returns a signal that aborts when the user wants an end. Asking twice ends the process as it always does. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // each row listens, and all are gone when it is over
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort());
  process.stdout.on("error", () => stop.abort()); // nobody reads any more, as in `| head -1`
  return stop.signal;
}
