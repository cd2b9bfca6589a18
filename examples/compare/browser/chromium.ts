import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser } from "playwright-core";
import type { Site } from "../subject.js";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** What keeps the browser from calling home, and from needing a screen. */
const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Shared {
  users: number;
  readonly running: Promise<Browser>;
}

const browsers = new WeakMap<Site, Shared>();

/** Chromium without a window, for one who uses it. */
export interface Use extends AsyncDisposable {
  readonly browser: Browser;
}

/** Tells why there is no browser, or null. */
export async function missingChromium(): Promise<string | null> {
  if (chromiumPath() === undefined) return "no Chromium";
  try {
    await import("playwright-core");
    return null;
  } catch {
    return "playwright-core is not installed";
  }
}

/** Starts the browser of a run, or joins those who use it already; the last one who leaves ends it, and so does an abort. */
export async function useChromium(site: Site): Promise<Use> {
  const mine = browsers.get(site) ?? { users: 0, running: start(site.signal) };
  browsers.set(site, mine);
  mine.users++;
  const leave = async () => {
    if (--mine.users > 0) return;
    if (browsers.get(site) === mine) browsers.delete(site);
    await (await mine.running.catch(() => null))?.close(); // what did not start has ended
  };
  try {
    return { browser: await mine.running, [Symbol.asyncDispose]: leave };
  } catch (err) {
    await leave();
    throw err;
  }
}

async function start(signal: AbortSignal): Promise<Browser> {
  signal.throwIfAborted();
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("No Chromium");
  const { chromium } = await import("playwright-core");
  // It is ours to end, also when a terminal's Ctrl-C reaches it.
  const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({ executablePath, headless: true, args: quietly, ...ours });
  const close = () => void browser.close().catch(() => {}); // whoever waits for it is told
  signal.addEventListener("abort", close, { once: true });
  browser.once("disconnected", () => signal.removeEventListener("abort", close));
  if (signal.aborted) close();
  return browser;
}

/** Finds the browser: what `CHROMIUM` names, or on the path. */
export function chromiumPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return (
    process.env["CHROMIUM"] ?? names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
