import { describe, test } from "vitest";
import { type ConnCase, connCases, type ListenerCase, listenerCases } from "../../src/nettest/index.js";
import type { MakeListener, MakePipe } from "../../src/nettest/types.js";

/** How often each case runs: `TOOLKIT_RUNS` says, to find what fails now and then. */
const runs = Number(process.env["TOOLKIT_RUNS"] ?? 1);
const timeoutMs = 15_000;

/** Runs the contract of conns. The cases of a suite run side by side, as they mostly wait. */
export function runConnCases(name: string, make: MakePipe): void {
  describe.concurrent(name, () => {
    runCases(connCases, (c: ConnCase) => c.run(make, { timeoutMs }));
  });
}

/** Runs the contract of listeners. */
export function runListenerCases(name: string, make: MakeListener): void {
  describe.concurrent(name, () => {
    runCases(listenerCases, (c: ListenerCase) => c.run(make, { timeoutMs }));
  });
}

function runCases<C extends { readonly name: string }>(cases: readonly C[], run: (c: C) => Promise<void>): void {
  for (const c of cases) {
    test(c.name, { timeout: 2 * timeoutMs * runs }, async () => {
      for (let i = 0; i < runs; i++) await run(c);
    });
  }
}
