// The page of the files, in Chromium.
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow, watchPage } from "../../test/e2e/example-page.js";
import { requireChromium, startChromium } from "../../test/support/chromium.js";
import type { Running } from "../shared/run-server.js";
import { relayThatCuts } from "./cutting-relay.js";
import { serveFiles } from "./server.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const mebibyte = 1024 * 1024;

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

describe.skipIf(executable === undefined)(`${where}the files`, () => {
  let folder: string;
  let server: Running;
  let chromium: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "files-page-"));
    server = await serveFiles("127.0.0.1:0", { folder: join(folder, "there") });
    chromium = await startChromium(executable ?? "");
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function makeFile(name: string, bytes: number): Promise<{ path: string; sum: string }> {
    const data = randomBytes(bytes);
    const path = join(folder, name);
    await writeFile(path, data);
    return { path, sum: sha256(data) };
  }

  async function open(url: string): Promise<Page> {
    const page = await chromium.newPage({ viewport: { width: 360, height: 740 } });
    page.setDefaultTimeout(15_000); // within the time of a test, so that it says what it waited for
    await page.goto(url);
    await page.locator("#files, #none").first().waitFor({ state: "attached" });
    return page;
  }

  async function sumOf(name: string): Promise<string> {
    return sha256(await readFile(join(folder, "there", name)));
  }

  test("files that are picked are stored, and their links give them back, on a phone's width", async () => {
    const { path, sum } = await makeFile(
      `a long name with <b>, which has to be shortened somewhere.bin`.replace(/<|>/g, "="),
      9 * mebibyte,
    );
    const empty = await makeFile("empty.txt", 0);
    const page = await open(server.url);
    const raised = watchPage(page);
    await page.locator("#pick").setInputFiles([path, empty.path]);
    await page.getByText("stored").nth(1).waitFor();
    expect(await overflow(page)).toBe(0);
    const link = page.getByRole("link", { name: "a long name" });
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect(sha256(await readFile(await download.path()))).toBe(sum);
    expect(raised).toEqual([]);
    await page.close();
  });

  test("after a cut in the middle the page goes on by itself where it was", async () => {
    const { path, sum } = await makeFile("cut.bin", 24 * mebibyte);
    await using relay = await relayThatCuts(Number(new URL(server.url).port), [10 * mebibyte, 10 * mebibyte]);
    const page = await open(`http://${relay.host}`);
    await page.locator("#pick").setInputFiles(path);
    await page.getByText("connecting again").waitFor();
    await page.getByText("stored").waitFor(); // from the start it would need more than is let through
    expect(relay.cuts).toBe(2);
    expect(await sumOf("cut.bin")).toBe(sum);
    await page.close();
  });

  test("a pause, and then the rest", async () => {
    const { path, sum } = await makeFile("paused.bin", 24 * mebibyte);
    await using relay = await relayThatCuts(Number(new URL(server.url).port), [10 * mebibyte], "stall");
    const page = await open(`http://${relay.host}`);
    await page.locator("#pick").setInputFiles(path);
    await expect.poll(() => relay.cuts, { timeout: 15_000 }).toBe(1); // now the line stands still
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused", { exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "paused.bin" }).count()).toBe(0); // not before it is whole
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("link", { name: "paused.bin" }).waitFor();
    expect(await sumOf("paused.bin")).toBe(sum);
    await page.close();
  });

  test("what the server refuses is told", async () => {
    await using small = await serveFiles("127.0.0.1:0", { maxFileBytes: 10 });
    const { path } = await makeFile("large.bin", 11);
    const page = await open(small.url);
    await page.locator("#pick").setInputFiles(path);
    await page.getByText("A file may have 10 bytes at most").waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.close();
  });
});
