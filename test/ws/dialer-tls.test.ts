import { once } from "node:events";
import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { Dialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import { type Authority, authority, type Certificate } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { agreeAndSend, agreeing, answering, echoServer, hearsBoth, roundTrip } from "./dial-peers.js";
import { readHead } from "./raw-peer.js";

const opened = closing();
let ca: Authority;
let pem: Certificate;
let mine: Certificate;
beforeAll(async () => {
  ca = await authority();
  pem = await ca.issue(["localhost", "127.0.0.1", "::1"]);
  mine = await ca.issue(["client"], { purpose: "client" });
});

describe("wss", () => {
  test("with an authority of one's own", async () => {
    const server = opened(await echoServer(pem));
    await roundTrip(server.addr.toString(), { tls: { ca: ca.cert } });
    await roundTrip(`wss://localhost:${server.addr.port}/`, { tls: { ca: [ca.cert] } });
  });

  test("frames that come together with the 101 are kept", async () => {
    const server = opened(await answering(agreeAndSend, pem));
    await hearsBoth((await new Dialer({ tls: { ca: ca.cert } }).dial(server.url)).conn);
  });

  test.each([
    ["an authority that nobody knows", "wss://localhost:PORT/", {}, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["another name", "wss://localhost:PORT/", { serverName: "other.test" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["another address", "wss://127.0.0.1:PORT/", { serverName: "127.0.0.2" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("%s is refused, unless it is not looked at", async (_, url, tls, code) => {
    const server = opened(await echoServer(pem));
    const at = url.replace("PORT", String(server.addr.port));
    const options = "serverName" in tls ? { ...tls, ca: ca.cert } : tls;
    const dialling = new Dialer({ tls: options }).dial(at);
    await expect(dialling).rejects.toMatchObject({ name: "OpError", net: "wss", code });
    await roundTrip(at, { tls: { ...options, rejectUnauthorized: false } });
  });

  test("checkServerIdentity is Node's", async () => {
    const server = opened(await echoServer(pem));
    const names: string[] = [];
    const checkServerIdentity = (name: string) => void names.push(name);
    await roundTrip(server.addr.toString(), { tls: { ca: ca.cert, serverName: "any.test", checkServerIdentity } });
    expect(names).toEqual(["any.test"]);
  });

  test("a client shows its certificate", async () => {
    const server = createServer({ ...pem, ca: ca.cert, requestCert: true, rejectUnauthorized: true }, (socket) => {
      void readHead(socket).then(({ head }) =>
        socket.write(agreeing(head, `X-Client: ${String(socket.getPeerCertificate().subject.CN)}`)),
      );
    });
    opened(server.on("tlsClientError", () => {}).listen(0, "127.0.0.1"));
    await once(server, "listening");
    const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { conn, response } = await new Dialer({ tls: { ca: ca.cert, ...mine } }).dial(url);
    expect(response.headers["x-client"]).toBe("client");
    conn.closeNow();
    await expect(new Dialer({ tls: { ca: ca.cert } }).dial(url)).rejects.toMatchObject({ name: "OpError" });
  });

  test("certificates that are none are a TypeError, before anything is dialled", async () => {
    const tls = { cert: "x", key: "y" };
    await expect(new Dialer({ tls }).dial("wss://127.0.0.1:1/")).rejects.toBeInstanceOf(TypeError);
    await expect(ws.dial("wss://127.0.0.1:1/", tls)).rejects.toBeInstanceOf(TypeError);
  });

  test("is given up in the middle of the handshake, and let go", async () => {
    const silent = opened(await answering(() => {}));
    const url = silent.url.replace("ws:", "wss:");
    const late = new Dialer({ handshakeTimeoutMs: 30 }).dial(url);
    await expect(late).rejects.toMatchObject({ message: `dial wss ${url}: i/o timeout` });
    const dialling = new Dialer().dial(url, {}, { signal: AbortSignal.timeout(20) });
    await expect(dialling).rejects.toMatchObject({ name: "TimeoutError" });
    await silent.gone();
  });

  test("with no version in common is an error", async () => {
    const server = createServer({ ...pem, maxVersion: "TLSv1.2" }).on("tlsClientError", () => {});
    opened(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const dialer = new Dialer({ tls: { ca: ca.cert, minVersion: "TLSv1.3" } });
    await expect(dialer.dial(url)).rejects.toMatchObject({ name: "OpError" });
  });

  test.each<[string, (socket: Socket) => unknown, object]>([
    ["HTTP", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" }],
    ["nothing", (socket) => socket.end(), { code: "ECONNRESET" }],
    ["a reset", (socket) => socket.resetAndDestroy(), { code: "ECONNRESET" }],
  ])("to a server that answers with %s is an error", async (_, answer, want) => {
    const server = createPlainServer((socket) => void answer(socket.on("error", () => {}).resume()));
    opened(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(new Dialer().dial(url)).rejects.toMatchObject({ name: "OpError", ...want });
  });
});

describe("ALPN", () => {
  test("is http/1.1, even where the server speaks h2 too", async () => {
    const agreed: unknown[] = [];
    const agree = (request: string, socket: Socket) => {
      agreed.push((socket as TLSSocket).alpnProtocol);
      socket.write(agreeing(request));
    };
    const server = opened(await answering(agree, { ...pem, ALPNProtocols: ["h2", "http/1.1"] }));
    for (const ALPNProtocols of [undefined, ["http/1.1"]]) {
      const { conn } = await new Dialer({ tls: { ca: ca.cert, ALPNProtocols } }).dial(server.url);
      conn.closeNow();
    }
    expect(agreed).toEqual(["http/1.1", "http/1.1"]);
  });

  test("that offers h2, as options that HTTP/2 shares do, is refused", () => {
    const options = { ALPNProtocols: ["h2", "http/1.1"] };
    expect(() => new Dialer({ tls: options })).toThrow(
      new TypeError('websocket: protocol "h2" was given but is not supported'),
    );
  });

  test("a server that speaks h2 alone is an error", async () => {
    const server = createServer({ ...pem, ALPNProtocols: ["h2"] });
    opened(server.on("tlsClientError", () => {}).listen(0, "127.0.0.1"));
    await once(server, "listening");
    const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(new Dialer({ tls: { ca: ca.cert } }).dial(url)).rejects.toMatchObject({ name: "OpError" });
  });
});
