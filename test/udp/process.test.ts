import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const everything = ["listener", "dialled", "accepted", "listening"];

describe.concurrent("a process", () => {
  test("ends by itself when all that it opened is unrefed", async () => {
    const child = await run("hold.ts", everything);
    expect(await exitOf(child)).toEqual([0, null]);
  });

  for (const one of everything) {
    test(`stays alive while it holds ${one}`, async () => {
      const child = await run(
        "hold.ts",
        everything.filter((name) => name !== one),
      );
      setTimeout(() => child.kill("SIGTERM"), 150);
      expect(await exitOf(child)).toEqual([null, "SIGTERM"]);
    });
  }

  test("in which the system's buffers are always full keeps the contract", async ({ skip }) => {
    const flag = "--test-udp-no-try-send";
    if (!process.allowedNodeEnvironmentFlags.has(flag) && !(await knows(flag))) return skip(`this Node has no ${flag}`);
    const child = await run("kept.ts", [], [flag]);
    expect(await exitOf(child)).toEqual([0, null]);
  });
});

async function knows(flag: string): Promise<boolean> {
  const child = spawn(process.execPath, [flag, "-e", "0"], { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code === 0;
}

async function run(program: string, args: readonly string[], flags: readonly string[] = []): Promise<ChildProcess> {
  const file = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
  const options = [...flags, "--conditions=toolkit-source", "--import", "tsx", file, ...args];
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
