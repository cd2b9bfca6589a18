// The command as a process: what the others, which run it in this one, cannot see.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { encode, int } from "toolkit/gob";
import * as tcp from "toolkit/tcp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache", "cli-")); // from which ../../package.json is ours
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  await build({
    entryPoints: { main: join(root, "src/cli/main.ts") },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "silent", // what fails is thrown
  });
});

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL"); // those of a test that failed
});

function spawnCommand(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(folder, "main.mjs"), ...args], { stdio: "pipe" });
  children.push(child);
  return child;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const closed = once(child, "close") as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    closed,
  ]);
  return { code, out, err };
}

describe.concurrent("the command as a process", () => {
  test("knows its version, and begins with a line that says who runs it", async ({ expect }) => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(await outcome(spawnCommand("--version"))).toEqual({ code: 0, out: `${version}\n`, err: "" });
    expect(readFileSync(join(folder, "main.mjs"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("ends with the exit code of the command, though stdin is open", async ({ expect }) => {
    const { code, err } = await outcome(spawnCommand("call", "tcp://127.0.0.1:1", "A.B"));
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/^toolkit: dial tcp [^\n]*\n$/) as string });
  });

  test("listens, and ends at SIGINT with 130, at SIGTERM with 143", async ({ expect }) => {
    for (const [signal, exit] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const child = spawnCommand("listen", "tcp://127.0.0.1:0", "--json");
      const lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
      const { address } = JSON.parse((await lines.next()).value as string) as { address: string };
      const conn = await tcp.dial(address.replace("tcp://", ""));
      expect((await lines.next()).value).toContain('"open"');
      const closed = once(child, "close");
      child.kill(signal);
      expect((await closed)[0]).toBe(exit);
      conn.close();
    }
  });

  test("is quiet when its reader goes", async ({ expect }) => {
    const child = spawnCommand("gob", "-", "--json");
    const err = text(child.stderr as NodeJS.ReadableStream);
    const closed = once(child, "close");
    const one = encode(1, int);
    const stdin = child.stdin as NodeJS.WritableStream;
    stdin.on("error", () => {}); // as it goes before all is read
    stdin.write(Buffer.concat(Array.from({ length: 50_000 }, () => one)));
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.stdout?.destroy();
    stdin.write(one);
    expect([(await closed)[0], await err]).toEqual([0, ""]);
  });
});

test("colours nothing in a pipe", async () => {
  const { err } = await outcome(spawnCommand("nope"));
  expect(err).not.toContain("\u001b");
});
