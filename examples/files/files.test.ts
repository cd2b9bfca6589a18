import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as ws from "toolkit/ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Running } from "../shared/run-server.js";
import { relayThatCuts } from "./cutting-relay.js";
import { type FilesOptions, serveFiles } from "./server.js";
import { Store } from "./store.js";
import { get as download, put as upload } from "./transfer-client.js";

const run = fileURLToPath(new URL("../run.ts", import.meta.url));
const mebibyte = 1024 * 1024;

let folder: string; // with the server's files in "there", and the client's in "here"
let server: Running | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-test-"));
  await mkdir(join(folder, "here"));
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

const there = (name = "") => join(folder, "there", name);
const here = (name = "") => join(folder, "here", name);

async function start(options: FilesOptions = {}): Promise<{ url: string; port: number }> {
  server = await serveFiles("127.0.0.1:0", { folder: there(), ...options });
  return { url: `${server.url.replace("http", "ws")}/`, port: Number(new URL(server.url).port) };
}

async function client(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [
      "--import",
      fileURLToPath(import.meta.resolve("tsx")),
      "--conditions=toolkit-source",
      run,
      "files/client",
      ...args,
    ],
    { cwd: here(), stdio: ["ignore", "pipe", "pipe"] },
  );
  const closed = once(child, "close") as Promise<[number]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

async function put(conn: ws.Conn, name: string, size: number): Promise<unknown> {
  await conn.writeJSON({ type: "put", name, size });
  return conn.readJSON();
}

describe("from a terminal", () => {
  test("a file goes up and comes down whole, and is on the list", async () => {
    const { url } = await start();
    const data = randomBytes(64 * mebibyte);
    await writeFile(here("big file.bin"), data);
    const up = await client("put", "big file.bin", url);
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(up.stdout).toMatch(new RegExp(`^put big file\\.bin: 64\\.0 MiB in .* s, sha256 ${sha256(data)}\n$`));
    expect(data.equals(await readFile(there("big file.bin")))).toBe(true);
    expect((await client("list", url)).stdout).toBe("  64.0 MiB  big file.bin\n");
    await rm(here("big file.bin"));
    expect(await client("get", "big file.bin", url)).toMatchObject({ code: 0, stderr: "" });
    expect(data.equals(await readFile(here("big file.bin")))).toBe(true);
    expect(await readdir(there(".unfinished"))).toEqual([]);
    expect(await readdir(here())).toEqual(["big file.bin"]);
  });

  test.each([0, 1, 8192, 131_072, 1_048_577])("a file of %i bytes too", async (size) => {
    const { url } = await start();
    const data = randomBytes(size);
    await writeFile(here("a"), data);
    const conn = await ws.dial(url, { maxMessageBytes: 0 });
    expect(await upload(conn, here("a"), () => {})).toEqual({ size, sha256: sha256(data) });
    expect(await upload(conn, here("a"), () => {})).toEqual({ size, sha256: sha256(data) }); // in its own place
    expect(await download(conn, "a", here("b"), () => {})).toEqual({ size, sha256: sha256(data) });
    expect(data.equals(await readFile(here("b")))).toBe(true);
    conn.close();
  });

  test("after cuts both ways go on where they were", async () => {
    const { port } = await start();
    const data = randomBytes(16 * mebibyte);
    await writeFile(here("a"), data);
    const cuts = [5 * mebibyte, 6 * mebibyte];
    await using up = await relayThatCuts(port, cuts);
    const sent = await client("put", "a", `ws://${up.host}/`);
    expect(sent.stderr.match(/: going on\n/g)).toHaveLength(2);
    expect([sent.code, up.cuts]).toEqual([0, 2]);
    expect(data.equals(await readFile(there("a")))).toBe(true);
    await rm(here("a"));
    await using down = await relayThatCuts(port, cuts); // 11 MiB of 16 went before: from the start it would be cut again
    const got = await client("get", "a", `ws://${down.host}/`);
    expect([got.code, down.cuts]).toEqual([0, 2]);
    expect(data.equals(await readFile(here("a")))).toBe(true);
  });

  test.each([
    [["get", "nothing"], "There is no file nothing"],
    [["get", "../a"], '"../a" cannot be the name of a file here'],
    [["get", "mine"], "mine is there already"],
    [["put", "nowhere"], "ENOENT: no such file or directory"],
    [["move", "a"], "No such command: move"],
  ])("%j: %s", async ([verb = "", name = ""], words) => {
    const { url } = await start();
    await writeFile(here("mine"), "");
    const { code, stderr } = await client(verb, name, url);
    expect(stderr).toContain(`files/client: ${words}`);
    expect(code).toBe(1);
  });
});

describe("the server", () => {
  const piece = new Uint8Array(1000).fill(7);

  async function leavePiece(url: string): Promise<void> {
    const conn = await ws.dial(url);
    await put(conn, "a", 2000);
    await conn.writeJSON({ type: "go", offset: 0 });
    await conn.writeMessage(ws.BinaryMessage, piece);
    await conn.closeWrite();
    await conn.closed;
  }

  test("keeps a piece, which goes on no list, and says its sum", async () => {
    const { url } = await start();
    await leavePiece(url);
    const conn = await ws.dial(url);
    await conn.writeJSON({ type: "list" });
    expect(await conn.readJSON()).toEqual({ type: "files", files: [] });
    expect(await put(conn, "a", 2000)).toEqual({ type: "there", offset: 1000, sha256: sha256(piece) });
    conn.close();
  });

  test("a piece of another file is not gone on with", async () => {
    const { url } = await start();
    await leavePiece(url);
    const data = randomBytes(2000);
    await writeFile(here("a"), data);
    expect(await client("put", "a", url)).toMatchObject({ code: 0 });
    expect(data.equals(await readFile(there("a")))).toBe(true);
  });

  test("what has another checksum is thrown away, and the old file stays", async () => {
    const { url } = await start();
    await writeFile(there("a"), "old");
    const conn = await ws.dial(url);
    await put(conn, "a", 1000);
    await conn.writeJSON({ type: "go", offset: 0 });
    await conn.writeMessage(ws.BinaryMessage, piece);
    expect(await conn.readJSON()).toEqual({ type: "at", offset: 1000 });
    await conn.writeJSON({ type: "done", sha256: "0".repeat(64) });
    expect(await conn.readJSON()).toMatchObject({
      type: "refused",
      why: expect.stringContaining("checksum") as string,
    });
    expect(await put(conn, "a", 1000)).toMatchObject({ type: "there", offset: 0 });
    expect(await readFile(there("a"), "utf8")).toBe("old");
    conn.close();
  });

  test("who comes later goes on, and the one before is sent away", async () => {
    const { url } = await start();
    const [first, second] = await Promise.all([ws.dial(url), ws.dial(url)]);
    await put(first, "a", 2000);
    await first.writeJSON({ type: "go", offset: 0 });
    await first.writeMessage(ws.BinaryMessage, piece);
    const sentAway = expect(first.readMessage()).rejects.toMatchObject({ closeCode: ws.ClosePolicyViolation });
    expect(await put(second, "a", 2000)).toMatchObject({ type: "there" });
    await sentAway;
    second.close();
  });

  test.each([
    "../a",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "",
    ".",
    "..",
    ".unfinished",
    "a\0",
    "a\n",
    "C:a",
    "a ",
    "a.",
    "ä".repeat(101),
  ])("no file can have the name %j", async (name) => {
    const { url } = await start();
    const conn = await ws.dial(url);
    expect(await put(conn, name, 1)).toMatchObject({ type: "refused" });
    await conn.writeJSON({ type: "get", name, offset: 0, sha256: sha256(new Uint8Array(0)) });
    expect(await conn.readJSON()).toMatchObject({ type: "refused" });
    expect(await readdir(folder)).toEqual(["here", "there"]);
    expect(await readdir(there(), { recursive: true })).toEqual([".unfinished"]);
    conn.close();
  });

  test("sizes are bounded: of one file, and of all", async () => {
    const { url } = await start({ maxFileBytes: 100, maxTotalBytes: 150 });
    await writeFile(there("old"), new Uint8Array(60));
    const conn = await ws.dial(url);
    expect(await put(conn, "a", 101)).toEqual({ type: "refused", why: "A file may have 100 bytes at most" });
    expect(await put(conn, "a", 91)).toEqual({ type: "refused", why: "There is no room left for it" });
    expect(await put(conn, "a", 90)).toMatchObject({ type: "there" });
    const other = await ws.dial(url);
    expect(await put(other, "b", 1)).toEqual({ type: "refused", why: "There is no room left for it" });
    for (const each of [conn, other]) each.close();
  });

  test.each([
    ["more bytes than it said", [{ type: "put", name: "a", size: 10 }, { type: "go", offset: 0 }, new Uint8Array(11)]],
    ["bytes that nobody asked for", [new Uint8Array(1)]],
    ["text in place of bytes", [{ type: "put", name: "a", size: 10 }, { type: "go", offset: 0 }, { type: "list" }]],
    ["no JSON", ["{"]],
    ["another type", [{ type: "remove", name: "a" }]],
    ["a size that is none", [{ type: "put", name: "a", size: -1 }]],
  ])("who sends %s is closed with 1008", async (_, messages) => {
    const { url } = await start();
    const conn = await ws.dial(url);
    for (const message of messages) {
      if (message instanceof Uint8Array) await conn.writeMessage(ws.BinaryMessage, message);
      else if (typeof message === "string") await conn.writeMessage(ws.TextMessage, message);
      else await conn.writeJSON(message);
    }
    const readToEnd = async () => {
      for (;;) await conn.readMessage();
    };
    await expect(readToEnd()).rejects.toMatchObject({ closeCode: ws.ClosePolicyViolation });
    expect(await readdir(there())).toEqual([".unfinished"]);
  });

  test("a message that is larger than the file is ended by the conn itself", async () => {
    const { url } = await start();
    const conn = await ws.dial(url);
    await put(conn, "a", 10_000);
    await conn.writeJSON({ type: "go", offset: 0 });
    void conn.writeMessage(ws.BinaryMessage, new Uint8Array(10_001)).catch(() => {});
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: ws.CloseMessageTooBig });
  });

  test("a page of another site is refused", async () => {
    const { url } = await start();
    await expect(ws.dial(url, { headers: { Origin: "http://example.com" } })).rejects.toThrow("bad handshake");
  });

  test("links download over HTTP", async () => {
    await start();
    await writeFile(there("ä b.txt"), "hello");
    const url = `${server?.url}/files/${encodeURIComponent("ä b.txt")}`;
    const response = await fetch(url);
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''%C3%A4%20b.txt");
    expect(await response.text()).toBe("hello");
    expect((await fetch(`${server?.url}/files/none`)).status).toBe(404);
    expect((await fetch(`${server?.url}/files/..%2Fa`)).status).toBe(404);
  });
});

test("what nobody goes on with expires", async () => {
  const store = await Store.open(there(), { keepUnfinishedMs: 60_000 });
  for (const name of ["old", "young"]) await store.withPart(name, 1, async () => {});
  await utimes(there(".unfinished/old"), 0, 0);
  await store.sweep();
  expect(await readdir(there(".unfinished"))).toEqual(["young"]);
});
