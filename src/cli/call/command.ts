import type { CallOptions as ClientCallOptions } from "../../rpc/call-options.js";
import { positional } from "../../rpc/jsonrpc2/params.js";
import type { Command, Context } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { readAll } from "../input.js";
import { parseJSON } from "../json-in.js";
import { formatJSON } from "../json-out.js";
import { UsageError } from "../usage-error.js";
import { type Connected, connect } from "./connect.js";
import { callHelp } from "./help.js";
import { type CallOptions, parseCall } from "./options.js";

/** Calls a method. */
export const callCommand: Command = {
  help: callHelp,
  async run(words, context) {
    const options = parseCall(words);
    const args = await readArgs(options, context);
    const stopwatch = new Stopwatch();
    const connected = await connect(options, context.signal);
    try {
      await perform(connected, { ...options, args, stopwatch }, context);
    } finally {
      connected.client.close();
    }
    return exitCodes.ok;
  },
};

async function readArgs({ args, isPositional }: CallOptions, { host, signal }: Context): Promise<unknown> {
  const text = args === "-" ? new TextDecoder().decode(await readAll(host.stdin, signal)) : args;
  const value = parseJSON(text);
  if (!isPositional) return value;
  if (!Array.isArray(value)) throw new UsageError("--positional needs a list as ARGS");
  return positional(...(value as unknown[]));
}

interface Task extends Omit<CallOptions, "args"> {
  readonly args: unknown;
  readonly stopwatch: Stopwatch;
}

function perform(connected: Connected, task: Task, context: Context): Promise<void> {
  switch (task.kind) {
    case "call":
      return call(connected, task, context);
    case "stream":
      return stream(connected, task, context);
    case "notify":
      return notify(connected, task, context);
  }
}

async function call({ client }: Connected, task: Task, { output, signal }: Context): Promise<void> {
  const { method, args, stopwatch } = task;
  const timeoutMs = stopwatch.leftOf(task.timeoutMs);
  const reply = await client.call(method, args, { ...metaOf(task), timeoutMs, signal });
  if (output.json) await output.object({ reply, ms: stopwatch.ms });
  else await output.line(formatJSON(reply, 2));
}

async function stream({ client }: Connected, task: Task, { output, signal }: Context): Promise<void> {
  const { method, args, stopwatch, isTimed } = task;
  const timeoutMs = isTimed ? stopwatch.leftOf(task.timeoutMs) : undefined;
  let replies = 0;
  for await (const reply of client.stream(method, args, { ...metaOf(task), timeoutMs, signal })) {
    replies++;
    await (output.json ? output.object({ reply }) : output.line(formatJSON(reply)));
  }
  if (output.json) await output.object({ done: true, replies, ms: stopwatch.ms });
}

async function notify({ client, conn }: Connected, task: Task, { output }: Context): Promise<void> {
  const { method, args, stopwatch } = task;
  await client.notify(method, args, metaOf(task));
  await conn.closeWrite(); // behind what was written; the server hangs up when it has read it
  await within(stopwatch.leftOf(task.timeoutMs), client.closed);
  if (output.json) await output.object({ sent: true, ms: stopwatch.ms });
}

function metaOf({ meta }: Task): Pick<ClientCallOptions, "meta"> {
  return Object.keys(meta).length === 0 ? {} : { meta };
}

/** Waits for something, but not for ever. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Measures how long it takes from connecting on. */
class Stopwatch {
  readonly #start = performance.now();

  /** So far, in ms, to the microsecond. */
  get ms(): number {
    return Math.round((performance.now() - this.#start) * 1000) / 1000;
  }

  leftOf(ms: number): number {
    return Math.max(1, ms - this.ms);
  }
}
