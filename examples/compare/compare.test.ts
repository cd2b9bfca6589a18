import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const names = ["tcp", "tls", "unix", "udp", "ws", "wss", "pipe", "rpc"];
const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "t-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: readonly string[], temp = folder): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", "--conditions=toolkit-source", main, ...args], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end; as the server's process has the same stderr, for its end too. */
async function outcome(child: ChildProcess): Promise<Outcome> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("A child without output");
  const closed = once(child, "close") as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), closed]);
  return { code, stdout: out, stderr: err };
}

function run(...args: readonly string[]): Promise<Outcome> {
  return outcome(start(args));
}

/** Lists the folders of runs that are still there. */
function leftovers(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("compare-"));
}

interface Result {
  node: string;
  cpu: string;
  durationSeconds: number;
  transports: Record<string, Record<string, number>>;
}

/** Two bytes of a WebSocket's header, four of a client's mask; TLS: a header of 5, a type of content, a tag of 16. */
const wire: Readonly<Record<string, readonly [out: number, back: number]>> = {
  tcp: [64, 64],
  tls: [64 + 22, 64 + 22],
  unix: [64, 64],
  ws: [64 + 6, 64 + 2],
  wss: [64 + 6 + 22, 64 + 2 + 22],
  pipe: [64, 64],
};

test("--quick --json measures every transport, and prints nothing but JSON", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await run("--quick", "--json");
  const { node, cpu, durationSeconds, transports } = JSON.parse(stdout) as Result;
  expect(node).toBe(process.version);
  expect(cpu).not.toBe("");
  expect(durationSeconds).toBeGreaterThan(0);
  expect(Object.keys(transports)).toEqual(names);
  for (const [name, { lostMessages, ...figures }] of Object.entries(transports)) {
    for (const [key, value] of Object.entries(figures)) expect(value, `${name} ${key}`).toBeGreaterThan(0);
    expect(figures["latencyP99Micros"]).toBeGreaterThanOrEqual(figures["latencyP50Micros"] ?? Number.NaN);
    if (name !== "udp") expect(lostMessages, name).toBe(0);
    const counted = [figures["wireBytesOutPerMessage"], figures["wireBytesBackPerMessage"]];
    if (wire[name] !== undefined) expect(counted, name).toEqual(wire[name]);
  }
  expect(stderr).toContain("rpc: round 1 of");
  expect(code).toBe(0);
  expect(leftovers()).toEqual([]);
});

test("without a terminal it prints plain lines and one table of 80 columns", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await run("--quick", "--only", "pipe,tcp", "--only", "udp");
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^\[ 1\/15\] tcp: /);
  expect(lines.filter((line) => /^│ [a-z]+ +│ +[\d,.]+ │/.test(line)).map((line) => line.split(" ")[1])).toEqual([
    "tcp",
    "udp",
    "pipe",
  ]);
  expect(stdout).toMatch(/udp: .*; lost: [\d,]+ of [\d,]+/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).not.toContain("\u001b");
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test("a transport that fails shows why in its row, and the others run", { timeout: 60_000 }, async () => {
  const long = join(folder, "long".repeat(30)); // longer than a Unix socket's path may be
  mkdirSync(long);
  const { code, stdout } = await outcome(start(["--quick", "--only", "tcp,unix"], long));
  expect(stdout).toMatch(/│ unix +│ listen unix/);
  expect(stdout).toMatch(/│ tcp +│ +[\d,.]+ │/);
  expect(code).toBe(1);
});

test.each([
  [["--only", "tcp,foo"], `Unknown in --only: 'foo'; there are ${names.join(", ")}`],
  [["--only"], "Option '--only <value>' argument missing"],
  [["--fast"], "Unknown option '--fast'"],
  [["tcp"], "Unexpected argument 'tcp'"],
])("%j is refused, and says why", async (args, message) => {
  expect(await run(...args)).toEqual({ code: 2, stdout: "", stderr: `${message}. --help tells more.\n` });
});

test("--help tells the options", async () => {
  const { code, stdout } = await run("--help");
  for (const flag of ["--only", "--quick", "--json", "--help"]) expect(stdout).toContain(flag);
  expect(code).toBe(0);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s stops it cleanly", async (signal) => {
  const child = start([]);
  const ended = outcome(child);
  child.stdout?.once("data", () => child.kill(signal));
  const { code, stdout, stderr } = await ended;
  expect(stdout).toMatch(/Stopped\.\n$/);
  expect(stderr).toBe("");
  expect(code).toBe(130);
  expect(leftovers()).toEqual([]);
});
