// The page, in Chromium.
import type { Browser, Page } from "playwright-core";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow, watchPage } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import type { Running } from "../shared/run-server.js";
import type { FromServer } from "./protocol.js";
import { serveVue } from "./server.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const patiently = { timeout: 20_000 };
/** Where the screenshots go, for whoever wants to look at them. */
const pictures = process.env["PICTURES"];

describe.skipIf(executable === undefined)(`${where}the Vue page`, () => {
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    server = await serveVue("127.0.0.1:0");
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
  });

  async function open(width: number): Promise<Page> {
    const page = await chromium.newPage({ viewport: { width, height: 740 } });
    await page.goto(server.url);
    await page.getByText("connected", { exact: true }).waitFor();
    return page;
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png` });
    }
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  }

  test("what one page says, the others show; an unmounted component has left", async () => {
    const page = await open(1200);
    const raised = watchPage(page);
    const phone = await open(360);
    await page.getByText("2 connected").waitFor();
    await say(phone, "<b>hello</b> from a phone");
    await page.getByText("<b>hello</b> from a phone").waitFor(); // as it was typed
    await say(page, "hello back");
    await phone.getByText("hello back").waitFor();
    expect(await overflow(phone)).toBe(0);
    const card = await phone.locator(".card").boundingBox();
    expect(card).toMatchObject({ x: 16, width: 360 - 2 * 16 });
    await picture(page, "vue-1200");
    await picture(phone, "vue-360");
    await phone.getByRole("button", { name: "Unmount it" }).click();
    await phone.getByText("Not mounted").waitFor();
    await page.getByText("1 connected").waitFor();
    await picture(phone, "vue-360-unmounted");
    await phone.getByRole("button", { name: "Mount it", exact: true }).click();
    await page.getByText("2 connected").waitFor();
    expect(raised).toEqual([]);
    await Promise.all([page.close(), phone.close()]);
  });

  test("how it ended is told; what broke is made good, what we closed is not", async () => {
    const page = await open(360);
    const told = await page.evaluateHandle(() => {
      const texts: (string | null)[] = [];
      const state = document.querySelector("[role=status]");
      if (state === null) throw new Error("There is no state");
      const look = () => texts.push(state.textContent);
      new MutationObserver(look).observe(state, { characterData: true, childList: true, subtree: true });
      return texts;
    });
    const hasTold = async (count: number) => {
      await expect.poll(async () => (await told.jsonValue()).length, patiently).toBe(count);
    };
    await page.getByRole("button", { name: "Have the server close" }).click();
    await hasTold(3);
    await page.getByRole("button", { name: "Have it break off" }).click();
    await hasTold(6);
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await hasTold(7);
    await picture(page, "vue-360-closed");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await hasTold(9);
    expect(await told.jsonValue()).toEqual([
      "lost: 4000, “as you asked”; connecting again",
      "connecting",
      "connected",
      "lost: 1006, “unexpected EOF”; connecting again",
      "connecting",
      "connected",
      "closed: 1000",
      "connecting",
      "connected",
    ]);
    await page.close();
  });
});

test("the server tells the time, passes on what is said, and takes no more than it should", async () => {
  await using server = await serveVue("127.0.0.1:0");
  const url = `${server.url.replace("http", "ws")}/`;
  const [ada, bob] = await Promise.all([ws.dial(url), ws.dial(url)]);
  await ada.writeMessage(ws.TextMessage, "hello");
  let told = await bob.readJSON<FromServer>();
  while (told.type !== "said") told = await bob.readJSON<FromServer>();
  expect(told).toMatchObject({ type: "said", text: "hello" });
  while (told.type !== "time") told = await bob.readJSON<FromServer>();
  expect(told.connected).toBe(2);
  await bob.writeMessage(ws.TextMessage, "x".repeat(1025));
  await expect(drain(bob)).rejects.toMatchObject({ closeCode: ws.CloseMessageTooBig });
  ada.close();
});

async function drain(conn: ws.Conn): Promise<never> {
  for (;;) await conn.readMessage();
}
