import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("./programs/hold.ts", import.meta.url));
const everything = ["listener", "dialled", "accepted"];

describe.concurrent("a process", () => {
  test("ends by itself when all that it opened is unrefed", async () => {
    const child = await run(everything);
    expect(await exitOf(child)).toEqual([0, null]);
  });

  for (const one of everything) {
    test(`stays alive while it holds ${one}`, async () => {
      const child = await run(everything.filter((name) => name !== one));
      setTimeout(() => child.kill("SIGTERM"), 150);
      expect(await exitOf(child)).toEqual([null, "SIGTERM"]);
    });
  }
});

async function run(args: readonly string[]): Promise<ChildProcess> {
  const options = ["--conditions=toolkit-source", "--import", "tsx", program, ...args];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  expect(text.toString()).toBe("ready\n");
  return child;
}

async function exitOf(child: ChildProcess): Promise<unknown[]> {
  return child.exitCode === null && child.signalCode === null
    ? once(child, "exit")
    : [child.exitCode, child.signalCode];
}
