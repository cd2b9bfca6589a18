import { AddrError, OpError } from "../net/errors.js";

/** Where a URL of a WebSocket leads. */
export interface Target {
  readonly url: URL;
  /** Whether it asks for TLS. */
  readonly secure: boolean;
  /** The host, without brackets. */
  readonly host: string;
  /** The port, which the URL may leave to its scheme. */
  readonly port: number;
  /** What the request asks for: the path and the query. */
  readonly path: string;
  /** The host as the server is told it. */
  readonly authority: string;
  /** The path of the Unix socket, where the URL names one. */
  readonly socketPath: string | undefined;
}

/**
 * Reads the URL of a WebSocket: `ws:`, `wss:`, or npm ws's `ws+unix:///run/app.sock:/path`.
 * @throws {OpError} `malformed ws or wss URL`, also when it names a user
 */
export function parseTarget(url: string | URL): Target {
  const text = String(url);
  const parsed = URL.canParse(text) ? new URL(text) : null;
  const target = parsed === null || parsed.username !== "" || parsed.password !== "" ? null : targetOf(parsed);
  if (target !== null) return target;
  const net = text.startsWith("wss:") ? "wss" : "ws";
  throw new OpError({ op: "dial", net, cause: new AddrError("malformed ws or wss URL", text) });
}

function targetOf(url: URL): Target | null {
  if (url.protocol === "ws+unix:") return unixTarget(url);
  if (url.protocol !== "ws:" && url.protocol !== "wss:") return null;
  const secure = url.protocol === "wss:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const path = url.pathname + url.search;
  return { url, secure, host: withoutBrackets(url.hostname), port, path, authority: url.host, socketPath: undefined };
}

/** The first colon ends the path of the socket. */
function unixTarget(url: URL): Target | null {
  const [, file = "", path = "/"] = /^([^:]*)(?::(.*))?$/.exec(url.pathname) ?? [];
  if (url.host !== "" || file === "") return null;
  const socketPath = decoded(file);
  if (socketPath === null) return null;
  const authority = "localhost";
  return { url, secure: false, host: authority, port: 80, path: (path || "/") + url.search, authority, socketPath };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Returns a URL's host name as the system takes it. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
