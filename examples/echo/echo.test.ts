import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { readAll, writeAll } from "toolkit/net";
import * as tcp from "toolkit/tcp";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAddress } from "./address.js";
import { type EchoServer, serveEcho } from "./server.js";

const run = fileURLToPath(new URL("../run.ts", import.meta.url));
const networks = ["tcp", "tls", "unix", "udp", "ws", "wss"];

let server: EchoServer;
beforeAll(async () => {
  server = await serveEcho("127.0.0.1:0");
});
afterAll(() => server[Symbol.asyncDispose]());

function addressOf(network: string): string {
  return server.addresses.find((address) => parseAddress(address).network === network) ?? "none";
}

function startClient(...args: readonly string[]) {
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    "--conditions=toolkit-source",
    run,
    "echo/client",
    ...args,
  ]);
  const closed = once(child, "close") as Promise<[number]>;
  return { child, output: buffer(child.stdout), errors: text(child.stderr), code: closed.then(([code]) => code) };
}

test("it listens on every network", () => {
  expect(server.addresses.map((address) => parseAddress(address).network).toSorted()).toEqual(networks.toSorted());
});

test.each(networks)("over %s, all that goes into the client comes back", async (network) => {
  const { child, output, errors, code } = startClient(addressOf(network), server.certificateFile);
  const bytes = network === "udp" ? 5000 : 3_000_000; // UDP may lose what comes too fast
  const data = Buffer.alloc(bytes, "what is typed, line by line\n");
  child.stdin.end(data);
  expect(Buffer.compare(await output, data)).toBe(0);
  expect([await errors, await code]).toEqual(["", 0]);
});

test("in memory, the same", async () => {
  await using conn = await server.dialMemory();
  void writeAll(conn, new TextEncoder().encode("hello")).then(() => conn.closeWrite());
  expect(new TextDecoder().decode(await readAll(conn))).toBe("hello");
});

test("a message comes back as it was sent: as text or bytes, whole", async () => {
  const conn = await ws.dial(addressOf("ws"));
  for (const [type, data] of [
    [ws.TextMessage, "grüß dich"],
    [ws.BinaryMessage, ""],
    [ws.TextMessage, ""],
  ] as const) {
    await conn.writeMessage(type, data);
    const message = await conn.readMessage();
    expect([message.type, message.text()]).toEqual([type, data]);
  }
  conn.close();
});

test("a page of another site is refused", async () => {
  const dialled = ws.dial(addressOf("ws"), { headers: { Origin: "http://example.com" } });
  await expect(dialled).rejects.toThrow("bad handshake");
});

test.each([
  [
    "an address that is none",
    "http://127.0.0.1:1",
    /^echo\/client: No address of an echo: http:.*; it begins with tcp:, /,
  ],
  ["nobody there", "tcp://127.0.0.1:1", /^echo\/client: dial tcp 127\.0\.0\.1:1: connect: connection refused\n$/],
  ["no such file", "unix:/nowhere/echo.sock", /^echo\/client: dial unix \/nowhere\/echo\.sock: connect: no such file/],
])("the client says clearly: %s", async (_, address, words) => {
  const { child, errors, code } = startClient(address);
  child.stdin.end();
  expect(await errors).toMatch(words);
  expect(await code).toBe(1);
});

test("who closes first is told to the one who types", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  const { errors, code } = startClient(`tcp://${listener.addr.toString()}`); // whose input stays open
  const conn = await listener.accept();
  conn.close();
  listener.close();
  expect(await errors).toBe("echo/client: the other end has closed\n");
  expect(await code).toBe(1);
});

test("a certificate that nobody vouches for is refused", async () => {
  const { child, errors, code } = startClient(addressOf("tls"));
  child.stdin.end();
  expect(await errors).toMatch(/^echo\/client: .*certificate/);
  expect(await code).toBe(1);
});
