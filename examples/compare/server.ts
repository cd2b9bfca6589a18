import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { CandidateName } from "./candidates.js";

/** Where a server listens, or why it does not. */
export type Whereabouts = { readonly address: string } | { readonly error: string };

/** What the server's process tells when it is ready. */
export interface Ready {
  readonly cert: string;
  readonly servers: Readonly<Record<string, Whereabouts>>;
}

/** How long the server's process may take to end before it is killed. */
const stopMs = 2000;

/** Starts a process that serves these candidates; disposing of it ends the process. */
export async function startServer(names: readonly CandidateName[], folder: string): Promise<Ready & AsyncDisposable> {
  const program = fileURLToPath(new URL("./server-process.ts", import.meta.url));
  const child = fork(program, [folder, ...names], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  try {
    return { ...(await whenReady(child)), [Symbol.asyncDispose]: () => stop(child) };
  } catch (err) {
    await stop(child);
    throw err;
  }
}

function whenReady(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once("message", (ready) => resolve(ready as Ready));
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`The server's process ended: ${signal ?? `code ${code}`}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (child.connected) child.disconnect(); // it ends by itself then
  const timer = new AbortController();
  const late = sleep(stopMs, undefined, { signal: timer.signal }).then(
    () => child.kill("SIGKILL"),
    () => false,
  );
  await ended;
  timer.abort();
  await late;
}
