// The library's pages, in Chromium: a list, a form, a video.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Running } from "../../examples/shared/run-server.js";
import { serveVideos } from "../../examples/videos/server.js";
import { requireChromium, startChromium } from "../support/chromium.js";
import { overflow, watchPage } from "./example-page.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(executable === undefined)(`${where}the library of videos`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveVideos("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  test("a video that the form adds has a page, and is on the list, on a phone's width", async () => {
    const page = await chromium.newPage({ viewport: { width: 390, height: 844 } });
    const raised = watchPage(page);
    await page.goto(`${server.url}/videos`);
    await page.getByLabel("Title").fill("Koyaanisqatsi <1>");
    await page.getByLabel("Year").fill("1982");
    await page.getByLabel("Minutes").fill("86");
    expect(await overflow(page)).toBe(0);
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("heading", { name: "Koyaanisqatsi <1>" }).waitFor();
    await page.getByRole("link", { name: "All videos" }).click();
    await page.getByRole("link", { name: "Koyaanisqatsi <1>" }).click();
    await page.waitForURL(`${server.url}/videos/4`);
    expect(await page.locator("dd").allTextContents()).toEqual(["1982", "86 min", "1"]);
    expect(raised).toEqual([]);
  });

  test("a video that there is not has a page that says so", async () => {
    const page = await chromium.newPage();
    await page.goto(`${server.url}/videos/99`);
    expect(await page.getByRole("heading").textContent()).toBe("404 Not Found");
  });
});
