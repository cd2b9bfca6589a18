import { describe, test } from "vitest";
import { type ConnCase, connCases, type ListenerCase, listenerCases } from "../../src/nettest/index.js";
import type { MakeListener, MakePipe } from "../../src/nettest/types.js";

/** How often each case runs: `TOOLKIT_RUNS` says, to find what fails now and then. */
const runs = Number(process.env["TOOLKIT_RUNS"] ?? 1);
const timeoutMs = 15_000;

/** Runs the contract of conns: its cases side by side, but for those that judge by the clock whether a write waits. */
export function runConnCases(name: string, make: MakePipe): void {
  const run = (c: ConnCase) => c.run(make, { timeoutMs });
  const beside = connCases.filter((c) => !needsStall(c));
  describe.concurrent(name, () => {
    runCases(beside, run);
  });
  describe(name, () => {
    runCases(connCases.filter(needsStall), run);
  });
}

/** Runs the contract of listeners. */
export function runListenerCases(name: string, make: MakeListener): void {
  describe.concurrent(name, () => {
    runCases(listenerCases, (c: ListenerCase) => c.run(make, { timeoutMs }));
  });
}

function needsStall({ name, needs }: ConnCase): boolean {
  return needs.includes("backPressure") || /^DeadlineMoved|^PeerClose$/.test(name);
}

function runCases<C extends { readonly name: string }>(cases: readonly C[], run: (c: C) => Promise<void>): void {
  for (const c of cases) {
    test(c.name, { timeout: 2 * timeoutMs * runs }, async () => {
      for (let i = 0; i < runs; i++) await run(c);
    });
  }
}
