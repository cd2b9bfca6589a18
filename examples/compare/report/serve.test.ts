import * as ws from "toolkit/ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Results } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { type LiveReport, serveReport } from "./index.js";

let report: LiveReport;
beforeEach(async () => {
  report = await serveReport();
});
afterEach(() => report[Symbol.asyncDispose]());

const after = (seconds: number): Results => ({ ...sampleResults(), finished: false, durationSeconds: seconds });
const dial = () => ws.dial(report.url.replace("http", "ws"));

test("the page has what was shown last", async () => {
  const page = async () => (await fetch(report.url)).text();
  expect(await page()).toContain('id="results">null</script>');
  report.show(after(7));
  expect(await page()).toContain('"durationSeconds":7');
});

test("a page hears of the latest at once, and of what comes", async () => {
  report.show(after(1));
  const conn = await dial();
  expect(await conn.readJSON()).toEqual(after(1));
  report.show(after(2));
  expect(await conn.readJSON()).toEqual(after(2));
  conn.close();
});

test("a page that does not read skips what is old, and holds nothing up", async () => {
  const conn = await dial();
  // Random, so that no compression makes it fit into the buffers on the way.
  const note = Array.from({ length: 40_000 }, () => Math.random().toString(36)).join("");
  const last = 100;
  for (let i = 0; i <= last; i++) {
    report.show({ ...after(i), rows: [{ name: note, group: "conn", side: "toolkit", status: "pending" }] });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const seen: number[] = [];
  do seen.push((await conn.readJSON<Results>()).durationSeconds);
  while (seen.at(-1) !== last);
  expect(seen.length).toBeLessThan(last / 2);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  conn.close();
});

test("the last results still arrive when the server stops, and then it says goodbye", async () => {
  const conn = await dial();
  report.show(sampleResults());
  const stopped = report[Symbol.asyncDispose]();
  expect(await conn.readJSON()).toEqual(sampleResults());
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: ws.CloseGoingAway });
  await stopped;
});

test("a page of another site is refused", async () => {
  const options = { headers: { Origin: "http://example.com" } };
  await expect(ws.dial(report.url.replace("http", "ws"), options)).rejects.toThrow("bad handshake");
});
