import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { requireTool } from "../../test/support/tools.js";
import type { Running } from "../shared/run-server.js";
import { serveArith } from "./server.js";

const exec = promisify(execFile);
const go = requireTool("go");
const protocols = ["tcp", "http", "jsonrpc"];
const printed = "Arith: 7*8=56\nArith: 17/5=3, 2 left\nArith: 1/0: divide by zero\n";

let server: Running;
let address: string;
beforeAll(async () => {
  server = await serveArith("127.0.0.1:0");
  address = new URL(server.url).host;
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs the client of this folder; resolves to what it prints. */
async function runClient(protocol: string, at: string): Promise<string> {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "arith/client", protocol, at];
  return (await exec(process.execPath, args)).stdout;
}

test.each(protocols)("our client calls our server by %s", async (protocol) => {
  expect(await runClient(protocol, address)).toBe(printed);
});

test("the address that is printed is a page about the service", async () => {
  const page = await fetch(server.url).then((response) => response.text());
  expect(page).toContain("Arith");
  expect(page).toContain("Multiply");
});

const title = go === undefined ? "skipped, as go is not on PATH: with Go" : "with Go";
describe.skipIf(go === undefined)(title, () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "arith-"));
    program = join(folder, "arith");
    const cwd = fileURLToPath(new URL("./go", import.meta.url));
    await exec(go ?? "", ["build", "-o", program, "."], { cwd });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(protocols)("the Go client calls our server by %s", async (protocol) => {
    expect((await exec(program, ["client", protocol, address])).stdout).toBe(printed);
  });

  test("our client calls the Go server by tcp, http and jsonrpc", async () => {
    const child = spawn(program, ["server"], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(async () => {
      const closed = once(child, "close");
      child.kill();
      await closed;
    });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const at = Object.fromEntries(
      [...line.matchAll(/(\w+) (\S+:\d+)/g)].map(([, name, where]) => [name, where]),
    ) as Record<string, string>;
    expect(Object.keys(at)).toEqual(protocols);
    for (const protocol of protocols) expect(await runClient(protocol, at[protocol] ?? ""), protocol).toBe(printed);
  });
});
