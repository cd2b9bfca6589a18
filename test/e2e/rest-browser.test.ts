// What browsers bring themselves, EventSource and CORS, and the page that describes an API.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { events } from "../../src/rest/events.js";
import { Feed } from "../../src/rest/events-feed.js";
import { handler } from "../../src/rest/handler.js";
import { cors } from "../../src/rest/middleware/cors.js";
import { type RestServer, serve } from "../../src/rest/node/serve.js";
import { openapiResource } from "../../src/rest/openapi.js";
import { resource } from "../../src/rest/resource.js";
import { requireChromium, startChromium } from "../support/chromium.js";

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const inChromium = executable === undefined ? describe.skip : describe;

const feed = new Feed<{ n: number }>();
const lastIds: (string | null)[] = [];
const item = z.object({ title: z.string().min(1), tags: z.array(z.string()) }).meta({ id: "Item" });
const resources = [
  resource("/{$}", { GET: () => new Response("<title>home</title>", { headers: { "Content-Type": "text/html" } }) }),
  resource("/events", {
    GET: (request) => {
      lastIds.push(request.headers.get("Last-Event-ID"));
      let left = 2;
      const source = async function* () {
        for await (const event of feed.subscribe(Number(lastIds.at(-1) ?? 0))) {
          yield event;
          if (--left === 0) return;
        }
      };
      return events(request, source, { retryMs: 1 });
    },
  }),
  resource("/gone", { GET: () => new Response(null, { status: 204 }) }),
  resource("/items/{id}", {
    GET: { reply: item, handle: (_request, { params }) => params },
    PUT: { body: item, handle: (_request, { body }) => body() },
  }),
];
const use = [cors({ origin: (origin) => origin.startsWith("http://127.0.0.1:") })];

let chromium: Browser;
let server: RestServer;
let other: RestServer;
let page: Page;

beforeAll(async () => {
  if (executable === undefined) return;
  const all = [...resources, openapiResource("/openapi", resources, { title: "Items", version: "1.0" })];
  server = await serve("127.0.0.1:0", handler({ resources: all, use }));
  other = await serve("127.0.0.1:0", handler(...resources));
  chromium = await startChromium(executable);
  page = await chromium.newPage();
}, 60_000);

afterAll(async () => {
  await chromium?.close();
  for (const each of [server, other]) {
    each?.close();
    await each?.closed;
  }
});

inChromium(`${where}EventSource`, () => {
  test("takes events, and comes back behind the last one when the stream ends", async () => {
    for (let n = 1; n <= 5; n++) feed.publish({ n });
    await page.goto(server.url);
    const seen = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const source = new EventSource("/events");
          const all: string[] = [];
          source.addEventListener("message", ({ data, lastEventId }: MessageEvent<string>) => {
            if (all.push(`${lastEventId} ${data}`) < 5) return;
            source.close();
            resolve(all);
          });
        }),
    );
    expect(seen).toEqual([1, 2, 3, 4, 5].map((n) => `${n} {"n":${n}}`));
    expect(lastIds.slice(0, 3)).toEqual([null, "2", "4"]);
  });
  test("stays away after a 204", async () => {
    const state = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const source = new EventSource("/gone");
          source.addEventListener("error", () => resolve(source.readyState));
        }),
    );
    expect(state).toBe(2); // CLOSED
  });
});

inChromium(`${where}a page of another origin`, () => {
  const put = (at: string) =>
    page.evaluate(async (url) => {
      const headers = { "Content-Type": "application/json", "X-Own": "1" };
      const init = { method: "PUT", headers, body: JSON.stringify({ title: "a", tags: [] }) };
      const response = await fetch(`${url}/items/1`, init);
      return {
        status: response.status,
        etag: response.headers.get("ETag") !== null,
        body: (await response.json()) as unknown,
      };
    }, at);

  test("may send what CORS allows, and read the fields that matter", async () => {
    await page.goto(other.url);
    expect(await put(server.url)).toMatchObject({ status: 200, body: { title: "a", tags: [] } });
    const etag = await page.evaluate(async (url) => (await fetch(`${url}/items/1`)).headers.get("ETag"), server.url);
    expect(etag).toMatch(/^(W\/)?"/);
  });
  test("may not where nothing allows it", async () => {
    await page.goto(server.url);
    await expect(put(other.url)).rejects.toThrow("Failed to fetch");
  });
});

inChromium(`${where}the page of an API`, () => {
  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("is whole, %s, %i wide", async (colorScheme, width) => {
    const reader = await chromium.newPage({ colorScheme, viewport: { width, height: 800 } });
    const complaints: string[] = [];
    reader.on("console", (message) => complaints.push(message.text()));
    reader.on("requestfailed", (request) => complaints.push(request.url()));
    const response = await reader.goto(`${server.url}/openapi`);
    expect(response?.headers()["content-type"]).toBe("text/html; charset=utf-8");
    const told = await reader.evaluate(() => ({
      wide: document.documentElement.scrollWidth - innerWidth,
      dark: getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)",
      titles: [...document.querySelectorAll("summary")].map((each) => each.textContent?.replace(/\s+/g, " ").trim()),
    }));
    expect(told.wide).toBeLessThanOrEqual(0);
    expect(told.dark).toBe(colorScheme === "dark");
    expect(told.titles).toContain("PUT/items/{id}");
    expect(complaints).toEqual([]);
    await reader.close();
  });
});
