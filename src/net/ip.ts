import type { Bytes } from "./conn.js";
import { AddrError } from "./errors.js";
import { and, equalBytes, hex, IPv4len, IPv6len, lastFour, mapped, octets, unmapped } from "./ip-bytes.js";
import { cidrMask, type IPMask } from "./ip-mask.js";
import { formatAddress, parseAddress } from "./ip-text.js";

/** The method that Node asks for what to print. */
const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * Holds one IP address: 4 bytes for IPv4, or 16 for IPv6 and for IPv4 in its IPv6 form (`::ffff:192.0.2.1`). Both
 * forms of an IPv4 address mean the same to every method here; {@link parseIP} and {@link IPv4} return the longer one,
 * as in Go.
 *
 * Addresses never change: the bytes are copied when an address is made, and nobody may write to {@link IP.bytes}.
 * Bytes of any number make an `IP`. Without any it is the empty one, which stands for Go's nil, prints `<nil>` and
 * means "no address in particular" in the address of a socket. In another number than 4 or 16 they print as `?` and
 * digits, and every question about them is answered with no.
 * @see {@link https://pkg.go.dev/net#IP | Go net.IP}
 */
export class IP {
  /** The address, most significant byte first. To be read only. */
  readonly bytes: Bytes;

  /**
   * Copies `bytes`.
   * @throws {RangeError} when `bytes` are numbers that are not all integers from 0 to 255
   */
  constructor(bytes: Bytes | readonly number[] = []) {
    this.bytes = octets(bytes);
  }

  /**
   * Returns the 4-byte form of an IPv4 address, or `null` if this is none.
   * @see {@link https://pkg.go.dev/net#IP.To4 | Go net.IP.To4}
   */
  to4(): IP | null {
    if (this.bytes.length === IPv4len) return this;
    const v4 = unmapped(this.bytes);
    return v4.length === IPv4len ? new IP(v4) : null;
  }

  /**
   * Returns the 16-byte form, or the empty address, where Go has nil, if this is neither of 4 nor of 16 bytes.
   * @see {@link https://pkg.go.dev/net#IP.To16 | Go net.IP.To16}
   */
  to16(): IP {
    if (this.bytes.length === IPv6len) return this;
    return new IP(this.bytes.length === IPv4len ? mapped(this.bytes) : []);
  }

  /**
   * Tells whether both are the same address; the two forms of an IPv4 address are.
   * @see {@link https://pkg.go.dev/net#IP.Equal | Go net.IP.Equal}
   */
  equal(other: IP): boolean {
    return equalBytes(unmapped(this.bytes), unmapped(other.bytes));
  }

  /**
   * Writes the address: `192.0.2.1` for IPv4 in either form, `2001:db8::1` by RFC 5952 for IPv6, `<nil>` if it is
   * empty, and `?` followed by hexadecimal digits if it has another length.
   * @see {@link https://pkg.go.dev/net#IP.String | Go net.IP.String}
   * @see {@link https://www.rfc-editor.org/rfc/rfc5952#section-4 | RFC 5952, section 4}
   */
  toString(): string {
    return formatAddress(this.bytes);
  }

  /** In the console it is text, not bytes. @internal */
  [inspect](): string {
    return `IP(${this.toString()})`;
  }

  /**
   * Writes the address for JSON: as {@link IP.toString} does, but an empty string if it is empty.
   * @throws {AddrError} when it has another length than 0, 4 and 16
   * @see {@link https://pkg.go.dev/net#IP.MarshalText | Go net.IP.MarshalText}
   */
  toJSON(): string {
    const { length } = this.bytes;
    if (length === 0) return "";
    if (length !== IPv4len && length !== IPv6len) throw new AddrError("invalid IP address", hex(this.bytes));
    return this.toString();
  }

  /**
   * Tells whether this is `0.0.0.0` or `::`.
   * @see {@link https://pkg.go.dev/net#IP.IsUnspecified | Go net.IP.IsUnspecified}
   */
  isUnspecified(): boolean {
    return this.equal(IPv4zero) || this.equal(IPv6unspecified);
  }

  /**
   * Tells whether this is in 127.0.0.0/8, or is `::1`.
   * @see {@link https://pkg.go.dev/net#IP.IsLoopback | Go net.IP.IsLoopback}
   */
  isLoopback(): boolean {
    return head4(this.bytes) >> 8 === 127 || this.equal(IPv6loopback);
  }

  /**
   * Tells whether this is in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918), or in fc00::/7 (RFC 4193).
   * @see {@link https://pkg.go.dev/net#IP.IsPrivate | Go net.IP.IsPrivate}
   */
  isPrivate(): boolean {
    const v4 = head4(this.bytes);
    const is1918 = v4 >> 8 === 10 || (v4 & 0xfff0) === 0xac10 || v4 === 0xc0a8;
    return is1918 || (head6(this.bytes) & 0xfe00) === 0xfc00;
  }

  /**
   * Tells whether this is in 224.0.0.0/4 or in ff00::/8.
   * @see {@link https://pkg.go.dev/net#IP.IsMulticast | Go net.IP.IsMulticast}
   */
  isMulticast(): boolean {
    return (head4(this.bytes) & 0xf000) === 0xe000 || head6(this.bytes) >> 8 === 0xff;
  }

  /**
   * Tells whether this is an IPv6 multicast address that stays within the machine, such as `ff01::1`. No IPv4 address is.
   * @see {@link https://pkg.go.dev/net#IP.IsInterfaceLocalMulticast | Go net.IP.IsInterfaceLocalMulticast}
   */
  isInterfaceLocalMulticast(): boolean {
    return (head6(this.bytes) & 0xff0f) === 0xff01;
  }

  /**
   * Tells whether this is in 224.0.0.0/24, or is an IPv6 multicast address that stays on the link, such as `ff02::1`.
   * @see {@link https://pkg.go.dev/net#IP.IsLinkLocalMulticast | Go net.IP.IsLinkLocalMulticast}
   */
  isLinkLocalMulticast(): boolean {
    const v4 = unmapped(this.bytes);
    return (head4(v4) === 0xe000 && v4[2] === 0) || (head6(this.bytes) & 0xff0f) === 0xff02;
  }

  /**
   * Tells whether this is in 169.254.0.0/16 or in fe80::/10.
   * @see {@link https://pkg.go.dev/net#IP.IsLinkLocalUnicast | Go net.IP.IsLinkLocalUnicast}
   */
  isLinkLocalUnicast(): boolean {
    return head4(this.bytes) === 0xa9fe || (head6(this.bytes) & 0xffc0) === 0xfe80;
  }

  /**
   * Tells whether this is a unicast address that may be used beyond the link. Private addresses are, broadcast to
   * `255.255.255.255` is not, and broadcast to a network cannot be told from an address in it.
   * @see {@link https://pkg.go.dev/net#IP.IsGlobalUnicast | Go net.IP.IsGlobalUnicast}
   */
  isGlobalUnicast(): boolean {
    const { length } = this.bytes;
    if (length !== IPv4len && length !== IPv6len) return false;
    if (this.equal(IPv4bcast) || this.isUnspecified() || this.isLoopback()) return false;
    return !this.isMulticast() && !this.isLinkLocalUnicast();
  }

  /**
   * Returns the mask that an IPv4 address had before CIDR, when its first bits told the size of its network: 8, 16 or
   * 24 ones. Returns `null` for other addresses.
   * @see {@link https://pkg.go.dev/net#IP.DefaultMask | Go net.IP.DefaultMask}
   */
  defaultMask(): IPMask | null {
    const v4 = unmapped(this.bytes);
    if (v4.length !== IPv4len) return null;
    const [first = 0] = v4;
    if (first < 0x80) return cidrMask(8, 32);
    return cidrMask(first < 0xc0 ? 16 : 24, 32);
  }

  /**
   * Returns the bits of this address that are set in `mask`, or `null` if the two do not go together.
   *
   * They do if they have the same length, which then is the result's. An IPv4 address in its 16-byte form also goes
   * with a mask of 4 bytes, and one in its 4-byte form with a mask of 16 bytes that begins with 96 ones; either way
   * the result has 4 bytes.
   * @see {@link https://pkg.go.dev/net#IP.Mask | Go net.IP.Mask}
   */
  mask(mask: IPMask): IP | null {
    let address = this.bytes;
    let bits = mask.bytes;
    if (address.length === IPv4len && beginsWith96Ones(bits)) bits = lastFour(bits);
    if (bits.length === IPv4len) address = unmapped(address);
    return address.length === bits.length ? new IP(and(address, bits)) : null;
  }
}

function beginsWith96Ones(bits: Bytes): boolean {
  return bits.length === IPv6len && bits.subarray(0, -IPv4len).every((byte) => byte === 0xff);
}

/** Returns the first 16 bits of an IPv4 address, or 0, with which no range above begins, if it is none. */
function head4(bytes: Bytes): number {
  const v4 = unmapped(bytes);
  return v4.length === IPv4len ? head(v4) : 0;
}

/** Returns the first 16 bits of an address of 16 bytes, or 0 if it is none. The longer IPv4 form begins with 0, too. */
function head6(bytes: Bytes): number {
  return bytes.length === IPv6len ? head(bytes) : 0;
}

function head([first = 0, second = 0]: Bytes): number {
  return (first << 8) | second;
}

/**
 * Returns the address `a.b.c.d` in its 16-byte form.
 * @throws {RangeError} when one of them is not an integer from 0 to 255
 * @see {@link https://pkg.go.dev/net#IPv4 | Go net.IPv4}
 */
export function IPv4(a: number, b: number, c: number, d: number): IP {
  return new IP(mapped(octets([a, b, c, d])));
}

/**
 * Parses an IPv4 address (`192.0.2.1`), an IPv6 address (`2001:db8::1`) or an IPv6 address that ends as an IPv4 one
 * (`::ffff:192.0.2.1`), and returns it in its 16-byte form, or returns `null` if `s` is none of them.
 *
 * As in Go, decimal numbers have no leading zeros, groups have four digits at most, and zones (`fe80::1%eth0`),
 * brackets, spaces and abbreviations such as `127.1` are refused.
 * @see {@link https://pkg.go.dev/net#ParseIP | Go net.ParseIP}
 */
export function parseIP(s: string): IP | null {
  const bytes = parseAddress(s);
  return bytes === null ? null : new IP(bytes);
}

/** Is 255.255.255.255: everyone on the link. */
export const IPv4bcast: IP = IPv4(255, 255, 255, 255);

/** Is 224.0.0.1: all systems on the link. */
export const IPv4allsys: IP = IPv4(224, 0, 0, 1);

/** Is 224.0.0.2: all routers on the link. */
export const IPv4allrouter: IP = IPv4(224, 0, 0, 2);

/** Is 0.0.0.0: no address in particular. */
export const IPv4zero: IP = IPv4(0, 0, 0, 0);

/** Is `::`: sixteen zeros. */
export const IPv6zero: IP = new IP(new Uint8Array(IPv6len));

/** Is `::`: no address in particular. */
export const IPv6unspecified: IP = IPv6zero;

/** Is `::1`: this machine. */
export const IPv6loopback: IP = wellKnown(0, 1);

/** Is `ff01::1`: all nodes on this machine. */
export const IPv6interfacelocalallnodes: IP = wellKnown(0xff01, 1);

/** Is `ff02::1`: all nodes on the link. */
export const IPv6linklocalallnodes: IP = wellKnown(0xff02, 1);

/** Is `ff02::2`: all routers on the link. */
export const IPv6linklocalallrouters: IP = wellKnown(0xff02, 2);

/** Makes an IPv6 address of its first 16 bits, many zeros, and its last byte. */
function wellKnown(first: number, last: number): IP {
  const bytes = new Uint8Array(IPv6len);
  bytes.set([first >> 8, first & 0xff]);
  bytes.set([last], IPv6len - 1);
  return new IP(bytes);
}
