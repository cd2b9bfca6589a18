// Two guests talk on the chat's page, in Chromium.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveChat } from "../../examples/chat/server.js";
import type { Running } from "../../examples/shared/run-server.js";
import { requireChromium, startChromium } from "../support/chromium.js";
import { overflow, watchPage } from "./example-page.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";

describe.skipIf(executable === undefined)(`${where}the chat`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveChat("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  async function join(name: string, room = "lobby"): Promise<Page> {
    const context = await chromium.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Room").fill(room);
    await page.getByRole("button", { name: "Join" }).click();
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  }

  test("two guests see each other come, talk and go, on a phone's width", async () => {
    const ada = await join("Ada");
    const raised = watchPage(ada);
    await ada.getByText("connected").waitFor();
    const bob = await join("Bob");
    await ada.getByText("Bob came in").waitFor();
    await say(ada, "hello, Bob");
    await bob.getByText("hello, Bob").waitFor();
    await say(bob, "<b>hello</b>, Ada");
    await ada.getByText("<b>hello</b>, Ada").waitFor(); // as it was typed
    expect(await ada.locator("#who").textContent()).toBe("You, Bob");
    expect(await overflow(ada)).toBe(0);
    await bob.getByRole("button", { name: "Leave" }).click();
    await ada.getByText("Bob left").waitFor();
    await bob.getByRole("button", { name: "Join" }).waitFor();
    expect(await bob.locator("#why").textContent()).toBe("");
    expect(raised).toEqual([]);
  });

  test("a name that is taken is told, and another will do", async () => {
    await (await join("Ada", "taken")).getByText("connected").waitFor();
    const other = await join("Ada", "taken");
    await other.getByText("Ada is in taken already: pick another name.").waitFor();
    await other.getByLabel("Name").fill("Bea");
    await other.getByRole("button", { name: "Join" }).click();
    await other.getByText("You, Ada").waitFor();
  });

  test("a page connects again when the server is back, and finds what was said", async () => {
    const first = await serveChat("127.0.0.1:0");
    const page = await chromium.newPage();
    await page.goto(first.url);
    await page.getByLabel("Name").fill("Ada");
    await page.getByRole("button", { name: "Join" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    await first[Symbol.asyncDispose]();
    await page.getByText("connecting again").waitFor();
    await using second = await serveChat(new URL(first.url).host);
    await page.getByText("connected", { exact: true }).waitFor();
    expect(second.url).toBe(first.url);
    await say(page, "back again");
    await page.getByText("back again").waitFor();
    await page.close();
  });
});
