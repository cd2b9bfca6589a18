import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as ws from "toolkit/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { requireTool } from "../support/tools.js";

const curl = requireTool("curl");
const run = promisify(execFile);

/** The handshake of RFC 6455 section 1.3. */
const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Lets curl ask; resolves to all that it prints: heads, and what is behind them. */
async function ask(url: string, headers: Record<string, string>, ...flags: string[]): Promise<string> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-s", "-i", "-N", "--http1.1", "--max-time", "10", ...flags, ...fields, url.replace(/^ws/, "http")];
  const { stdout } = await run(curl as string, args, { encoding: "latin1" });
  return stdout;
}

async function listening(options: ws.ListenOptions = {}) {
  const listener = await ws.listen("127.0.0.1:0", options);
  onTestFinished(() => listener.close());
  return listener;
}

describe.skipIf(curl === undefined)("curl (skipped unless it is on PATH)", () => {
  test("shakes hands, and prints the frames that follow", async () => {
    const listener = await listening({ subprotocols: ["b"], closeTimeoutMs: 100 }); // curl does not answer
    const asked = ask(listener.addr.toString(), { ...upgrade, "Sec-WebSocket-Protocol": "a, b" });
    const conn = await listener.accept();
    await conn.writeMessage(ws.TextMessage, "Hello");
    conn.close(1000, "bye");
    const [head = "", frames] = (await asked).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/);
    expect(head).toMatch(/^Upgrade: websocket\r?$/im);
    expect(head).toMatch(/^Connection: Upgrade\r?$/im);
    expect(head).toMatch(/^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r?$/im);
    expect(head).toMatch(/^Sec-WebSocket-Protocol: b\r?$/im);
    expect(head).not.toMatch(/^(Sec-WebSocket-Extensions|Content-Length|Transfer-Encoding):/im);
    expect(frames).toBe("\x81\x05Hello\x88\x05\x03\xe8bye");
    await conn.closed;
  });

  const { Connection: _, ...withoutConnection } = upgrade;
  test.each<[string, number, Record<string, string>, string[], RegExp | null]>([
    ["nothing of an upgrade", 426, {}, [], /^Upgrade: websocket\r?$/im],
    ["another upgrade", 426, { ...upgrade, Upgrade: "h2c" }, [], /^Upgrade: websocket\r?$/im],
    ["no Connection", 400, withoutConnection, [], null],
    ["another method", 405, upgrade, ["-X", "POST"], null],
    ["version 8", 400, { ...upgrade, "Sec-WebSocket-Version": "8" }, [], /^Sec-WebSocket-Version: 13\r?$/im],
    ["another origin", 403, { ...upgrade, Origin: "http://elsewhere.example" }, [], null],
    ["no origin that could be one", 403, { ...upgrade, Origin: "null" }, [], null],
    ["a key that is too short", 400, { ...upgrade, "Sec-WebSocket-Key": "YWJj" }, [], null],
    ["no key", 400, { ...upgrade, "Sec-WebSocket-Key": "" }, [], null],
  ])("with %s is refused with %i", async (_, status, headers, flags, field) => {
    const listener = await listening();
    const [head = "", body] = (await ask(listener.addr.toString(), headers, ...flags)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^X-Content-Type-Options: nosniff\r?$/im);
    if (field !== null) expect(head).toMatch(field);
    expect(`${head.split("\r\n")[0]?.replace(/^\S+ \d+ /, "")}\n`).toBe(body);
  });

  test("with another path is refused with 404", async () => {
    const listener = await listening({ path: "/here" });
    expect(await ask(listener.addr.toString().replace("here", "there"), upgrade)).toMatch(/^HTTP\/1.1 404 /);
  });

  test("with the origin of the same host is let in", async () => {
    const listener = await listening();
    const origin = listener.addr.toString().replace(/^ws/, "http").replace(/\/$/, "");
    const asked = ask(listener.addr.toString(), { ...upgrade, Origin: origin });
    const conn = await listener.accept();
    await conn.writeMessage(ws.TextMessage, "in");
    conn.closeNow();
    expect(await asked).toMatch(/^HTTP\/1.1 101 /);
  });
});
