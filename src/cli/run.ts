import type { Command, Context } from "./command.js";
import { commands, helpText } from "./commands.js";
import { exitCodes } from "./exit-codes.js";
import { failureOf } from "./failure.js";
import type { Host } from "./host.js";
import { Output } from "./output.js";
import { printable } from "./printable.js";
import { Stopped } from "./stopped.js";
import { UsageError } from "./usage-error.js";

/** Runs a command line, without the program's name, and resolves to the exit code. Never rejects. */
export async function run(args: readonly string[], host: Host): Promise<number> {
  const flags = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  const json = flags.includes("--json");
  const verbose = flags.includes("--verbose") || flags.includes("-v");
  const output = new Output(host, { json, verbose });
  const signal = AbortSignal.any([host.signal, unread(host)]);
  try {
    return await dispatch(args, { host, output, signal });
  } catch (err) {
    // what fails once the user wants an end, or nobody reads, fails for that reason
    return report(signal.aborted ? signal.reason : err, args[0], output);
  }
}

async function dispatch([name = "", ...rest]: readonly string[], context: Context): Promise<number> {
  const { output, host } = context;
  if (name === "--version") return say(output, host.version);
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) return say(output, helpText);
  if (name === "help") return dispatch([rest[0] ?? "", "--help"], context);
  const command = await load(name);
  if (rest.includes("--help") || rest.includes("-h")) return say(output, command.help);
  return command.run(rest, context);
}

async function say(output: Output, text: string): Promise<number> {
  await output.line(text.trimEnd());
  return exitCodes.ok;
}

async function load(name: string): Promise<Command> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command();
  const what = name === "" || name.startsWith("-") ? "No command is given" : `There is no command '${name}'`;
  throw new UsageError(`${what}; there are ${Object.keys(commands).join(", ")}`);
}

async function report(err: unknown, name: string | undefined, output: Output): Promise<number> {
  const { exitCode, message, code, data } = failureOf(err);
  if (err instanceof Stopped) return exitCode;
  if (output.json) {
    await output.object({ error: { message, code, data }, exit: exitCode });
    return exitCode;
  }
  const known = name !== undefined && Object.hasOwn(commands, name) ? `toolkit ${name}` : "toolkit";
  await output.error(err instanceof UsageError ? `${message}. See ${known} --help.` : message);
  if (output.verbose) await output.note(details(err));
  return exitCode;
}

/** The stack of an error, and those of its causes. */
function details(err: unknown): string {
  const parts: string[] = [];
  for (let each = err; each instanceof Error && parts.length < 8; each = each.cause) {
    parts.push(`${parts.length === 0 ? "" : "caused by "}${each.stack ?? each.message}`);
  }
  return printable(parts.join("\n"), "\n");
}

/** Aborts when nobody reads the output any more, as with `| head`; says nothing of it, however late it comes. */
function unread({ stdout, stderr }: Host): AbortSignal {
  const gone = new AbortController();
  for (const stream of [stdout, stderr]) stream.on("error", () => gone.abort(new Stopped(exitCodes.ok)));
  return gone.signal;
}
