import { type IP, parseIP } from "../../net/ip.js";
import { type IPNet, parseCIDR } from "../../net/ip-net.js";
import { peerOf, replaceRequest } from "../request-value.js";
import type { Middleware } from "../types.js";
import { type Forwarding, forwarding } from "./facts.js";
import { type Hop, hopsOfForwarded, hopsOfXForwarded } from "./hops.js";

/** Options of {@link forwarded}. */
export interface ForwardedOptions {
  /**
   * The proxies that are believed: networks (`"10.0.0.0/8"`), addresses, or `"loopback"`, `"linklocal"` and
   * `"uniquelocal"` (the private networks of IPv4 and IPv6).
   */
  readonly trust: readonly string[];
  /** Which fields the proxies set; the others are ignored, as anybody may have sent them. @default "x-forwarded" */
  readonly fields?: "forwarded" | "x-forwarded" | undefined;
  /** Tells the address of the peer, for adapters that are not of this package. */
  readonly peer?: ((request: Request) => string | undefined) | undefined;
}

const named: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

const fieldNames = [
  "Forwarded",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Real-IP",
];

/**
 * Finds out who made a request that came through proxies: {@link clientAddress} tells it, and the request's URL becomes
 * what the client asked for. Only proxies that are trusted are believed, from the nearest on outwards: the first address
 * that is none of theirs is the client's. From a peer that is not trusted these fields are taken off the request, so that nothing behind
 * can be deceived by them.
 *
 * @example
 * ```ts
 * import { clientAddress, forwarded } from "toolkit/rest";
 *
 * const behindProxy = forwarded({ trust: ["10.0.0.0/8"], peer: () => "10.0.0.1" });
 * const request = new Request("http://10.0.0.2/", {
 *   headers: { "X-Forwarded-For": "6.6.6.6, 192.0.2.60", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.com" },
 * });
 * const answer = await behindProxy(request, async (seen) => new Response(`${clientAddress(seen)} ${seen.url}`));
 * console.log(await answer.text()); // 192.0.2.60 https://example.com/
 * ```
 * @throws {TypeError} for a network that is none
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239 | RFC 7239}
 */
export function forwarded(options: ForwardedOptions): Middleware {
  const { fields = "x-forwarded", peer = peerOf } = options;
  const isTrusted = trustOf(options.trust);
  return (request, next) => {
    const address = parseAddress(peer(request));
    if (address === null || !isTrusted(address)) return next(asAsked(request, address));
    const hops = fields === "forwarded" ? hopsOfForwarded(request.headers) : hopsOfXForwarded(request.headers);
    return next(asForwarded(request, findClient(hops, address, isTrusted)));
  };
}

function trustOf(trust: readonly string[]): (address: IP) => boolean {
  const networks = trust.flatMap((each) => named.get(each) ?? [each]).map(parseNetwork);
  return (address) => networks.some((network) => network.contains(address));
}

function parseNetwork(text: string): IPNet {
  const bits = text.includes(":") ? 128 : 32;
  try {
    return parseCIDR(text.includes("/") ? text : `${text}/${bits}`).network;
  } catch (cause) {
    throw new TypeError(`Network ${JSON.stringify(text)} is none, as "10.0.0.0/8" is`, { cause });
  }
}

/** An address may have a zone, which does not matter here. */
function parseAddress(text: string | undefined): IP | null {
  return text === undefined ? null : parseIP(text.replace(/%.*$/, ""));
}

interface Found {
  readonly address: IP;
  /** What the outermost of the trusted proxies says of the client's request. */
  readonly hop: Hop | undefined;
}

/** Walks outwards; a hop that does not tell an address, or hides it, ends the walk at the last that is known. */
function findClient(hops: readonly Hop[], peer: IP, isTrusted: (address: IP) => boolean): Found {
  let found: Found = { address: peer, hop: undefined };
  for (const hop of hops.toReversed()) {
    if (!isTrusted(found.address)) break;
    const address = parseAddress(hop.address);
    if (address === null) return { address: found.address, hop };
    found = { address, hop };
  }
  return found;
}

function forwardingOf(url: URL, address: IP | null): Forwarding {
  const protocol = url.protocol === "https:" ? "https" : "http";
  return { address: address?.toString(), protocol, host: url.host };
}

/** The request as its peer sent it, without what it says of others. */
function asAsked(request: Request, address: IP | null): Request {
  const isClean = fieldNames.every((name) => !request.headers.has(name));
  const clean = isClean ? request : replaceRequest(request, request.url, { headers: without(request.headers) });
  forwarding.set(clean, forwardingOf(new URL(request.url), address));
  return clean;
}

function without(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const name of fieldNames) copy.delete(name);
  return copy;
}

function asForwarded(request: Request, { address, hop }: Found): Request {
  const url = new URL(request.url);
  if (hop?.protocol !== undefined) url.protocol = hop.protocol;
  if (hop?.host !== undefined) setHost(url, hop.host);
  const seen = url.href === request.url ? request : replaceRequest(request, url, {});
  forwarding.set(seen, forwardingOf(url, address));
  return seen;
}

/** Setting `host` keeps the old port where the new one has none. */
function setHost(url: URL, host: string): void {
  url.port = "";
  url.host = host;
}
