const perLine = 16;

/** Prints bytes as `hexdump -C` does: 16 a line, with their offset, and their characters where they have any. */
export function hexDump(bytes: Uint8Array, maxBytes = bytes.byteLength): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.byteLength, maxBytes); at += perLine) {
    lines.push(dumpLine(at, bytes.subarray(at, Math.min(at + perLine, maxBytes))));
  }
  if (bytes.byteLength > maxBytes) lines.push(`… ${bytes.byteLength - maxBytes} bytes more`);
  return lines.join("\n");
}

function dumpLine(at: number, bytes: Uint8Array): string {
  const cells = Array.from(bytes, hexByte);
  const columns = `${cells.slice(0, 8).join(" ")}  ${cells.slice(8).join(" ")}`.padEnd(perLine * 3);
  const chars = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
  return `${at.toString(16).padStart(8, "0")}  ${columns}  |${chars.join("")}|`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/**
 * Reads hexadecimal digits, with or without spaces and `0x`.
 * @returns `null` for what is none
 */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replace(/\s+|\b0x/gi, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
