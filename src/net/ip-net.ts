import type { Addr, Bytes } from "./conn.js";
import { ParseError } from "./errors.js";
import { type IP, parseIP } from "./ip.js";
import { and, equalBytes, IPv4len, IPv6len, lastFour, unmapped } from "./ip-bytes.js";
import { cidrMask, IPMask } from "./ip-mask.js";
import { formatAddress } from "./ip-text.js";

/**
 * Names a network: an address in it, and the mask that tells which of its bits all addresses of the network share.
 * @see {@link https://pkg.go.dev/net#IPNet | Go net.IPNet}
 */
export class IPNet implements Addr {
  /** The kind of address, `"ip+net"`, as everywhere in Go. */
  readonly transport = "ip+net";
  /** The network's number. Its bits that are not in {@link IPNet.mask} do not matter, though they are printed. */
  readonly ip: IP;
  /** Which bits of {@link IPNet.ip} matter. */
  readonly mask: IPMask;

  /** Joins the two. Takes any; a network whose parts do not go together prints `<nil>` and contains no address. */
  constructor(ip: IP, mask: IPMask) {
    this.ip = ip;
    this.mask = mask;
  }

  /**
   * Tells whether `ip` is in this network. The two forms of an IPv4 address are both in it, or neither is.
   *
   * As in Go, an empty address is in a network whose parts do not go together.
   * @see {@link https://pkg.go.dev/net#IPNet.Contains | Go net.IPNet.Contains}
   */
  contains(ip: IP): boolean {
    const { number, mask } = parts(this);
    const address = unmapped(ip.bytes);
    return address.length === number.length && equalBytes(and(address, mask), and(number, mask));
  }

  /**
   * Writes the network as address and number of ones, `192.0.2.0/24`; with a mask in which a one comes after a zero
   * as `192.0.2.0/ff00ff00`; and as `<nil>` if address and mask do not go together.
   * @see {@link https://pkg.go.dev/net#IPNet.String | Go net.IPNet.String}
   */
  toString(): string {
    const { number, mask } = parts(this);
    if (number.length === 0) return "<nil>";
    const short = new IPMask(mask);
    const { ones, bits } = short.size();
    return `${formatAddress(number)}/${bits === 0 ? short.toString() : ones}`;
  }
}

/** Returns both in the same length, which is 4 for IPv4, 16 for IPv6, and 0 if they do not go together. */
function parts({ ip, mask: { bytes: mask } }: IPNet): { number: Bytes; mask: Bytes } {
  const number = unmapped(ip.bytes);
  if (number.length === IPv4len && mask.length === IPv6len) return { number, mask: lastFour(mask) };
  const known = number.length === IPv4len || number.length === IPv6len;
  return known && number.length === mask.length ? { number, mask } : nothing;
}

const nothing = { number: new Uint8Array(), mask: new Uint8Array() };

/**
 * Parses an address and the length of its network's prefix, `192.0.2.1/24` or `2001:db8::1/32`.
 *
 * Returns the address, in its 16-byte form, and the network, whose number has no other bits than those of the prefix;
 * number and mask have 4 bytes if the address is dotted, else 16. The address is one for {@link parseIP}, the length
 * decimal, at most 32 or 128; leading zeros in it are allowed.
 * @throws {ParseError} when `s` is none: `invalid CIDR address: 192.0.2.1`
 * @example
 * ```ts
 * const { ip, network } = parseCIDR("192.0.2.1/24");
 * ip.toString(); // "192.0.2.1"
 * network.toString(); // "192.0.2.0/24"
 * network.contains(IPv4(192, 0, 2, 77)); // true
 * ```
 * @see {@link https://pkg.go.dev/net#ParseCIDR | Go net.ParseCIDR}
 */
export function parseCIDR(s: string): { ip: IP; network: IPNet } {
  const slash = s.indexOf("/");
  const address = slash < 0 ? "" : s.slice(0, slash);
  const ip = parseIP(address);
  const mask = parseMask(s.slice(slash + 1), address.includes(":") ? 128 : 32);
  const number = mask === null ? null : ip?.mask(mask);
  if (ip == null || number == null || mask === null) throw new ParseError("CIDR address", s);
  return { ip, network: new IPNet(number, mask) };
}

/** Makes the mask of a length that is written in decimal digits. */
function parseMask(length: string, bits: number): IPMask | null {
  if (!/^\d+$/.test(length) || Number(length) > bits) return null;
  return cidrMask(Number(length), bits);
}
