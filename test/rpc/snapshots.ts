import type { DebugMethod, DebugSnapshot } from "../../src/rpc/http/debug-snapshot.js";

const none = { p50: 0, p90: 0, p99: 0, max: 0 };

/** A method that nobody has called. */
export function idleMethod(name: string, more: Partial<DebugMethod> = {}): DebugMethod {
  const signature = `${name}(any, any)`;
  return { name, signature, calls: 0, errors: 0, running: 0, latencyMs: none, isStream: false, ...more };
}

/** A server that is busy. */
export function busySnapshot(): DebugSnapshot {
  const latencyMs = { p50: 0.021, p90: 0.5, p99: 12.34, max: 1500 };
  return {
    services: [
      {
        name: "Arith",
        methods: [
          idleMethod("Divide"),
          idleMethod("Multiply", { signature: "Multiply(Args, int)", calls: 12_345, errors: 2, running: 1, latencyMs }),
          idleMethod("Count", { isStream: true }),
        ],
        skipped: [{ name: "Scan", reason: 'method "Scan" has 1 input parameters; needs exactly three' }],
      },
      { name: "Chat", methods: [idleMethod("Say", { calls: 5, latencyMs: { ...latencyMs, p50: 1 } })], skipped: [] },
    ],
    connections: 3,
    startedAt: new Date("2026-11-21T08:09:10.000Z"),
  };
}
