import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../interop/go", import.meta.url));
const committed = fileURLToPath(new URL("../testdata/net", import.meta.url));
/** Older releases, such as 1.19, take more than four digits in a group of an IPv6 address if they begin with zeros. */
const oldestMinor = 22;

test("Go's package net still gives the answers in test/testdata/net", { timeout: 120_000 }, async ({ skip }) => {
  const go = requireTool("go");
  if (go === undefined) return skip("go is not on PATH: install it from https://go.dev/dl to compare with the real Go");
  const { stdout: version } = await run(go, ["env", "GOVERSION"], { cwd });
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? Infinity);
  if (minor < oldestMinor)
    return skip(`${version.trim()} reads some addresses in another way; go1.${oldestMinor} will do`);

  const fresh = await mkdtemp(join(tmpdir(), "netdata-"));
  onTestFinished(() => rm(fresh, { recursive: true }));
  await run(go, ["run", "./netdata", "-out", fresh], { cwd });

  const files = await readdir(fresh);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const [now, then] = await Promise.all([fresh, committed].map((folder) => readFile(join(folder, file))));
    expect(now?.equals(then ?? Buffer.alloc(0)), `${file} is what ${version.trim()} writes`).toBe(true);
  }
});
