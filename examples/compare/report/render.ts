import { writeFile } from "node:fs/promises";
import type { Results } from "../results.js";
import { template } from "./assets.js";

/** Makes the report of a run: one HTML file that asks for nothing else. */
export function renderReport(results: Results): string {
  return fill(template(), results, "file");
}

/** Writes the report of a run to a file. */
export async function writeReport(results: Results, file: string): Promise<void> {
  await writeFile(file, renderReport(results));
}

/** Puts results into the page, or none yet; a live page asks its server for newer ones. */
export function fill(page: string, results: Results | null, mode: "file" | "live"): string {
  // As JSON in a script that does not run, nothing ends it but `</script`, and no `<` is left.
  const json = JSON.stringify(results).replaceAll("<", "\\u003c");
  return page
    .replace('data-mode="file"', `data-mode="${mode}"`)
    .replace('id="results">null<', () => `id="results">${json}<`);
}
