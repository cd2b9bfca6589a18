import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../test/support/tools.js";
import { consoleLines, patternOf } from "../shared/console-blocks.js";
import type { Running } from "../shared/run-server.js";
import { serveBoth } from "./server.js";

const exec = promisify(execFile);
const curl = requireTool("curl");
const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");

let server: Running;
beforeAll(async () => {
  server = await serveBoth("127.0.0.1:0");
});
afterAll(() => server[Symbol.asyncDispose]());

const title = curl === undefined ? "skipped, as curl is not on PATH: the README" : "the README, in order";
describe.skipIf(curl === undefined)(title, () => {
  test.each(consoleLines(readme))("$command", async ({ command, output }) => {
    const here = command.replace("http://127.0.0.1:8080", server.url);
    const { stdout } = await exec("sh", ["-c", here]);
    expect(stdout.replaceAll("\r", "").trimEnd()).toMatch(patternOf(output));
  });

  test("has lines to run", () => expect(consoleLines(readme)).toHaveLength(5));
});

test("both sides give the same, and the client prints what the README says", async () => {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "both/client", new URL(server.url).host];
  const { stdout, stderr } = await exec(process.execPath, args);
  expect(stdout).toContain('RPC  {"Km":877,"Bearing":247}\n');
  expect(readme).toContain(`\`\`\`\n${stdout}\`\`\`\n`);
  expect(stderr).toBe("");
});

test("the page of the RPC side is there too", async () => {
  const response = await fetch(`${server.url}/debug/rpc`);
  expect(await response.text()).toContain("Route");
});
