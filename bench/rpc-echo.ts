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

const go = goServer("rpcbench");
const goClient = go && [...go, "client"];
const ourClient = [process.execPath, "--import", "tsx", "--conditions=toolkit-source", client];

/** Runs the client that goes with a server, and takes the server's CPU time while it measures. */
async function run(served: Served, inFlight: number): Promise<Sample> {
  const [address = "", method] = served.address.split(" "); // ours names the method to call
  const command = method === undefined ? (goClient ?? []) : ourClient;
  const [program = "", ...args] = pinned ? ["taskset", "-c", "1", ...command] : command;
  const load = [address, ...(method === undefined ? [] : [`Arith.${method}`]), inFlight, warmUpMs, measureMs].map(
    String,
  );
  const child = spawn(program, [...args, ...load], { stdio: ["ignore", "pipe", "inherit"] });
  let cpu = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "START") cpu -= served.cpuMicros();
    else if (line === "END") cpu += served.cpuMicros();
    else return sampleOf(line, cpu);
  }
  throw new Error("The client gave no figures");
}

function sampleOf(line: string, cpu: number): Sample {
  const { calls, ms, p50 } = JSON.parse(line) as { calls: number; ms: number; p50: number | null };
  return { rate: (calls / ms) * 1000, cpu: cpu / calls, ...(p50 === null ? {} : { p50 }) };
}

const ours = (name: string, method: string): Variant => ({ name, command: nodeServer("../rpc/server.ts", method) });
const pairs: readonly Variant[] = [
  { name: "Go net/rpc, gob", command: go && [...go, "server"] },
  ours("toolkit, msgpack", "Multiply"),
  ours("toolkit, a method with a promise", "MultiplyLater"),
];
for (const inFlight of [1, 64, 1024]) {
  await compare(`${inFlight} calls in flight`, pairs, (served) => run(served, inFlight), rounds);
}
