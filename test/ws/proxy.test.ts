import { beforeAll, describe, expect, test } from "vitest";
import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import { Dialer } from "../../src/ws/dialer.js";
import type { NetDial } from "../../src/ws/options.js";
import { reasonOf } from "../support/bytes.js";
import { type Authority, authority, type Certificate } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { restingSockets, socketsAreGone } from "../support/handles.js";
import { httpProxy, socksProxy } from "../support/proxies.js";
import { agreeAndSend, agreeing, answering, echoServer, hearsBoth, roundTrip } from "./dial-peers.js";

const opened = closing();
let forProxy: Authority;
let forServer: Authority;
let proxyPem: Certificate;
let serverPem: Certificate;

beforeAll(async () => {
  [forProxy, forServer] = await Promise.all([authority("proxies"), authority("servers")]);
  proxyPem = await forProxy.issue(["127.0.0.1", "proxy.test"]);
  serverPem = await forServer.issue(["127.0.0.1", "server.test"]);
});

/** A netDial that counts its calls. */
function counting(dial: NetDial): NetDial & { readonly addresses: string[] } {
  const addresses: string[] = [];
  const netDial: NetDial = (network, address, options) => {
    addresses.push(`${network} ${address}`);
    return dial(network, address, options);
  };
  return Object.assign(netDial, { addresses });
}

const plainDial: NetDial = (_, address, { signal }) => tcp.dial(address, { signal });
const tlsDial =
  (ca: string): NetDial =>
  (_, address, { signal }) =>
    tls.dial(address, { signal, ca });
const never: NetDial = () => {
  throw new Error("must not be called");
};

describe.each(["http", "https"])("an %s proxy", (scheme) => {
  const open = async (options: Parameters<typeof httpProxy>[0] = {}) =>
    opened(await httpProxy(scheme === "https" ? { ...options, pem: proxyPem } : options));
  const ca = () => ({ ca: [forProxy.cert, forServer.cert] });

  test("is asked to connect to a ws server", async () => {
    const [proxy, server] = [await open(), opened(await echoServer())];
    await roundTrip(server.addr.toString(), { proxy: proxy.url, tls: ca() });
    const target = `127.0.0.1:${server.addr.port}`;
    expect(proxy.calls).toMatchObject([{ target, headers: { host: target } }]);
    expect(Object.keys(proxy.calls[0]?.headers ?? {})).toEqual(["host"]);
  });

  test("is asked to connect to a wss server, to which TLS is spoken through it", async () => {
    const [proxy, server] = [await open(), opened(await echoServer(serverPem))];
    await roundTrip(server.addr.toString(), { proxy: new URL(proxy.url), tls: ca() });
    await roundTrip(`wss://server.test:${server.addr.port}/`, { proxy: proxy.url, tls: ca() });
    expect(proxy.calls.map(({ target }) => target.split(":")[0])).toEqual(["127.0.0.1", "server.test"]);
  });

  test("is told who we are", async () => {
    const [proxy, server] = [await open(), opened(await echoServer())];
    const url = proxy.url.replace("://", "://us%40er:pä%2Fss@");
    await roundTrip(server.addr.toString(), { proxy: url, tls: ca() });
    const credentials = Buffer.from("us@er:pä/ss").toString("base64");
    expect(proxy.calls[0]?.headers["proxy-authorization"]).toBe(`Basic ${credentials}`);
  });

  test("may answer byte by byte", async () => {
    const [proxy, server] = [await open({ byteByByte: true }), opened(await echoServer(serverPem))];
    await roundTrip(server.addr.toString(), { proxy: proxy.url, tls: ca() });
  });

  test("that refuses is told apart from the server, with what it answers", async () => {
    const answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\nwho are you?";
    const proxy = await open({ answer });
    const err = await reasonOf(
      new Dialer({ proxy: proxy.url.replace("//", "//u:secret@"), tls: ca() }).dial("ws://server.test/"),
    );
    expect(err).toMatchObject({
      message: `dial ws ws://server.test/: proxy 127.0.0.1:${proxy.port}: 407 Proxy Authentication Required`,
      code: "ERR_PROXY",
      cause: { name: "ProxyError", response: { status: 407, headers: { "proxy-authenticate": "Basic" } } },
    });
    const { body } = (err as { cause: { response: { body: Uint8Array } } }).cause.response;
    expect(new TextDecoder().decode(body)).toBe("who are you?");
  });

  test("that sends more than its answer is not trusted", async () => {
    const proxy = await open({ answer: "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n" });
    const dialling = new Dialer({ proxy: proxy.url, tls: ca() }).dial("ws://server.test/");
    await expect(dialling).rejects.toThrow("unexpected data behind its answer");
  });

  test("that sends no HTTP, an endless header, or half an answer is an error", async () => {
    for (const [answer, message] of [
      ["SSH-2.0-x\r\n\r\n", "malformed HTTP response: Expected HTTP/"],
      [`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`, "malformed HTTP response: Header overflow"],
      ["HTTP/1.1 200 O", "unexpected EOF"],
    ] as const) {
      const proxy = await open({ answer });
      const err = await reasonOf(new Dialer({ proxy: proxy.url, tls: ca() }).dial("ws://server.test/"));
      expect(err).toMatchObject({ name: "OpError", cause: { name: "ProxyError" } });
      expect((err as Error).message).toContain(`proxy 127.0.0.1:${proxy.port}: ${message}`);
    }
  });

  test("brings the frames that come together with the 101", async () => {
    const proxy = await open();
    for (const server of [opened(await answering(agreeAndSend)), opened(await answering(agreeAndSend, serverPem))]) {
      const { conn } = await new Dialer({ proxy: proxy.url, tls: ca() }).dial(server.url);
      await hearsBoth(conn);
    }
  });

  test("that cannot be reached is told apart from the server", async () => {
    const proxy = await open();
    proxy.close();
    await expect(new Dialer({ proxy: proxy.url }).dial("ws://server.test/")).rejects.toMatchObject({
      message: `dial ws ws://server.test/: proxy 127.0.0.1:${proxy.port}: connect: connection refused`,
      code: "ECONNREFUSED",
    });
  });

  test("that says nothing is given up, and let go", async () => {
    const silent = opened(await answering(() => {}, scheme === "https" ? proxyPem : undefined));
    const proxy = silent.url.replace(/^ws/, "http");
    const options = { proxy, tls: ca() };
    const late = new Dialer({ ...options, handshakeTimeoutMs: 50 }).dial("ws://server.test/");
    await expect(late).rejects.toMatchObject({ message: "dial ws ws://server.test/: i/o timeout", timeout: true });
    const abort = new AbortController();
    const dialling = new Dialer(options).dial("wss://server.test/", {}, { signal: abort.signal });
    setTimeout(() => abort.abort("enough"), 20);
    await expect(dialling).rejects.toBe("enough");
    await silent.gone();
  });
});

describe("netDial and a proxy", () => {
  const both = () => ({ ca: [forProxy.cert, forServer.cert] });

  test("netDial dials the http proxy, not the server", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer())];
    const netDial = counting(plainDial);
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDial });
    expect(netDial.addresses).toEqual([`tcp 127.0.0.1:${proxy.port}`]);
    expect(proxy.calls).toHaveLength(1);
  });

  test("an http proxy before a wss server: netDialTLS is not called", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer(serverPem))];
    const tls = { ca: forServer.cert };
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDialTLS: never, tls });
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDial: plainDial, netDialTLS: never, tls });
    expect(proxy.calls).toHaveLength(2);
  });

  test("an https proxy by netDial, over which we speak TLS to it", async () => {
    const proxy = opened(await httpProxy({ pem: proxyPem }));
    for (const server of [opened(await echoServer()), opened(await echoServer(serverPem))]) {
      const netDial = counting(plainDial);
      await roundTrip(server.addr.toString(), { proxy: proxy.url, netDial, tls: both() });
      expect(netDial.addresses).toEqual([`tcp 127.0.0.1:${proxy.port}`]);
    }
    expect(proxy.calls).toHaveLength(2);
  });

  test("an https proxy by netDialTLS, and tls for the wss server alone", async () => {
    const [proxy, server] = [opened(await httpProxy({ pem: proxyPem })), opened(await echoServer(serverPem))];
    const netDialTLS = counting(tlsDial(forProxy.cert));
    const tls = { ca: forServer.cert };
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDial: never, netDialTLS, tls });
    expect(netDialTLS.addresses).toEqual([`tcp 127.0.0.1:${proxy.port}`]);
    expect(proxy.calls).toHaveLength(1);
  });

  test("an https proxy by netDialTLS before a ws server: tls is for nobody", async () => {
    const [proxy, server] = [opened(await httpProxy({ pem: proxyPem })), opened(await echoServer())];
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDialTLS: tlsDial(forProxy.cert), tls: { ca: "" } });
    expect(proxy.calls).toHaveLength(1);
  });

  test("a socks5 proxy by netDial", async () => {
    const [proxy, server] = [opened(await socksProxy()), opened(await echoServer(serverPem))];
    const netDial = counting(plainDial);
    await roundTrip(server.addr.toString(), { proxy: proxy.url, netDial, netDialTLS: never, tls: both() });
    expect(netDial.addresses).toEqual([`tcp 127.0.0.1:${proxy.port}`]);
  });

  test("frames that come together with the 101 are kept", async () => {
    const server = opened(await answering(agreeAndSend, serverPem));
    for (const proxy of [
      opened(await httpProxy()),
      opened(await socksProxy()),
      opened(await httpProxy({ pem: proxyPem })),
    ]) {
      const dialer = new Dialer({ proxy: proxy.url, netDial: plainDial, tls: both() });
      await hearsBoth((await dialer.dial(server.url)).conn);
    }
  });

  test("what netDial throws reaches the caller untouched", async () => {
    const reason = new Error("no way");
    const netDial = () => Promise.reject(reason);
    const dialling = new Dialer({ proxy: "http://127.0.0.1:1", netDial }).dial("ws://server.test/");
    await expect(dialling).rejects.toBe(reason);
  });
});

describe("certificates", () => {
  test("an https proxy that is not vouched for is not spoken to", async () => {
    const [proxy, server] = [opened(await httpProxy({ pem: proxyPem })), opened(await echoServer(serverPem))];
    const url = server.addr.toString();
    await expect(new Dialer({ proxy: proxy.url, tls: { ca: forServer.cert } }).dial(url)).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      cause: { name: "ProxyError" },
    });
    expect(proxy.calls).toHaveLength(0);
  });

  test("a wss server that is not vouched for is not spoken to, after the proxy was", async () => {
    const [proxy, server] = [opened(await httpProxy({ pem: proxyPem })), opened(await echoServer(serverPem))];
    const url = server.addr.toString();
    const err = await reasonOf(new Dialer({ proxy: proxy.url, tls: { ca: forProxy.cert } }).dial(url));
    expect(err).toMatchObject({ name: "OpError", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    expect((err as Error).message).not.toContain("proxy");
    expect(proxy.calls).toHaveLength(1);
  });

  test("serverName is the server's, not the proxy's", async () => {
    const [proxy, server] = [opened(await httpProxy({ pem: proxyPem })), opened(await echoServer(serverPem))];
    const tls = { ca: [forProxy.cert, forServer.cert], serverName: "server.test" };
    await roundTrip(server.addr.toString().replace("127.0.0.1", "localhost"), { proxy: proxy.url, tls });
  });
});

describe("a proxy is chosen", () => {
  test("by a function, for the URL that is dialled", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer())];
    const asked: string[] = [];
    const choose = (url: URL) => {
      asked.push(url.href);
      return Promise.resolve(proxy.url);
    };
    await roundTrip(server.addr.toString(), { proxy: choose });
    expect(asked).toEqual([server.addr.toString()]);
    expect(proxy.calls).toHaveLength(1);
  });

  test("by a function that fails: its error aborts the dial, untouched", async () => {
    const reason = new Error("no idea");
    const choose = () => {
      throw reason;
    };
    await expect(new Dialer({ proxy: choose }).dial("ws://server.test/")).rejects.toBe(reason);
    const later = () => Promise.reject(reason);
    await expect(new Dialer({ proxy: later }).dial("ws://server.test/")).rejects.toBe(reason);
  });

  test("by a function that never settles: the time limit holds", async () => {
    const dialer = new Dialer({ proxy: () => new Promise<null>(() => {}), handshakeTimeoutMs: 20 });
    await expect(dialer.dial("ws://server.test/")).rejects.toMatchObject({ timeout: true });
  });

  test.each([null, undefined, ""])("%j stands for none", async (none) => {
    const server = opened(await echoServer());
    await roundTrip(server.addr.toString(), { proxy: none });
    await roundTrip(server.addr.toString(), { proxy: () => none });
  });

  test("without a scheme it is http", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer())];
    await roundTrip(server.addr.toString(), { proxy: `127.0.0.1:${proxy.port}` });
    expect(proxy.calls).toHaveLength(1);
  });

  test.each(["ftp://user:secret@127.0.0.1/", "socks4://user:secret@127.0.0.1/", "user:secret@", "http://"])(
    "%s is a TypeError that does not tell the password",
    async (proxy) => {
      const err = await reasonOf(new Dialer({ proxy }).dial("ws://server.test/"));
      expect(err).toBeInstanceOf(TypeError);
      expect(String(err)).toContain("want an http, https or socks5 URL");
      expect(String(err)).not.toContain("secret");
    },
  );
});

test.each(["http", "https", "socks5"])("an abort at any time lets all go (%s proxy)", async (scheme) => {
  const pem = scheme === "https" ? { pem: proxyPem } : {};
  const proxy = opened(await (scheme === "socks5" ? socksProxy() : httpProxy(pem)));
  const server = opened(await answering((request, socket) => void socket.write(agreeing(request)), serverPem));
  const before = await restingSockets();
  const options = { proxy: proxy.url, tls: { ca: [forProxy.cert, forServer.cert] } };
  const dialers = [new Dialer(options), new Dialer({ ...options, netDial: plainDial })];
  const outcomes = Array.from({ length: 40 }, async (_, i) => {
    const abort = new AbortController();
    const dialling = (dialers[i % 2] as Dialer).dial(server.url, {}, { signal: abort.signal });
    setTimeout(() => abort.abort("enough"), 3 * i);
    return dialling.then(
      ({ conn }) => conn.closeNow(),
      (reason: unknown) => expect(reason).toBe("enough"),
    );
  });
  await Promise.all(outcomes);
  await socketsAreGone(before);
});
