import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url));

/**
 * Makes the page without its results: the script with uPlot in it, the style, and who may run. Where the package is built
 * this happens then, as who installs it has neither esbuild nor uPlot.
 */
export function template(): string {
  const { outputFiles } = buildSync({
    entryPoints: [here("main.ts"), here("page.css")],
    outdir: "out",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    platform: "browser",
    legalComments: "inline",
    write: false,
    logLevel: "silent", // what fails is thrown
  });
  const partOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? "";
  const [script, style] = [partOf(".js"), partOf(".css")];
  const mayRun = `script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; img-src data:`;
  return readFileSync(here("page.html"), "utf8")
    .replace("default-src 'none'", (nothing) => `${nothing}; ${mayRun}`)
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("<script></script>", () => `<script>${script}</script>`);
}

/** What a Content-Security-Policy calls a script that it lets run. */
function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
