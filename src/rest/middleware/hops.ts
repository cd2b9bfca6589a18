/** What one proxy says of the request that it got. */
export interface Hop {
  /** Who made it: an IP address, without a port; something else, or nothing, where the proxy hides it. */
  readonly address: string | undefined;
  /** The scheme that was used. */
  readonly protocol: "http" | "https" | undefined;
  /** The host that was asked for. */
  readonly host: string | undefined;
}

/** More proxies than anybody has. Those nearest to us count. */
const maxHops = 64;

/** Reads X-Forwarded-For and its companions, the nearest proxy last. */
export function hopsOfXForwarded(headers: Headers): Hop[] {
  const addresses = listOf(headers.get("X-Forwarded-For"));
  const protocols = listOf(headers.get("X-Forwarded-Proto"));
  const hosts = listOf(headers.get("X-Forwarded-Host"));
  if (addresses.length === 0 && protocols.length + hosts.length > 0) addresses.push("");
  return addresses.map((address, i) => ({
    address: addressOf(address),
    protocol: protocolOf(beside(protocols, i, addresses.length)),
    host: hostOf(beside(hosts, i, addresses.length)),
  }));
}

/** Each proxy may add to all lists, or the nearest may set some to one value. Never is the first believed that comes along. */
function beside(list: readonly string[], i: number, count: number): string | undefined {
  return list.length === count ? list[i] : list.at(-1);
}

function listOf(value: string | null): string[] {
  if (value === null || value.trim() === "") return [];
  return value
    .split(",")
    .map((each) => each.trim())
    .slice(-maxHops);
}

const parameter = /\s*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*([;,]|$)/y;

/**
 * Reads Forwarded, the nearest proxy last. What is malformed ends the field: nothing behind it, which is nearer, could be
 * told apart from what a client made up, so the whole field counts for nothing.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-4 | RFC 7239 section 4}
 */
export function hopsOfForwarded(headers: Headers): Hop[] {
  const value = headers.get("Forwarded")?.trim() ?? "";
  const hops: Map<string, string>[] = [new Map<string, string>()];
  parameter.lastIndex = 0;
  for (let at = 0; at < value.length; at = parameter.lastIndex) {
    const match = parameter.exec(value);
    if (match === null) return [];
    const [, name = "", quoted, token, end] = match;
    hops.at(-1)?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token ?? "");
    if (end === ",") hops.push(new Map());
  }
  return hops.slice(-maxHops).map((hop) => ({
    address: addressOf(hop.get("for")),
    protocol: protocolOf(hop.get("proto")),
    host: hostOf(hop.get("host")),
  }));
}

/** Takes the port off, and the brackets of an IPv6 address. */
function addressOf(node: string | undefined): string | undefined {
  const [, inBrackets, dotted] = /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\w+)?$/.exec(node ?? "") ?? [];
  return inBrackets ?? dotted ?? node;
}

function protocolOf(text: string | undefined): "http" | "https" | undefined {
  const lower = text?.toLowerCase();
  return lower === "http" || lower === "https" ? lower : undefined;
}

/** A name or an address, and a port: nothing that would be another part of a URL. */
function hostOf(text: string | undefined): string | undefined {
  const isHost = text !== undefined && text.length <= 260 && /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(text);
  return isHost && URL.canParse(`http://${text}/`) ? text : undefined;
}
