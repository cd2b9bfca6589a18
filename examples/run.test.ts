import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { requireTool } from "../test/support/tools.js";

const run = fileURLToPath(new URL("./run.ts", import.meta.url));
const names = readdirSync(new URL("./", import.meta.url)).filter((name) =>
  existsSync(new URL(`./${name}/main.ts`, import.meta.url)),
);

function start(...args: readonly string[]) {
  return spawn(process.execPath, ["--import", "tsx", "--conditions=toolkit-source", run, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcome(...args: readonly string[]) {
  const child = start(...args);
  const closed = once(child, "close") as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}

test("without a name it lists all examples, each with one line", async () => {
  const { code, stdout, stderr } = await outcome();
  const lines = stdout.split("\n").filter((line) => line.startsWith("  npm run example "));
  expect(lines.map((line) => line.split(/ +/)[4])).toEqual(names);
  for (const line of lines) expect(line).toMatch(/^ {2}npm run example \S+ +[A-Z].{10,}$/);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test.each(["nothing", "chat/nothing", "../chat", "chat/../chat/main"])(
  "%s is refused, and the list shown",
  async (name) => {
    const { code, stdout, stderr } = await outcome(name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^No such example: ${name}\\. There are:\n\n  npm run example `));
  },
);

test("an address that cannot be had is told in one line", async () => {
  const { code, stderr } = await outcome("chat", "127.0.0.1:99999");
  expect(stderr).toMatch(/^chat: .*invalid port.*\n$/);
  expect(code).toBe(1);
});

const startable = names.filter(
  (name) => name !== "compare" && (name !== "nginx" || requireTool("nginx") !== undefined),
);

test.each(startable)("%s starts, prints its address, and ends on SIGINT", async (name) => {
  const child = start(name, "127.0.0.1:0");
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  const errors = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toMatch(/^\w+:\/\/127\.0\.0\.1:\d+/);
  expect((await lines.next()).value).toMatch(/Ctrl-C ends it\.$/);
  child.kill("SIGINT");
  expect(await closed).toEqual([0, null]);
  expect(await errors).toBe("");
});
