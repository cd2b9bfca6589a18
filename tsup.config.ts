import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import { defineConfig, type Options } from "tsup";
import { template } from "./examples/compare/report/assets.js";

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

/** What both builds have in common. */
const shared: Options = {
  format: ["esm"],
  target: "node20",
  removeNodeProtocol: false,
  splitting: true, // one copy of each class, whichever subpath it is reached by
  dts: false, // tsc writes the declarations, with maps
};

const library: Options = {
  ...shared,
  entry: { ...entries(), "cli/main": "src/cli/main.ts" },
  platform: "neutral",
  external: [/^node:/],
  sourcemap: true,
  clean: ["!compare/**"], // which the other build cleans, at the same time
};

/** What `toolkit compare` runs. It brings what it needs beside the package, which it reaches by its name. */
const comparison: Options = {
  ...shared,
  entry: {
    lab: "examples/compare/lab.ts",
    main: "examples/compare/main.ts",
    "row-process": "examples/compare/measure/row-process.ts",
    "server-process": "examples/compare/measure/server-process.ts",
    "updates-process": "examples/compare/updates/updates-process.ts",
  },
  outDir: "dist/compare",
  platform: "node",
  external: [/^node:/, /^toolkit(\/|$)/, "esbuild", "playwright-core"], // rows that need the last two do without them
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' }, // for CommonJS
  esbuildOptions(options) {
    options.minifyWhitespace = true;
    options.minifySyntax = true; // but identifiers stay: RPC knows services by the names of their classes
  },
  clean: true,
  esbuildPlugins: [readyPage(), licences("dist/compare/LICENSES.txt")],
};

/** Makes the report's page now, as who installs the package has no bundler. */
function readyPage(): Plugin {
  return {
    name: "ready-page",
    setup(build) {
      build.onLoad({ filter: /compare[\\/]report[\\/]assets\.ts$/ }, () => ({
        contents: `export function template() { return ${JSON.stringify(template())}; }`,
      }));
    },
  };
}

/** Writes the licences of all that is bundled into a file. */
function licences(file: string): Plugin {
  return {
    name: "licences",
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(({ metafile }) => {
        const inputs = Object.keys(metafile?.inputs ?? {}).filter((input) => input.includes("node_modules/"));
        const folders = new Set(["node_modules/uplot", ...inputs.map(packageFolder)]); // uPlot is in the page
        const texts = [...folders].toSorted().map(licenceOf);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, texts.join(`\n${"-".repeat(80)}\n\n`));
      });
    },
  };
}

function packageFolder(input: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? input;
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file !== undefined ? readFileSync(join(folder, file), "utf8") : "";
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

export default defineConfig([library, comparison]);
