import { networkInterfaces } from "node:os";
import { NetError } from "../net/errors.js";
import { type IP, parseIP } from "../net/ip.js";

/**
 * Writes an interface, given by its name or by an address of it, as Node wants it for groups of the given protocol: an
 * IPv4 address of it, or `::%eth0`.
 * @throws {NetError} when there is no such interface, or it has no address to name it by
 */
export function interfaceFor(version: 4 | 6, iface: string): string {
  if (version === 6) return `::%${nameOf(iface)}`;
  if (parseIP(iface) !== null) return iface;
  const address = addressesOf(iface).find(({ family }) => family === "IPv4")?.address;
  if (address === undefined) throw noInterface(`no IPv4 address on interface ${iface}`);
  return address;
}

/** Tells whether an interface, given in the same way, has an IPv4 address. */
export function hasIPv4(iface: string): boolean {
  return parseIP(iface)?.to4() !== null || addressesOf(iface).some(({ family }) => family === "IPv4");
}

/** Tells the protocol of a group. */
export function versionOf(group: IP | string): 4 | 6 {
  const ip = typeof group === "string" ? parseIP(group) : group;
  return ip === null || ip.to4() === null ? 6 : 4;
}

function nameOf(iface: string): string {
  const ip = parseIP(iface);
  if (ip === null) {
    addressesOf(iface);
    return iface;
  }
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (addresses.some(({ address }) => parseIP(address)?.equal(ip))) return name;
  }
  throw noInterface();
}

function addressesOf(name: string): { family: string; address: string }[] {
  const addresses = networkInterfaces()[name];
  if (addresses === undefined) throw noInterface();
  return addresses;
}

function noInterface(text = "no such network interface"): NetError {
  return new NetError(`route ip+net: ${text}`, { code: "ENODEV" });
}
