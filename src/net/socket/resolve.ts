import { lookup } from "node:dns/promises";
import { fromNode } from "../errno.js";
import { AddrError, NetError } from "../errors.js";
import { joinHostPort, splitHostPort } from "../host-port.js";
import { IP, IPv4, IPv6loopback, parseIP } from "../ip.js";

/** One end of a TCP or UDP conversation: what TCPAddr and UDPAddr have in common. */
export interface Endpoint {
  /** Empty for "any address". */
  readonly ip: IP;
  readonly port: number;
  /** The scope of an IPv6 address, as `eth0`; empty mostly. */
  readonly zone: string;
}

/** The families that a network's name admits: `"tcp4"` only IPv4. */
export type Family = 0 | 4 | 6;

/** Tells the family of `"tcp"`, `"tcp4"`, `"tcp6"` and their like in UDP. */
export function familyOf(network: string): Family {
  if (network.endsWith("4")) return 4;
  return network.endsWith("6") ? 6 : 0;
}

/** Refuses a network that is none of `known`. */
export function checkNetwork(network: string, known: readonly string[]): void {
  if (!known.includes(network)) throw new NetError(`unknown network ${network}`, { code: "ERR_UNKNOWN_NETWORK" });
}

/** Refuses an address of the family that a network's name rules out. */
export function checkFamily(network: string, { ip }: Pick<Endpoint, "ip">): void {
  const family = familyOf(network);
  if (family === 0 || ip.bytes.byteLength === 0 || ip.isUnspecified()) return;
  if ((ip.to4() === null ? 6 : 4) !== family) throw new AddrError(`non-IPv${family} address`, ip.toString());
}

/** Prints an endpoint as Go does: `127.0.0.1:80`, `[fe80::1%eth0]:80`, `:80` without an address. */
export function formatEndpoint({ ip, port, zone }: Endpoint): string {
  return joinHostPort(hostOf({ ip, zone }), port);
}

/** Prints an endpoint's address without its port: `127.0.0.1`, `fe80::1%eth0`, or nothing. */
export function hostOf({ ip, zone }: Pick<Endpoint, "ip" | "zone">): string {
  if (ip.bytes.byteLength === 0) return "";
  return zone === "" ? ip.toString() : `${ip.toString()}%${zone}`;
}

/** Reads an address as Node prints it, which is always a literal one. */
export function parseEndpoint(address: string, port: number): Endpoint {
  const [host = "", zone = ""] = address.split("%");
  return { ip: parseIP(host) ?? new IP([]), port, zone };
}

/** Returns where to connect to when an endpoint names no address, or the unspecified one: this very machine. */
export function toLocal(endpoint: Endpoint, family: Family): Endpoint {
  const { ip } = endpoint;
  if (ip.bytes.byteLength > 0 && !ip.isUnspecified()) return endpoint;
  const v6 = family === 6 || (ip.bytes.byteLength === 16 && ip.to4() === null && family === 0);
  return { ip: v6 ? IPv6loopback : IPv4(127, 0, 0, 1), port: endpoint.port, zone: "" };
}

/**
 * Finds the endpoints that an address means: `host:port`, with a literal address, a name, or nothing as its host, and
 * a number or a service's name as its port. An empty address is any address, port 0.
 * @throws {AddrError} for an address that is none; {@link NetError} for a name that has no address
 * @see {@link https://pkg.go.dev/net#ResolveTCPAddr | Go net.ResolveTCPAddr}
 */
export async function resolveEndpoints(network: string, address: string): Promise<Endpoint[]> {
  if (address === "") return [{ ip: new IP([]), port: 0, zone: "" }];
  const { host, port: service } = splitHostPort(address);
  const port = parsePort(network, service);
  if (host === "") return [{ ip: new IP([]), port, zone: "" }];
  const found = await lookupHost(host, port);
  const family = familyOf(network);
  const fitting = found.filter(({ ip }) => family === 0 || (ip.to4() === null ? 6 : 4) === family);
  if (fitting.length === 0) throw new AddrError("no suitable address found", host);
  return fitting;
}

/** Looks a host up; a literal address is its own answer. */
async function lookupHost(host: string, port: number): Promise<Endpoint[]> {
  const [literal, zone] = splitZone(host);
  const ip = parseIP(literal);
  if (ip !== null && (zone === "" || ip.to4() === null)) return [{ ip, port, zone }];
  try {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.map(({ address }) => parseEndpoint(address, port));
  } catch (err) {
    throw fromNode(err, "lookup");
  }
}

function splitZone(host: string): [string, string] {
  const at = host.lastIndexOf("%");
  return at > 0 ? [host.slice(0, at), host.slice(at + 1)] : [host, ""];
}

/** The services that Go knows without asking the system. */
const services: Readonly<Record<string, number>> = {
  domain: 53,
  ftp: 21,
  ftps: 990,
  gopher: 70,
  http: 80,
  https: 443,
  imap2: 143,
  imap3: 220,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
  smtp: 25,
  ssh: 22,
  submissions: 465,
  telnet: 23,
};

/** Reads a port: a number with an optional sign, nothing for 0, or a service's name. */
function parsePort(network: string, service: string): number {
  if (/^[+-]?[0-9]*$/.test(service)) {
    const port = Number(service === "+" || service === "-" ? 0 : service);
    if (port < 0 || port > 65_535) throw new AddrError("invalid port", service);
    return port + 0; // no negative zero
  }
  const port = Object.hasOwn(services, service.toLowerCase()) ? services[service.toLowerCase()] : undefined;
  if (port === undefined) {
    throw new NetError(`lookup ${network}/${service}: unknown port`, { code: "ERR_UNKNOWN_PORT" });
  }
  return port;
}
