import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as gob from "../../src/gob/index.js";
import { type Case, canon, hex, parseCases, registryOf, retyped, Schemas, unhex } from "../gob/cases.js";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../interop/go/gobpeer", import.meta.url));
const testdata = fileURLToPath(new URL("../testdata/gob/", import.meta.url));
/** `TOOLKIT_GOB_CASES` says how many streams to try, and `TOOLKIT_GOB_SEED` which. */
const count = Number(process.env["TOOLKIT_GOB_CASES"] ?? 2000);
const seed = Number(process.env["TOOLKIT_GOB_SEED"] ?? 1);

/** The Go releases to talk to: the one on PATH, and one more that `TOOLKIT_OTHER_GO` names. */
const releases = [requireTool("go"), process.env["TOOLKIT_OTHER_GO"]].filter((go) => go !== undefined);

describe.skipIf(releases.length === 0)("encoding/gob (skipped unless go is on PATH)", () => {
  let folder = "";
  const programs: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gobpeer-"));
    for (const go of releases) {
      const program = join(folder, `gobpeer${programs.length}`);
      await run(go, ["build", "-o", program, "."], { cwd, env: { ...process.env, GOTOOLCHAIN: "local" } });
      programs.push(program);
    }
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("still writes the bytes in test/testdata/gob", async () => {
    for (const program of programs) {
      const { stdout } = await run(program, ["golden"]);
      const file = isOld(stdout) ? "go1.20.jsonl" : "go1.21.jsonl";
      expect(stdout).toBe(await readFile(join(testdata, file), "utf8"));
    }
  });

  test("still does what test/testdata/gob/compat.jsonl says of other types", async () => {
    // which ids a stream has depends on the release
    const withoutBytes = (text: string) => text.replace(/"Gob":"[0-9a-f]*"/g, "");
    const then = withoutBytes(await readFile(join(testdata, "compat.jsonl"), "utf8"));
    for (const program of programs) expect(withoutBytes((await run(program, ["compat"])).stdout)).toBe(then);
  });

  test("values of random types go both ways unchanged", { timeout: 120_000 }, async () => {
    for (const program of programs) {
      const peer = spawn(program, ["random", String(seed), String(count)], { stdio: ["pipe", "pipe", "inherit"] });
      onTestFinished(() => stop(peer));
      const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
      const cases = parseCases((await take(lines, count)).join("\n"));
      peer.stdin.end(cases.map((c) => `${hex(throughUs(c))}\n`).join(""));
      const verdicts = await take(lines, count);
      expect(verdicts.filter((verdict) => verdict !== "ok")).toEqual([]);
      expect(verdicts).toHaveLength(count);
    }
  });
});

/** Up to Go 1.20 the first type that a program defines has id 65, since then 64. */
function isOld(golden: string): boolean {
  const [first] = parseCases(golden);
  return first !== undefined && !first.Gob.startsWith("1e7f");
}

/** Decodes a stream, compares with what Go makes of it, and encodes it again. */
function throughUs(c: Case): Uint8Array {
  const schemas = new Schemas();
  const registry = registryOf([c], schemas);
  const decoder = new gob.Decoder(undefined, { registry });
  const encoder = new gob.Encoder(undefined, { registry });
  decoder.push(unhex(c.Gob));
  decoder.end();
  for (const { Type, Value } of c.Items) {
    const schema = schemas.of(Type);
    const value = decoder.decode(schema);
    expect(canon(Type, value, Value), c.Name).toEqual(Value);
    encoder.append(retyped(Type, value, Value, schemas), schema);
  }
  expect(decoder.decode()).toBeNull();
  return encoder.take();
}

async function take(lines: AsyncIterator<string>, n: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < n) {
    const line = await lines.next();
    if (line.done === true) break;
    taken.push(line.value);
  }
  return taken;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
