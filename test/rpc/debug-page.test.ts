import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { debugHTML, duration } from "../../src/rpc/http/debug-html.js";
import { debugPage } from "../../src/rpc/http/debug-page.js";
import type { DebugMethod, DebugSnapshot } from "../../src/rpc/http/debug-snapshot.js";
import { busySnapshot, idleMethod } from "./snapshots.js";

/** Serves the page; returns its URL. */
async function page(snapshot: () => DebugSnapshot = busySnapshot): Promise<string> {
  const server = createServer(debugPage(snapshot)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/debug/rpc`;
}

function oneService(name: string, signature = "", reason = ""): DebugSnapshot {
  const methods = [idleMethod(name, { signature })];
  return { ...busySnapshot(), services: [{ name, methods, skipped: [{ name, reason }] }] };
}

/** A method whose calls took so long, in any order. */
function timed(times: readonly number[]): DebugMethod {
  const [p50 = 0, p90 = 0, p99 = 0, max = 0] = times.toSorted((a, b) => a - b);
  return idleMethod("M", { calls: 1, latencyMs: { p50, p90, p99, max } });
}

/** The text of the page, without its tags and white space in a row. */
function textOf(html: string): string {
  const main = /<main>.*<\/main>/s.exec(html)?.[0] ?? "";
  return main.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

describe("the debug page", () => {
  test("names services, methods, signatures, counts, latencies and what is not served", async () => {
    const response = await fetch(await page());
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const text = textOf(await response.text());
    for (const words of ["Arith 3 methods", "Multiply (Args, int) 12 345 2 1 21 µs 500 µs 12.3 ms 1.5 s", "stream"]) {
      expect(text).toContain(words);
    }
    expect(text).toContain("1 not served Scan method &quot;Scan&quot; has 1 input parameters; needs exactly three");
    expect(text).toContain("Connections 3 Calls 12 350 Running 1 Errors 2");
    expect(text).toContain("Divide (any, any) 0 0 0 – – – –");
    expect(text).toContain("Chat 1 method ");
  });

  test("says so when there is nothing", () => {
    expect(textOf(debugHTML({ ...busySnapshot(), services: [] }))).toContain("No services are registered.");
  });

  test("gives the same as JSON, by what is accepted or by the query", async () => {
    const url = await page();
    const byHeader = await fetch(url, { headers: { Accept: "application/json" } });
    const byQuery = await fetch(`${url}?format=json`, { headers: { Accept: "text/html" } });
    expect(byHeader.headers.get("content-type")).toBe("application/json");
    const want = JSON.parse(JSON.stringify(busySnapshot())) as unknown;
    expect(await byHeader.json()).toEqual(want);
    expect(await byQuery.json()).toEqual(want);
  });

  test("is HTML for whoever prefers that, or does not say", async () => {
    const url = await page();
    const accepts = [
      "text/html,application/xhtml+xml,*/*;q=0.8",
      "*/*",
      "text/html, application/json;q=0.9",
      "image/png",
    ];
    for (const Accept of accepts) {
      const response = await fetch(url, { headers: { Accept } });
      expect(response.headers.get("content-type"), Accept).toBe("text/html; charset=utf-8");
      await response.body?.cancel();
    }
  });

  test("allows the very script and style that it holds, and nothing else", async () => {
    const response = await fetch(await page());
    const html = await response.text();
    const policy = response.headers.get("content-security-policy") ?? "";
    for (const name of ["script", "style"]) {
      const content = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(html)?.[1] ?? "";
      const hash = createHash("sha256").update(content).digest("base64");
      expect(policy).toContain(`${name}-src 'sha256-${hash}';`);
    }
    expect(policy.startsWith("default-src 'none'; ")).toBe(true);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(html).not.toMatch(/ style=| on[a-z]+=|(src|href)="(?!\?|data:)/);
  });

  test("is never stored, and not sent again while nothing changes", async () => {
    let calls = 1;
    const methods = () => [idleMethod("Add", { calls })];
    const url = await page(() => ({ ...busySnapshot(), services: [{ name: "A", methods: methods(), skipped: [] }] }));
    const first = await fetch(url);
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(first.headers.get("x-content-type-options")).toBe("nosniff");
    const again = { headers: { "If-None-Match": first.headers.get("etag") ?? "" } };
    expect((await fetch(url, again)).status).toBe(304);
    expect((await fetch(`${url}?format=json`, again)).status).toBe(200);
    calls = 2;
    expect((await fetch(url, again)).status).toBe(200);
  });

  test("answers HEAD without a body, and refuses to be changed", async () => {
    const url = await page();
    const head = await fetch(url, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1000);
    expect(await head.text()).toBe("");
    const post = await fetch(url, { method: "POST", body: "x" });
    expect(post.status).toBe(405);
    expect(post.headers.get("allow")).toBe("GET, HEAD");
    await post.text();
  });

  test("answers whatever the query", async () => {
    const url = await page();
    for (const query of ["?format=xml", "?%zz&&=", "?format", "??"])
      expect((await fetch(url + query)).status).toBe(200);
  });

  test("a server that cannot say how it is does not fall", async () => {
    const url = await page(() => {
      throw new Error("secret");
    });
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("500 internal server error\n");
  });

  test("shows any name as text", () => {
    const evil = fc.oneof(
      fc.string(),
      fc.constantFrom("<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</main><script>", "&lt;", "'\"`"),
    );
    fc.assert(
      fc.property(evil, evil, evil, (name, signature, reason) => {
        const html = debugHTML(oneService(name, signature, reason));
        const bare = debugHTML(oneService("", "", ""));
        const tags = (text: string) => text.match(/<\/?[a-z][^>]*>/g)?.join("");
        expect(tags(html)).toBe(tags(bare));
      }),
    );
  });

  test("draws every latency inside its bar", () => {
    const ms = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(ms, ms, ms, ms), { minLength: 1, maxLength: 5 }), (all) => {
        const html = debugHTML({ ...busySnapshot(), services: [{ name: "S", methods: all.map(timed), skipped: [] }] });
        for (const [, width] of html.matchAll(/<rect [^>]*width="([^"]*)"/g)) {
          expect(Number(width)).toBeGreaterThanOrEqual(0);
          expect(Number(width)).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});

test("spans of time have three digits and the unit that suits them", () => {
  const spans = [0, 0.000_4, 0.0123, 0.9994, 1, 12.345, 999.4, 1000, 61_234, 1e7].map(duration);
  expect(spans).toEqual([
    "0 µs",
    "0.4 µs",
    "12.3 µs",
    "999 µs",
    "1 ms",
    "12.3 ms",
    "999 ms",
    "1 s",
    "61.2 s",
    "10000 s",
  ]);
});
