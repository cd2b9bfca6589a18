import { once } from "node:events";
import { createServer as createHTTPServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { Dialer } from "../../src/ws/dialer.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { socksProxy } from "../support/proxies.js";
import { agreeAndSend, answering, echoServer, hearsBoth, roundTrip } from "./dial-peers.js";

const opened = closing();
let pem: Certificate;
beforeAll(async () => {
  pem = await selfSigned(["localhost", "server.test"]);
});

describe("a socks5 proxy", () => {
  test("is greeted, and asked to connect to an address, in the bytes of RFC 1928", async () => {
    const [proxy, server] = [opened(await socksProxy()), opened(await echoServer())];
    await roundTrip(server.addr.toString(), { proxy: proxy.url });
    const { port } = server.addr;
    const request = [5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff];
    expect(proxy.calls).toEqual([{ target: `127.0.0.1:${port}`, headers: {}, sent: [[5, 1, 0], request] }]);
  });

  test.each(["socks5", "socks5h"])("looks names up (%s), and TLS is spoken through it", async (scheme) => {
    const [proxy, server] = [opened(await socksProxy()), opened(await echoServer(pem))];
    const url = `wss://server.test:${server.addr.port}/`;
    await roundTrip(url, { proxy: proxy.url.replace("socks5", scheme), tls: { ca: pem.cert } });
    expect(proxy.calls[0]?.target).toBe(`server.test:${server.addr.port}`);
    expect(proxy.calls[0]?.sent[1]?.slice(0, 5)).toEqual([5, 1, 0, 3, "server.test".length]);
  });

  test("is told of an IPv6 address in 16 bytes", async () => {
    const proxy = opened(await socksProxy({ reply: [5, 4, 0, 1] }));
    await expect(new Dialer({ proxy: proxy.url }).dial("ws://[2001:db8::1]:80/")).rejects.toThrow("host unreachable");
    const address = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(proxy.calls[0]?.sent[1]).toEqual([5, 1, 0, 4, ...address, 0, 80]);
  });

  test("is told who we are, as RFC 1929 has it", async () => {
    const login = { username: "user", password: "p@ss" };
    const [proxy, server] = [opened(await socksProxy({ login })), opened(await echoServer())];
    const url = server.addr.toString();
    await roundTrip(url, { proxy: proxy.url.replace("//", "//user:p%40ss@") });
    const [greeting, message] = proxy.calls[0]?.sent ?? [];
    expect([greeting, message]).toEqual([
      [5, 2, 0, 2],
      [1, 4, ...Buffer.from("user"), 4, ...Buffer.from("p@ss")],
    ]);
    await expect(new Dialer({ proxy: proxy.url.replace("//", "//user:x@") }).dial(url)).rejects.toMatchObject({
      message: `dial ws ${url}: proxy 127.0.0.1:${proxy.port}: socks5: username/password authentication failed`,
      cause: { name: "ProxyError", code: "ERR_PROXY", response: null },
    });
    await expect(new Dialer({ proxy: proxy.url }).dial(url)).rejects.toThrow("no acceptable authentication methods");
  });

  test.each([
    ["an IPv4 address", [1, 10, 0, 0, 1, 0, 80]],
    ["an IPv6 address", [4, ...new Uint8Array(16).fill(9), 0, 80]],
    ["a name", [3, 3, 0x61, 0x62, 0x63, 0, 80]],
    ["an empty name", [3, 0, 0, 80]],
  ])("may answer byte by byte, with %s", async (_, bound) => {
    const proxy = opened(await socksProxy({ byteByByte: true, bound }));
    const server = opened(await answering(agreeAndSend));
    await hearsBoth((await new Dialer({ proxy: proxy.url }).dial(server.url)).conn);
    const secure = opened(await echoServer(pem));
    await roundTrip(secure.addr.toString(), { proxy: proxy.url, tls: { ca: pem.cert } });
  });

  test.each([
    [[5, 1, 0, 1, 0, 0, 0, 0, 0, 0], "general SOCKS server failure"],
    [[5, 2, 0, 1, 0, 0, 0, 0, 0, 0], "connection not allowed by ruleset"],
    [[5, 5, 0, 1, 0, 0, 0, 0, 0, 0], "connection refused"],
    [[5, 99, 0, 1, 0, 0, 0, 0, 0, 0], "unknown code: 99"],
    [[5, 0, 0, 7, 0, 0, 0, 0, 0, 0], "unknown address type 7"],
    [[4, 90, 0, 1, 0, 0, 0, 0, 0, 0], "unexpected protocol version 4"],
    [[5, 0, 0, 1, 0, 0], "unexpected EOF"],
    [[], "unexpected EOF"],
  ])("that answers %j is told apart from the server: %s", async (reply, message) => {
    const proxy = opened(await socksProxy({ reply }));
    const err = new Dialer({ proxy: proxy.url }).dial("ws://server.test/");
    await expect(err).rejects.toMatchObject({ name: "OpError", cause: { name: "ProxyError" } });
    await expect(err).rejects.toThrow(message);
  });

  test("that speaks HTTP is none", async () => {
    const server = createHTTPServer().listen(0, "127.0.0.1");
    opened(server);
    await once(server, "listening");
    const proxy = `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(new Dialer({ proxy }).dial("ws://server.test/")).rejects.toThrow(
      "socks5: unexpected protocol version 72",
    );
  });

  test("cannot be told a name of more than 255 bytes", async () => {
    const proxy = opened(await socksProxy());
    const name = `${"a.".repeat(150)}test`;
    await expect(new Dialer({ proxy: proxy.url }).dial(`ws://${name}/`)).rejects.toThrow("more than 255 bytes");
  });

  test("that says nothing is given up, and let go", async () => {
    const silent = opened(await answering(() => {}));
    const proxy = silent.url.replace("ws", "socks5");
    const late = new Dialer({ proxy, handshakeTimeoutMs: 30 }).dial("ws://server.test/");
    await expect(late).rejects.toMatchObject({ message: "dial ws ws://server.test/: i/o timeout", timeout: true });
    const abort = new AbortController();
    const dialling = new Dialer({ proxy }).dial("ws://server.test/", {}, { signal: abort.signal });
    setTimeout(() => abort.abort("enough"), 20);
    await expect(dialling).rejects.toBe("enough");
    await silent.gone();
  });
});
