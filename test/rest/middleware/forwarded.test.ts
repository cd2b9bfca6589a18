import { describe, expect, test } from "vitest";
import { compose } from "../../../src/rest/middleware/compose.js";
import { clientAddress } from "../../../src/rest/middleware/facts.js";
import { type ForwardedOptions, forwarded } from "../../../src/rest/middleware/forwarded.js";
import { requestId, requestIdOf } from "../../../src/rest/middleware/request-id.js";
import { peerSymbol } from "../../../src/rest/request-value.js";

const trust = ["10.0.0.0/8", "2001:db8::/32", "loopback"];

/** What the inside sees of a request. */
async function seen(
  peer: string | undefined,
  headers: Record<string, string>,
  options: Partial<ForwardedOptions> = {},
) {
  const request = new Request("http://inside:8080/a?b=c", { headers });
  if (peer !== undefined) Object.defineProperty(request, peerSymbol, { value: peer });
  let inside: Request | undefined;
  await forwarded({ trust, ...options })(request, async (passed) => {
    inside = passed;
    return new Response();
  });
  return { address: inside && clientAddress(inside), url: inside?.url, headers: inside?.headers };
}
const address = async (...args: Parameters<typeof seen>) => (await seen(...args)).address;
const byForwarded = { fields: "forwarded" } as const;

describe("X-Forwarded-For", () => {
  test.each([
    ["is not believed of a peer that is not trusted", "192.0.2.1", "6.6.6.6", "192.0.2.1"],
    ["is not believed of a peer that is not known", undefined, "6.6.6.6", undefined],
    ["is believed of one that is", "10.0.0.1", "192.0.2.60", "192.0.2.60"],
    ["is believed of one in the form of IPv6", "::ffff:10.0.0.1", "192.0.2.60", "192.0.2.60"],
    ["is believed of one with a zone", "::1%lo", "192.0.2.60", "192.0.2.60"],
    ["may begin with what the client made up", "10.0.0.1", "127.0.0.1, 10.9.9.9, 192.0.2.60", "192.0.2.60"],
    ["may name many trusted proxies", "10.0.0.1", "6.6.6.6, 192.0.2.60, 10.0.0.3, 10.0.0.2", "192.0.2.60"],
    ["may name trusted ones alone", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["may be of IPv6, with or without port", "10.0.0.1", "[2001:DB9::1]:4711", "2001:db9::1"],
    ["may have a port", "10.0.0.1", "192.0.2.60:1234", "192.0.2.60"],
    ["that hides the client leads to the proxy that hides it", "10.0.0.1", "192.0.2.60, unknown, 10.0.0.2", "10.0.0.2"],
    ["that is no address leads to the peer", "10.0.0.1", "192.0.2.60, 999.1.1.1", "10.0.0.1"],
    ["that is empty leads to the peer", "10.0.0.1", " ", "10.0.0.1"],
  ])("%s", async (_, peer, value, expected) => {
    expect(await address(peer, { "X-Forwarded-For": value })).toBe(expected);
  });

  test("may be long", async () => {
    const value = `${"6.6.6.6, ".repeat(1000)}192.0.2.60`;
    expect(await address("10.0.0.1", { "X-Forwarded-For": value })).toBe("192.0.2.60");
  });
});

describe("what the client asked for", () => {
  const chain = { "X-Forwarded-For": "192.0.2.60, 10.0.0.2" };
  const url = async (headers: Record<string, string>, options?: Partial<ForwardedOptions>) =>
    (await seen("10.0.0.1", headers, options)).url;

  test("becomes the URL", async () => {
    const fields = { ...chain, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.com" };
    expect(await url(fields)).toBe("https://example.com/a?b=c");
    expect(await url({ ...fields, "X-Forwarded-Host": "example.com:8443" })).toBe("https://example.com:8443/a?b=c");
  });
  test("is what the outermost trusted proxy says, where each says something", async () => {
    const fields = { "X-Forwarded-For": "6.6.6.6, 192.0.2.60, 10.0.0.2", "X-Forwarded-Proto": "http, https, http" };
    expect(await url(fields)).toBe("https://inside:8080/a?b=c");
  });
  test("is what the nearest proxy says, where the numbers do not fit", async () => {
    expect(await url({ ...chain, "X-Forwarded-Proto": "http, http, https" })).toBe("https://inside:8080/a?b=c");
  });
  test("may be all that a proxy says", async () => {
    expect(await url({ "X-Forwarded-Proto": "https" })).toBe("https://inside:8080/a?b=c");
  });
  test.each(["evil.com/path", "a@evil.com", "evil.com#", "a b", "evil.com?x", "", "[::1", "a:99999", "\\evil.com"])(
    "is no host that is none: %j",
    async (host) => {
      expect(await url({ ...chain, "X-Forwarded-Host": host })).toBe("http://inside:8080/a?b=c");
    },
  );
  test.each(["javascript", "file", "httpss", "https:"])("is no scheme but http and https: %j", async (protocol) => {
    expect(await url({ ...chain, "X-Forwarded-Proto": protocol })).toBe("http://inside:8080/a?b=c");
  });
});

describe("Forwarded", () => {
  test.each([
    ["for=192.0.2.60;proto=https;host=example.com", "192.0.2.60", "https://example.com/a?b=c"],
    ['For="[2001:db9:cafe::17]:4711"', "2001:db9:cafe::17", "http://inside:8080/a?b=c"],
    [
      "for=6.6.6.6;host=evil.com, for=192.0.2.60;host=example.com, for=10.0.0.2",
      "192.0.2.60",
      "http://example.com/a?b=c",
    ],
    ['for="_hidden", for=10.0.0.2', "10.0.0.2", "http://inside:8080/a?b=c"],
    ["for=192.0.2.60 ; by=10.0.0.1", "192.0.2.60", "http://inside:8080/a?b=c"],
    ['for="192\\.0.2.60"', "192.0.2.60", "http://inside:8080/a?b=c"],
    ['for=6.6.6.6, for="192.0.2.60', "10.0.0.1", "http://inside:8080/a?b=c"],
    ["for=6.6.6.6, garbage", "10.0.0.1", "http://inside:8080/a?b=c"],
    ["for=192.0.2.60;__proto__=x", "192.0.2.60", "http://inside:8080/a?b=c"],
    ['for="x"y, for=192.0.2.60', "10.0.0.1", "http://inside:8080/a?b=c"],
  ])("%s", async (value, client, url) => {
    expect(await seen("10.0.0.1", { Forwarded: value }, byForwarded)).toMatchObject({ address: client, url });
  });

  test("counts for nothing where the proxies set the other fields, and the other way round", async () => {
    expect(await address("10.0.0.1", { Forwarded: "for=6.6.6.6" })).toBe("10.0.0.1");
    expect(await address("10.0.0.1", { "X-Forwarded-For": "6.6.6.6" }, byForwarded)).toBe("10.0.0.1");
  });
});

test("what a peer that is not trusted says of others is taken off the request, all else stays", async () => {
  const spoofed = {
    "X-Forwarded-For": "10.0.0.1",
    Forwarded: "for=10.0.0.1",
    "X-Forwarded-Host": "evil.com",
    "X-A": "1",
  };
  const { headers, url } = await seen("192.0.2.1", spoofed);
  expect(Object.fromEntries(headers ?? [])).toEqual({ "x-a": "1" });
  expect(url).toBe("http://inside:8080/a?b=c");
});

test("a request that takes another's place has its body, its signal, and what is known of it", async () => {
  const aborter = new AbortController();
  const init = { method: "POST", body: "hello", signal: aborter.signal, headers: { "X-Forwarded-Proto": "https" } };
  const all = compose(requestId({ generate: () => "7" }), forwarded({ trust, peer: () => "127.0.0.1" }));
  const answer = await all(new Request("http://inside/", init), async (request) => {
    aborter.abort();
    return new Response(`${request.url} ${requestIdOf(request)} ${request.signal.aborted} ${await request.text()}`);
  });
  expect(await answer.text()).toBe("https://inside/ 7 true hello");
});

test.each(["10.0.0.0/33", "example.com", "10.0.0", "", "constructor"])("refuses the network %j", (network) => {
  expect(() => forwarded({ trust: [network] })).toThrow(TypeError);
});
