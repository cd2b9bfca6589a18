import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

/** The subpaths of package.json, each with its source. */
function entries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, unknown> };
  const sources = Object.values(exports).flatMap(
    (target) => (target as Partial<Record<string, string>>)["toolkit-source"] ?? [],
  );
  return Object.fromEntries(sources.map((file) => [file.replace(/^\.\/src\/(.*)\.ts$/, "$1"), file]));
}

export default defineConfig({
  entry: entries(),
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
