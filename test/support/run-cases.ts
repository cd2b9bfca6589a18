import { describe, test } from "vitest";
import { type ConnCase, connCases, type ListenerCase, listenerCases } from "../../src/nettest/index.js";
import type { MakeListener, MakePipe } from "../../src/nettest/types.js";

/** How often each case runs: `TOOLKIT_RUNS` says, to find what fails now and then. */
const runs = Number(process.env["TOOLKIT_RUNS"] ?? 1);
const timeoutMs = 15_000;

/** Runs the contract of conns. */
export function runConnCases(name: string, make: MakePipe): void {
  runCases(name, connCases, (c: ConnCase) => c.run(make, { timeoutMs }));
}

/** Runs the contract of listeners. */
export function runListenerCases(name: string, make: MakeListener): void {
  runCases(name, listenerCases, (c: ListenerCase) => c.run(make, { timeoutMs }));
}

function runCases<C extends { readonly name: string }>(
  name: string,
  cases: readonly C[],
  run: (c: C) => Promise<void>,
): void {
  describe(name, () => {
    for (const c of cases) {
      test(c.name, { timeout: 2 * timeoutMs * runs }, async () => {
        for (let i = 0; i < runs; i++) await run(c);
      });
    }
  });
}
