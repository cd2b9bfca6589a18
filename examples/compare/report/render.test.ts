import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Results, Row } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { renderReport, writeReport } from "./index.js";

function embedded(html: string): unknown {
  const [, json = ""] = /<script type="application\/json" id="results">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json);
}

/** Results with a row that says whatever it likes. */
function withText(text: string): Results {
  const row: Row = { name: text, group: "conn", side: "toolkit", note: text, status: "failed", error: text };
  return { ...sampleResults(), rows: [row] };
}

test("the results are in the page, as they are", () => {
  expect(embedded(renderReport(sampleResults()))).toEqual(sampleResults());
});

test.each([
  "</script><script>alert(1)</script>",
  "<!--<script>",
  '$& $1 data-mode="file" id="results">null<',
  "\u2028 \u0000 é",
])("%j stays text", (text) => {
  const html = renderReport(withText(text));
  expect(embedded(html)).toEqual(withText(text));
  const ends = html.match(/<\/script>/g) ?? [];
  expect(ends).toHaveLength((renderReport(withText("")).match(/<\/script>/g) ?? []).length);
});

test("the page is small, whole, and asks nobody for anything", () => {
  const html = renderReport(sampleResults());
  expect(Buffer.byteLength(html)).toBeLessThan(400_000);
  expect(html).not.toMatch(/<style><\/style>|<script><\/script>/);
  expect(html).not.toMatch(/(src|href)=["']?(https?:)?\/\/|url\(["']?(https?:)?\/\/|@import/);
  expect(html).toContain("default-src 'none'");
});

test("a report is written to a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  try {
    const file = join(folder, "report.html");
    await writeReport(sampleResults(), file);
    expect(await readFile(file, "utf8")).toBe(renderReport(sampleResults()));
  } finally {
    await rm(folder, { recursive: true });
  }
});
