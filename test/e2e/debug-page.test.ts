import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { debugPage } from "../../src/rpc/http/debug-page.js";
import type { DebugMethod, DebugSnapshot } from "../../src/rpc/http/debug-snapshot.js";
import { busySnapshot, idleMethod } from "../rpc/snapshots.js";
import { requireChromium, startChromium } from "../support/chromium.js";

const executable = requireChromium();
const inChromium = executable === undefined ? describe.skip : describe;

let chromium: Browser;
let server: Server;
let url: string;
let page: Page;
let snapshot: DebugSnapshot;
/** What went wrong in the page, and what it asked of others. */
let complaints: string[];

beforeAll(async () => {
  if (executable === undefined) return;
  chromium = await startChromium(executable);
}, 60_000);
afterAll(() => chromium?.close());

/** The page's server, at the same address every time. */
async function serve(port = 0): Promise<void> {
  const handler = debugPage(() => snapshot);
  server = createServer((request, response) => {
    if (request.url?.startsWith("/debug/rpc") !== true) complaints.push(`asked for ${request.url}`);
    handler(request, response);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debug/rpc`;
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function withMethods(...methods: DebugMethod[]): DebugSnapshot {
  return { ...busySnapshot(), services: [{ name: "Arith", methods, skipped: [{ name: "Scan", reason: "why" }] }] };
}

beforeEach(async () => {
  if (executable === undefined) return;
  complaints = [];
  snapshot = busySnapshot();
  await serve();
  page = await chromium.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (err) => complaints.push(String(err)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
  });
});
afterEach(async () => {
  if (executable === undefined) return;
  await page.close();
  await stop();
});

const live = '#live[data-state="live"]';

inChromium(`${executable === undefined ? "skipped, as chromium is not on PATH: " : ""}the debug page`, () => {
  test("is live, asks for nothing else, and breaks no rule of its policy", async () => {
    await page.goto(url);
    await page.waitForSelector(live);
    expect(await page.textContent("h2")).toBe("Arith 3 methods");
    snapshot = withMethods(idleMethod("Divide", { calls: 7 }), idleMethod("New"));
    await page.getByText("New(any, any)").waitFor();
    expect(await page.locator("section").count()).toBe(1);
    const rows = await page.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\n")[0]?.split("\t").slice(0, 2))).toEqual([
      ["Divide(any, any)", "7"],
      ["New(any, any)", "0"],
    ]);
    expect(complaints).toEqual([]);
  });

  test("leaves open and selected what the reader has opened and selected", async () => {
    snapshot = withMethods(idleMethod("Divide", { calls: 1 }));
    await page.goto(url);
    await page.click("summary");
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('td code'))");
    snapshot = withMethods(idleMethod("Divide", { calls: 2 }));
    await page.locator("tbody td:nth-child(2)").getByText("2", { exact: true }).waitFor();
    expect(await page.evaluate("document.querySelector('details').open")).toBe(true);
    expect(await page.evaluate("getSelection().toString()")).toBe("Divide(any, any)");
  });

  test("says that it has lost the server, and finds it again", async () => {
    await page.goto(url);
    await page.waitForSelector(live);
    const { port } = server.address() as AddressInfo;
    await stop();
    await page.waitForSelector('#live[data-state="lost"]');
    await serve(port);
    await page.waitForSelector(live);
    expect(complaints.filter((text) => !text.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
  });

  test("shows hostile names as text, also when they come later", async () => {
    const evil = `<img src=x onerror="document.title='evil'"></main><script>document.title='evil'</script>`;
    snapshot = withMethods(idleMethod(evil, { signature: evil }));
    await page.goto(url);
    await page.waitForSelector(live);
    snapshot = withMethods(idleMethod(`${evil}2`, { signature: `${evil}2` }));
    await page.getByText(`${evil}2`).waitFor();
    expect(await page.title()).toBe("RPC services");
    expect(await page.locator("img, main script").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("can be read without a script", async () => {
    const context = await chromium.newContext({ javaScriptEnabled: false });
    const still = await context.newPage();
    await still.goto(url);
    expect(await still.locator("h2").allInnerTexts()).toEqual(["Arith 3 methods", "Chat 1 method"]);
    expect(await still.locator("time").innerText()).toBe("since 2026-11-21");
    await context.close();
  });

  for (const width of [320, 390, 800, 1200]) {
    test(`fits a screen of ${width} pixels`, async () => {
      const long = "Method".repeat(20);
      const signature = `${long}(${"{ a: string, b: number } | ".repeat(9)}any, any)`;
      snapshot = withMethods(idleMethod(long, { signature, calls: 123_456_789, errors: 1_234_567 }));
      await page.setViewportSize({ width, height: 700 });
      await page.goto(url);
      await page.waitForSelector(live);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    });
  }

  test("is dark where the reader wants it dark", async () => {
    const colours: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(url);
      colours.push(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
    }
    expect(colours).toEqual(["rgb(246, 247, 249)", "rgb(18, 22, 28)"]);
  });
});
