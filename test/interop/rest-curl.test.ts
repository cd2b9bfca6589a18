import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as rest from "toolkit/rest";
import { describe, expect, onTestFinished, test } from "vitest";
import { requireTool } from "../support/tools.js";

const curl = requireTool("curl");
const run = promisify(execFile);

const items = new Map<string, unknown>([["1", { id: 1, name: "Ada" }]]);
const item = rest.resource("/items/{id}", {
  GET: (_, { pathValue }) => items.get(pathValue("id")),
  PUT: async (_, { pathValue, body }) => {
    const isNew = !items.has(pathValue("id"));
    items.set(pathValue("id"), await body());
    return isNew ? rest.created(`/items/${pathValue("id")}`) : undefined;
  },
});
const file = rest.resource("/file", { GET: () => new Blob(["0123456789".repeat(1000)]) });
const upload = rest.resource("/upload", { POST: (_, { body }) => body(), maxBodyBytes: 1000 });
const handler = rest.handler({ resources: [item, file, upload], represent: [rest.json, rest.xml, rest.text] });

async function serving() {
  const server = await rest.serve("127.0.0.1:0", handler);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const ask = async (path: string, ...flags: string[]) => {
    const args = ["-sS", "-i", "--path-as-is", "--max-time", "10", ...flags, server.url + path];
    const { stdout } = await run(curl as string, args, { encoding: "latin1", maxBuffer: 1 << 24 });
    const at = stdout.lastIndexOf("\r\n\r\n");
    return { head: stdout.slice(0, at), body: stdout.slice(at + 4) };
  };
  return { server, ask };
}

describe.skipIf(curl === undefined)("curl (skipped unless it is on PATH)", () => {
  test("gets the representation that it asks for", async () => {
    const { ask } = await serving();
    expect((await ask("/items/1")).body).toBe('{"id":1,"name":"Ada"}');
    const { head, body } = await ask("/items/1", "-H", "Accept: application/xml");
    expect(head).toMatch(/\r\nContent-Type: application\/xml; charset=utf-8\r\n/);
    expect(body).toContain("<name>Ada</name>");
    const missing = await ask("/items/9", "-H", "Accept: text/plain");
    expect(missing).toMatchObject({
      head: expect.stringMatching(/^HTTP\/1.1 404 /) as string,
      body: "404 Not Found\n",
    });
  });

  test("keeps the ETag, and revalidates with it", async () => {
    const { ask } = await serving();
    const [, etag] = /\r\nETag: ("[^"]+")/.exec((await ask("/items/1")).head) ?? [];
    expect((await ask("/items/1", "-H", `If-None-Match: ${etag}`)).head).toMatch(/^HTTP\/1.1 304 /);
    const put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", '{"id":2}'];
    expect((await ask("/items/1", ...put, "-H", 'If-Match: "old"')).head).toMatch(/^HTTP\/1.1 412 /);
    expect((await ask("/items/1", ...put, "-H", `If-Match: ${etag}`)).head).toMatch(/^HTTP\/1.1 204 /);
    items.set("1", { id: 1, name: "Ada" });
  });

  test("resumes, and takes several ranges", async () => {
    const { ask } = await serving();
    const { head, body } = await ask("/file", "-C", "9990");
    expect(head).toMatch(/^HTTP\/1.1 206 [^]*\r\nContent-Range: bytes 9990-9999\/10000\r\n/);
    expect(body).toBe("0123456789");
    expect((await ask("/file", "-r", "0-1,5-6")).head).toMatch(/\r\nContent-Type: multipart\/byteranges; boundary=/);
  });

  test("asks HEAD and OPTIONS, and is led to the clean path", async () => {
    const { ask } = await serving();
    expect((await ask("/items/1", "-I")).head).toMatch(/\r\nContent-Length: 21\r\n/);
    expect((await ask("/items/1", "-X", "OPTIONS")).head).toMatch(/\r\nAllow: GET, HEAD, OPTIONS, PUT\r\n/);
    expect((await ask("/x/..//items/./1", "-L")).body).toBe('{"id":1,"name":"Ada"}');
  });

  test("that waits for 100 Continue is told so, and a body that is too large is refused", async () => {
    const { ask } = await serving();
    const post = ["-H", "Content-Type: text/plain", "--data-binary"];
    const expecting = await ask("/upload", "-H", "Expect: 100-continue", ...post, "x".repeat(900));
    expect(expecting.head).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
    expect((await ask("/upload", ...post, "x".repeat(1001))).body).toContain('"title":"Content Too Large"');
    const compressed = ["-H", "Content-Encoding: br"];
    expect((await ask("/upload", ...compressed, ...post, "x")).head).toMatch(
      /^HTTP\/1.1 415 [^]*\r\nAccept-Encoding: gzip/i,
    );
  });
});
