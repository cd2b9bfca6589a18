// The echo's page, in Chromium.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow, watchPage } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import { type EchoServer, serveEcho } from "./server.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(executable === undefined)(`${where}the echo`, () => {
  let server: EchoServer;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveEcho("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  async function open(url: string): Promise<Page> {
    const page = await chromium.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(url);
    await page.getByText("ready", { exact: true }).waitFor();
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  }

  test("what is sent comes back, as it was typed, on a phone's width", async () => {
    const page = await open(server.url);
    const raised = watchPage(page);
    await say(page, "<b>hello</b>");
    await page.locator(".back", { hasText: "<b>hello</b>" }).waitFor();
    expect(await page.locator("#log .words").allTextContents()).toEqual(["<b>hello</b>", "<b>hello</b>"]);
    expect(await page.locator(".back time").textContent()).toMatch(/^\d+\.\d ms$/);
    await say(page, "long ".repeat(200));
    await page.locator(".back", { hasText: "long" }).waitFor();
    expect(await overflow(page)).toBe(0);
    expect(raised).toEqual([]);
    await page.close();
  });

  test("the button closes, and connects again; what was typed meanwhile is kept", async () => {
    const page = await open(server.url);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("closed", { exact: true }).waitFor();
    await say(page, "later");
    expect(await page.getByLabel("Message").inputValue()).toBe("later");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("ready", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".back", { hasText: "later" }).waitFor();
    await page.close();
  });

  test("it connects again by itself when the server is back", async () => {
    const first = await serveEcho("127.0.0.1:0");
    const page = await open(first.url);
    await first[Symbol.asyncDispose]();
    await page.getByText("connecting again", { exact: true }).waitFor();
    await using second = await serveEcho(new URL(first.url).host);
    await page.getByText("ready", { exact: true }).waitFor();
    expect(second.url).toBe(first.url);
    await say(page, "back again");
    await page.locator(".back", { hasText: "back again" }).waitFor();
    await page.close();
  });
});
