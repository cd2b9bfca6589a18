import { type Browser, chromium } from "playwright-core";
import { requireTool } from "./tools.js";

/** What keeps a test's browser from calling home, and from needing a screen. */
const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Returns the path of Chromium, or `undefined` if there is none: the test then skips, and says why.
 * @throws {Error} when there is none where `CI` is set
 */
export function requireChromium(): string | undefined {
  return process.env["CHROMIUM"] ?? requireTool("chromium");
}

/** Starts Chromium without a window, with a profile of its own that goes with it. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: quietly });
}
