// Takes pictures of the report: `screenshots.ts results.json folder`, or of `sample` instead of a file; with `--full`, of all of it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { requireChromium, startChromium } from "../../../test/support/chromium.js";
import type { Results } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { renderReport } from "./render.js";

/** What of the page a picture shows: its first screens, which end where a plot does. */
const wide = { width: 1200, height: 1132 };
const phone = { width: 360, height: 780 };
const shots: Readonly<Record<string, BrowserContextOptions>> = {
  "report-light": { viewport: wide, colorScheme: "light" },
  "report-dark": { viewport: wide, colorScheme: "dark" },
  "report-phone": { viewport: phone, colorScheme: "light" },
  "report-phone-dark": { viewport: phone, colorScheme: "dark" },
};

/** The parts of the page that have a picture of their own. */
const parts = ["throughput", "cpu", "updates"];

/** Opens the page as it looks somewhere, and does something with it. */
async function open(
  browser: Browser,
  html: string,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<unknown>,
): Promise<void> {
  const context = await browser.newContext({
    deviceScaleFactor: 1.5,
    reducedMotion: "reduce",
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  await page.setContent(html);
  await page.waitForSelector("[data-drawn]");
  await work(page);
  await context.close();
}

const [source = "sample", folder = "."] = process.argv.slice(2);
const results = source === "sample" ? sampleResults() : (JSON.parse(await readFile(source, "utf8")) as Results);
const chromium = requireChromium();
if (chromium === undefined) throw new Error("Chromium is not on PATH");
await mkdir(folder, { recursive: true });
const html = renderReport(results);
await writeFile(join(folder, "report.html"), html);
await using browser = await startChromium(chromium);
const fullPage = process.argv.includes("--full");
for (const [name, options] of Object.entries(shots)) {
  await open(browser, html, options, (page) => page.screenshot({ path: join(folder, `${name}.png`), fullPage }));
}
await open(browser, html, shots["report-light"] ?? {}, async (page) => {
  for (const part of parts) await page.locator(`#${part}`).screenshot({ path: join(folder, `report-${part}.png`) });
});
