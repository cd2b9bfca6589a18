#!/usr/bin/env node
// The command `toolkit`: what of the process it takes, and what it gives back.
import { readFileSync } from "node:fs";
import { run } from "./run.js";
import { Stopped } from "./stopped.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Returns a signal that aborts when the user wants an end. Asking twice ends the process as it always does. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const exits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => stop.abort(new Stopped(exits[name])));
  }
  return stop.signal;
}

process.exitCode = await run(process.argv.slice(2), {
  get stdin() {
    return process.stdin; // which is opened by asking for it
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopSignal(),
  version,
});
