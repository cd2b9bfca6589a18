import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What nginx is started with. */
export interface NginxOptions {
  /** The ports that it listens on; 0 is any that is free. @default [0] */
  readonly ports?: readonly number[] | undefined;
  /** More files of its folder, by their names. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** A running nginx, in a folder of its own. */
export interface Nginx extends AsyncDisposable {
  /** Where it listens. */
  readonly ports: readonly number[];
}

const tries = 5;

/**
 * Starts the nginx that is on PATH, without root, with the configuration that is made for its ports. Its relative paths
 * are below a folder that goes with it, in which there is `temp`; it logs to `stderr`, from `notice` on.
 * @throws {Error} when there is no nginx, or it does not like its configuration, in its own words
 */
export async function startNginx(
  configure: (...ports: number[]) => string,
  { ports = [0], files = {} }: NginxOptions = {},
): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "nginx-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(join(folder, "temp"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
    const started = await listen(folder, configure, ports);
    const stop = async () => {
      await end(started.child);
      await remove();
    };
    return { ports: started.ports, [Symbol.asyncDispose]: stop };
  } catch (err) {
    await remove();
    throw err;
  }
}

async function listen(folder: string, configure: (...ports: number[]) => string, wanted: readonly number[]) {
  for (let i = 1; ; i++) {
    const ports = await freePorts(wanted);
    await writeFile(join(folder, "nginx.conf"), configure(...ports));
    const child = await run(folder, i < tries);
    if (child !== null) return { child, ports };
  }
}

/** Starts it; resolves when it listens, or to `null` if somebody else was faster and there is another try. */
async function run(folder: string, hasAnotherTry: boolean): Promise<ChildProcess | null> {
  const args = [
    "-p",
    folder,
    "-c",
    join(folder, "nginx.conf"),
    "-e",
    "stderr",
    "-g",
    "daemon off; master_process off;",
  ];
  const child = spawn("nginx", args, { stdio: ["ignore", "ignore", "pipe"] });
  await once(child, "spawn").catch((err: NodeJS.ErrnoException) => {
    if (err.code !== "ENOENT") throw err;
    throw new Error("nginx is not on PATH: install it, as with `apt install nginx` or `brew install nginx`");
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes("event method")) {
      child.stderr.resume(); // what it has to say from now on concerns nobody
      return child;
    }
    said.push(line);
  }
  if (hasAnotherTry && said.some((line) => line.includes("Address already in use"))) return null;
  throw new Error(said.filter((line) => !line.includes("[notice]")).join("\n"));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

/** Finds ports that were free a moment ago, and finds out whether those are that are wanted. */
async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const servers = wanted.map((port) => createServer().listen(port, "127.0.0.1"));
  try {
    await Promise.all(servers.map((server) => once(server, "listening")));
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))); // also when one is taken
  }
}

/**
 * Replaces parts of a configuration.
 * @throws {Error} when one is not there, so that no change is lost
 */
export function edit(conf: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nginx.conf has no ${JSON.stringify(from)}`);
    return text.replaceAll(from, to);
  }, conf);
}
