// RPC on one connection, Multiply {A: 7, B: 8} and an echo of 10 KB of text: ours in its codecs beside Go's net/rpc and what
// npm has. Client and server of each run in fresh processes; each must give right answers before it is timed.
//
//	npm run bench rpc-echo [ROUNDS [NAME ...]]     of the pairs below, those whose names have one of these words in them
//
// IN_FLIGHT=64,1024   how many calls at once                    WORK=echo            one of the two alone
// WARM_UP_MS=1500     before MEASURE_MS=2000                    PINNED=0             lets both ends use all cores
// TOOLKIT_PEERS=dir   where the peers are: by default bench/peers, after `npm install --prefix bench/peers`
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { goServer, nodeServer } from "./harness.js";
import { type Pair, table } from "./rpc/table.js";

const { IN_FLIGHT = "1,64,1024", WORK = "multiply,echo", WARM_UP_MS = "1500", MEASURE_MS = "2000" } = process.env;
const [rounds = "5", ...words] = process.argv.slice(3);
const peers = resolve(process.env["TOOLKIT_PEERS"] ?? fileURLToPath(new URL("./peers", import.meta.url)));
process.env["TOOLKIT_PEERS"] = peers; // for both ends

const hasTaskset = spawnSync("taskset", ["-c", "1", "true"]).status === 0;
const isPinned = hasTaskset && process.env["PINNED"] !== "0";
/** What frees an end of the core that it is given. */
const free = hasTaskset && !isPinned ? ["taskset", "-c", `0-${availableParallelism() - 1}`] : [];

const program = nodeServer("../rpc/program.ts");
const goProgram = goServer("rpcbench");
const go = (end: "server" | "client") => goProgram && [...free, ...goProgram, end];
const node = (end: "server" | "client", contender: string) => [...free, ...program, end, contender];

const both = (name: string, contender: string): Pair => ({
  name,
  server: node("server", contender),
  client: node("client", contender),
});

/** A pair that needs packages. */
function peer(name: string, contender: string, needs: string): Pair {
  return isInstalled(needs) ? both(name, contender) : { name, server: null, client: null };
}

function isInstalled(name: string): boolean {
  try {
    createRequire(join(peers, "package.json")).resolve(name);
    return true;
  } catch {
    console.error(
      `${name} is not in ${peers}: npm install --prefix bench/peers, or name another folder in TOOLKIT_PEERS`,
    );
    return false;
  }
}

const all: readonly Pair[] = [
  { name: "Go net/rpc, gob", server: go("server"), client: go("client") },
  both("toolkit, msgpack", "msgpack"),
  both("toolkit, msgpack, contract", "msgpack-contract"),
  both("toolkit, msgpack, contract, promises", "msgpack-contract-later"),
  both("toolkit, gob", "gob"),
  both("toolkit, gob, contract", "gob-contract"),
  { name: "toolkit, gob, contract, to a Go client", server: node("server", "gob-contract"), client: go("client") },
  { name: "toolkit, gob, contract, to a Go server", server: go("server"), client: node("client", "gob-contract") },
  both("toolkit, jsonrpc", "jsonrpc"),
  both("toolkit, jsonrpc2", "jsonrpc2"),
  peer("rpc-websockets", "rpc-websockets", "rpc-websockets"),
  peer("json-rpc-2.0, ws", "json-rpc-2.0", "json-rpc-2.0"),
  peer("jayson, ws", "jayson", "jayson"),
  peer("capnweb, ws", "capnweb", "capnweb"),
  peer("tRPC, ws", "trpc", "@trpc/server"),
  peer("grpc-js", "grpc", "@grpc/grpc-js"),
];

/** Runs a client on a core of its own, if it is to have one. */
async function drive(command: readonly string[], onLine: (line: string) => void): Promise<string> {
  const [file = "", ...args] = isPinned ? ["taskset", "-c", "1", ...command] : command;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) onLine((last = line));
  if (!last.startsWith("{")) throw new Error(`${command.join(" ")} gave no figures`);
  return last;
}

const isAsked = ({ name }: Pair, i: number) =>
  i === 0 || words.length === 0 || words.some((word) => name.includes(word));
const pairs = all.filter(isAsked); // the first is what the others are compared with
for (const work of WORK.split(",")) {
  for (const inFlight of IN_FLIGHT.split(",")) {
    const title = `${work === "echo" ? "10 KB echo" : "Multiply"}, ${inFlight} in flight`;
    const load = [work, inFlight, WARM_UP_MS, MEASURE_MS];
    await table(title, pairs, load, drive, Number(rounds));
  }
}
