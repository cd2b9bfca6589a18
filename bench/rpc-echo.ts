// RPC, Multiply {A: 7, B: 8} on one connection: ours in msgpack against Go's net/rpc in gob, client and server of each in
// fresh processes. `npm run bench rpc-echo [ROUNDS]`
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { compare, goServer, nodeServer, type Sample, type Served, type Variant } from "./harness.js";

const warmUpMs = 1000;
const measureMs = 1500;
const rounds = Number(process.argv[3] ?? 5);
const client = fileURLToPath(new URL("./rpc/client.ts", import.meta.url));
const pinned = spawnSync("taskset", ["-c", "1", "true"]).status === 0;

/** A way to serve, and the client that goes with it. */
interface Pair extends Variant {
  readonly client: readonly string[];
}

const go = goServer("rpcbench");
const goPair: Pair = { name: "Go net/rpc, gob", command: go && [...go, "server"], client: go ? [...go, "client"] : [] };

function ours(name: string, method: string): Pair {
  const load = [process.execPath, "--import", "tsx", "--conditions=toolkit-source", client];
  return { name, command: nodeServer("../rpc/server.ts", method), client: [...load, `Arith.${method}`] };
}

/** Runs the client of a pair, and takes the server's CPU time while it measures. */
async function run(pair: Pair, served: Served, inFlight: number): Promise<Sample> {
  const [program = "", ...args] = [...(pinned ? ["taskset", "-c", "1"] : []), ...pair.client];
  const load = [served.address, inFlight, warmUpMs, measureMs].map(String);
  const child = spawn(program, [...args, ...load], { stdio: ["ignore", "pipe", "inherit"] });
  let cpu = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "START") cpu -= served.cpuMicros();
    else if (line === "END") cpu += served.cpuMicros();
    else return sampleOf(line, cpu);
  }
  throw new Error(`${pair.name}: the client gave no figures`);
}

function sampleOf(line: string, cpu: number): Sample {
  const { calls, ms, p50 } = JSON.parse(line) as { calls: number; ms: number; p50: number | null };
  return { rate: (calls / ms) * 1000, cpu: cpu / calls, ...(p50 === null ? {} : { p50 }) };
}

const pairs = [goPair, ours("toolkit, msgpack", "Multiply"), ours("toolkit, async method", "MultiplyLater")];
for (const inFlight of [1, 64, 1024]) {
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  const measure = (served: Served, name: string) => run(byName.get(name) as Pair, served, inFlight);
  for (const pair of pairs) await compare(`${inFlight} in flight: ${pair.name}`, [pair], (served) => measure(served, pair.name), rounds);
}
