import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { Schemas, type TypeText } from "../gob/cases.js";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../interop/go/gobpeer", import.meta.url));
const golden = fileURLToPath(new URL("../testdata/gob/json.jsonl", import.meta.url));
const go = requireTool("go");
const count = 2000;
const seed = 1;

describe.skipIf(go === undefined)("encoding/json (skipped unless go is on PATH)", () => {
  let folder = "";
  let program = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gobpeer-"));
    program = join(folder, "gobpeer");
    await run(go ?? "", ["build", "-o", program, "."], { cwd, env: { ...process.env, GOTOOLCHAIN: "local" } });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("still does what test/testdata/gob/json.jsonl says", async () => {
    const { stdout } = await run(program, ["json"], { maxBuffer: 1 << 24 });
    expect(stdout).toBe(await readFile(golden, "utf8"));
  });

  test("values of random types go both ways unchanged", { timeout: 60_000 }, async () => {
    const peer = spawn(program, ["json", String(seed), String(count)], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(async () => {
      peer.kill();
      if (peer.exitCode === null && peer.signalCode === null) await once(peer, "exit");
    });
    const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
    for (const line of await take(lines)) peer.stdin.write(`${throughUs(line)}\n`);
    peer.stdin.end();
    expect((await take(lines)).filter((verdict) => verdict !== "ok")).toEqual([]);
  });

  async function take(lines: AsyncIterator<string>): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) {
      const line = await lines.next();
      if (line.done === true) break;
      taken.push(line.value);
    }
    expect(taken).toHaveLength(count);
    return taken;
  }
});

/** Reads what Go wrote, and writes it again. */
function throughUs(line: string): string {
  const { Type, Out } = JSON.parse(line) as { readonly Type: TypeText; readonly Out: string };
  const schema = new Schemas().of(Type);
  return gob.marshalJSON(gob.unmarshalJSON(Out, schema), schema);
}
