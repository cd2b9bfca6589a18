import { stripVTControlCharacters, styleText } from "node:util";
import { expect, test } from "vitest";
import type { Results, Row } from "../results.js";
import { sampleResults } from "../sample-results.js";
import { type Paint, plain } from "./paint.js";
import { asJSON, asText } from "./text.js";

const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

/** The sample, with another side of what may come. */
function sampleWith(change: (row: Row) => Row): Results {
  const sample = sampleResults();
  return { ...sample, rows: sample.rows.map(change) };
}

test("a whole run is these tables, without a baseline", async () => {
  const text = asText(sampleResults(), null, plain);
  await expect(text).toMatchFileSnapshot("sample.txt");
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(text).not.toContain("\u001b");
});

test("colours change nothing but colours", () => {
  const text = asText(sampleResults(), null, coloured);
  expect(text).toContain("\u001b[1m61.4*\u001b[22m");
  expect(stripVTControlCharacters(text)).toBe(asText(sampleResults(), null, plain));
});

test("no line exceeds 80 columns, however many sizes, long errors and large figures there are", () => {
  const { plan, ...sample } = sampleWith((row) => {
    if (row.name === "ws") return { ...row, status: "failed", error: `dial\u001b[31m\nws ${"long ".repeat(80)}` };
    return { ...row, note: "what a reader of its figures must know, ".repeat(5).trim() };
  });
  const sizes = [64, 128, 1024, 4096, 16_384, 32_768, 65_536, 262_144, 1_048_576];
  const text = asText({ ...sample, plan: { ...plan, sizes } }, null, plain);
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(text).not.toContain("\u001b");
  for (const head of ["128 B", "4 KiB", "32 KiB", "256 KiB", "1 MiB"]) expect(text).toContain(head);
});

test("without Go there are no columns of Go's, and one line says why", () => {
  const text = asText(
    sampleWith((row) => (row.side === "go" ? { ...row, status: "skipped", reason: "no Go toolchain" } : row)),
    null,
    plain,
  );
  expect(text).not.toContain("Go is");
  expect(text).toMatch(/^tcp \(Go\), tls \(Go\), [^:]+: skipped: no Go toolchain$/m);
});

test("where the toolkit's side has failed, Go's figures stand beside it", () => {
  const text = asText(sampleResults(), null, plain);
  expect(text).toMatch(/^rest-close +failed +5\.46 +– +178/m);
  expect(text).toMatch(/^rest-close: failed: connect EADDRNOTAVAIL/m);
});

test("the best of a block is marked, and a pipe does not compete", () => {
  const lines = asText(sampleResults(), null, plain).split("\n");
  expect(lines.find((line) => line.startsWith("unix "))).toContain("61.4*");
  expect(lines.find((line) => line.startsWith("pipe "))).not.toContain("*");
});

test("a run that has only begun says what is not measured", () => {
  const sample = sampleWith(({ name, group, side }) => ({ name, group, side, status: "pending" }));
  const text = asText({ ...sample, finished: false, updates: [] }, null, plain);
  expect(text).toMatch(/not finished\.$/m);
  expect(text).toMatch(/^tcp, tcp \(Go\), /m);
  expect(text).not.toContain("==");
});

test("JSON is one line, and says the same but for the seventh digit", () => {
  const text = asJSON(sampleResults());
  expect(text.indexOf("\n")).toBe(text.length - 1);
  const { rows, ...rest } = JSON.parse(text) as Results;
  const { rows: all, updates, ...others } = sampleResults();
  expect(rest).toMatchObject(others);
  expect(rest.updates.map(({ name }) => name)).toEqual(updates.map(({ name }) => name));
  expect(rows.map(({ name, side, status }) => [name, side, status])).toEqual(
    all.map(({ name, side, status }) => [name, side, status]),
  );
});
