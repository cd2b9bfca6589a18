// For JSON that is known to be valid: only the shape is still to be found out.

const quote = 0x22;
const backslash = 0x5c;

/** Tells whether a character is white space in JSON. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Returns where the white space ends that may be at `from`. */
export function skipBlank(raw: string, from: number): number {
  let at = from;
  while (isBlank(raw.charCodeAt(at))) at++;
  return at;
}

/** Returns where the next value or the end of the container is, of which one has ended at `from`. */
export function skipComma(raw: string, from: number): number {
  const at = skipBlank(raw, from);
  return raw.charCodeAt(at) === 0x2c ? skipBlank(raw, at + 1) : at;
}

/** Returns where the string ends that begins at `from`. */
export function skipString(raw: string, from: number): number {
  for (let at = raw.indexOf('"', from + 1); at >= 0; at = raw.indexOf('"', at + 1)) {
    let slashes = 0;
    while (raw.charCodeAt(at - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return raw.length;
}

/** Returns where the value ends that begins at `from`. */
export function skipValue(raw: string, from: number): number {
  const first = raw.charCodeAt(from);
  if (first === quote) return skipString(raw, from);
  return first === 0x7b || first === 0x5b ? skipContainer(raw, from) : skipScalar(raw, from);
}

/** `[` and `{`, `]` and `}` differ by the bit 0x20. */
function skipContainer(raw: string, from: number): number {
  let depth = 0;
  for (let at = from; at < raw.length; ) {
    const code = raw.charCodeAt(at);
    if (code === quote) {
      at = skipString(raw, at);
      continue;
    }
    at++;
    const lower = code | 0x20;
    if (lower === 0x7b) depth++;
    else if (lower === 0x7d && --depth === 0) return at;
  }
  return raw.length;
}

/** Returns where the number or word ends that begins at `from`. */
export function skipScalar(raw: string, from: number): number {
  let at = from;
  while (at < raw.length) {
    const code = raw.charCodeAt(at);
    if (code === 0x2c || code === 0x5d || code === 0x7d || isBlank(code)) break;
    at++;
  }
  return at;
}

/** Decodes the string between the quotes at `from` and before `to`. */
export function textOf(raw: string, from: number, to: number): string {
  const inside = raw.slice(from + 1, to - 1);
  return inside.includes("\\") ? (JSON.parse(raw.slice(from, to)) as string) : inside;
}
