// The memory of idle WebSockets, and what is left of it when they are closed: ours, npm ws, gorilla.
// `npm run bench ws-idle [CONNS] [ROUNDS]`
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
const conns = Number(process.argv[3] ?? 10_000);
const rounds = Number(process.argv[4] ?? 3);
const atOnce = 100;

/** A server in a process of its own. */
interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly path: string;
}

/** What a server takes, in bytes. Only Node's tells its heap. */
interface Usage {
  readonly rss: number;
  readonly heapUsed?: number;
}

/** Bundles our server: run by tsx, every closure of ours would have a name of its own, 5 KiB a conn. */
function bundle(): string {
  const out = `${here}../.cache/ws-idle`;
  const flags = ["--no-config", "--silent", "--format", "esm", "--target", "node20", "--out-dir", out];
  const built = spawnSync("npx", ["tsup", `${here}servers/ws-idle.ts`, ...flags], { stdio: "inherit" });
  if (built.status !== 0) throw new Error("the server cannot be built");
  return `${out}/ws-idle.js`;
}

async function startNode(file: string, way: string): Promise<Server> {
  const stdio: StdioOptions = ["ignore", "inherit", "inherit", "ipc"];
  const child = spawn(process.execPath, ["--expose-gc", file, way], { stdio });
  const [port] = (await once(child, "message")) as [number];
  return { child, port, path: "/" };
}

async function startGorilla(): Promise<Server | null> {
  const out = `${here}../.cache/gorilla`;
  const built = spawnSync("go", ["build", "-o", out, "."], { cwd: `${here}../interop/go/gorilla`, stdio: "inherit" });
  if (built.status !== 0) return null;
  const child = spawn(out, ["server"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  lines.resume(); // it reports each conn that ends
  return { child, port: Number(line.split(":").at(-1)), path: "/echo?style=message" };
}

async function usageOf({ child }: Server): Promise<Usage> {
  if (child.channel != null) {
    child.send("measure");
    const [usage] = (await once(child, "message")) as [NodeJS.MemoryUsage];
    return usage;
  }
  await sleep(500);
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return { rss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024 };
}

/** Does the handshake by hand. */
async function dial({ port, path }: Server): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  const key = randomBytes(16).toString("base64");
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!answer.toString("latin1").startsWith("HTTP/1.1 101 ")) throw new Error(answer.toString("latin1"));
  return socket.pause();
}

async function hold(server: Server, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(atOnce, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => dial(server)))));
  }
  return sockets;
}

async function release(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map((socket) => {
      const closed = once(socket, "close");
      socket.resume().end();
      return closed;
    }),
  );
}

const mib = (bytes: number) => Math.round((bytes / 1024 / 1024) * 10) / 10;
const kib = (bytes: number) => Math.round((bytes / conns / 1024) * 100) / 100;

/** Opens and closes the conns again and again; what is held is counted in the first round, what is left in all. */
async function measure(name: string, server: Server): Promise<Record<string, unknown>> {
  await release(await hold(server, 2 * atOnce)); // all code is loaded
  const base = await usageOf(server);
  const left: number[] = [];
  const leftHeap: number[] = [];
  let held = base;
  for (let round = 0; round < rounds; round++) {
    const sockets = await hold(server, conns);
    if (round === 0) held = await usageOf(server);
    await release(sockets);
    const after = await usageOf(server);
    left.push(mib(after.rss - base.rss));
    if (after.heapUsed !== undefined) leftHeap.push(mib(after.heapUsed - (base.heapUsed ?? 0)));
  }
  server.child.kill();
  await once(server.child, "exit");
  const heap = held.heapUsed === undefined ? "" : kib(held.heapUsed - (base.heapUsed ?? 0));
  return {
    server: name,
    "KiB a conn": kib(held.rss - base.rss),
    "of it heap": heap,
    "MiB left": left.join(", "),
    "of it heap ": leftHeap.join(", "),
  };
}

const file = bundle();
const rows = [
  await measure("npm ws", await startNode(file, "npm-ws")),
  await measure("toolkit", await startNode(file, "toolkit")),
];
const gorilla = await startGorilla();
if (gorilla !== null) rows.push(await measure("gorilla", gorilla));
console.log(`${conns} idle conns, opened and closed ${rounds} times`);
console.table(rows);
