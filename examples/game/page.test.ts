// Two players on the page, in Chromium.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow, watchPage } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import type { Running } from "../shared/run-server.js";
import { serveGame } from "./server.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const patiently = { timeout: 20_000 };
/** Where the screenshots go, for whoever wants to look at them. */
const pictures = process.env["PICTURES"];

describe.skipIf(executable === undefined)(`${where}the game`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveGame("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  async function join(name: string, options: BrowserContextOptions = {}, url = server.url): Promise<Page> {
    const context = await chromium.newContext(options);
    const page = await context.newPage();
    await page.goto(url);
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    return page;
  }

  /** Where a page draws a player: the middle of all dots of about that colour. */
  function drawnAt(page: Page, id: number): Promise<{ x: number; y: number } | null> {
    return page.evaluate(
      (hue) => {
        const canvas = document.querySelector("canvas");
        const { data, width } = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: new Uint8ClampedArray(),
          width: 1,
        };
        let [count, sumX, sumY] = [0, 0, 0];
        for (let i = 0; i < data.length; i += 4) {
          const [r = 0, g = 0, b = 0, a = 0] = data.subarray(i, i + 4);
          const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
          if (a < 255 || most - least < 60) continue;
          const part =
            most === r
              ? (g - b) / (most - least)
              : most === g
                ? 2 + (b - r) / (most - least)
                : 4 + (r - g) / (most - least);
          if (Math.abs(((part * 60 + 360) % 360) - hue) > 4) continue;
          [count, sumX, sumY] = [count + 1, sumX + ((i / 4) % width), sumY + Math.floor(i / 4 / width)];
        }
        return count < 50 ? null : { x: sumX / count / width, y: sumY / count / width };
      },
      (205 + id * 137.5) % 360,
    );
  }

  /** Waits until a page draws a player further than that from where it was. */
  async function seeMoved(page: Page, id: number, from: { x: number; y: number }, sign: number): Promise<void> {
    await expect
      .poll(async () => (((await drawnAt(page, id))?.x ?? from.x) - from.x) * sign, patiently)
      .toBeGreaterThan(0.05);
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png` });
    }
  }

  test("a key moves the player in both pages, and a finger on the pad too", { timeout: 60_000 }, async () => {
    const ada = await join("Ada", { viewport: { width: 1200, height: 800 } });
    const raised = watchPage(ada);
    const bob = await join("Bob", phone);
    await ada.locator("#scores").getByText("Bob").waitFor();
    const start = await drawn(ada, 0);
    const [key, sign] = start.x < 0.5 ? (["ArrowRight", 1] as const) : (["KeyA", -1] as const);
    await ada.keyboard.down(key);
    await Promise.all([seeMoved(ada, 0, start, sign), seeMoved(bob, 0, start, sign)]);
    await ada.keyboard.up(key);

    const from = await drawn(bob, 1);
    const box = (await bob.locator("#pad").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const side = from.x < 0.5 ? 0.9 : 0.1;
    const [x, y] = [box.x + box.width * side, box.y + box.height / 2];
    const touch = await bob.context().newCDPSession(bob);
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    await seeMoved(ada, 1, from, from.x < 0.5 ? 1 : -1);
    await picture(bob, "game-360-steering");
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });

    await expect.poll(() => ada.locator("#ping").textContent(), patiently).toMatch(/^[\d.]+ ms$/);
    expect(await overflow(bob)).toBe(0);
    await picture(ada, "game-1200");
    await picture(bob, "game-360");
    await bob.getByRole("button", { name: "Leave" }).click();
    await ada.locator("#scores").getByText("Bob").waitFor({ state: "detached" });
    await picture(bob, "game-join-360");
    expect(raised).toEqual([]);
  });

  async function drawn(page: Page, id: number): Promise<{ x: number; y: number }> {
    let found: { x: number; y: number } | null = null;
    await expect.poll(async () => (found = await drawnAt(page, id)), patiently).not.toBeNull();
    return found ?? { x: 0, y: 0 };
  }

  test("who does not play is told, and may come back", async () => {
    await using impatient = await serveGame("127.0.0.1:0", { idleSeconds: 0.5 });
    const page = await join("Ada", {}, impatient.url);
    await page.getByText("You did not play for a while.").waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    await page.context().close();
  });

  test("a page connects again when the server is back", async () => {
    const first = await serveGame("127.0.0.1:0");
    const page = await join("Ada", {}, first.url);
    await first[Symbol.asyncDispose]();
    await page.getByText("connecting again").waitFor();
    await using second = await serveGame(new URL(first.url).host);
    await page.getByText("connected", { exact: true }).waitFor();
    expect(second.url).toBe(first.url);
    await page.context().close();
  });
});
