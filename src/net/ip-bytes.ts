import type { Bytes } from "./conn.js";

/** Is the length of an IPv4 address in bytes. */
export const IPv4len = 4;

/** Is the length of an IPv6 address in bytes. */
export const IPv6len = 16;

/** What an IPv4 address begins with when it is written as an IPv6 one. */
const mappedPrefix = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/**
 * Copies `values` into bytes of its own.
 * @throws {RangeError} when one of them is not an integer from 0 to 255
 */
export function octets(values: Bytes | readonly number[]): Bytes {
  const bytes = new Uint8Array(values);
  for (const [i, byte] of bytes.entries()) {
    if (byte !== values[i]) throw new RangeError(`byte ${i} is ${values[i]}, not an integer from 0 to 255`);
  }
  return bytes;
}

/** Puts 4 bytes into the 16 of the IPv4-mapped form. */
export function mapped(v4: Bytes): Bytes {
  const bytes = new Uint8Array(IPv6len);
  bytes.set(mappedPrefix);
  bytes.set(v4, mappedPrefix.length);
  return bytes;
}

/** Returns the last 4 bytes of an IPv4-mapped address, and anything else as it is. Shares the memory of `bytes`. */
export function unmapped(bytes: Bytes): Bytes {
  const isMapped = bytes.length === IPv6len && mappedPrefix.every((byte, i) => byte === bytes[i]);
  return isMapped ? lastFour(bytes) : bytes;
}

/** Returns the part of 16 bytes that says something about an IPv4 address. Shares their memory. */
export function lastFour(bytes: Bytes): Bytes {
  return bytes.subarray(mappedPrefix.length);
}

/** Returns the bits that are set in both, for two of the same length. */
export function and(a: Bytes, b: Bytes): Bytes {
  return a.map((byte, i) => byte & (b[i] ?? 0));
}

/** Tells whether both hold the same bytes. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Returns two lowercase digits a byte. */
export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
