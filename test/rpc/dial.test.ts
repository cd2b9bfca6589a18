import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpError, pipe } from "toolkit/net";
import { type CodecName, type DialNetwork, type DialOptions, dial, newClient, Server } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import * as tls from "toolkit/tls";
import * as unix from "toolkit/unix";
import * as ws from "toolkit/ws";
import { expect, onTestFinished, test } from "vitest";
import { selfSigned } from "../support/certificate.js";
import { Arith } from "./arith.js";

function serve(listener: Parameters<Server["accept"]>[0]): void {
  const server = new Server();
  server.register(new Arith());
  const accepted = server.accept(listener);
  onTestFinished(async () => {
    await server.shutdown();
    await accepted;
  });
}

async function asks(network: DialNetwork, address: string, options: DialOptions = {}): Promise<void> {
  const client = await dial(network, address, options);
  expect(await client.service<Arith>("Arith").Multiply({ A: 7, B: 8 })).toBe(56);
  const many = Array.from({ length: 500 }, (_, i) => client.call("Arith.Multiply", { A: i, B: 3 }));
  expect(await Promise.all(many)).toEqual(Array.from({ length: 500 }, (_, i) => i * 3));
  client.close();
  await client.closed;
}

test("dials over TCP", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  serve(listener);
  await asks("tcp", listener.addr.toString());
  await asks("tcp4", listener.addr.toString());
});

test("dials over a Unix socket", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rpc-"));
  const listener = await unix.listen(join(folder, "s"));
  serve(listener);
  await asks("unix", join(folder, "s"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test("dials over WebSocket, by address and by URL", async () => {
  const listener = await ws.listen("127.0.0.1:0");
  serve(listener);
  const { host } = new URL(listener.addr.toString());
  await asks("ws", host);
  await asks("ws", `ws://${host}/`);
});

test("dials over TLS, and over WebSocket within TLS, whom the options trust", async () => {
  const { cert, key } = await selfSigned();
  const secure = [await tls.listen("127.0.0.1:0", { cert, key }), await ws.listen("127.0.0.1:0", { cert, key })];
  for (const listener of secure) serve(listener);
  const [overTLS, overWS] = secure.map(({ addr }) => addr.toString()) as [string, string];
  await asks("tls", overTLS, { tls: { ca: new TextEncoder().encode(cert), serverName: "localhost" } });
  await asks("wss", overWS, { tls: { ca: cert, serverName: "localhost", alpnProtocols: ["h2"] } });
  await expect(dial("tls", overTLS)).rejects.toMatchObject({ op: "dial" });
  await expect(dial("wss", overWS)).rejects.toMatchObject({ op: "dial" });
});

test("rejects as its network does", async () => {
  await expect(dial("tcp", "127.0.0.1:1")).rejects.toThrow("dial tcp 127.0.0.1:1: connect: connection refused");
  await expect(dial("tcp", "nowhere")).rejects.toThrow("dial tcp: address nowhere: missing port in address");
  const unknown = dial("carrier pigeon" as "tcp", "coop");
  await expect(unknown).rejects.toThrow(OpError);
  await expect(unknown).rejects.toThrow("dial carrier pigeon: unknown network carrier pigeon");
  await expect(dial("toString" as "tcp", "x")).rejects.toThrow("unknown network toString");
});

test("rejects with the signal's reason", async () => {
  await expect(dial("tcp", "127.0.0.1:1", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
});

test("refuses codecs that are none, before it connects", async () => {
  const codec = "xml" as CodecName;
  await expect(dial("tcp", "127.0.0.1:1", { codec })).rejects.toThrow(new TypeError("rpc: unknown codec xml"));
  const [a, b] = pipe();
  expect(() => newClient(a, { codec })).toThrow(TypeError);
  await expect(new Server().serveConn(b, { codec })).rejects.toThrow(TypeError);
});
