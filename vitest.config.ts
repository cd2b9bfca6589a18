import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const conditions = ["toolkit-source", "node", "development|production"];

interface Limits {
  readonly testTimeout?: number;
  readonly setupFiles?: string[];
  readonly isolate?: boolean;
}

function project(name: string, include: string[], limits: Limits = {}) {
  return {
    ssr: { resolve: { conditions } },
    resolve: { conditions },
    test: { name, environment: "node" as const, include, testTimeout: 20_000, benchmark: { include: [] }, ...limits },
  };
}

/** Needs nothing but Node, and more than its share of the minute that `npm test` may take. */
const long = [
  "test/ws/autobahn/**/*.test.ts",
  "test/nettest/nettest.test.ts",
  "test/ws/browser/nettest.test.ts",
  "test/tls/contract-over-{pipe,tcp}.test.ts",
  "test/rpc/{leaks,ends,flow,user-code,plan-trip,plan-hostile}.test.ts",
];

/** They mock modules, or change what their whole process shares. */
const alone = [
  "test/net/socket/resolve.test.ts",
  "test/rpc/{go-tests,gob-go-tests,observe-idle,one-port}.test.ts",
  "test/tcp/{contract-by-events,names}.test.ts",
  "test/udp/{dial,without-ipv6}.test.ts",
  "test/ws/{proxy-environment,without-onread}.test.ts",
];

/** They take long to load. */
const frameworks = ["test/{ws,rest}/frameworks/*.test.ts"];

export default defineConfig({
  test: {
    maxWorkers: Math.max(2, availableParallelism()), // the tests wait more than they work; one core is kept free otherwise
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text", "html", "json-summary"] },
    projects: [
      // Needs nothing but Node.
      project(
        "unit",
        [
          "test/**/*.test.ts",
          "!test/{interop,e2e,package,fuzz}/**",
          "!test/docs.test.ts",
          ...[...alone, ...long, ...frameworks].map((files) => `!${files}`),
        ],
        // Files share a process, and so load the sources once; without that, loading takes most of the time.
        { setupFiles: ["test/support/no-leaks.ts"], isolate: false },
      ),
      project("alone", alone, { setupFiles: ["test/support/no-leaks.ts"] }),
      // All cases of a protocol, random input, conns that are broken on purpose.
      project("conformance", ["test/fuzz/**/*.test.ts", ...long], {
        setupFiles: ["test/support/no-leaks.ts"],
      }),
      // Runs what the documentation says, and the examples.
      project("docs", ["test/docs.test.ts", "examples/**/*.test.ts"], { testTimeout: 30_000 }),
      // Talks to real peers, such as Go programs, and lives in real frameworks.
      project("interop", ["test/interop/**/*.test.ts", ...frameworks], { setupFiles: ["test/support/no-leaks.ts"] }),
      project("e2e", ["test/e2e/**/*.test.ts"]),
      // Installs the package as a user does.
      project("package", ["test/package/**/*.test.ts"], { testTimeout: 120_000 }),
    ],
  },
});
