import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as rest from "toolkit/rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../test/support/tools.js";
import { consoleLines, patternOf } from "../shared/console-blocks.js";
import type { Running } from "../shared/run-server.js";
import type { Video } from "./library.js";
import { serveVideos } from "./server.js";

const exec = promisify(execFile);
const curl = requireTool("curl");
const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");

let server: Running;
beforeAll(async () => {
  server = await serveVideos("127.0.0.1:0");
});
afterAll(() => server[Symbol.asyncDispose]());

const title = curl === undefined ? "skipped, as curl is not on PATH: the README" : "the README, in order";
describe.skipIf(curl === undefined)(title, () => {
  test.each(consoleLines(readme))("$command", async ({ command, output }) => {
    const here = command.replace("http://127.0.0.1:8080", server.url);
    const { stdout } = await exec("sh", ["-c", here]);
    expect(stdout.replaceAll("\r", "").trimEnd()).toMatch(patternOf(output));
  });

  test("has lines to run", () => expect(consoleLines(readme).length).toBeGreaterThan(10));
});

test("the client's program prints what it did, and leaves nothing behind", async () => {
  const before = await fetch(`${server.url}/videos`).then((response) => response.json() as Promise<Video[]>);
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "videos/client", server.url];
  const { stdout, stderr } = await exec(process.execPath, args);
  expect(stdout.split("\n")).toEqual([
    "Playtime: 124 min, revision 1",
    "Playtime: 155 min, revision 2",
    "Precondition Failed",
    "Not Found",
    "",
  ]);
  expect(stderr).toBe("");
  const after = await fetch(`${server.url}/videos`).then((response) => response.json() as Promise<Video[]>);
  expect(after).toEqual(before);
});

test("of two changes of the same revision at the same time, one is refused", async () => {
  const api = rest.client(server.url);
  const before = await api.get<Video>("/videos/1");
  const change = (minutes: number) => api.put<Video>("/videos/1", { ...before.value, minutes }, { ifMatch: before });
  const outcomes = await Promise.allSettled([change(1), change(2), change(3)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  const { value } = await api.get<Video>("/videos/1");
  expect(value.revision).toBe(before.value.revision + 1);
});

test("a title is text, whatever is in it", async () => {
  const name = `<script>alert("1")</script> & Söhne`;
  const { location, value } = await rest
    .client(server.url)
    .post<Video>("/videos", { title: name, year: 2000, minutes: 1 });
  expect(value.title).toBe(name);
  const page = await fetch(location ?? "", { headers: { Accept: "text/html" } }).then((response) => response.text());
  expect(page).toContain("<h1>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Söhne</h1>");
  expect(page).not.toContain("<script");
});
