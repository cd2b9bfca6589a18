import type { Bytes } from "./conn.js";
import { equalBytes, hex, IPv4len, IPv6len, octets } from "./ip-bytes.js";

/**
 * Says which bits of an IP address name its network.
 *
 * Masks never change: the bytes are copied when a mask is made, and nobody may write to {@link IPMask.bytes}. As in
 * Go, any bits in any number may be a mask; {@link cidrMask} makes the usual ones, ones followed by zeros.
 * @see {@link https://pkg.go.dev/net#IPMask | Go net.IPMask}
 */
export class IPMask {
  /** The bits: 4 bytes for IPv4, 16 for IPv6. To be read only. */
  readonly bytes: Bytes;

  /**
   * Copies `bytes`. Without any, makes the empty mask, which stands for Go's nil.
   * @throws {RangeError} when `bytes` are numbers that are not all integers from 0 to 255
   */
  constructor(bytes: Bytes | readonly number[] = []) {
    this.bytes = octets(bytes);
  }

  /**
   * Counts the leading ones, and all the bits. Both are 0 if a one comes after a zero, or if the mask is empty.
   * @see {@link https://pkg.go.dev/net#IPMask.Size | Go net.IPMask.Size}
   */
  size(): { ones: number; bits: number } {
    let ones = 0;
    for (const byte of this.bytes) {
      const more = leadingOnes(byte);
      ones += more;
      if (more < 8) break;
    }
    const canonical = equalBytes(this.bytes, onesThenZeros(ones, this.bytes.length));
    return canonical ? { ones, bits: 8 * this.bytes.length } : { ones: 0, bits: 0 };
  }

  /**
   * Returns the bytes as hexadecimal digits, such as `ffffff00`, or `<nil>` if there are none.
   * @see {@link https://pkg.go.dev/net#IPMask.String | Go net.IPMask.String}
   */
  toString(): string {
    return this.bytes.length === 0 ? "<nil>" : hex(this.bytes);
  }
}

/**
 * Makes the 4-byte mask `a.b.c.d`.
 * @throws {RangeError} when one of them is not an integer from 0 to 255
 * @see {@link https://pkg.go.dev/net#IPv4Mask | Go net.IPv4Mask}
 */
export function IPv4Mask(a: number, b: number, c: number, d: number): IPMask {
  return new IPMask([a, b, c, d]);
}

/**
 * Makes the mask of `ones` ones followed by zeros, `bits` in all: `cidrMask(24, 32)` is `ffffff00`. It is the inverse
 * of {@link IPMask.size}.
 *
 * Where Go returns nil, which its callers rarely look at, this throws: to check a number that a user typed, give the
 * whole text to {@link parseCIDR}.
 * @throws {RangeError} when `bits` is neither 32 nor 128, or `ones` is not an integer from 0 to `bits`
 * @see {@link https://pkg.go.dev/net#CIDRMask | Go net.CIDRMask}
 */
export function cidrMask(ones: number, bits: number): IPMask {
  const length = bits / 8;
  if (length !== IPv4len && length !== IPv6len) throw new RangeError(`bits is ${bits}, neither 32 nor 128`);
  if (!Number.isInteger(ones) || ones < 0 || ones > bits) {
    throw new RangeError(`ones is ${ones}, not an integer from 0 to ${bits}`);
  }
  return new IPMask(onesThenZeros(ones, length));
}

function leadingOnes(byte: number): number {
  return Math.clz32(~byte & 0xff) - 24;
}

function onesThenZeros(ones: number, length: number): Bytes {
  // Each byte has the ones that are left for it, 8 at most; what the shift moves out of the byte falls off.
  return Uint8Array.from({ length }, (_, i) => 0xff << (8 - Math.min(Math.max(ones - 8 * i, 0), 8)));
}
