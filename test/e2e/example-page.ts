import type { Page } from "playwright-core";

/** Collects what goes wrong in a page that nobody catches, from now on. */
export function watchPage(page: Page): string[] {
  const raised: string[] = [];
  page.on("pageerror", (err) => raised.push(err.message));
  page.on("console", (message) => {
    if (message.type() === "error") raised.push(message.text());
  });
  return raised;
}

/** Tells by how many pixels a page is wider than its window: it should be 0. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
