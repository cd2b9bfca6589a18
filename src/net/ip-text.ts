import type { Bytes } from "./conn.js";
import { hex, IPv4len, IPv6len, mapped, unmapped } from "./ip-bytes.js";

/** Six groups of four digits and a dotted quad, with all that separates them, take 45 characters. */
const longestText = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;
const groupCount = 8;
const decimalByte = /^(0|[1-9]\d{0,2})$/;
const hexGroup = /^[\da-f]{1,4}$/i;

/** Returns the 16 bytes that `text` stands for, or `null` if it is no address. */
export function parseAddress(text: string): Bytes | null {
  if (text.length > longestText) return null;
  if (text.includes(":")) return parseIPv6(text);
  const quad = parseQuad(text);
  return quad === null ? null : mapped(quad);
}

/** Reads `192.0.2.1`: four decimal numbers up to 255, without leading zeros. */
function parseQuad(text: string): Bytes | null {
  const fields = text.split(".");
  const valid = fields.length === IPv4len && fields.every((field) => decimalByte.test(field) && Number(field) <= 0xff);
  return valid ? Uint8Array.from(fields, Number) : null;
}

/** Reads eight groups of hexadecimal digits; `::` stands for one or more groups of zeros, once. */
function parseIPv6(text: string): Bytes | null {
  const sides = quadToGroups(text)?.split("::").map(parseGroups) ?? [];
  const [left = null, right = [], ...more] = sides;
  if (left === null || right === null || more.length > 0) return null;

  const missing = groupCount - left.length - right.length;
  if (sides.length === 1 ? missing !== 0 : missing < 1) return null;

  const view = new DataView(new ArrayBuffer(IPv6len));
  for (const [i, group] of left.entries()) view.setUint16(2 * i, group);
  for (const [i, group] of right.entries()) view.setUint16(2 * (left.length + missing + i), group);
  return new Uint8Array(view.buffer);
}

/** Rewrites a dotted quad at the end as two groups: `::ffff:192.0.2.1` becomes `::ffff:c000:201`. */
function quadToGroups(text: string): string | null {
  const last = text.lastIndexOf(":") + 1;
  if (!text.includes(".", last)) return text;
  const quad = parseQuad(text.slice(last));
  return quad === null ? null : text.slice(0, last) + groupsOf(quad).join(":");
}

/** Reads the groups on one side of `::`, of which there may be none. */
function parseGroups(text: string): number[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => hexGroup.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null;
}

/**
 * Writes an address as Go does: dotted if it is an IPv4 one in either form, by RFC 5952 if it is another of 16 bytes,
 * `<nil>` if it is empty, and `?` with all its digits if it is none.
 */
export function formatAddress(bytes: Bytes): string {
  const short = unmapped(bytes);
  if (short.length === 0) return "<nil>";
  if (short.length === IPv4len) return short.join(".");
  return short.length === IPv6len ? formatIPv6(short) : `?${hex(short)}`;
}

function formatIPv6(bytes: Bytes): string {
  const groups = groupsOf(bytes);
  const { start, end } = longestZeros(groups);
  if (end - start < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(end).join(":")}`;
}

/** Returns each pair of bytes as hexadecimal digits without leading zeros. */
function groupsOf(bytes: Bytes): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i).toString(16));
}

/** Finds the longest run of zeros, the first if several are as long. */
function longestZeros(groups: readonly string[]): { start: number; end: number } {
  let longest = { start: 0, end: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0") end++;
    if (end - start > longest.end - longest.start) longest = { start, end };
  }
  return longest;
}
