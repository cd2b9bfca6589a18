// The page, in Chromium, through nginx: once as it is, once over TLS.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import { requireTool } from "../../test/support/tools.js";
import { type Proxied, serveProxied } from "./proxied.js";

const executable = requireChromium();
const isSkipped = executable === undefined || requireTool("nginx") === undefined;
const where = isSkipped ? "skipped, as nginx or chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(isSkipped)(`${where}the page behind nginx`, () => {
  let proxied: Proxied;
  let chromium: Browser;
  const raised: string[] = [];
  beforeAll(async () => {
    proxied = await serveProxied("127.0.0.1:0", { tickMs: 50 });
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await proxied[Symbol.asyncDispose]();
  });

  /** Opens the page; all that it shows has come. */
  async function open(url: string, width: number): Promise<Page> {
    const context = await chromium.newContext({ viewport: { width, height: 800 }, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.on("pageerror", (err) => raised.push(err.message));
    await page.goto(url);
    await page.waitForFunction(() => document.querySelectorAll("[data-state=open]").length === 2);
    await page.waitForFunction(() => document.querySelectorAll("#ticks li").length > 2);
    return page;
  }

  test.each([
    ["http", 360],
    ["https", 1200],
  ] as const)("asks both servers, and talks in a room, over %s, %s pixels wide", async (scheme, width) => {
    const url = scheme === "https" ? proxied.secureURL : proxied.url;
    const [page, other] = [await open(url, width), await open(url, width)];
    await page.getByRole("button", { name: "Ask six times" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#answers li").length === 7);
    expect(new Set(await page.locator("#answers li").allTextContents())).toEqual(new Set(["A", "B"]));
    expect(await page.locator("#url").textContent()).toBe(`${url}/who`);
    expect(await page.locator("#client").textContent()).toBe("127.0.0.1");

    await page.getByLabel("Message").fill("<i>hello</i>");
    await page.getByRole("button", { name: "Send" }).click();
    await other.getByText("<i>hello</i>").waitFor();
    expect(await overflow(page)).toBe(0);
    expect(raised).toEqual([]);
    for (const each of [page, other]) await each.context().close();
  });
});
