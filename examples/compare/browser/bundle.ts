import { sourceFile } from "../measure/program.js";

const page = sourceFile("browser/page.ts");

let bundled: Promise<string> | undefined;

/** Tells why the page's script cannot be bundled here, or null. */
export async function missingBundler(): Promise<string | null> {
  if (page === undefined) return "the page's source is not part of the package";
  try {
    await import("esbuild");
    return null;
  } catch {
    return "esbuild is not installed";
  }
}

/** Bundles the page's script for a browser, with what it imports. */
export function bundlePage(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: page === undefined ? [] : [page],
    bundle: true,
    format: "iife",
    globalName: "lab",
    platform: "browser",
    conditions: ["toolkit-source"],
    target: "es2023",
    write: false,
    logLevel: "silent", // what fails is thrown
  });
  return outputFiles[0]?.text ?? "";
}
