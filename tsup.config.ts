import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

/** A source file, or one for each condition. */
type Source = Partial<Record<string, string | Record<string, string>>>;

function sourcesOf(source: string | Record<string, string>): string[] {
  return typeof source === "string" ? [source] : Object.values(source);
}

/** The subpaths of package.json, each with its sources: one for browsers, where that is another. */
function entries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, unknown> };
  const sources = Object.values(exports).flatMap((target) => sourcesOf((target as Source)["toolkit-source"] ?? {}));
  return Object.fromEntries(sources.map((file) => [file.replace(/^\.\/src\/(.*)\.ts$/, "$1"), file]));
}

export default defineConfig({
  entry: { ...entries(), "cli/main": "src/cli/main.ts" },
  format: ["esm"],
  target: "node20",
  platform: "neutral",
  external: [/^node:/],
  removeNodeProtocol: false,
  splitting: true, // one copy of each class, whichever subpath it is reached by
  sourcemap: true,
  clean: true,
  dts: false, // tsc writes the declarations, with maps
});
