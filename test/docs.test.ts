// Runs what the documentation shows: every ```ts block of README.md, docs/*.md and the comments in src/ that imports
// from "toolkit" is a program. It has to compile and to end by itself, and what a line `console.log(…); // text` says
// that it prints has to be printed, in that order. Blocks without such an import are fragments, and only read.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "./support/tools.js";

const exec = promisify(execFile);
const root = fileURLToPath(new URL("../", import.meta.url));
const limitMs = 40_000; // the machine may have other work

interface Program {
  /** Where it stands: `src/net/pipe.ts`, and the line of its fence. */
  readonly source: string;
  readonly line: number;
  readonly text: string;
  /** What is compiled, and what is run. */
  readonly file: string;
  readonly bundle: string;
}

function filesIn(folder: string, extension: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
}

/** Blanks out all but the doc comments, line by line, so that line numbers stay. */
function commentsOf(source: string): string {
  let inside = false;
  return source
    .split("\n")
    .map((line) => {
      inside ||= line.trimStart().startsWith("/**");
      const text = inside ? line.replace(/^\s*\* ?/, "") : "";
      if (line.includes("*/")) inside = false;
      return text;
    })
    .join("\n");
}

function programsOf(source: string): Omit<Program, "file" | "bundle">[] {
  const content = readFileSync(join(root, source), "utf8");
  const text = source.endsWith(".ts") ? commentsOf(content) : content;
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(({ 1: block = "", index }) => ({ source, line: text.slice(0, index).split("\n").length, text: block }))
    .filter((program) => /^(import .*|\}) from "toolkit["/]/m.test(program.text));
}

/** The lines that a program says it prints. */
function promisedBy(text: string): string[] {
  return [...text.matchAll(/console\.log\(.*\).*?\/\/ (.*)$/gm)].map(({ 1: comment = "" }) => comment.trim());
}

// Inside the package, so that the programs can import it by its name.
mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache", "docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sources = ["README.md", ...filesIn("docs", ".md"), ...filesIn("src", ".ts")];
const programs: Program[] = sources
  .filter((file) => !file.startsWith(join("docs", "api")) && existsSync(join(root, file)))
  .flatMap(programsOf)
  .map((program, i) => ({ ...program, file: join(folder, `${i}.ts`), bundle: join(folder, "out", `${i}.mjs`) }));
for (const { text, file } of programs) writeFileSync(file, `${text}export {};\n`);

/** Bundles all programs once, with what they share: a process with a loader of its own for each takes twice the time. */
beforeAll(async () => {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, object>;
  await build({
    entryPoints: programs.map(({ file }) => file),
    outdir: join(folder, "out"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["toolkit-source"],
    external: ["dependencies", "devDependencies", "peerDependencies"].flatMap((each) => Object.keys(own[each] ?? {})),
    logLevel: "silent", // what fails is thrown
  });
}, limitMs);

/** Keeps the lines of `printed` that are promised, in order. */
function kept(printed: readonly string[], promised: readonly string[]): string[] {
  let at = 0;
  return printed.filter((line) => line === promised[at] && ++at > 0);
}

describe.concurrent("every program of the documentation", () => {
  test("compiles", { timeout: 8 * limitMs }, async () => {
    const compilerOptions = { incremental: true, tsBuildInfoFile: "../docs.tsbuildinfo" }; // src/ is checked once
    const config = { extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = await exec(process.execPath, [tsc, "-p", folder]).catch((err: { stdout: string }) => err);
    // Only what is said about the programs: src/ is checked elsewhere.
    const errors = [...stdout.matchAll(/^\S*docs-\w+\/(\d+)\.ts\((\d+),\d+\): (.*)$/gm)].map(([, i, at, what]) => {
      const { source, line } = programs[Number(i)] as Program;
      return `${source}:${line + Number(at)}: ${what}`;
    });
    expect(errors).toEqual([]);
  });

  for (const { source, line, text, bundle } of programs) {
    test(`${source}:${line} does what it says`, { timeout: 2 * limitMs }, async () => {
      const { stdout, stderr } = await exec(process.execPath, [bundle], { cwd: root, timeout: limitMs });
      const promised = promisedBy(text);
      expect(kept(stdout.split("\n"), promised), `it prints:\n${stdout}`).toEqual(promised);
      expect(stderr).toBe("");
    });
  }
});

const go = requireTool("go");
const inGo = sources
  .filter((source) => source.endsWith(".md"))
  .flatMap((source) => {
    const blocks = readFileSync(join(root, source), "utf8").matchAll(/^```go\n(package main\n.*?)^```$/gms);
    return [...blocks].map(({ 1: text = "" }, i) => ({ source, text, number: i + 1 }));
  });

describe.skipIf(go === undefined)(
  go === undefined ? "Go programs: skipped, as go is not on PATH" : "Go programs",
  () => {
    test.each(inGo)(
      "program $number of $source is right to go vet",
      { timeout: 120_000 },
      async ({ source, text, number }) => {
        const file = join(folder, `${source.replace(/\W/g, "-")}-${number}.go`);
        writeFileSync(file, text);
        await exec(go ?? "", ["vet", file], { cwd: root });
      },
    );
  },
);
