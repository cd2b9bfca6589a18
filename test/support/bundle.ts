import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles a subpath of the package from its source for a browser, as one script with a global variable for it. */
export async function bundleForBrowser(specifier: string, globalName: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: root },
    bundle: true,
    format: "iife",
    globalName,
    platform: "browser",
    conditions: ["toolkit-source"],
    target: "es2023",
    write: false,
    logLevel: "silent", // what fails is thrown
  });
  return outputFiles[0]?.text ?? "";
}
