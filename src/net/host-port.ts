import { AddrError } from "./errors.js";

const missingPort = "missing port in address";
const tooManyColons = "too many colons in address";

/**
 * Splits `host:port`, `[host]:port`, `host%zone:port` or `[host%zone]:port` into the host, without its brackets, and
 * the port. A host that has colons, as an IPv6 address does, must be in brackets.
 *
 * Either part may be empty, and neither is looked into: a port need not be a number.
 * @throws {AddrError} when `hostport` has no port, too many colons, or brackets where none should be:
 * `address 127.0.0.1: missing port in address`
 * @example
 * ```ts
 * splitHostPort("[::1]:http"); // { host: "::1", port: "http" }
 * ```
 * @see {@link https://pkg.go.dev/net#SplitHostPort | Go net.SplitHostPort}
 */
export function splitHostPort(hostport: string): { host: string; port: string } {
  const colon = hostport.lastIndexOf(":");
  if (colon < 0) throw new AddrError(missingPort, hostport);
  const host = hostport.startsWith("[") ? bracketedHost(hostport, colon) : plainHost(hostport, colon);
  return { host, port: hostport.slice(colon + 1) };
}

/** Returns what is in the brackets, of which the last colon must come right behind the second. */
function bracketedHost(hostport: string, colon: number): string {
  const end = hostport.indexOf("]");
  if (end < 0) throw new AddrError("missing ']' in address", hostport);
  if (end + 1 !== colon) throw new AddrError(hostport[end + 1] === ":" ? tooManyColons : missingPort, hostport);
  refuse("[", hostport, 1);
  refuse("]", hostport, end + 1);
  return hostport.slice(1, end);
}

/** Returns what is before the only colon. */
function plainHost(hostport: string, colon: number): string {
  const host = hostport.slice(0, colon);
  if (host.includes(":")) throw new AddrError(tooManyColons, hostport);
  refuse("[", hostport, 0);
  refuse("]", hostport, 0);
  return host;
}

function refuse(bracket: string, hostport: string, from: number): void {
  if (hostport.includes(bracket, from)) throw new AddrError(`unexpected '${bracket}' in address`, hostport);
}

/**
 * Joins host and port with a colon, and puts a host that has colons in brackets: `localhost:80`, `[::1]:80`.
 *
 * Looks no further: as in Go, `%` alone calls for no brackets, and text that {@link splitHostPort} would refuse may
 * come out if the host has brackets or the port has colons.
 * @see {@link https://pkg.go.dev/net#JoinHostPort | Go net.JoinHostPort}
 */
export function joinHostPort(host: string, port: string | number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
