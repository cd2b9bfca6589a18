// What the benchmarks share: servers in processes of their own, their CPU time, and medians of pairs in one run.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A server under measurement. */
export interface Served {
  readonly address: string;
  /** The CPU time of all its threads so far, in µs. */
  cpuMicros(): number;
  /** The part of it that was spent outside the kernel, in µs. */
  userMicros(): number;
  stop(): Promise<void>;
}

/** What one measurement says. */
export interface Sample {
  /** Operations a second. */
  readonly rate: number;
  /** The server's CPU for each operation, in µs. */
  readonly cpu: number;
  /** The part of it outside the kernel, in µs. */
  readonly user?: number;
  /** The median latency in µs, where it was measured. */
  readonly p50?: number;
}

const here = fileURLToPath(new URL("./", import.meta.url));
const pinned = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/**
 * The arguments that run one of the servers in `bench/servers` in a fresh process: bundled, as what users run is built,
 * and tsx gives each closure a name at run time, which the peers would be spared.
 */
export function nodeServer(file: string, ...args: string[]): string[] {
  const out = `${here}../.cache/bench/${file.replace(/\.ts$/, ".mjs")}`;
  buildSync({
    entryPoints: [`${here}servers/${file}`],
    outfile: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["toolkit-source"],
    packages: "external",
    alias: toolkit,
  });
  return [process.execPath, out, ...args];
}

/** The package itself is bundled; what it depends on is not. */
const toolkit = Object.fromEntries(
  ["net", "tcp", "tls", "unix", "udp", "ws", "gob", "rpc", "rest"].map((room) => [
    `toolkit/${room}`,
    `${here}../src/${room}/index.ts`,
  ]),
);

/** Builds a Go program of `interop/go`; `null` where there is no Go. */
export function goServer(program: string): string[] | null {
  const out = `${here}../.cache/${program}`;
  const built = spawnSync("go", ["build", "-o", out, "."], {
    cwd: `${here}../interop/go/${program}`,
    stdio: "inherit",
  });
  return built.status === 0 ? [out] : null;
}

/** The arguments that run a server in Bun, which `BUN` may name; `null` where there is none. */
export function bunServer(file: string, ...args: string[]): string[] | null {
  const bun = process.env["BUN"] ?? "bun";
  return spawnSync(bun, ["--version"]).status === 0 ? [bun, `${here}servers/${file}`, ...args] : null;
}

/** Starts a server, which prints `READY address` once it listens; on a core of its own where that can be. */
export async function serve(command: readonly string[]): Promise<Served> {
  const [program = "", ...args] = pinned ? ["taskset", "-c", "0", ...command] : command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  lines.on("line", (more) => console.error(more));
  return {
    address: line.replace("READY ", ""),
    cpuMicros: () => cpuMicros(child),
    userMicros: () => userMicros(child),
    stop: () => stop(child),
  };
}

function cpuMicros(child: ChildProcess): number {
  const tasks = `/proc/${child.pid}/task`;
  const nanos = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanos.reduce((sum, n) => sum + n, 0) / 1000;
}

/** Counted in ticks of 10 ms. */
function userMicros(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[11]) * 10_000;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Moves this process, which makes the load, off the servers' core. */
export function pinClient(): void {
  if (pinned) spawnSync("taskset", ["-cp", "1", String(process.pid)]);
}

/** One way to serve, and how it is started. */
export interface Variant {
  readonly name: string;
  readonly command: readonly string[] | null;
}

/**
 * Measures all variants in turn, `rounds` times, each time in a fresh process; prints medians and the ratio of each to
 * the first.
 */
export async function compare(
  title: string,
  variants: readonly Variant[],
  measure: (served: Served) => Promise<Sample>,
  rounds = 5,
): Promise<void> {
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of variants) {
      if (command === null) continue;
      const served = await serve(command);
      samples.get(name)?.push(await measure(served));
      await served.stop();
    }
  }
  report(title, samples);
}

function report(title: string, samples: Map<string, Sample[]>): void {
  const [first] = samples.values();
  const baseCpu = median((first ?? []).map((s) => s.cpu));
  const baseRate = median((first ?? []).map((s) => s.rate));
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      [...samples].map(([name, list]) => {
        const cpu = median(list.map((s) => s.cpu));
        const rate = median(list.map((s) => s.rate));
        const user = median(list.flatMap((s) => s.user ?? []));
        const p50 = median(list.flatMap((s) => s.p50 ?? []));
        const row = {
          "ops/s": Math.round(rate),
          "server CPU µs/op": round(cpu),
          ...(Number.isNaN(user) ? {} : { "of it user": round(user) }),
          "CPU ratio": round(cpu / baseCpu),
          "rate ratio": round(rate / baseRate),
          ...(Number.isNaN(p50) ? {} : { "p50 µs": round(p50) }),
        };
        return [name, list.length === 0 ? { "ops/s": "not run: not installed here" } : row];
      }),
    ),
  );
}

/** Returns the middle one, or the mean of the two in the middle. */
export function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const mid = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[mid] as number)
    : ((sorted[mid - 1] as number) + (sorted[mid] as number)) / 2;
}

/** Keeps three digits: what comes after them is noise. */
export function round(n: number): number {
  return Number(n.toPrecision(3));
}
