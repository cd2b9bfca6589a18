// The ticker's page, in Chromium: three cards follow the same prices.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Running } from "../../examples/shared/run-server.js";
import { serveTicker } from "../../examples/ticker/server.js";
import { requireChromium, startChromium } from "../support/chromium.js";
import { overflow, watchPage } from "./example-page.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(executable === undefined)(`${where}the ticker`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveTicker("127.0.0.1:0", 100);
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  async function open(width = 390): Promise<Page> {
    const page = await chromium.newPage({ viewport: { width, height: 844 } });
    await page.goto(server.url);
    return page;
  }

  /** Waits until a figure of all three cards has come so far. */
  async function reach(page: Page, name: string, n: number): Promise<void> {
    await page.waitForFunction(
      ([name, n]) => {
        const terms = [...document.querySelectorAll("dt")].filter((term) => term.textContent === name);
        return terms.length === 3 && terms.every((term) => Number(term.nextElementSibling?.textContent) >= n);
      },
      [name, n] as const,
    );
  }

  test("all three get ticks, without an error, on a phone's width", async () => {
    const page = await chromium.newPage({ viewport: { width: 390, height: 844 } });
    const raised = watchPage(page);
    await page.goto(server.url);
    await page.getByLabel("Ask again every").selectOption("200");
    await reach(page, "Updates", 5);
    expect(await page.getByText("connected", { exact: true }).count()).toBe(2);
    expect(await page.locator("td.symbol").count()).toBe(12);
    expect(await overflow(page)).toBe(0);
    expect(raised).toEqual([]);
    await page.close();
  });

  test("a click on a symbol takes it out of all three, and over WebSocket without a request", async () => {
    const page = await open(1200);
    await reach(page, "Updates", 1);
    await page.getByRole("button", { name: "GLOBEX" }).click();
    await page.waitForFunction(() => document.querySelectorAll("td.symbol").length === 9);
    const names = await page.locator("td.symbol").allTextContents();
    expect(names).not.toContain("GLOBEX");
    const requests = page.locator("[data-way] dt", { hasText: "Requests" }).locator("+ dd");
    expect((await requests.allTextContents()).slice(0, 2)).toEqual(["1", "2"]);
    await page.getByRole("button", { name: "GLOBEX" }).click();
    await page.waitForFunction(() => document.querySelectorAll("td.symbol").length === 12);
    await page.close();
  });

  test("all three go on when the server is back", async () => {
    const first = await serveTicker("127.0.0.1:0", 100);
    const page = await chromium.newPage();
    await page.goto(first.url);
    await reach(page, "Updates", 1);
    await first[Symbol.asyncDispose]();
    await page.waitForFunction(() => document.querySelectorAll("[data-state=lost]").length === 3);
    await using second = await serveTicker(new URL(first.url).host, 100);
    await page.waitForFunction(() => document.querySelectorAll("[data-state=open]").length === 3);
    expect(second.url).toBe(first.url);
    await page.close();
  });
});
