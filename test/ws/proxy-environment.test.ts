import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Dialer, defaultDialer } from "../../src/ws/dialer.js";
import { proxyFromEnvironment } from "../../src/ws/proxy-environment.js";
import { closing } from "../support/closing.js";
import { httpProxy } from "../support/proxies.js";
import { echoServer } from "./dial-peers.js";

const opened = closing();

const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "REQUEST_METHOD", "ALL_PROXY"];

beforeEach(() => {
  for (const name of [...names, ...names.map((each) => each.toLowerCase())]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function proxyOf(url: string, env: Record<string, string>): string | null {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return proxyFromEnvironment(new URL(url))?.href ?? null;
}

describe("the proxy of the environment", () => {
  const http = { HTTP_PROXY: "http://plain:1" };
  const https = { HTTPS_PROXY: "http://secure:2" };
  test.each<[string, Record<string, string>, string | null]>([
    ["ws://a.test/", {}, null],
    ["ws://a.test/", { ...http, ...https }, "http://plain:1/"],
    ["wss://a.test/", { ...http, ...https }, "http://secure:2/"],
    ["http://a.test/", { ...http, ...https }, "http://plain:1/"],
    ["https://a.test/", { ...http, ...https }, "http://secure:2/"],
    ["wss://a.test/", http, null],
    ["ws://a.test/", https, null],
    ["ws://a.test/", { http_proxy: "http://lower:3" }, "http://lower:3/"],
    ["wss://a.test/", { https_proxy: "https://lower:3" }, "https://lower:3/"],
    ["ws://a.test/", { http_proxy: "http://lower:3", ...http }, "http://plain:1/"],
    ["ws://a.test/", { HTTP_PROXY: "cache.test" }, "http://cache.test/"],
    ["ws://a.test/", { HTTP_PROXY: "cache.test:1234" }, "http://cache.test:1234/"],
    ["ws://a.test/", { HTTP_PROXY: "localhost:1234" }, "http://localhost:1234/"],
    ["ws://a.test/", { HTTP_PROXY: "http://user:pass@cache.test" }, "http://user:pass@cache.test/"],
    ["ws://a.test/", { HTTP_PROXY: "socks5://cache.test" }, "socks5://cache.test"],
    ["ws://a.test/", { ALL_PROXY: "http://all:1" }, null],
    ["ws://localhost/", http, null],
    ["ws://127.0.0.1:8080/", http, null],
    ["ws://127.9.9.9/", http, null],
    ["ws://[::1]/", http, null],
    ["wss://a.test/", { ...https, REQUEST_METHOD: "GET" }, "http://secure:2/"],
  ])("for %s in %j is %s", (url, env, want) => {
    expect(proxyOf(url, env)).toBe(want);
  });

  test.each<[string, string, boolean]>([
    ["*", "ws://a.test/", true],
    ["b.test, a.test", "ws://a.test/", true],
    ["b.test,,A.TEST", "ws://a.test/", true],
    ["a.test", "ws://sub.a.test/", true],
    ["a.test", "ws://xa.test/", false],
    [".a.test", "ws://sub.a.test/", true],
    [".a.test", "ws://a.test/", false],
    ["*.a.test", "ws://sub.a.test/", true],
    ["*.a.test", "ws://a.test/", false],
    ["a.test:80", "ws://a.test/", true],
    ["a.test:80", "ws://a.test:81/", false],
    ["a.test:81", "ws://a.test:81/", true],
    ["a.test:443", "wss://a.test/", true],
    ["10.0.0.1", "ws://10.0.0.1/", true],
    ["10.0.0.1", "ws://10.0.0.2/", false],
    ["10.0.0.1:80", "ws://10.0.0.1:81/", false],
    ["10.0.0.0/8", "ws://10.9.9.9/", true],
    ["10.0.0.0/8", "ws://11.0.0.1/", false],
    ["10.0.0.0/8", "ws://a.test/", false],
    ["10.0.0.0/99", "ws://10.0.0.1/", false],
    ["2001:db8::1", "ws://[2001:db8::1]/", true],
    ["[2001:db8::1]:80", "ws://[2001:db8::1]/", true],
    ["[2001:db8::1]:81", "ws://[2001:db8::1]/", false],
    ["2001:db8::/32", "ws://[2001:db8:1::1]/", true],
    ["a.test", "ws://a.test./", true],
    ["", "ws://a.test/", false],
  ])("with NO_PROXY=%s is left out for %s: %s", (NO_PROXY, url, isExempt) => {
    const env = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:1", NO_PROXY };
    expect(proxyOf(url, env)).toBe(isExempt ? null : "http://p:1/");
    vi.stubEnv("NO_PROXY", undefined);
    expect(proxyOf(url, { no_proxy: NO_PROXY })).toBe(isExempt ? null : "http://p:1/");
  });

  test("is not what a client of a CGI program says it is", () => {
    const env = { HTTP_PROXY: "http://evil:1", REQUEST_METHOD: "GET" };
    expect(() => proxyOf("ws://a.test/", env)).toThrow("refusing to use HTTP_PROXY value in CGI environment");
  });

  test("that is none is an error that does not tell it", () => {
    const env = { HTTP_PROXY: "http://user:secret@:x/" };
    expect(() => proxyOf("ws://a.test/", env)).toThrow(/^invalid proxy address in the environment$/);
  });
});

describe("a Dialer", () => {
  test("goes through the proxy of the environment only if it is told to; the default one is", async () => {
    const [proxy, server] = [opened(await httpProxy()), opened(await echoServer())];
    vi.stubEnv("HTTP_PROXY", proxy.url);
    const url = `ws://server.test:${server.addr.port}/`;
    (await defaultDialer.dial(url)).conn.closeNow();
    expect(proxy.calls).toHaveLength(1);
    const netDial = (_: string, address: string) => Promise.reject(new Error(address));
    await expect(new Dialer({ netDial }).dial(url)).rejects.toThrow(`server.test:${server.addr.port}`);
  });

  test("gives what is wrong with the environment, untouched", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://:0");
    await expect(defaultDialer.dial("wss://server.test/")).rejects.toThrow(/^invalid proxy address/);
  });
});
