import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../../interop/go/servemux", import.meta.url));
const committed = fileURLToPath(new URL("../testdata/rest/servemux.jsonl", import.meta.url));
/** The first release with these patterns. */
const oldestMinor = 22;

test("Go's ServeMux still does what test/testdata/rest says", { timeout: 120_000 }, async ({ skip }) => {
  const go = requireTool("go");
  if (go === undefined) return skip("go is not on PATH: install it from https://go.dev/dl to compare with the real Go");
  const env = { ...process.env, GOTOOLCHAIN: "local" };
  const { stdout: version } = await run(go, ["env", "GOVERSION"], { cwd, env });
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? Infinity);
  if (minor < oldestMinor) return skip(`${version.trim()} has other patterns; go1.${oldestMinor} will do`);

  const { stdout } = await run(go, ["run", "."], { cwd, env, maxBuffer: 1 << 26 });
  expect(stdout === (await readFile(committed, "utf8")), `servemux.jsonl is what ${version.trim()} writes`).toBe(true);
});
