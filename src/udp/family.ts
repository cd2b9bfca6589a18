import { AddrError } from "../net/errors.js";
import type { IP } from "../net/ip.js";
import { type Endpoint, familyOf, hostOf } from "../net/socket/resolve.js";

/** Says what kind of socket serves a conversation. */
export interface SocketFamily {
  /** The protocol of the socket; 6 speaks to IPv4 addresses too unless `only`. */
  readonly version: 4 | 6;
  /** Whether an IPv6 socket shuts IPv4 out. */
  readonly only: boolean;
}

const v4: SocketFamily = { version: 4, only: true };
const v6: SocketFamily = { version: 6, only: true };
/** IPv6 that carries IPv4 as well. */
const dual: SocketFamily = { version: 6, only: false };

/** Chooses the socket that listens on `local`: on any address, the one that hears both protocols. */
export function familyToListen(network: string, local: Endpoint): SocketFamily {
  return named(network) ?? (isWildcard(local.ip) || !isIPv4(local.ip) ? dual : v4);
}

/** Chooses the socket that speaks to `remote`, perhaps from a given address. */
export function familyToDial(network: string, local: Endpoint | undefined, remote: Endpoint): SocketFamily {
  return named(network) ?? ([local, remote].every((e) => e === undefined || isIPv4(e.ip)) ? v4 : dual);
}

/** The family that a network's name asks for. */
function named(network: string): SocketFamily | undefined {
  return { 0: undefined, 4: v4, 6: v6 }[familyOf(network)];
}

/** No address at all counts as one of either protocol. */
function isIPv4(ip: IP): boolean {
  return ip.bytes.byteLength <= 4 || ip.to4() !== null;
}

function isWildcard(ip: IP): boolean {
  return ip.bytes.byteLength === 0 || ip.isUnspecified();
}

/**
 * Writes an address as a socket of the given protocol takes it: `::ffff:192.0.2.1` is how an IPv6 socket speaks to
 * `192.0.2.1`.
 * @throws {AddrError} for one that it cannot speak to
 */
export function hostFor(version: 4 | 6, { ip, zone }: Pick<Endpoint, "ip" | "zone">): string {
  const { byteLength } = ip.bytes;
  if (version === 4) {
    if (byteLength === 0) return "0.0.0.0";
    if (ip.to4() === null) throw new AddrError("non-IPv4 address", ip.toString());
    return ip.toString();
  }
  if (byteLength !== 0 && byteLength !== 4 && byteLength !== 16) throw new AddrError("non-IPv6 address", ip.toString());
  if (isWildcard(ip)) return "::";
  return ip.to4() === null ? hostOf({ ip, zone }) : `::ffff:${ip.toString()}`;
}
