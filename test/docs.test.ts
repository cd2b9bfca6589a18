// Runs what the documentation shows: every ```ts block of README.md, docs/*.md and the comments in src/ that imports
// from "toolkit" is a program. It has to compile and to end by itself, and what a line `console.log(…); // text` says
// that it prints has to be printed, in that order. Blocks without such an import are fragments, and only read.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const exec = promisify(execFile);
const root = fileURLToPath(new URL("../", import.meta.url));
const limitMs = 20_000;

interface Program {
  /** Where it stands: `src/net/pipe.ts`, and the line of its fence. */
  readonly source: string;
  readonly line: number;
  readonly text: string;
  /** What is run. */
  readonly file: string;
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

function programsOf(source: string): Omit<Program, "file">[] {
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
  .map((program, i) => ({ ...program, file: join(folder, `${i}.ts`) }));
for (const { text, file } of programs) writeFileSync(file, `${text}export {};\n`);

/** Keeps the lines of `printed` that are promised, in order. */
function kept(printed: readonly string[], promised: readonly string[]): string[] {
  let at = 0;
  return printed.filter((line) => line === promised[at] && ++at > 0);
}

describe.concurrent("every program of the documentation", () => {
  test("compiles", { timeout: 8 * limitMs }, async () => {
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = await exec(process.execPath, [tsc, "-p", folder]).catch((err: { stdout: string }) => err);
    // Only what is said about the programs: src/ is checked elsewhere.
    const errors = [...stdout.matchAll(/^\S*docs-\w+\/(\d+)\.ts\((\d+),\d+\): (.*)$/gm)].map(([, i, at, what]) => {
      const { source, line } = programs[Number(i)] as Program;
      return `${source}:${line + Number(at)}: ${what}`;
    });
    expect(errors).toEqual([]);
  });

  for (const { source, line, text, file } of programs) {
    test(`${source}:${line} does what it says`, { timeout: 2 * limitMs }, async () => {
      const args = ["--import", "tsx", "--conditions=toolkit-source", file];
      const { stdout, stderr } = await exec(process.execPath, args, { cwd: root, timeout: limitMs });
      const promised = promisedBy(text);
      expect(kept(stdout.split("\n"), promised), `it prints:\n${stdout}`).toEqual(promised);
      expect(stderr).toBe("");
    });
  }
});
