// The page, in Chromium, with one of the frameworks: it is the same for all.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import type { Running } from "../shared/run-server.js";
import { serveFastify } from "./fastify.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(executable === undefined)(`${where}the page`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveFastify("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  test.each([360, 1200])("is refused until it has signed in, then talks, %s pixels wide", async (width) => {
    const context = await chromium.newContext({ viewport: { width, height: 740 } });
    const page = await context.newPage();
    const raised: string[] = [];
    page.on("pageerror", (err) => raised.push(err.message));
    await page.goto(server.url);
    await page.getByRole("heading", { name: "WebSocket in Fastify" }).waitFor();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("Refused. Have you signed in?").waitFor();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Signed in: the cookie").waitFor();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    await page.getByLabel("Message").fill("<b>hello</b>");
    await page.getByLabel("Message").press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("#messages li:not(.note)").length === 2);
    expect(await page.locator("#messages li:not(.note)").allTextContents()).toEqual(["<b>hello</b>", "<b>hello</b>"]);
    expect(await page.evaluate(() => document.cookie)).toBe(""); // it is HttpOnly
    expect(await overflow(page)).toBe(0);
    expect(raised).toEqual([]);
    await context.close();
  });
});
