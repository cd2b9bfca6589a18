import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect as connectTLS, createServer as createTLSServer } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { OpError } from "../../src/net/index.js";
import { connCases, type MakePipe } from "../../src/nettest/index.js";
import * as ws from "../../src/ws/index.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { closeAll } from "./raw-peer.js";

let pem: Certificate;
beforeAll(async () => {
  pem = await selfSigned();
});

const makePipe: MakePipe = async () => {
  const listener = await ws.listen("127.0.0.1:0", pem);
  const dialling = ws.dial(listener.addr.toString(), { ca: pem.cert });
  const [c1, c2] = await Promise.all([dialling, listener.accept()]);
  listener.close();
  return { c1, c2, stop: () => closeAll(c1, c2) };
};

describe("a wss conn keeps the contract of StreamConn", () => {
  for (const c of connCases) test(c.name, () => c.run(makePipe));
});

test("wss: addresses, messages, closing", async () => {
  const listener = await ws.listen("127.0.0.1:0", { ...pem, path: "/s" });
  const url = `wss://localhost:${listener.addr.port}/s`;
  expect(String(listener.addr)).toBe(`wss://127.0.0.1:${listener.addr.port}/s`);
  const [client, server] = await Promise.all([ws.dial(url, { ca: pem.cert }), listener.accept()]);
  listener.close();
  expect([client.localAddr.transport, server.remoteAddr.transport]).toEqual(["wss", "wss"]);
  expect(String(client.remoteAddr)).toBe(url);
  for (const n of [0, 10, 1000, 100_000, 1 << 20]) {
    const data = new Uint8Array(n).fill(n);
    await Promise.all([
      client.writeMessage(ws.BinaryMessage, data),
      server.readMessage().then((m) => server.writeMessage(m.type, m.data)),
    ]);
    expect(Buffer.compare((await client.readMessage()).data, data)).toBe(0);
  }
  expect(await server.ping()).toBeGreaterThanOrEqual(0);
  server.close(1001);
  await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 1001 });
  await Promise.all([client.closed, server.closed]);
});

test("wss: a certificate must be good unless told otherwise", async () => {
  const listener = await ws.listen("127.0.0.1:0", pem);
  const url = listener.addr.toString();
  const err = await ws.dial(url).catch((e: unknown) => e);
  expect(err).toBeInstanceOf(OpError);
  expect(err).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect((err as Error).message).toBe(`dial wss ${url}: self-signed certificate`);
  await expect(ws.dial(url, { ca: pem.cert, serverName: "other.example" })).rejects.toMatchObject({
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
  const conn = await ws.dial(url, { rejectUnauthorized: false });
  await closeAll(conn, await listener.accept());
  listener.close();
});

test("wss: a server without TLS is told in words", async () => {
  const listener = await ws.listen("127.0.0.1:0");
  const url = `wss://127.0.0.1:${listener.addr.port}/`;
  await expect(ws.dial(url)).rejects.toMatchObject({
    code: "ERR_SSL_WRONG_VERSION_NUMBER",
    message: `dial wss ${url}: tls: first record does not look like a TLS handshake`,
  });
  listener.close();
});

test("wss: both sides agree on http/1.1 even where h2 is offered", async () => {
  const listener = await ws.listen("127.0.0.1:0", pem);
  const socket = connectTLS({
    port: listener.addr.port,
    host: "127.0.0.1",
    ca: pem.cert,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  await once(socket, "secureConnect");
  expect(socket.alpnProtocol).toBe("http/1.1");
  socket.destroy();
  listener.close();

  const h2 = createTLSServer({ ...pem, ALPNProtocols: ["h2"] }).listen(0, "127.0.0.1");
  await once(h2, "listening");
  await expect(
    ws.dial(`wss://127.0.0.1:${(h2.address() as AddressInfo).port}/`, { ca: pem.cert }),
  ).rejects.toBeInstanceOf(OpError);
  h2.close();
});

test("wss: a plain client is no client", async () => {
  const listener = await ws.listen("127.0.0.1:0", pem);
  await expect(ws.dial(`ws://127.0.0.1:${listener.addr.port}/`)).rejects.toBeInstanceOf(OpError);
  listener.close();
});

test("wss: npm ws as client", async () => {
  const listener = await ws.listen("127.0.0.1:0", pem);
  const theirs = new WebSocket(listener.addr.toString(), { ca: pem.cert });
  const [conn] = await Promise.all([listener.accept(), once(theirs, "open")]);
  theirs.send("x".repeat(100_000));
  expect((await conn.readMessage()).data).toHaveLength(100_000);
  theirs.close(1000);
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
  await conn.closed;
  listener.close();
});
