import { AddrError, OpError } from "../net/errors.js";

/**
 * Reads the URL of a WebSocket.
 * @throws {OpError} `malformed ws or wss URL`, also when it names a user
 */
export function parseURL(url: string | URL): URL {
  const text = String(url);
  const parsed = URL.canParse(text) ? new URL(text) : null;
  const good = parsed !== null && /^wss?:$/.test(parsed.protocol) && parsed.username === "" && parsed.password === "";
  if (good) return parsed;
  const net = text.startsWith("wss:") ? "wss" : "ws";
  throw new OpError({ op: "dial", net, cause: new AddrError("malformed ws or wss URL", text) });
}

/** Tells whether a URL asks for TLS. */
export function isSecure(url: URL): boolean {
  return url.protocol === "wss:";
}

/** Returns the host of a URL, without brackets. */
export function hostOfURL({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/** Returns the port of a URL, which may be left to its scheme. */
export function portOfURL(url: URL): number {
  return url.port === "" ? (isSecure(url) ? 443 : 80) : Number(url.port);
}
