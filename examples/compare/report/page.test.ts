import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireChromium, startChromium } from "../../../test/support/chromium.js";
import type { Results, Row } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { serveReport, writeReport } from "./index.js";

const executable = requireChromium();
const inChromium = executable === undefined ? describe.skip : describe;

let chromium: Browser;
let folder: string;
beforeAll(async () => {
  if (executable === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "report-"));
  chromium = await startChromium(executable);
}, 60_000);
afterAll(async () => {
  if (executable === undefined) return;
  await chromium.close();
  await rm(folder, { recursive: true });
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong, and what was asked of a network. */
  readonly complaints: string[];
}

/** Opens a page that complains of all that goes wrong in it. */
async function open(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await chromium.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (err) => complaints.push(String(err)));
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Writes results to a file, and opens that without a network. */
async function openFile(results: Results, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, `${crypto.randomUUID()}.html`);
  await writeReport(results, file);
  const opened = await open(pathToFileURL(file).href, { ...options, offline: true });
  await opened.page.waitForSelector("#updates [data-drawn]", { state: "attached" });
  return opened;
}

/** Counts the colours in the canvas of a plot: one that is drawn has many. */
function coloursIn(page: Page, id: string): Promise<number> {
  return page.locator(`#${id} canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const { data = [] } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += 4)
      colours.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
    return colours.size;
  });
}

const labelsOf = (page: Page, id: string) => page.locator(`#${id} .plot-label`).allTextContents();

inChromium("a report in a file", () => {
  test("everything is drawn, without a network and without complaints", async () => {
    await using opened = await openFile(sampleResults());
    const { page, complaints } = opened;
    for (const id of ["latency", "throughput", "updates"]) expect(await coloursIn(page, id)).toBeGreaterThan(10);
    expect(await labelsOf(page, "updates")).toContain("push-ws");
    expect(await page.locator("#cpu .bar").count()).toBeGreaterThan(20);
    expect(await page.locator(".cards .value").allTextContents()).not.toContain("–");
    expect(await page.locator(".state").textContent()).toBe("finished");
    expect(complaints).toEqual([]);
  });

  test("rows are chosen for all curves at once, Go's beside them", async () => {
    await using opened = await openFile(sampleResults());
    const { page, complaints } = opened;
    expect(await labelsOf(page, "latency")).not.toContain("unix");
    const unix = page.locator("#latency .tick:has([value=unix])");
    await unix.click();
    await expect.poll(() => labelsOf(page, "throughput")).toContain("unix");
    await page.locator("#latency").getByText("Go beside it").click();
    await expect.poll(() => labelsOf(page, "latency")).toContain("unix Go");
    await unix.click();
    await expect.poll(() => labelsOf(page, "throughput")).not.toContain("unix Go");
    expect(complaints).toEqual([]);
  });

  test("units and loads are switched, and the colours", async () => {
    await using opened = await openFile(sampleResults(), { colorScheme: "light" });
    const { page, complaints } = opened;
    const axis = page.locator("#throughput .axis-y");
    expect(await axis.textContent()).toContain("Messages a second");
    await page.getByText("MiB/s", { exact: true }).first().click();
    expect(await axis.textContent()).toContain("MiB a second");
    const firstBar = page.locator("#cpu .bar").first();
    const before = await firstBar.textContent();
    await page.getByLabel("Load").first().selectOption({ index: 2 });
    expect(await firstBar.textContent()).not.toBe(before);
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await back();
    await page.getByText("Dark", { exact: true }).click();
    expect(await back()).not.toBe(light);
    expect(complaints).toEqual([]);
  });

  test("a plot is read with the keyboard", async () => {
    await using opened = await openFile(sampleResults());
    const { page } = opened;
    await page.locator("#throughput .stage").focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator("#throughput .tip");
    await expect.poll(() => tip.textContent()).toMatch(/^64 B a message.*tcp[\d,]+\/s/);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => tip.textContent()).toMatch(/^1 KiB/);
    await page.keyboard.press("Escape");
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  test("the table sorts both ways, and keeps rows of a name together", async () => {
    await using opened = await openFile(sampleResults());
    const { page } = opened;
    const names = () => page.locator("tbody th[scope=rowgroup]").allTextContents();
    const measured = await names();
    const heading = page.getByRole("button", { name: /^50 %/ });
    await heading.click();
    expect((await names()).slice(0, 2)).toEqual(["pipe", "unix"]);
    await heading.click();
    expect((await names())[0]).toBe("browser-rest");
    await heading.click();
    expect(await names()).toEqual(measured);
  });

  test.each([360, 1000])("nothing is wider than %i px", async (width) => {
    await using opened = await openFile(sampleResults(), { viewport: { width, height: 800 } });
    const { page, complaints } = opened;
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.setViewportSize({ width: width + 100, height: 800 });
    const canvas = page.locator("#latency canvas");
    await expect.poll(() => canvas.evaluate((element) => element.clientWidth)).toBeGreaterThan(width - 90);
    expect(complaints).toEqual([]);
  });

  test("what rows say never becomes HTML", async () => {
    const text = "<img src=x onerror=alert(1)></script><b>bold</b>";
    const row: Row = { name: text, group: "conn", side: "go", note: text, status: "failed", error: text };
    const results = sampleResults();
    const [update] = results.updates;
    const updates = update === undefined ? [] : [{ ...update, name: text, note: text }];
    await using opened = await openFile({ ...results, rows: [...results.rows, row], updates });
    const { page, complaints } = opened;
    expect(await page.locator("img, b:text-is('bold')").count()).toBe(0);
    expect(await page.locator("#table").textContent()).toContain(text);
    expect(await page.locator("#notes").textContent()).toContain(text);
    expect(complaints).toEqual([]);
  });

  test("a run that ended early shows what it has", async () => {
    const { rows, ...rest } = sampleResults();
    const pending = rows.map(({ name, group, side }): Row => ({ name, group, side, status: "pending" }));
    const early: Results = { ...rest, finished: false, rows: [...rows.slice(0, 1), ...pending.slice(1)], updates: [] };
    const file = join(folder, "early.html");
    await writeReport(early, file);
    await using opened = await open(pathToFileURL(file).href);
    const { page, complaints } = opened;
    expect(await page.locator(".state").textContent()).toBe(`ended before it was finished, 1 of ${rows.length} rows`);
    await expect.poll(() => labelsOf(page, "latency")).toEqual(["tcp"]);
    expect(await page.locator("#updates").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });
});

inChromium("a report of a run that goes on", () => {
  /** As many rows as are measured. */
  function upTo(count: number): Results {
    const results = sampleResults();
    const rows = results.rows.map(
      (row, i): Row => (i < count ? row : { name: row.name, group: row.group, side: row.side, status: "pending" }),
    );
    return { ...results, finished: false, rows };
  }

  test("it waits, follows, and finishes", async () => {
    await using report = await serveReport();
    await using opened = await open(report.url);
    const { page, complaints } = opened;
    const state = () => page.locator(".state").textContent();
    await expect.poll(state).toBe("waiting for the first figures");
    report.show(upTo(1));
    await expect.poll(state).toMatch(/^live, \d+ of \d+ rows$/);
    await expect.poll(() => labelsOf(page, "latency")).toEqual(["tcp"]);
    const top = () => page.locator("#table").evaluate((element) => element.getBoundingClientRect().top);
    const before = await top();
    report.show(upTo(9));
    await expect.poll(async () => (await labelsOf(page, "latency")).toSorted()).toEqual(["tcp", "tls", "ws"]);
    expect(Math.abs((await top()) - before)).toBeLessThan(1); // nothing jumps
    report.show(sampleResults());
    await expect.poll(state).toBe("finished");
    await report[Symbol.asyncDispose]();
    await expect.poll(state).toBe("finished");
    expect(complaints).toEqual([]);
  });

  test("it tells that the connection is lost", async () => {
    const report = await serveReport();
    report.show(upTo(2));
    await using opened = await open(report.url);
    const state = () => opened.page.locator(".state").textContent();
    await expect.poll(state).toMatch(/^live/);
    await report[Symbol.asyncDispose]();
    await expect.poll(state).toBe("connection lost, trying again");
    expect(await labelsOf(opened.page, "latency")).toEqual(["tcp"]);
  });
});
