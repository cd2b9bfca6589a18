import { splitHostPort } from "../net/host-port.js";
import { UsageError } from "./usage-error.js";

/** The schemes of addresses. */
export type Scheme = "tcp" | "tls" | "unix" | "udp" | "ws" | "wss" | "http" | "https";

/** Where to connect to, or to listen. */
export interface Target {
  readonly scheme: Scheme;
  /** `host:port`; of a Unix socket the path. */
  readonly address: string;
  /** The path of a URL of HTTP or WebSocket, with its query; empty if there is none. */
  readonly path: string;
  /** All of it. */
  readonly url: string;
}

const ports: Readonly<Partial<Record<Scheme, string>>> = { ws: "80", wss: "443", http: "80", https: "443" };

/**
 * Reads an address such as `tcp://host:port`, `unix:/run/x.sock` or `ws://host/path`. The host may be missing, which is
 * this machine to connect to, and all its addresses to listen on.
 * @throws {UsageError} for what is none of the `schemes`, or lacks its port
 */
export function parseTarget(url: string, schemes: readonly Scheme[]): Target {
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (!(schemes as readonly string[]).includes(scheme)) {
    throw new UsageError(`Cannot use address '${url}': give ${schemes.map((name) => example(name)).join(", ")}`);
  }
  return scheme === "unix" ? unixTarget(url, rest) : hostTarget(url, scheme as Scheme, rest);
}

function example(scheme: Scheme): string {
  if (scheme === "unix") return "unix:/path";
  return `${scheme}://${ports[scheme] === undefined ? "host:port" : "host/path"}`;
}

function unixTarget(url: string, rest: string): Target {
  const address = rest.replace(/^\/\//, "");
  if (address === "") throw new UsageError(`Cannot use address '${url}': it has no path`);
  return { scheme: "unix", address, path: "", url };
}

function hostTarget(url: string, scheme: Scheme, rest: string): Target {
  const [, authority, path = ""] = /^\/\/([^/?#]*)([^#]*)$/s.exec(rest) ?? [];
  if (authority === undefined) throw new UsageError(`Cannot use address '${url}': give ${example(scheme)}`);
  const port = ports[scheme];
  if (port === undefined && path !== "" && path !== "/") {
    throw new UsageError(`Cannot use address '${url}': ${scheme} has no paths`);
  }
  const hasPort = port === undefined || /:[^\]:]*$/.test(authority);
  const address = hasPort ? authority : `${authority}:${port}`;
  checkHostPort(url, address);
  return { scheme, address, path: port === undefined ? "" : path, url };
}

function checkHostPort(url: string, address: string): void {
  try {
    if (splitHostPort(address).port !== "") return;
  } catch (err) {
    throw new UsageError(`Cannot use address '${url}': ${(err as { err?: string }).err ?? "no host and port"}`);
  }
  throw new UsageError(`Cannot use address '${url}': missing port in address`);
}
