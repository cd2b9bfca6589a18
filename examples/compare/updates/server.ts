import type { ChildProcess } from "node:child_process";
import { on, once } from "node:events";
import { forkProgram } from "../measure/program.js";
import type { Site } from "../subject.js";
import type { Addresses, Done, Schedule } from "./state.js";

/** The process that knows what is new, for one who measures. */
export interface Server extends AsyncDisposable {
  readonly addresses: Addresses;
  /** Updates a topic at these moments; resolves to when that was, in milliseconds of `now`. */
  run(schedule: Schedule, signal: AbortSignal): Promise<readonly number[]>;
}

interface Shared {
  users: number;
  readonly running: Promise<Running>;
}

interface Running {
  readonly child: ChildProcess;
  readonly addresses: Addresses;
}

const servers = new WeakMap<Site, Shared>();

/** Starts the server of a run, or joins those who use it already; the last one who leaves ends its process. */
export async function useServer(site: Site): Promise<Server> {
  const mine = servers.get(site) ?? { users: 0, running: start(site.signal) };
  servers.set(site, mine);
  mine.users++;
  const leave = async () => {
    if (--mine.users > 0) return;
    if (servers.get(site) === mine) servers.delete(site);
    await mine.running.then(
      ({ child }) => stop(child),
      () => {},
    ); // what did not start has ended
  };
  try {
    const { child, addresses } = await mine.running;
    return { addresses, run: (schedule, signal) => run(child, schedule, signal), [Symbol.asyncDispose]: leave };
  } catch (err) {
    await leave();
    throw err;
  }
}

async function start(signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const child = forkProgram("updates/updates-process", []);
  try {
    return { child, addresses: await whenReady(child, signal) };
  } catch (err) {
    await stop(child);
    throw err;
  }
}

function whenReady(child: ChildProcess, signal: AbortSignal): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    child.once("message", (message) => resolve(message as Addresses));
    child.once("error", reject);
    child.once("exit", (code, name) => reject(new Error(`Server of updates ended: ${name ?? `code ${code}`}`)));
  });
}

async function run(child: ChildProcess, schedule: Schedule, signal: AbortSignal): Promise<readonly number[]> {
  const messages = on(child, "message", { signal, close: ["exit"] }) as AsyncIterable<[Done]>;
  child.send(schedule);
  for await (const [{ topic, times }] of messages) if (topic === schedule.topic) return times;
  throw new Error("Server of updates ended");
}

/** Kills it: it has nothing to tidy up. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
