import { defineConfig } from "vitest/config";

const conditions = ["toolkit-source", "module", "node", "development|production"];
const project = (name: string, include: string[]) => ({
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: { name, environment: "node" as const, include, testTimeout: 20_000, benchmark: { include: [] } },
});

export default defineConfig({
  test: {
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text", "html", "json-summary"] },
    projects: [
      project("unit", ["test/**/*.test.ts", "examples/**/*.test.ts"].concat(["!test/interop/**", "!test/e2e/**"])),
      project("interop", ["test/interop/**/*.test.ts"]),
      project("e2e", ["test/e2e/**/*.test.ts"]),
    ],
  },
});
