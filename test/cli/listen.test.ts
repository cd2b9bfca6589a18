import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "toolkit";
import type { Conn } from "toolkit/net";
import * as tcp from "toolkit/tcp";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { selfSigned } from "../support/certificate.js";
import { freshPath } from "../support/temp.js";
import { jsonLines, type Running, start, toolkit } from "./running.js";

const text = (words: string) => new TextEncoder().encode(words);
let folder = "";
let ca = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
  const { cert, key } = await selfSigned();
  ca = cert;
  await writeFile(join(folder, "cert.pem"), cert);
  await writeFile(join(folder, "key.pem"), key);
});
afterAll(() => rm(folder, { recursive: true }));

async function addressOf(running: Running): Promise<string> {
  const [, address = ""] = await running.prints(
    /listening(?: on |","address":")(?:(?:tcp|tls|udp):\/\/|unix:)?([^\s"]+)/,
  );
  return address;
}

async function echoed(conn: Conn): Promise<string> {
  onTestFinished(() => conn.close());
  await conn.write(text("hello"));
  const p = new Uint8Array(16);
  const n = await conn.read(p);
  return new TextDecoder().decode(p.subarray(0, n ?? 0));
}

test("echoes over every transport", async () => {
  const pems = ["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")];
  const lines = [
    ["tcp", "tcp://127.0.0.1:0"],
    ["tls", "tls://127.0.0.1:0", ...pems],
    ["unix", `unix:${freshPath()}`],
    ["udp", "udp://127.0.0.1:0"],
    ["ws", "ws://127.0.0.1:0/chat"],
    ["wss", "wss://127.0.0.1:0", ...pems],
  ] as const;
  for (const [network, url, ...flags] of lines) {
    const running = start(["listen", url, "--echo", ...flags]);
    const address = await addressOf(running);
    const options = network === "tls" || network === "wss" ? { ca } : {};
    expect(await echoed(await dial(network, address, options)), network).toBe("hello");
    running.interrupt();
    expect(await running.exit, network).toBe(130);
    expect(running.out).toBe("");
    expect(running.err).toMatch(/^listening on .*\n#1 opened by .*\n/);
  }
});

test("prints text as text, and bytes as a dump", async () => {
  const running = start(["listen", "tcp://127.0.0.1:0"]);
  const address = await addressOf(running);
  using one = await tcp.dial(address);
  await one.write(text("grüße\n\u001b"));
  await running.prints(/#1 00000000/);
  using other = await tcp.dial(address);
  await other.write(text("hello\nworld\n"));
  await running.prints(/#2 hello\n#2 world\n/);
  await other.closeWrite();
  await running.prints(/#2 closed/);
});

test("prints messages of WebSockets, and how they closed", async () => {
  const running = start(["listen", "ws://127.0.0.1:0"]);
  const conn = await ws.dial(await addressOf(running));
  await conn.writeMessage(ws.TextMessage, "a\u001b");
  await conn.writeMessage(ws.BinaryMessage, Uint8Array.of(0));
  conn.close(4000, "bye");
  await running.prints(/#1 closed with 4000 bye\n/);
  expect(running.out).toMatch(/^#1 a\\x1b\n#1 binary, 1 bytes\n#1 00000000 {2}00 /);
});

test("with --json prints events", async () => {
  const running = start(["listen", "tcp://127.0.0.1:0", "--json", "--once"]);
  const address = await addressOf(running);
  using conn = await tcp.dial(address);
  await conn.write(text("a\u0000"));
  await conn.closeWrite();
  expect(await running.exit).toBe(0);
  expect(jsonLines(running.out)).toEqual([
    { event: "listening", address: `tcp://${address}` },
    { event: "open", conn: 1, peer: conn.localAddr.toString() },
    { event: "data", conn: 1, data: { $bytes: "YQA=" } },
    { event: "close", conn: 1 },
  ]);
});

test("--once --raw gives the bytes of the first connection alone", async () => {
  const running = start(["listen", "tcp://127.0.0.1:0", "--once", "--raw"]);
  using conn = await tcp.dial(await addressOf(running));
  const data = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  await conn.write(data);
  await conn.closeWrite();
  expect(await running.exit).toBe(0);
  expect(Buffer.from(running.bytes).equals(data)).toBe(true);
});

test("--once over udp ends with the first datagram", async () => {
  const running = start(["listen", "udp://127.0.0.1:0", "--once"]);
  using conn = await dial("udp", await addressOf(running));
  await conn.write(text("hello"));
  expect(await running.exit).toBe(0);
  expect(running.out).toBe("#1 hello\n");
});

test("--once with a connection that breaks: 5; without it the others go on", async () => {
  const once = start(["listen", "tcp://127.0.0.1:0", "--once"]);
  const broken = await tcp.dial(await addressOf(once));
  await once.prints(/#1 opened/);
  broken.setLinger(0);
  broken.close();
  expect(await once.exit).toBe(5);

  const many = start(["listen", "tcp://127.0.0.1:0"]);
  const address = await addressOf(many);
  const first = await tcp.dial(address);
  await many.prints(/#1 opened/);
  first.setLinger(0);
  first.close();
  await many.prints(/#1 .*connection reset by peer/);
  using second = await tcp.dial(address);
  await second.write(text("still here"));
  await many.prints(/#2 still here/);
});

test("pages from elsewhere are served with --any-origin alone", async () => {
  const headers = { Origin: "http://elsewhere" };
  const strict = start(["listen", "ws://127.0.0.1:0"]);
  await expect(ws.dial(await addressOf(strict), { headers })).rejects.toMatchObject({ status: 403 });
  const open = start(["listen", "ws://127.0.0.1:0", "--any-origin"]);
  (await ws.dial(await addressOf(open), { headers })).close();
});

test("an address that is taken: 3", async () => {
  const running = start(["listen", "tcp://127.0.0.1:0"]);
  const { code, err } = await toolkit(["listen", `tcp://${await addressOf(running)}`]);
  expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("address already in use") as string });
});
