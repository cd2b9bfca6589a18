// The command as a process, from the options to the exit code. Where rows need Go, its tests are in go/.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { Results, Row } from "./results.js";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "t-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL"); // those of a test that failed
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the command where there is neither Go nor a browser, with its own folder for temporary files. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NO|FORCE)_COLOR$/.test(name)));
  const child = spawn(process.execPath, ["--import", "tsx", "--conditions=toolkit-source", main, ...args], {
    env: { ...ours, PATH: folder, TMPDIR: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
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

/** Two bytes of a WebSocket's header, four of a client's mask; TLS: a header of 5, a type of content, a tag of 16. */
const wire: Readonly<Record<string, readonly [out: number, back: number]>> = {
  tcp: [64, 64],
  tls: [64 + 22, 64 + 22],
  unix: [64, 64],
  ws: [64 + 6, 64 + 2],
  wss: [64 + 6 + 22, 64 + 2 + 22],
};

function check(row: Row): void {
  const { name, side, status } = row;
  if (side === "go") return expect(status, name).toBe("skipped");
  if (status !== "measured") throw new Error(`${name} is not measured: ${JSON.stringify(row)}`);
  const { roundTrips, throughput, wire: counted, lost } = row.figures;
  expect(roundTrips.perSecond.value, name).toBeGreaterThan(0);
  expect(roundTrips.p99Micros.value, name).toBeGreaterThanOrEqual(roundTrips.p50Micros.value);
  expect(
    throughput.map(({ messageBytes }) => messageBytes),
    name,
  ).toEqual([64, 2048]);
  if (name !== "udp") expect(lost, name).toBe(0);
  const expected = wire[name];
  if (expected !== undefined) expect([counted?.message.out, counted?.message.back], name).toEqual(expected);
}

test("--json prints nothing but one result on stdout, and progress on stderr", { timeout: 90_000 }, async () => {
  const { code, stdout, stderr } = await run(
    "--duration=9",
    "--json",
    "--only=conn,rpc-tcp-gob,rest,push-ws",
    "--sizes=64,2k",
  );
  const { version, finished, machine, plan, rows, updates } = JSON.parse(stdout) as Results;
  expect([version, finished, machine.node, plan.sizes]).toEqual([1, true, process.version, [64, 2048]]);
  const ours = rows.filter(({ side }) => side === "toolkit").map(({ name }) => name);
  expect(ours).toEqual(["tcp", "tls", "unix", "udp", "ws", "wss", "pipe", "rpc-tcp-gob", "rest"]);
  for (const row of rows) check(row);
  expect(updates.map(({ name, status }) => [name, status])).toEqual([["push-ws", "measured"]]);
  expect(stderr).toMatch(/^\[ *\d+\/\d+\] rpc-tcp-gob: round 1 of \d+ · \d+ s left$/m);
  expect(code).toBe(0);
  expect(leftovers()).toEqual([]);
});

test("without a terminal it prints plain lines and tables; a baseline and a report come with them", {
  timeout: 90_000,
}, async () => {
  const [baseline, report] = [join(folder, "baseline.json"), join(folder, "report.html")];
  const few = ["--duration=3", "--sizes=64", "--only=pipe,udp"];
  writeFileSync(baseline, (await run(...few, "--json")).stdout);
  const { code, stdout, stderr } = await run(...few, "--baseline", baseline, "--report", report);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^\[ *1\/\d+\] udp: /);
  expect(lines.filter((line) => /^(udp|pipe) +[\d,.]+\*? /.test(line)).length).toBeGreaterThanOrEqual(4);
  expect(stdout).toMatch(/^(None of|\d+ of) \d+ figures? ha(s|ve)\b/m);
  expect(
    Math.max(...lines.filter((line) => !line.startsWith("Report: ")).map((line) => line.length)),
  ).toBeLessThanOrEqual(80);
  expect(stdout).not.toContain("\u001b");
  expect(lines.at(-2)).toBe(`Report: ${report}`);
  expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>/i);
  expect([code, stderr]).toEqual([0, ""]);
});

test("FORCE_COLOR colours a pipe, and --no-color is stronger", { timeout: 60_000 }, async () => {
  const few = ["--duration=1", "--sizes=64", "--only=pipe"];
  const coloured = await outcome(start(few, { FORCE_COLOR: "1" }));
  expect(coloured.stdout).toContain("\u001b[1m");
  const bare = await outcome(start([...few, "--no-color"], { FORCE_COLOR: "1" }));
  expect(bare.stdout).not.toContain("\u001b");
});

test("a row that fails shows why, and the others run", { timeout: 60_000 }, async () => {
  const long = join(folder, "long".repeat(30)); // longer than a Unix socket's path may be
  mkdirSync(long);
  const { code, stdout } = await outcome(start(["--duration=2", "--sizes=64", "--only=tcp,unix"], { TMPDIR: long }));
  expect(stdout).toMatch(/^unix: failed: listen unix/m);
  expect(stdout).toMatch(/^tcp +[\d,.]+/m);
  expect(code).toBe(1);
});

test.each([
  [["--only", "tcp,upd"], "Unknown in --only: 'upd'; did you mean 'udp'?"],
  [["--baseline", "none.json"], "Cannot read the baseline: ENOENT: no such file or directory, open 'none.json'"],
  [["--report", "none/of/it.html"], /^Cannot write the report: ENOENT/],
])("%j is refused, and says why", async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/[.?] --help tells more\.\n$/);
});

test("--help tells the options", async () => {
  const { code, stdout } = await run("--help");
  for (const flag of ["--only", "--baseline", "--serve", "--help"]) expect(stdout).toContain(flag);
  expect(stdout).toContain("Usage: npm start -- [options]");
  expect(code).toBe(0);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s stops it cleanly", async (signal) => {
  const child = start(["--only=conn"]);
  const ended = outcome(child);
  child.stdout?.once("data", () => child.kill(signal));
  const { code, stdout, stderr } = await ended;
  expect(stdout).toMatch(/Stopped\.\n$/);
  expect([code, stderr]).toEqual([130, ""]);
  expect(leftovers()).toEqual([]);
});

test("it stops when nobody reads any more", async () => {
  const child = start(["--only=conn"]);
  const [stderr, closed] = [text(child.stderr as NodeJS.ReadableStream), once(child, "close")];
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect([(await closed)[0], await stderr]).toEqual([130, ""]);
  expect(leftovers()).toEqual([]);
});

test("--serve shows the page while it runs and after, until Ctrl-C", { timeout: 60_000 }, async () => {
  const child = start(["--duration=1", "--sizes=64", "--only=pipe", "--serve"]);
  const [ended, url, stays] = [
    outcome(child),
    printed(child, /^Live report: (\S+)$/m),
    printed(child, /^The report stays/m),
  ];
  const page = await fetch((await url)[1] ?? "");
  expect([page.status, await page.text()]).toEqual([200, expect.stringMatching(/^<!doctype html>/i)]);
  await stays;
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect(stdout).toMatch(/^== Round trips/m);
  expect([code, stderr]).toEqual([0, ""]);
  expect(existsSync("compare-report.html")).toBe(false);
});

/** Waits until a child has printed something. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let all = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      all += chunk.toString();
      const found = pattern.exec(all);
      if (found !== null) resolve(found);
    });
    child.once("close", () => reject(new Error(`It ended, and has not printed ${pattern}: ${all}`)));
  });
}
